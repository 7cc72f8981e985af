r"""Right sides of Theorems 4.1 and 4.2 of Lang et al., with S = O and T = H as in `coverage`.

c is the largest constant that the family allows and, unless that hypothesis is dropped, that is
moderate: the hypotheses weaken and the bounds shrink as c grows. Where the family allows every c and
nothing else limits it, 4.1 takes the least at which f and the teacher agree enough, 4.2 twice the limit.
Where a hypothesis fails the statement says nothing: the right side is then 2, which no error reaches.
Agreement is decided up to rounding, in favour of equality where equality is allowed; for masses that sum to
at most 1,024 nothing else is as near.
"""

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Bool

from w2sjax.claims.expansion.joint import Joint
from w2sjax.claims.expansion.shares import larger, quotient, select, share, smaller
from w2sjax.claims.expansion.study import ExpansionStudy
from w2sjax.rounding import Rounded, exact

NOTHING = 2.0


@dataclasses.dataclass(frozen=True)
class Theorem:
    """What a theorem says in a world.

    Attributes:
        applies: whether its hypotheses hold.
        bound: its right side, where they do.
        constant: c.
        limit: the largest moderate c.
        free: whether the family allows every c.
    """

    applies: Bool[Array, ""]
    bound: Rounded
    constant: Rounded
    limit: Rounded
    free: Bool[Array, ""]

    def right_side(self) -> Rounded:
        """The bound, or what says nothing."""
        return select(self.applies, self.bound, exact(jnp.full_like(self.bound.value, NOTHING)))


def correction(study: ExpansionStudy, *, factor: float = 1.5) -> Theorem:
    r"""Theorem 4.1: $2\alpha/(1-2\alpha) P(R(f)^c|S) + P(f \ne \tilde y|S) + \alpha(1 - \frac32 c)$."""
    overlap, taught = study.overlap, study.taught
    total, bad = study.mass(overlap), study.mass(overlap & ~taught)
    alpha, kept = share(bad, total), share(total - bad, total)
    expansion = study.expansion(~study.wrong, overlap & ~taught, overlap & taught)
    # 4 P(U|source) < 3 (1 - 2 alpha) in integers, every term of which is exact
    most = (total - 2 * bad) * expansion.source
    allowed = 4 * (most - expansion.sets * total) > most
    q = expansion.quantile(study.world.level, allowed)
    free = ~jnp.any(expansion.above(q))
    lost = study.probability(study.disagrees | study.fragile, overlap)
    limit = kept.scaled(2)
    needed = quotient(lost.scaled(4) - kept, alpha.scaled(3))
    c = _constant(study, expansion.constant(q), free, limit, larger(needed, limit))
    missing = lost.scaled(4) - kept - (c * alpha).scaled(3)
    odds = share(bad, total - 2 * bad)
    disagreement = study.probability(study.disagrees, overlap)
    fragile = study.probability(study.fragile, overlap)
    paid = (c * alpha).scaled(factor)
    return Theorem(
        applies=_some_wrong(total, bad) & (missing.value <= missing.error),
        bound=(odds * fragile).scaled(2) + disagreement + alpha - paid,
        constant=c,
        limit=limit,
        free=free,
    )


def coverage(study: ExpansionStudy, *, robustness: bool = True) -> Theorem:
    r"""Theorem 4.2: $(1 + o) P(R(f)^c|T) + \max(q, (P(f \ne \tilde y|S) - c\alpha)/(c(1-2\alpha)))$.

    $o = \alpha/(1 - 2\alpha)$; unless `robustness`, without the first term.
    """
    overlap, taught, silent = study.overlap, study.taught, study.hard
    total, bad = study.mass(overlap), study.mass(overlap & ~taught)
    alpha, kept = share(bad, total), share(total - bad, total)
    joint = Joint(
        study.expansion(study.wrong, overlap & taught, silent),
        study.expansion(~study.wrong, overlap & ~taught, silent),
    )
    mass = joint.quantile(study.world.level)
    q, largest = share(mass, joint.whole), joint.constant(mass)
    free = jnp.isinf(largest.value)
    limit = share(total, total - bad)
    c = _constant(study, largest, free, limit, limit.scaled(2))
    disagreement = study.probability(study.disagrees, overlap)
    fragile = study.probability(study.fragile, silent)
    left = c * (kept - q) - disagreement - fragile
    paid = quotient(disagreement - c * alpha, c * share(total - 2 * bad, total))
    bound = larger(q, paid)
    if robustness:
        bound = bound + share(total - bad, total - 2 * bad) * fragile
    return Theorem(
        applies=_some_wrong(total, bad) & (left.value > left.error),
        bound=bound,
        constant=c,
        limit=limit,
        free=free,
    )


def _some_wrong(total, bad):
    return (bad > 0) & (2 * bad < total)


def _constant(study, largest: Rounded, free, limit: Rounded, loose: Rounded) -> Rounded:
    """Choose c: the largest that is allowed, `loose` where every one is."""
    c = select(free, loose, largest).scaled(study.overstated)
    return smaller(c, limit) if study.moderate else c
