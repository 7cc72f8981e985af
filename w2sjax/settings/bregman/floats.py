r"""Quantities of Bregman geometry in doubles, with bounds on their rounding.

Where a class is convex in gradients, functions are given by their gradients and the divergence is that of
the conjugate, $D_\varphi(f, g) = D_{\varphi^*}(\nabla\varphi(g), \nabla\varphi(f))$: then hulls apply as
they are.
"""

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.measured import Measured, exactly, measured
from w2sjax.arithmetic.rounding import HIGHEST, Rounded
from w2sjax.arithmetic.running_error import rounded
from w2sjax.bregman.hulls import Mixture, pulls
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import quantities
from w2sjax.settings import bregman as symbols
from w2sjax.settings.bregman.drawing import STRATA as STRATA
from w2sjax.settings.bregman.drawing import BregmanInstance
from w2sjax.settings.bregman.drawing import draw as draw
from w2sjax.settings.bregman.heads import heads
from w2sjax.settings.bregman.students import PAIRS, WHOLE, Problem, geometry, solve

Values = Float[Array, "n c"]
DUAL = symbols.DUAL_CONVEX, symbols.LOG_LINEAR, symbols.MATCHED
CLASSES = symbols.CONVEX, symbols.DUAL_CONVEX


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Prepared:
    """The quantities of several claims on one instance, for each by what it calls them."""

    claims: tuple[Claim, ...] = dataclasses.field(metadata={"static": True})
    known: tuple[dict[Any, Measured], ...]


def prepare(instance: BregmanInstance, claims: tuple[Claim, ...]) -> Prepared:
    """Solve for all students at once, and compute all divergences at once."""
    studies = [Study(instance, claim) for claim in claims]
    solved = solve(instance, [problem for one in studies for problem in one.problems()])
    for one in studies:
        one.computed = {problem: solved[problem] for problem in one.problems()}
        one.functions = one.named()
    return Prepared(claims, _quantities(studies))


def study(prepared: Prepared, claim: Claim) -> SimpleNamespace:
    """Give the quantities to one claim."""
    known = prepared.known[prepared.claims.index(claim)]
    return SimpleNamespace(quantity=known.__getitem__)


