r"""What a claim about projections says of vectors: conditions and a slack, linear in their inner products.

An instance names finitely many functions. Every squared distance and inner product is linear in their Gram
matrix; a projection is known by its variational inequality at every named member of the class, a gap
$\gamma(q)$ by being at least $\langle w - q, u - q \rangle$ there. Functions that an assumption makes
equal are one vector. Coordinates are differences to one vector, which is 0.
"""

from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import plan
from w2sjax.language.terms import UNKNOWN, Comparison
from w2sjax.proving import expressions
from w2sjax.proving.expressions import EXPRESSIONS, Expression, Monomial, NotOfThisKindError
from w2sjax.proving.forms import Form, Vector, minus, number, product, square
from w2sjax.proving.statements import ZERO, Condition, Sides, Slack, Statement, only
from w2sjax.settings.projection import AFFINE, MEMBER, SUBSPACE
from w2sjax.settings.projection.functions import Parts, label
from w2sjax.settings.projection.meaning import LABELS, meaning_of

ALWAYS_MEMBERS = ("projection", "best", "member", "other", "sampled", "between")


KINDS = "projection", "bregman"  # settings that have proofs by multipliers


def read(claim: Claim) -> Statement:
    """Read a claim.

    Raises:
        NotOfThisKindError: saying what no proof by multipliers can speak of.
    """
    if claim.setting.name == "bregman":
        from w2sjax.proving.bregman.reading import BregmanReader

        return BregmanReader(claim).statement()
    if claim.setting.name != "projection":
        raise NotOfThisKindError(
            f"{claim.name} is about {claim.setting.name}: only statements about projections and Bregman "
            "geometry can be proved so far"
        )
    return Reader(claim).statement()


