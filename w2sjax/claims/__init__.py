"""Claims: one theorem a file; `REGISTRY` lists them in reading order."""

from w2sjax.claims.claim import Claim as Claim
from w2sjax.claims.claim import Domain as Domain
from w2sjax.claims.claim import Hypothesis as Hypothesis
from w2sjax.claims.expansion import (
    coverage_expansion,
    coverage_good_side,
    expansion_core,
    hard_error,
    hard_error_payback,
    pseudolabel_correction,
    pseudolabel_correction_tight,
)
from w2sjax.claims.inequality import Inequality as Inequality
from w2sjax.claims.inequality import Verdict as Verdict
from w2sjax.claims.inequality import compare as compare
from w2sjax.claims.overlap import (
    bandit_regret,
    bandit_regret_probable,
    detection_concentration,
    monotone_gain,
)
from w2sjax.claims.projection import (
    convex_values,
    gain_ceiling,
    gain_identity,
    inexact_gain,
    misfit_gain,
    nonrealizable_gain,
    pythagorean_identity,
    root_distance_metric,
    sharpened_gain,
)
from w2sjax.claims.sampling import (
    sampled_gain,
    sampled_gap,
    sampled_sharpened_gain,
    uniform_misfit,
)
from w2sjax.claims.selection import error_bracket, selection_regret

REGISTRY: tuple[Claim, ...] = (
    convex_values.CLAIM,
    misfit_gain.CLAIM,
    gain_identity.CLAIM,
    pythagorean_identity.CLAIM,
    gain_ceiling.CLAIM,
    inexact_gain.CLAIM,
    nonrealizable_gain.CLAIM,
    sharpened_gain.CLAIM,
    root_distance_metric.CLAIM,
    uniform_misfit.CLAIM,
    sampled_gain.CLAIM,
    sampled_gap.CLAIM,
    sampled_sharpened_gain.CLAIM,
    error_bracket.CLAIM,
    selection_regret.CLAIM,
    expansion_core.CLAIM,
    hard_error.CLAIM,
    hard_error_payback.CLAIM,
    monotone_gain.CLAIM,
    detection_concentration.CLAIM,
    bandit_regret.CLAIM,
    bandit_regret_probable.CLAIM,
    coverage_good_side.CLAIM,
    pseudolabel_correction_tight.CLAIM,
    pseudolabel_correction.CLAIM,
    coverage_expansion.CLAIM,
)