class Study:
    """The functions of an instance as a claim means them.

    Attributes:
        geometry: the divergence, and whether functions are given by values or gradients.
        computed: the mixtures that were solved for.
        functions: by name.
    """

    def __init__(self, instance: BregmanInstance, claim: Claim):
        self.claim, self.instance = claim, instance
        self.entropy = any(map(self.meant, (symbols.RELATIVE_ENTROPY, symbols.LOG_LINEAR)))
        self.entropy &= claim.dropped != symbols.RELATIVE_ENTROPY.name
        self.dual = any(map(self.meant, DUAL))
        self.geometry = geometry(instance, self.dual, self.entropy)
        self.combined = any("combination" in data for data in claim.quantities)
        self.computed: dict[Problem, Mixture] = {}
        self.functions: dict[str, Values] = {}

    def assumed(self, one: Any) -> bool:
        """Whether the claim assumes this."""
        return self.claim.assumes(one)

    def meant(self, one: Any) -> bool:
        """Whether the claim assumes this, or did before it was dropped."""
        return self.assumed(one) or self.claim.dropped == one.name

    def problems(self) -> list[Problem]:
        """List the projections that the claim needs."""
        if self.combined:
            return [Problem(False, self.entropy, row) for row in (*PAIRS, WHOLE)]
        ordered = any(map(self.assumed, (symbols.STUDENT_FIRST, symbols.WEAK_FIRST)))
        if not self.assumed(symbols.EXACT) or not any(map(self.assumed, CLASSES)):
            return []
        return [Problem(self.dual, self.entropy, weak_first=not ordered)]

    def named(self) -> dict[str, Values]:
        """Give the functions that the claim speaks of."""
        room, instance = self.geometry, self.instance
        if self.meant(symbols.LOG_LINEAR):
            realizable = self.assumed(symbols.REALIZABLE)
            found = heads(instance, self.assumed(symbols.LOG_LINEAR), self.assumed(symbols.EXACT))
            return found if realizable else found | {"target": room.given(instance.stranger)}
        members, weak = room.given(instance.members), room.given(instance.weak)
        stranger = room.given(instance.stranger)
        if self.meant(symbols.ONE_TARGET):
            return self._teachers(weak, stranger)
        mixed, anyone = jnp.einsum("jm,mnc->jnc", instance.mixtures, members, precision=HIGHEST)
        # Without convexity the class is the predictors alone.
        inside = members[0] if self.claim.dropped in [one.name for one in CLASSES] else mixed
        target = inside if self.assumed(symbols.REALIZABLE) else stranger
        found = {"weak": weak, "target": target, "student": anyone}
        if self.combined:
            return found | self._combinations(members, weak)
        if self.computed:
            return found | {"student": next(iter(self.computed.values())).values}
        if self.assumed(symbols.EXACT):
            apart = jax.vmap(lambda one: self.mean(one, weak))(members)
            return found | {"student": members[jnp.argmin(apart)]}
        any_function = not self.claim.assumptions or self.claim.dropped == symbols.MEMBER.name
        return found | {"student": room.given(instance.student)} if any_function else found

    def _combinations(self, members: Array, weak: Values) -> dict[str, Values]:
        """Choose the best mixture of k predictors: of one, or of two."""
        every = list(self.computed.values())
        pairs, hull = every[:-1], every[-1]
        alone = jax.vmap(lambda one: self.mean(one, weak))(members)
        apart = jnp.stack([one.divergence for one in pairs])
        pair = jnp.stack([one.values for one in pairs])[jnp.argmin(apart)]
        single = members[jnp.argmin(alone)]
        better = (self.instance.k > 1) & (jnp.min(apart) < jnp.min(alone))
        return {"combination": jnp.where(better, pair, single), "hull": hull.values}

    def _teachers(self, weak: Values, stranger: Values) -> dict[str, Values]:
        """Take points for weak models at one input, and the student that matches them."""
        mean = jnp.einsum("n,nc->c", self.instance.masses, weak, precision=HIGHEST)
        student = mean if self.assumed(symbols.MATCHED) else weak[0]
        target = stranger[0] if self.assumed(symbols.ONE_TARGET) else stranger
        every = {"weak": weak, "student": student, "target": target}
        return {name: jnp.broadcast_to(one, weak.shape) for name, one in every.items()}

    def mean(self, first: Values, second: Values) -> Float[Array, ""]:
        """Give the mean divergence of what functions are given by."""
        return jnp.sum(self.instance.masses * self.geometry.family.between(first, second))

    def pair(self, data: Any) -> list[Values]:
        """Give the two functions of a divergence, in the order of what they are given by."""
        found = [self.functions[name] for name in data[1:]]
        return found[::-1] if self.dual else found

    def other(self, data: Any) -> Measured:
        """Compute a quantity that is no divergence."""
        head, *names = data
        found = [self.functions[name] for name in names]
        match head:
            case "gap":
                return self._gap(found[0])
            case "pull":
                return self._pull(*found)
            case "defect":
                return self._defect()
            case "slip":
                return self._slip()
            case "k":
                return exactly(self.instance.k)
            case "c":
                return exactly(self.instance.weak.shape[-1])
        least = [jnp.min(self.functions[name]) for name in ("combination", "hull")]
        return exactly(jnp.minimum(*least))

    def _slip(self) -> Measured:
        if not self.assumed(symbols.EXACT) and not self.combined:
            return exactly(0.0)
        if self.assumed(symbols.LOG_LINEAR):
            left = self._defect().number
            return exactly(jnp.abs(left.value) + left.error)
        if any(one.weak_first for one in self.computed):
            return exactly(0.0)
        return exactly(sum((one.gap for one in self.computed.values()), start=jnp.zeros(())))

    def _gap(self, one: Values) -> Measured:
        room, instance = self.geometry, self.instance
        given = room.given(instance.members), room.given(instance.weak), one, instance.masses
        found = rounded(lambda *arrays: pulls(room.family, False, *arrays), *given)
        number = Rounded(jnp.max(found.value), jnp.max(found.error))
        return measured(number, jnp.abs(number.value) + 1)

    def _pull(self, first: Values, second: Values, to: Values) -> Measured:
        family, masses = self.geometry.family, self.instance.masses[:, None]

        def product(first, second, to):
            turned = family.gradient(first) - family.gradient(second)
            return jnp.sum(masses * turned * (to - first))

        return _computed(product, first, second, to)

    def _defect(self) -> Measured:
        r"""Compute $\langle \nabla L(\Theta_v), \Theta_g - \Theta_v \rangle$ from the features."""
        instance, masses = self.instance, self.instance.masses[:, None]

        def product(features, coefficients, weak):
            chances = jax.nn.softmax(jnp.matmul(features, coefficients[0], precision=HIGHEST))
            apart = masses * (chances - jax.nn.softmax(weak))
            slope = jnp.matmul(features.T, apart, precision=HIGHEST)
            return jnp.sum(slope * (coefficients[1] - coefficients[0]))

        return _computed(product, instance.features, instance.heads, self.functions["weak"])


def _quantities(studies: list[Study]) -> tuple[dict[Any, Measured], ...]:
    """Compute what claims speak of; all divergences in one batch."""
    wanted = [
        (place, data)
        for place, one in enumerate(studies)
        for data in one.claim.quantities
        if data[0] == "D"
    ]
    given = [(studies[i].geometry.family, *studies[i].pair(data)) for i, data in wanted]
    batch: Any = jax.tree.map(lambda *leaves: jnp.stack(leaves), *given)
    masses = studies[0].instance.masses

    def mean(family, first, second):
        return _computed(lambda *pair: jnp.sum(masses * family.between(*pair)), first, second)

    found = jax.vmap(mean)(*batch)
    known: tuple[dict[Any, Measured], ...] = tuple({} for _ in studies)
    for i, (place, data) in enumerate(wanted):
        known[place][data] = jax.tree.map(lambda leaf, i=i: leaf[i], found)
    for one, its in zip(studies, known, strict=True):
        allowed = () if one.claim.allowance is None else quantities((one.claim.allowance,))
        rest = (data for data in (*one.claim.quantities, *allowed) if data[0] != "D")
        its.update((data, one.other(data)) for data in rest)
    return known


def _computed(function: Callable[..., Any], *arguments: Any) -> Measured:
    return measured(rounded(function, *arguments))
