r"""Right sides of the expansion claims; H, O, R(f) and the families as in `study`."""

import jax.numpy as jnp

from w2sjax.claims.expansion.constants import Expansion
from w2sjax.claims.expansion.shares import larger, quotient, select, share
from w2sjax.claims.expansion.study import ExpansionStudy
from w2sjax.rounding import Rounded, exact


def core(study: ExpansionStudy, *, robustness: bool = True) -> Rounded:
    r"""$\max(q, m_A / c) + P(R(f)^c | B)$ with A = O and B = H."""
    expansion = study.expansion(study.wrong, study.overlap, study.hard)
    mistakes = study.probability(study.wrong[0], study.overlap)
    return _spread(study, expansion, mistakes, robustness=robustness)


def hard(study: ExpansionStudy, *, conditioned: bool = True) -> Rounded:
    r"""$\max(q, dis_O / ((1 - \varepsilon_1) c)) + P(R(f)^c | H)$; unless `conditioned`, $dis_O / c$."""
    good = study.overlap & study.taught
    expansion = study.expansion(study.wrong, good, study.hard)
    disagreement = study.mass(study.overlap & study.disagrees)
    mistakes = share(disagreement, study.mass(good if conditioned else study.overlap))
    return _spread(study, expansion, mistakes)


def _spread(study, expansion: Expansion, mistakes: Rounded, *, robustness: bool = True) -> Rounded:
    """Let the mistakes on A pay for those on B."""
    q = expansion.quantile(study.world.level, jnp.ones_like(study.family))
    claimed = mistakes * expansion.reciprocal(q).scaled(1 / study.overstated)
    bound = larger(share(q, expansion.source), claimed)
    return bound + study.probability(study.fragile, study.hard) if robustness else bound


def payback(study: ExpansionStudy, *, factor: float = 2.0) -> Rounded:
    r"""$dis_H + \varepsilon_2 (1 - 2 c a)$."""
    bad = study.hard & ~study.taught
    weak_error = study.probability(~study.taught, study.hard)
    expansion = study.expansion(~study.wrong, bad, study.overlap)
    claimed = expansion.constant(agreed_quantile(study, expansion)).scaled(study.overstated)
    level = agreement(study)
    level = Rounded(jnp.maximum(level.value, 0), level.error)
    paid = (weak_error * claimed * level).scaled(factor)
    return study.probability(study.disagrees, study.hard) + weak_error - paid


def agreed_mass(study: ExpansionStudy):
    r"""The mass of O times a: $P(O) (1 - \varepsilon_1 - dis_O - P(R(f)^c | O))$."""
    overlap = study.overlap
    lost = (~study.taught, study.disagrees, study.fragile)
    return study.mass(overlap) - sum(study.mass(overlap & points) for points in lost)


def agreement(study: ExpansionStudy) -> Rounded:
    r"""$a = 1 - \varepsilon_1 - dis_O - P(R(f)^c | O)$."""
    return share(agreed_mass(study), study.mass(study.overlap))


def agreed_quantile(study: ExpansionStudy, expansion: Expansion):
    """Choose q below a; as large as f's own set where that hypothesis is dropped."""
    # q = sets / source < a = agreed / overlap, in integers
    allowed = expansion.sets * study.mass(study.overlap) < agreed_mass(study) * expansion.source
    q = expansion.quantile(study.world.level, allowed)
    return q if study.agreed else jnp.maximum(q, expansion.sets[0])


def correction(study: ExpansionStudy, *, factor: float = 2.0) -> Rounded:
    r"""$[err(f, \tilde y|S) - \alpha(2c' - 1) + 2c'\alpha P(R(f)^c|S)] / (1 - 2c'\alpha)$, with S = O.

    Both are multiplied by $s = 1 - \alpha + c\alpha$, as $c' = c / s$: the denominator is $1 - \alpha -
    c\alpha$, the numerator $err\, s + \alpha s - 2c\alpha(1 - P(R(f)^c|S))$.
    """
    good, bad = study.overlap & study.taught, study.overlap & ~study.taught
    expansion = study.expansion(~study.wrong, bad, good)
    c = expansion.constant(corrected_quantile(study, expansion)).scaled(study.overstated)
    # Any smaller constant is one too; the denominator has to be positive.
    much, some = study.mass(good), study.mass(bad)
    none, one = exact(jnp.zeros_like(c.value)), exact(jnp.ones_like(c.value))
    c = select(c.value * some < 0.999 * much, c, select(some < 0.999 * much, one, none))
    alpha = study.probability(~study.taught, study.overlap)
    kept = study.probability(study.taught, study.overlap)
    disagreement = study.probability(study.disagrees, study.overlap)
    robust = study.probability(~study.fragile, study.overlap)
    paid = (c * alpha * robust).scaled(factor)
    numerator = (disagreement + alpha) * (kept + c * alpha) - paid
    return quotient(numerator, kept - c * alpha)


def corrected_quantile(study: ExpansionStudy, expansion: Expansion):
    r"""Choose q with $P(f \ne \tilde y$ or f not robust$|S) \le 1 - q - \alpha$, in integers."""
    overlap = study.overlap
    total, lost = study.mass(overlap), overlap & (study.disagrees | study.fragile)
    left = total - study.mass(lost) - study.mass(overlap & ~study.taught)
    allowed = expansion.sets * total <= left * expansion.source
    return expansion.quantile(study.world.level, allowed)
