r"""What the expansion claims share: the sets of a world, and the switches of their hypotheses.

H and O are the hard-only and the overlap points of class 0, R(f) the points where f is robust. The
family of subsets of B is $M(B, F) = \{\{x \in B : g(x) \ne y\} \cap R(g) : g \in F\}$ for mistakes and
$M'(B, F)$, with $g(x) = y$, for the rest.
"""

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from w2sjax.claims.claim import Hypothesis
from w2sjax.claims.expansion.constants import Expansion
from w2sjax.claims.expansion.shares import share
from w2sjax.claims.expansion.world import FiniteWorld
from w2sjax.rounding import Rounded


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class ExpansionStudy:
    """A world with the points under study; a dropped hypothesis changes one field.

    Attributes:
        world: the world; its first classifier is f.
        members: the points under study: those of class 0 that have mass.
        family: classifiers from whose sets the constants are computed: all of them.
        overstated: what the constant c is multiplied by: 1.
        reversed: whether the expansion was measured from A into B instead.
        agreed: whether q is chosen such that f's own set has more.
        moderate: whether c is limited as Theorems 4.1 and 4.2 of Lang et al. need it.
    """

    world: FiniteWorld
    members: Bool[Array, "*batch n"]
    family: Bool[Array, "*batch f"]
    overstated: float = dataclasses.field(default=1.0, metadata={"static": True})
    reversed: bool = dataclasses.field(default=False, metadata={"static": True})
    agreed: bool = dataclasses.field(default=True, metadata={"static": True})
    moderate: bool = dataclasses.field(default=True, metadata={"static": True})

    @property
    def hard(self) -> Bool[Array, " n"]:
        """H: where only the hard pattern is."""
        return self.members & self.world.hard

    @property
    def overlap(self) -> Bool[Array, " n"]:
        """O: where both patterns are."""
        return self.members & ~self.world.hard

    @property
    def taught(self) -> Bool[Array, " n"]:
        """Points where the teacher is right."""
        return self.world.teacher == self.world.truth

    @property
    def wrong(self) -> Bool[Array, "f n"]:
        """Mistakes of every classifier."""
        return self.world.classifiers != self.world.truth[None, :]

    @property
    def fragile(self) -> Bool[Array, " n"]:
        r"""$R(f)^c$."""
        return ~self.world.robust()[0]

    @property
    def disagrees(self) -> Bool[Array, " n"]:
        """Points where f does not say what the teacher says; it never abstains."""
        return self.world.classifiers[0] != self.world.teacher

    def mass(self, points: Bool[Array, " n"]) -> Float[Array, ""]:
        """Total mass of points: an integer, exact."""
        return jnp.sum(jnp.where(points, self.world.masses, 0))

    def probability(self, event: Bool[Array, " n"], given: Bool[Array, " n"]) -> Rounded:
        """P(event | given); 0 where `given` is empty."""
        return share(self.mass(event & given), self.mass(given))

    def expansion(
        self, sets: Bool[Array, "f n"], target: Bool[Array, " n"], source: Bool[Array, " n"]
    ) -> Expansion:
        """Expansion of the robust parts of `sets` in `source`, on (target, source)."""
        if self.reversed:
            target, source = source, target
        inside = sets & self.world.robust() & source[None, :]
        reached = self.world.reached(inside) & target[None, :]
        return Expansion(
            sets=jax.vmap(self.mass)(inside),
            reached=jax.vmap(self.mass)(reached),
            source=self.mass(source),
            target=self.mass(target),
            family=self.family,
        )


def prepare(world: FiniteWorld, needs: tuple[str, ...] = ()) -> ExpansionStudy:
    """Find the points under study; no claim needs more or less."""
    del needs
    return ExpansionStudy(
        world=world,
        members=(world.truth == 0) & world.present,
        family=jnp.ones(world.classifiers.shape[0], bool),
    )


def _overstate(study: ExpansionStudy) -> ExpansionStudy:
    return dataclasses.replace(study, overstated=2.0)


def _without_f(study: ExpansionStudy) -> ExpansionStudy:
    return dataclasses.replace(study, family=study.family.at[0].set(False))


def _all_labels(study: ExpansionStudy) -> ExpansionStudy:
    return dataclasses.replace(study, members=study.world.present)


def _one_way(study: ExpansionStudy) -> ExpansionStudy:
    graph = jnp.triu(study.world.neighbours)
    return dataclasses.replace(study, world=dataclasses.replace(study.world, neighbours=graph))


def _reverse(study: ExpansionStudy) -> ExpansionStudy:
    return dataclasses.replace(study, reversed=True)


def _disagree(study: ExpansionStudy) -> ExpansionStudy:
    return dataclasses.replace(study, agreed=False)


def _any_constant(study: ExpansionStudy) -> ExpansionStudy:
    return dataclasses.replace(study, moderate=False)


EXPANSION = Hypothesis("sets above q expand by c (dropped: by c/2 only)", drop=_overstate)
MEMBERSHIP = Hypothesis("f belongs to the family that expands", drop=_without_f)
ONE_LABEL = Hypothesis("all points under study have one true label", drop=_all_labels)
SYMMETRY = Hypothesis("neighbourhoods are symmetric", drop=_one_way)
DIRECTION = Hypothesis("the expansion goes from B into A", drop=_reverse)
AGREEMENT = Hypothesis("f and the teacher agree so often that a > q", drop=_disagree)
SMALL_CORRECTION = Hypothesis(
    "c is at most 2 (1 - alpha); not asked for in print", drop=_any_constant
)
SMALL_COVERAGE = Hypothesis(
    "c (1 - alpha) is at most 1; not asked for in print", drop=_any_constant
)

SHARED = {
    "expansion": EXPANSION,
    "membership": MEMBERSHIP,
    "one label": ONE_LABEL,
    "symmetry": SYMMETRY,
    "direction": DIRECTION,
}
