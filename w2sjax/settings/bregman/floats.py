r"""Quantities of Bregman geometry in doubles, with bounds on their rounding.

Where a class is convex in gradients, functions are given by their gradients and the divergence is that of
the conjugate, $D_\varphi(f, g) = D_{\varphi^*}(\nabla\varphi(g), \nabla\varphi(f))$: then hulls apply as
they are.
"""

import dataclasses
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.measured import Measured, exactly, measured
from w2sjax.arithmetic.rounding import HIGHEST, Rounded, unit
from w2sjax.arithmetic.running_error import rounded
from w2sjax.bregman.hulls import Mixture, pulls
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import quantities
from w2sjax.settings import bregman as symbols
from w2sjax.settings.bregman.drawing import STRATA as STRATA
from w2sjax.settings.bregman.drawing import BregmanInstance
from w2sjax.settings.bregman.drawing import draw as draw
from w2sjax.settings.bregman.family import Family
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
    """Solve for all students at once, and compute all divergences at once.

    Claims that assume the same, such as a claim and its false twin, share their functions and quantities.
    """
    alike: dict[Any, list[Claim]] = {}
    for claim in claims:
        alike.setdefault(_assumed(claim), []).append(claim)
    studies = [Study(instance, some) for some in alike.values()]
    solved = solve(instance, [problem for one in studies for problem in one.problems()])
    for one in studies:
        one.computed = {problem: solved[problem] for problem in one.problems()}
        one.functions = one.named()
    known = dict(zip(alike, _quantities(studies), strict=True))
    return Prepared(claims, tuple(known[_assumed(claim)] for claim in claims))


def _assumed(claim: Claim) -> Any:
    """Say what the functions of a claim depend on."""
    combined = any("combination" in data for data in claim.quantities)
    return claim.assumptions, claim.dropped, combined


def study(prepared: Prepared, claim: Claim) -> SimpleNamespace:
    """Give the quantities to one claim."""
    known = prepared.known[prepared.claims.index(claim)]
    return SimpleNamespace(quantity=known.__getitem__)


class Study:
    """The functions of an instance as claims that assume the same mean them.

    Attributes:
        wanted: the quantities of the claims, and of what they allow for.
        geometry: the divergence, and whether functions are given by values or gradients.
        computed: the mixtures that were solved for.
        functions: by name.
    """

    def __init__(self, instance: BregmanInstance, claims: Sequence[Claim]):
        self.claim, self.instance = claims[0], instance
        allowed = [one.allowance for one in claims if one.allowance is not None]
        every = [data for one in claims for data in one.quantities]
        # What a computed head allows for is its defect.
        every += [symbols.defect.data] * (bool(allowed) and self.assumed(symbols.LOG_LINEAR))
        self.wanted = tuple(dict.fromkeys([*every, *quantities(allowed)]))
        self.entropy = any(map(self.meant, (symbols.RELATIVE_ENTROPY, symbols.LOG_LINEAR)))
        self.entropy &= self.claim.dropped != symbols.RELATIVE_ENTROPY.name
        self.dual = any(map(self.meant, DUAL))
        self.geometry = geometry(instance, self.dual, self.entropy)
        self.combined = any("combination" in data for data in self.wanted)
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

    def given(self, data: Any) -> tuple[Any, ...]:
        """Give what a quantity of `COMPUTED` is a function of."""
        head, *names = data
        found = [self.functions[name] for name in names]
        family, masses = self.geometry.family, self.instance.masses
        match head:
            case "D":  # in the order of what functions are given by
                return family, masses, *(found[::-1] if self.dual else found)
            case "pull":
                return family, masses, *found
            case "gap":
                both = map(self.geometry.given, (self.instance.members, self.instance.weak))
                return family, masses, *both, *found
        return masses, self.instance.features, self.instance.heads, self.functions["weak"]

    def other(self, data: Any, known: dict[Any, Measured]) -> Measured:
        """Give a quantity that is none of `COMPUTED`, which are known."""
        match data[0]:
            case "slip":
                return self._slip(known)
            case "k":
                return exactly(self.instance.k)
            case "c":
                return exactly(self.instance.weak.shape[-1])
        least = [jnp.min(self.functions[name]) for name in ("combination", "hull")]
        return exactly(jnp.minimum(*least))

    def _slip(self, known: dict[Any, Measured]) -> Measured:
        if not self.assumed(symbols.EXACT) and not self.combined:
            return exactly(0.0)
        if self.assumed(symbols.LOG_LINEAR):
            left = known[symbols.defect.data].number
            return exactly(jnp.abs(left.value) + left.error)
        if any(one.weak_first for one in self.computed):
            return exactly(0.0)
        gaps = sum((one.gap for one in self.computed.values()), start=jnp.zeros(()))
        return exactly(gaps + self._off() if self.combined else gaps)

    def _off(self) -> Float[Array, ""]:
        """Bound what rounding of the combination, an entry by 8 units at most, changes in a gap."""
        family, one = self.geometry.family, self.functions["combination"]
        turned = family.gradient(self.functions["weak"]) - family.gradient(self.functions["hull"])
        far = jnp.sum(self.instance.masses[:, None] * jnp.abs(turned) * one)
        return 8 * unit(one.dtype) * (1 + 2 * far)


