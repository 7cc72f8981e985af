r"""What a claim of Bregman geometry says of finitely many numbers, whatever the divergence is.

For named functions there are the numbers $\varphi_i = \mathbb{E}\,\varphi(v_i)$ and $M_{ij} = \mathbb{E}
\langle \nabla\varphi(v_i), v_j \rangle$. Divergences are linear in them, $D(i, j) = \varphi_i - \varphi_j
- M_{ji} + M_{jj}$, and so are optimality conditions; multipliers are found by linear programming. Sound
for every generator. Not complete: where there are no multipliers nothing is said.
"""

from collections.abc import Iterator
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.terms import UNKNOWN
from w2sjax.proving import expressions
from w2sjax.proving.expressions import Expression, NotOfThisKindError
from w2sjax.proving.forms import Form, Vector, number
from w2sjax.proving.reading import Reader
from w2sjax.proving.statements import ZERO, Condition
from w2sjax.settings import bregman as symbols

STUDENT, TARGET, WEAK = symbols.student, symbols.target, symbols.weak


def potential(one: str) -> Form:
    r"""Give $\varphi_i$."""
    return number(f"φ({one})")


def product(one: str, other: str) -> Form:
    r"""Give $M_{ij}$."""
    return number(f"⟨∇φ({one}), {other}⟩")


def divergence(first: str, second: str) -> Form:
    """Give D(i, j)."""
    return potential(first) - potential(second) - pull(second, first, second)


def pull(at: str, to: str, start: str) -> Form:
    r"""Give $\langle \nabla\varphi(v_i), v_j - v_k \rangle$."""
    return product(at, to) - product(at, start)


def _letter(name: str) -> str:
    """Give what a quantity or a function is written as."""
    return (symbols.NUMBERS | symbols.LETTERS).get(name, (name, name))[1]


class BregmanReader(Reader):
    """A claim that is being read."""

    def __init__(self, claim: Claim):
        self.claim = claim
        used = [name for data in claim.quantities if data[0] != UNKNOWN for name in data[1:]]
        heads = {data[0] for data in claim.quantities}
        if other := heads - {"D", "gap", "pull", "defect", UNKNOWN}:
            raise NotOfThisKindError(
                f"{_letter(min(other))} is nothing that a proof by multipliers speaks of"
            )
        linear = self._assumed(symbols.LOG_LINEAR) and self._assumed(symbols.REALIZABLE)
        if "defect" in heads and not linear:
            raise NotOfThisKindError(
                "the slope of a class that is not log-linear, or has no target"
            )
        defect = [STUDENT, TARGET, WEAK] if "defect" in heads else []
        self.functions = list(dict.fromkeys([*used, *defect]))
        if unknown := set(self.functions) - {STUDENT, TARGET, WEAK}:
            raise NotOfThisKindError(
                f"what {_letter(min(unknown))} is cannot be said by a linear condition"
            )
        fitted = self._assumed(symbols.EXACT) or self._assumed(symbols.MEMBER)
        members = [STUDENT] * fitted + [TARGET] * self._assumed(symbols.REALIZABLE)
        self.members = [one for one in members if one in self.functions]
        self.names, self.origin = [], ZERO
        self.bases: dict[str, Vector] = {}
        self.gaps: dict[str, Vector] = {}
        self.attained: dict[str, str] = {}
        self.roots: dict[str, tuple[Form, Form]] = {}

    def _assumed(self, one: Any) -> bool:
        return self.claim.assumes(one)

    def quantity(self, data: Any) -> Expression:
        """Read a quantity."""
        head, *rest = data
        match head:
            case "D":
                return expressions.of_form(divergence(*rest))
            case "pull":
                first, second, to = rest
                return expressions.of_form(pull(first, to, first) - pull(second, to, first))
            case "defect":
                return expressions.of_form(self._dual_pull(TARGET))
            case "gap":
                return expressions.of_form(number(f"γ({rest[0]})"))
        return expressions.unknown(rest[0])

    def _primal_pull(self, member: str) -> Form:
        """Give what is nonnegative where the student is best with itself first."""
        return pull(STUDENT, member, STUDENT) - pull(WEAK, member, STUDENT)

    def _dual_pull(self, member: str) -> Form:
        """Give what is nonnegative where the student is best with the weak model first."""
        return pull(member, STUDENT, WEAK) - pull(STUDENT, STUDENT, WEAK)

    def _slack(self, lower: Any, upper: Any, sides: Any = None) -> Any:
        found = super()._slack(lower, upper, sides)
        parts = (found.form, *found.unknown.values())
        if any(part[(f"γ({one})",)] < 0 for part in parts for one in self.functions):
            raise NotOfThisKindError("a gap that makes a claim stronger where it is larger")
        return found

    def _conditions(self) -> list[Condition]:
        found = [
            Condition("divergence", (i, j), divergence(i, j))
            for i in self.functions
            for j in self.functions
            if i != j
        ]
        return [*found, *self._optimality(), *self._gaps()]

    def _gaps(self) -> Iterator[Condition]:
        for data in self.claim.quantities:
            if data[0] == "gap":
                for member in self.members:
                    if member != data[1]:
                        least = pull(WEAK, member, data[1]) - pull(data[1], member, data[1])
                        form = number(f"γ({data[1]})") - least
                        yield Condition("gap", (data[1], member), form)

    def _optimality(self) -> Iterator[Condition]:
        """Say what the student is, as far as that is linear."""
        if self._assumed(symbols.MATCHED) and self._assumed(symbols.ONE_TARGET):
            form = self._primal_pull(TARGET)
            yield Condition("matched", (STUDENT, TARGET), form, True)
        if not self._assumed(symbols.EXACT):
            return
        for member in self.members:
            if member == STUDENT:
                continue
            about, flat = (STUDENT, member), self._assumed(symbols.LOG_LINEAR)
            convex = self._assumed(symbols.CONVEX) and self._assumed(symbols.STUDENT_FIRST)
            dual = self._assumed(symbols.DUAL_CONVEX) and self._assumed(symbols.WEAK_FIRST)
            if convex:
                yield Condition("optimal", about, self._primal_pull(member))
            if dual or flat:
                yield Condition("dual optimal", about, self._dual_pull(member), flat)
            if self._assumed(symbols.STUDENT_FIRST):
                better = divergence(member, WEAK) - divergence(STUDENT, WEAK)
                yield Condition("least", about, better)
            elif self._assumed(symbols.WEAK_FIRST):
                better = divergence(WEAK, member) - divergence(WEAK, STUDENT)
                yield Condition("least", about, better)
