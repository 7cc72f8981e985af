"""Claims about finite worlds, by what they have in common."""

CORRECTING = ("pseudolabel_correction", "pseudolabel_correction_tight")  # Theorems 4.1 and B.1
PRINTED = ("pseudolabel_correction", "coverage_expansion")  # Theorems 4.1 and 4.2
ABSTAINING = ("coverage_good_side", "coverage_expansion", *CORRECTING)  # hard: the teacher abstains
RIGHT_LABELS = ("hard_error", "coverage_good_side")  # need a point of O with a right label
MODERATE = "moderate constant"  # the hypothesis that the printed theorems lack
