r"""Quantities of Bregman geometry in doubles, with bounds on their rounding.

Where a class is convex in gradients, functions are given by their gradients and the divergence is that of the
conjugate, $D_\varphi(f, g) = D_{\varphi^*}(\nabla\varphi(g), \nabla\varphi(f))$: then hulls apply as they are.
"""

import dataclasses
import functools
import itertools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from w2sjax.arithmetic.measured import Measured, exactly, measured
from w2sjax.arithmetic.rounding import HIGHEST, Rounded
from w2sjax.arithmetic.running_error import rounded
from w2sjax.bregman.conjugates import Conjugate
from w2sjax.bregman.divergences import Divergence
from w2sjax.bregman.hulls import Mixture, project, pulls
from w2sjax.language.claims import Claim
from w2sjax.settings import bregman as symbols
from w2sjax.settings.bregman.drawing import STRATA as STRATA
from w2sjax.settings.bregman.drawing import BregmanInstance
from w2sjax.settings.bregman.drawing import draw as draw
from w2sjax.settings.bregman.family import KINDS

Values = Float[Array, "n c"]
DIGITS = 2.0**16  # of gradients
DUAL = symbols.DUAL_CONVEX, symbols.LOG_LINEAR, symbols.MATCHED


def prepare(instance: BregmanInstance, claims: tuple[Claim, ...] = ()) -> BregmanInstance:
    """Leave it: claims have different classes."""
    return instance


def study(instance: BregmanInstance, claim: Claim) -> "Study":
    """Give the quantities to one claim."""
    return Study(instance, claim)


