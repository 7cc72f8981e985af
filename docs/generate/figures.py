"""In which of the papers' figures a claim is seen."""

import dataclasses

from w2sjax.language.claims import Claim


@dataclasses.dataclass(frozen=True)
class Figure:
    """A figure of an experiment.

    Attributes:
        file: in `figures/`.
        experiment: `python -m experiments` and this makes it.
        caption: what it shows of the claims.
        claims: those that are seen in it.
    """

    file: str
    experiment: str
    caption: str
    claims: tuple[str, ...]


FIGURES = (
    Figure(
        "misfit_gain.png",
        "misfit_gain --preset paper --adamw",
        "Gain against misfit in six panels: on the solid line the gain is the misfit.",
        ("misfit_gain", "sharpened_gain", "gain_identity"),
    ),
    Figure(
        "misfit_gain_published.png",
        "misfit_gain --preset paper --truth published",
        "Gain against misfit on the published draw.",
        ("misfit_gain",),
    ),
    Figure(
        "misfit_gain_adamw.png",
        "misfit_gain --preset paper --adamw",
        "Students trained by AdamW: their certified gap, and their gain against what is guaranteed.",
        ("inexact_gain", "sharpened_gain"),
    ),
    Figure(
        "geometry.png",
        "geometry",
        "Weak model, student and target in the plane, with and without realizability.",
        ("misfit_gain", "pythagorean_identity", "error_split", "firm_nonexpansiveness"),
    ),
    Figure(
        "early_stopping.png",
        "early_stopping",
        "What a student that stops on its way keeps of the certain gain, and how much less it loses.",
        ("early_stopping", "average_floor", "gain_floor"),
    ),
    Figure(
        "combinations.png",
        "combinations",
        "How the error of mixtures falls with the number of models, and gain less misfit.",
        ("combination_error", "combination_gain"),
    ),
    Figure(
        "rates.png",
        "rates --preset paper",
        "Measured rates in the size of the sample, and the bounds.",
        ("uniform_misfit", "sampled_gap", "sampled_gain", "sampled_sharpened_gain"),
    ),
    Figure(
        "weak_model_choice.png",
        "weak_model_choice",
        "How often the best student is found, and how often that is proved.",
        ("selection_regret", "error_bracket"),
    ),
    Figure(
        "gain_curve.png",
        "gain_curve --preset paper",
        "Accuracy against overlap density.",
        ("monotone_gain",),
    ),
    Figure(
        "detection.png",
        "detection --preset paper",
        "Precision, error rates and density error of the detection of overlap points.",
        ("detection_concentration",),
    ),
    Figure(
        "selection.png",
        "selection --preset paper",
        "Regret of strategies that choose data sources, against the bound.",
        ("bandit_regret", "bandit_regret_probable"),
    ),
    Figure(
        "linear_laws.png",
        "linear_laws --preset paper",
        "Six laws of linear students: lines are the laws, points are simulated students.",
        (
            "teacher_step",
            "independent_teacher",
            "delta_step",
            "delta_in_high_dimension",
            "random_feature_limit",
            "variance_inheritance",
            "gap_recovered",
        ),
    ),
    Figure(
        "printed_bounds.png",
        "printed_bounds --preset paper",
        "Bound less error against the constant, on enumerated, random and evolved worlds.",
        (
            "expansion_core",
            "coverage_expansion",
            "coverage_good_side",
            "pseudolabel_correction",
            "pseudolabel_correction_tight",
        ),
    ),
)


def figures_of(claim: Claim) -> list[Figure]:
    """List the figures in which a claim is seen."""
    return [figure for figure in FIGURES if claim.name in figure.claims]