def _mean(family: Family, masses: Array, first: Values, second: Values) -> Measured:
    return _computed(lambda *pair: jnp.sum(masses * family.between(*pair)), first, second)


def _pull(family: Family, masses: Array, first: Values, second: Values, to: Values) -> Measured:
    def product(first, second, to):
        turned = family.gradient(first) - family.gradient(second)
        return jnp.sum(masses[:, None] * turned * (to - first))

    return _computed(product, first, second, to)


def _gap(family: Family, masses: Array, members: Array, weak: Values, one: Values) -> Measured:
    found = rounded(lambda *arrays: pulls(family, False, *arrays), members, weak, one, masses)
    number = Rounded(jnp.max(found.value), jnp.max(found.error))
    return measured(number, jnp.abs(number.value) + 1)


def _defect(masses: Array, features: Array, heads: Array, weak: Values) -> Measured:
    r"""Compute $\langle \nabla L(\Theta_v), \Theta_g - \Theta_v \rangle$ from the features."""

    def product(features, heads, weak):
        chances = jax.nn.softmax(jnp.matmul(features, heads[0], precision=HIGHEST))
        apart = masses[:, None] * (chances - jax.nn.softmax(weak))
        slope = jnp.matmul(features.T, apart, precision=HIGHEST)
        return jnp.sum(slope * (heads[1] - heads[0]))

    return _computed(product, features, heads, weak)


COMPUTED = {"D": _mean, "pull": _pull, "gap": _gap, "defect": _defect}


def _quantities(studies: list[Study]) -> tuple[dict[Any, Measured], ...]:
    """Compute what studies are about; all quantities of a kind in one batch."""
    known: tuple[dict[Any, Measured], ...] = tuple({} for _ in studies)
    for head, compute in COMPUTED.items():
        wanted = [
            (place, data)
            for place, one in enumerate(studies)
            for data in one.wanted
            if data[0] == head
        ]
        if not wanted:
            continue
        given = [studies[i].given(data) for i, data in wanted]
        found = jax.vmap(compute)(*jax.tree.map(lambda *leaves: jnp.stack(leaves), *given))
        for i, (place, data) in enumerate(wanted):
            known[place][data] = jax.tree.map(lambda leaf, i=i: leaf[i], found)
    for one, its in zip(studies, known, strict=True):
        rest = [data for data in one.wanted if data[0] not in COMPUTED]
        its.update((data, one.other(data, its)) for data in rest)
    return known


def _computed(function: Callable[..., Any], *arguments: Any) -> Measured:
    return measured(rounded(function, *arguments))