class Reader:
    """A claim that is being read."""

    def __init__(self, claim: Claim):
        self.claim, self.meaning = claim, meaning_of(claim)
        self.pair = self.meaning.pair
        self.flat = claim.assumes(AFFINE) or claim.assumes(SUBSPACE)
        self.functions = {
            name: dict(self.meaning.parts(name)) for d in claim.quantities for name in _of(d)
        }
        self.bases: dict[str, Vector] = {}
        self.gaps: dict[str, Vector] = {}
        self.attained: dict[str, str] = {}
        self.roots: dict[str, tuple[Form, Form]] = {}
        named = dict.fromkeys(n for one in self.functions.values() for n in one)
        for name in [*named]:
            self._close(name, named)
        for data in claim.quantities:
            if data[0] == "outside" and not self._is_member(self._whole(data[1])):
                self._nearest(data[1], named)
            if data[0] == "gap" and "weak" not in named:
                named["weak"] = None
        invariant = all(self._invariant(data) for data in claim.quantities)
        self.members = [n for n in named if self._is_member(n)]
        self.origin = (self.members or list(named))[0] if invariant else ZERO
        if not invariant and self.flat:
            self.members.append(ZERO)
        self.names = [n for n in named if n != self.origin]

    def _close(self, name: str, named: dict[str, None]) -> None:
        """Name what a projection is the projection of."""
        base = LABELS.get(name)
        if base is not None:
            self.bases[name] = {base: Fraction(1)}
            named.setdefault(base)

    def _nearest(self, data: Any, named: dict[str, None]) -> None:
        """Name the member next to a function."""
        name = f"nearest to {label(self.meaning.parts(data))}"
        self.bases[name] = dict(self.meaning.parts(data))
        named.setdefault(name)

    def _whole(self, data: Any) -> str | None:
        parts: Parts = self.meaning.parts(data)
        return parts[0][0] if len(parts) == 1 and parts[0][1] == 1 else None

    def _is_member(self, name: str | None) -> bool:
        if name is None:
            return False
        if name == "between":
            return not self.pair
        known = name in ALWAYS_MEMBERS or name.startswith(("nearest to", "farthest from"))
        return known or (name == "stated" and self.claim.assumes(MEMBER))

    def _invariant(self, data: Any) -> bool:
        """Whether a quantity stays as it is when all functions move by the same one."""
        shares = [sum(self.functions[one].values()) for one in _of(data)]
        match data[0]:
            case "d":
                return shares[0] == shares[1]
            case "inner":
                return not any(shares)
        return data[0] == UNKNOWN or shares[0] == 1

    def vector(self, one: Vector) -> dict[str, Fraction]:
        """Give a combination in coordinates."""
        return {name: share for name, share in one.items() if name != self.origin and share}

    def between(self, first: Vector, second: Vector) -> dict[str, Fraction]:
        """Give a difference in coordinates."""
        return minus(self.vector(first), self.vector(second))

    def quantity(self, data: Any) -> Expression:
        """Read a quantity."""
        head, *rest = data
        if head == UNKNOWN:
            return expressions.unknown(rest[0])
        parts = [self.functions[one] for one in rest]
        match head:
            case "d":
                return expressions.of_form(square(self.between(*parts)))
            case "inner":
                left, right = map(self.vector, parts)
                return expressions.of_form(product(left, right))
            case "gap":
                return self._gap(rest[0])
        if self._is_member(self._whole(rest[0])):
            return expressions.number(Fraction(0))
        name = f"nearest to {label(self.meaning.parts(rest[0]))}"
        return expressions.of_form(square(self.between(parts[0], {name: Fraction(1)})))

    def _gap(self, data: Any) -> Expression:
        if self._whole(data) == "projection" and not self.pair:
            return expressions.number(Fraction(0))
        if self.flat:
            raise NotOfThisKindError(
                "over an affine class the gap of a function is 0 or infinite: say which, by EXACT"
            )
        name = f"gap of {label(self.meaning.parts(data))}"
        self.gaps[name] = self.functions[data]
        return expressions.of_form(number(name))

    def statement(self) -> Statement:
        """Carry out the plan of the claim's terms, and name what may be used."""
        values = plan(self.claim.terms).values(EXPRESSIONS, self.quantity)
        pairs = list(zip(values[::2], values[1::2], strict=True))
        count = len(self.claim.comparisons)
        slacks = []
        for one, (lower, upper) in zip(self.claim.comparisons, pairs[:count], strict=True):
            slacks.append(self._slack(lower, upper, (one.lower, one.upper)))
            if one.identity:
                slacks.append(self._slack(upper, lower, (one.upper, one.lower)))
        given = [
            self._given(place, one, lower, upper)
            for place, ((_, one), (lower, upper)) in enumerate(
                zip(self.claim.conditions, pairs[count:], strict=True)
            )
        ]
        for name in self.gaps:
            self._attain(name, slacks)
        slacks = [self._substituted(one) for one in slacks]
        return Statement(
            self.claim,
            tuple(self.names),
            self.origin,
            tuple(self.members),
            self.bases,
            tuple(slacks),
            (*self._conditions(), *given),
            self.roots,
        )

    def _given(self, place: int, one: Comparison, lower: Any, upper: Any) -> Condition:
        slack = self._slack(lower, upper)
        if slack.unknown or any(key[0] in self.roots for key, _ in slack.form.terms):
            raise NotOfThisKindError("a condition with roots or unknowns")
        return Condition("given", (place,), slack.form, one.identity)

    def _slack(self, lower: Expression, upper: Expression, sides: Sides | None = None) -> Slack:
        """Read upper - lower; where all is single roots, squares of both sides are compared."""
        expression = upper - lower
        single = [m for m in expression.terms if len(m.roots) == 1]
        if single:
            if len(single) < len(expression.terms) or any(m.forms or m.unknowns for m in single):
                raise NotOfThisKindError("single roots beside other terms cannot be squared away")
            signs = {True: {}, False: {}}
            for one, share in expression.terms.items():
                signs[share > 0][one] = abs(share)
            above, below = (Expression(signs[sign]) for sign in (True, False))
            expression = above * above - below * below
            sides = None if sides is None else (sides[0] ** 2, sides[1] ** 2)
        parts: dict[str, Form] = {"": Form()}
        for one, share in expression.terms.items():
            if len(one.unknowns) > 1 or len(one.forms) + (len(one.roots) > 0) != 1:
                raise NotOfThisKindError("a term that is not linear in distances and products")
            name = one.unknowns[0] if one.unknowns else ""
            inside = one.forms[0] if one.forms else self._root(one)
            parts[name] = parts.get(name, Form()) + inside * share
        return Slack(
            parts.pop(""), parts, tuple(sorted(expression.squared, key=str)), sides, bool(single)
        )

    def _root(self, one: Monomial) -> Form:
        """Name the root of a product of two forms."""
        if len(one.roots) != 2:
            raise NotOfThisKindError("a product of more than two roots")
        first, second = one.roots
        for name, known in self.roots.items():
            if known == (first, second):
                return number(name)
        name = f"root {len(self.roots) + 1}"
        self.roots[name] = (first, second)
        return number(name)

    def _attain(self, name: str, slacks: list[Slack]) -> None:
        """Where a larger gap makes a claim stronger, name a member at which it is attained."""
        shares = [part[(name,)] for s in slacks for part in (s.form, *s.unknown.values())]
        if any(share < 0 for share in shares):
            member = f"farthest from {label(tuple(self.gaps[name].items()))}"
            self.attained[name] = member
            self.members.append(member)
            self.names.append(member)

    def _pull(self, name: str, member: str) -> Form:
        """Give ⟨w - q, u - q⟩."""
        q, one = self.gaps[name], Fraction(1)
        return product(self.between({"weak": one}, q), self.between({member: one}, q))

    def _substituted(self, slack: Slack) -> Slack:
        def put(one: Form) -> Form:
            for name, member in self.attained.items():
                one = one + (self._pull(name, member) - number(name)) * one[(name,)]
            return one

        return Slack(
            put(slack.form),
            {name: put(one) for name, one in slack.unknown.items()},
            tuple(map(put, slack.positive)),
            slack.sides,
            slack.squared,
        )

    def _conditions(self) -> list[Condition]:
        found, one = [], Fraction(1)
        for name, base in self.bases.items():
            apart = self.between(base, {name: one})
            for member in self.members:
                if member == name:
                    continue
                step = self.between({member: one}, {name: one})
                about = (tuple(base.items()), only(name), only(member))
                if self.pair:
                    farther = square(self.between(base, {member: one}))
                    found.append(Condition("nearest", about, farther - square(apart)))
                else:
                    pull = product(apart, step) * -1
                    found.append(Condition("variational", about, pull, self.flat))
        for name, q in self.gaps.items():
            for member in self.members:
                if member == self.attained.get(name):
                    continue
                about = (tuple(q.items()), only(member))
                pull = self._pull(name, member)
                if name in self.attained:
                    about = (*about, only(self.attained[name]))
                    most = self._pull(name, self.attained[name])
                    found.append(Condition("attained", about, most - pull))
                else:
                    found.append(Condition("gap", about, number(name) - pull))
        return found


def _of(data: Any) -> tuple[Any, ...]:
    return () if data[0] == UNKNOWN else data[1:]