class Study:
    """The functions of an instance as a claim means them, in values or in gradients.

    Attributes:
        dual: whether functions are given by their gradients.
        geometry: the divergence of what they are given by.
        masses: weights of the points.
        functions: by name.
    """

    def __init__(self, instance: BregmanInstance, claim: Claim):
        self.claim = claim
        entropy = (symbols.RELATIVE_ENTROPY, symbols.LOG_LINEAR)
        if any(map(self.assumed, entropy)) or claim.dropped == symbols.LOG_LINEAR.name:
            kind = jnp.full_like(instance.kind, KINDS.index("kl"))
            instance = dataclasses.replace(instance, kind=kind)
        self.instance, self.masses = instance, instance.masses
        self.dual = any(map(self.assumed, DUAL)) or claim.dropped in [one.name for one in DUAL]
        family = instance.family
        self.geometry: Divergence = Conjugate(family) if self.dual else family
        self.given = self._gradients if self.dual else lambda values: values
        self.computed: Mixture | None = None
        self.functions = self._functions()
        self.divergences = self._divergences()

    def assumed(self, one: Any) -> bool:
        """Whether the claim assumes this."""
        return self.claim.assumes(one)

    def quantity(self, data: Any, *arguments: Any) -> Measured:
        """Compute a quantity."""
        del arguments
        head, *names = data
        found = [self.functions[name] for name in names]
        match head:
            case "D":
                return self.divergences[data]
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

    def _gradients(self, values: Values) -> Values:
        """Round gradients to a grid, on which sums of their multiples are exact."""
        return jnp.round(DIGITS * self.instance.family.gradient(values)) / DIGITS

    def _functions(self) -> dict[str, Values]:
        if self.assumed(symbols.LOG_LINEAR) or self.claim.dropped == symbols.LOG_LINEAR.name:
            return self._heads()
        instance = self.instance
        if self.assumed(symbols.ONE_TARGET) or self.assumed(symbols.MATCHED):
            return self._teachers()
        members, weak = self.given(instance.members), self.given(instance.weak)
        target, anyone = jnp.einsum("jm,mnc->jnc", instance.mixtures, members, precision=HIGHEST)
        stranger = self.given(instance.stranger)
        any_function = not self.claim.assumptions or self.claim.dropped == symbols.MEMBER.name
        found = {"weak": weak, "student": self.given(instance.student) if any_function else anyone}
        found["target"] = target if self.assumed(symbols.REALIZABLE) else stranger
        if any("combination" in data for data in self.claim.quantities):
            return found | self._combinations(members, weak)
        if any(map(self.assumed, (symbols.EXACT, symbols.STUDENT_FIRST, symbols.WEAK_FIRST))):
            found["student"] = self._student(members, weak, anyone)
        return found

    def _student(self, members: Any, weak: Values, anyone: Values) -> Values:
        """Fit the student that the claim speaks of."""
        fit = functools.partial(project, self.geometry, members, weak, self.masses)
        if not self.assumed(symbols.EXACT):
            return anyone
        if not (self.assumed(symbols.STUDENT_FIRST) or self.assumed(symbols.WEAK_FIRST)):
            return fit(weak_first=True).values
        if not (self.assumed(symbols.CONVEX) or self.assumed(symbols.DUAL_CONVEX)):
            return members[jnp.argmin(jax.vmap(lambda one: self._mean(one, weak))(members))]
        self.computed = fit()
        return self.computed.values

    def _combinations(self, members: Any, weak: Values) -> dict[str, Values]:
        """Find the best mixture of k predictors, and of all."""
        count = members.shape[0]
        rows = [row for size in range(1, count)
                for row in itertools.combinations(range(count), size)]  # fmt: skip
        places = jnp.asarray([row + row[:1] * (count - len(row)) for row in rows])
        sizes = jnp.asarray([len(row) for row in rows])
        fit = functools.partial(project, self.geometry, weak=weak, weights=self.masses)
        found = jax.vmap(lambda row: fit(members[row]))(places)
        best = jnp.argmin(jnp.where(sizes <= self.instance.k, found.divergence, jnp.inf))
        chosen, self.computed = jax.tree.map(lambda leaf: leaf[best], found), fit(members)
        slack = self.computed.gap + chosen.gap
        self.computed = dataclasses.replace(self.computed, gap=slack)
        return {"combination": chosen.values, "hull": self.computed.values}

    def _teachers(self) -> dict[str, Values]:
        """Take points for weak models at one input, and the student that matches them."""
        weak = self.given(self.instance.weak)
        mean = jnp.einsum("n,nc->c", self.masses, weak, precision=HIGHEST)
        stranger = self.given(self.instance.stranger)
        student = mean if self.assumed(symbols.MATCHED) else weak[0]
        target = stranger[0] if self.assumed(symbols.ONE_TARGET) else stranger
        every = {"weak": weak, "student": student, "target": target}
        return {name: jnp.broadcast_to(one, weak.shape) for name, one in every.items()}

    def _heads(self) -> dict[str, Values]:
        r"""Make a weak model at which a head is the minimum: $\mathbb{E}\, h (f_w - v)^\top = 0$."""
        instance = self.instance
        scores = jnp.einsum("nd,jdc->jnc", instance.features, instance.heads, precision=HIGHEST)
        linear = self.assumed(symbols.LOG_LINEAR)
        student, target = scores if linear else scores + scores**2 / 4
        chances = jax.nn.softmax(student)
        noise = instance.noise - jnp.mean(instance.noise, axis=1, keepdims=True)
        if self.assumed(symbols.EXACT):
            heavy = instance.features * self.masses[:, None]
            moments = jnp.matmul(heavy.T, instance.features, precision=HIGHEST)
            pulled = jnp.matmul(heavy.T, noise, precision=HIGHEST)
            noise -= jnp.matmul(instance.features, jnp.linalg.solve(moments, pulled))
        room = jnp.min(jnp.where(noise < 0, chances / -jnp.where(noise < 0, noise, -1), jnp.inf))
        weak = jnp.log(chances + 0.9 * jnp.minimum(room, 1) * noise)
        realizable = self.assumed(symbols.REALIZABLE)
        target = target if realizable else self.given(instance.stranger)
        return {"weak": weak, "student": student, "target": target}

    def _mean(self, first: Values, second: Values) -> Float[Array, ""]:
        return jnp.sum(self.masses * self.geometry.between(first, second))

    def _divergences(self) -> dict[Any, Measured]:
        """Compute all in one loop, whose body is compiled once."""
        wanted = [data for data in self.claim.quantities if data[0] == "D"]
        pairs = [[self.functions[name] for name in data[1:]] for data in wanted]
        first, second = map(jnp.stack, zip(*pairs, strict=True))
        given = (second, first) if self.dual else (first, second)
        found = jax.lax.map(lambda pair: _computed(self._mean, *pair), given)
        return {data: jax.tree.map(lambda leaf, i=i: leaf[i], found)
                for i, data in enumerate(wanted)}  # fmt: skip

    def _slip(self) -> Measured:
        if self.claim.assumes(symbols.LOG_LINEAR):
            left = self._defect().number
            return exactly(jnp.abs(left.value) + left.error)
        return exactly(0.0 if self.computed is None else self.computed.gap)

    def _gap(self, one: Values) -> Measured:
        instance = self.instance
        members, weak = self.given(instance.members), self.given(instance.weak)
        found = rounded(
            functools.partial(pulls, self.geometry, False), members, weak, one, self.masses
        )
        number = Rounded(jnp.max(found.value), jnp.max(found.error))
        return measured(number, jnp.abs(number.value) + 1)

    def _pull(self, first: Values, second: Values, to: Values) -> Measured:
        def product(first, second, to):
            turned = self.geometry.gradient(first) - self.geometry.gradient(second)
            return jnp.sum(self.masses[:, None] * turned * (to - first))

        return _computed(product, first, second, to)

    def _defect(self) -> Measured:
        r"""Compute $\langle \nabla L(\Theta_v), \Theta_g - \Theta_v \rangle$ from the features."""
        instance = self.instance

        def product(features, heads, weak):
            chances = jax.nn.softmax(jnp.matmul(features, heads[0], precision=HIGHEST))
            apart = self.masses[:, None] * (chances - jax.nn.softmax(weak))
            slope = jnp.matmul(features.T, apart, precision=HIGHEST)
            return jnp.sum(slope * (heads[1] - heads[0]))

        return _computed(product, instance.features, instance.heads, self.functions["weak"])


def _computed(function: Callable[..., Any], *arguments: Any) -> Measured:
    return measured(rounded(function, *arguments))
