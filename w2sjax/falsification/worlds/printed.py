r"""What Theorems 4.1 and 4.2 of Lang et al. (arXiv:2405.16043) speak of, in a finite world.

S is O, T is H. As printed they hold for every c that the family allows; the claims add that c is
moderate, at most $2(1 - \alpha)$ and $1/(1 - \alpha)$.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq

from w2sjax.falsification.worlds.names import MODERATE

if TYPE_CHECKING:
    from w2sjax.falsification.worlds.quantities import WorldQuantities


def odds(world: WorldQuantities) -> fmpq:
    r"""$\alpha / (1 - 2\alpha)$."""
    return world.alpha / (1 - 2 * world.alpha)


def limit(world: WorldQuantities) -> fmpq:
    """The largest moderate constant."""
    kept = 1 - world.alpha
    return 2 * kept if world.statement.claim == "pseudolabel_correction" else 1 / kept


def constant(world: WorldQuantities) -> fmpq:
    """c as given, or the largest moderate one that the family allows."""
    if world.given is not None:
        return world.given
    largest = world.largest()
    return limit(world) if largest is None else min(largest, limit(world))


def two_sided_spread(world: WorldQuantities) -> fmpq:
    r"""$\max(q, (P(f \ne \tilde y|S) - c\alpha) / (c(1 - 2\alpha)))$."""
    c, alpha = constant(world), world.alpha
    disagreement = world.probability(world.disagrees, world.overlap)
    return max(world.q, (disagreement - c * alpha) / (c * (1 - 2 * alpha)))


def agreement_name(world: WorldQuantities) -> str:
    """Name the hypothesis that f agrees with the teacher, as the paper writes it."""
    if world.statement.claim == "pseudolabel_correction":
        return "P(f != teacher or not robust) <= (1 - alpha + 3 c alpha) / 4"
    return "P(f != teacher) + P(not robust) < c (1 - q - alpha)"


def shortfall(world: WorldQuantities) -> fmpq:
    """How much more f disagrees with the teacher than the theorem allows; negative to spare."""
    c, alpha = constant(world), world.alpha
    if world.statement.claim == "pseudolabel_correction":
        return world.lost - (1 - alpha + 3 * c * alpha) / 4
    disagreement = world.probability(world.disagrees, world.overlap)
    fragile = world.probability(world.fragile, world.hard)
    return disagreement + fragile - c * (1 - world.q - alpha)


def conditions(world: WorldQuantities) -> dict[str, bool]:
    """Decide the hypotheses, with alpha in (0, 1/2) and whatever q is."""
    moderate = MODERATE in world.statement.hypotheses
    if world.given is None and not moderate:
        return {"c is stated, as the theorem leaves it free": False}
    checks = {MODERATE: constant(world) <= limit(world)} if moderate else {}
    missing, name = shortfall(world), agreement_name(world)
    if world.statement.claim == "pseudolabel_correction":
        checks["q < 3/4 (1 - 2 alpha)"] = 4 * world.q < 3 * (1 - 2 * world.alpha)
        return checks | {name: missing <= 0}
    return checks | {name: missing < 0}
