r"""The best constant of a bound: the least, or greatest, for which it holds for all instances.

The constant is one more variable beside the multipliers; its least value is a semidefinite program. Where
that is a rational number c, the bound is proved at c, and an instance at which both sides are equal, and with
any smaller constant the bound fails, proves that c is best. Otherwise the bound is proved at the upper end of
an interval of width at most 1e-6, and refuted at its lower end.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from w2sjax.arithmetic.rationals import simplest
from w2sjax.falsification.counterexample import Counterexample, about, confirm
from w2sjax.falsification.deciding import decide
from w2sjax.language.claims import Claim
from w2sjax.language.files import from_json, to_json
from w2sjax.machine.records import Record
from w2sjax.proving.algebraic import algebraic
from w2sjax.proving.certificate import check
from w2sjax.proving.expressions import NotOfThisKindError
from w2sjax.proving.instances import instance
from w2sjax.proving.models import Gram, Models
from w2sjax.proving.multipliers import Search
from w2sjax.proving.proof import Proof
from w2sjax.proving.reading import read
from w2sjax.proving.statements import Slack, Statement
from w2sjax.proving.unknowns import with_values
from w2sjax.reporting.blocks import Report
from w2sjax.reporting.showing import Shown
from w2sjax.settings.exact import RefusedError
from w2sjax.settings.projection.meaning import meaning_of

WIDTH = 1e-6  # of an interval at most
HALF = Fraction(4, 10**7)  # of the width that is aimed at
UNPROVED = "by the solver's word alone: no exact proof of that is found"
LARGEST = 10_000  # denominator of a constant that is taken for rational
TIED = "the tight student is the other one of two members that are equally near"
LEAST, GREATEST, EVERY, NONE = "least", "greatest", "every", "none"


@dataclasses.dataclass(frozen=True)
class Sharpened(Shown):
    """The best constant of a bound.

    Attributes:
        claim: the bound, with its unknown constant.
        name: of the constant.
        kind: "least" or "greatest"; "every" if the bound holds with all, "none" if it holds with none.
        constant: the best one, where it is rational.
        interval: what contains it: where it is rational it is that alone.
        algebraic: what it seems to be where it is not rational; "" if that is not known.
        proof: of the bound with the constant, or with the end of the interval.
        counterexample: to the bound with the other end of the interval.
        tight: an instance at which the bound with the constant is an equality, and fails with a better one.
        note: what is not certain.
    """

    claim: Claim
    name: str
    kind: str
    constant: Fraction | None = None
    interval: tuple[Fraction, Fraction] | None = None
    algebraic: str = ""
    proof: Proof | None = None
    counterexample: Counterexample | None = None
    tight: Any = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain objects, rationals as text."""
        return {
            "claim": self.claim.name,
            "unknown": self.name,
            "kind": self.kind,
            "constant": None if self.constant is None else str(self.constant),
            "interval": None if self.interval is None else [str(end) for end in self.interval],
            "algebraic": self.algebraic,
            "proof": None if self.proof is None else self.proof.to_json(),
            "counterexample": None
            if self.counterexample is None
            else self.counterexample.to_json(),
            "tight": None if self.tight is None else self.tight.to_json(),
            "note": self.note,
        }

    @classmethod
    def from_json(cls, claim: Claim, fields: dict[str, Any]) -> "Sharpened":
        """Read what `to_json` gives, for the bound that it is about."""
        read = claim.setting.part("instance").Instance.from_json
        parts = {
            "constant": Fraction,
            "interval": lambda ends: tuple(map(Fraction, ends)),
            "proof": lambda found: Proof.from_json(_restated(claim, found), found),
            "counterexample": lambda found: about(_restated(claim, found), found),
            "tight": read,
        }
        given: dict[str, Any] = {
            name: None if fields[name] is None else part(fields[name])
            for name, part in parts.items()
        }
        given |= {name: fields[name] for name in ("kind", "algebraic", "note")}
        return cls(claim, fields["unknown"], **given)

    def report(self) -> Report:
        """Give it as a report."""
        from w2sjax.proving.reports import sharpened_report

        return sharpened_report(self)


def _restated(claim: Claim, found: dict[str, Any]) -> Claim:
    """The bound with the number in place of its constant that something recorded is about."""
    stated = from_json(found["claim"], claim.setting).claim
    return dataclasses.replace(claim, claim=stated, false_twin=None)


def sharpen(claim: Claim, checkpoint: str | Path | None = None) -> Sharpened:
    """Find the best value of the one unknown constant of a bound.

    It is recorded in the folder `checkpoint`, and taken from there if it is there.

    Raises:
        NotOfThisKindError: a ValueError, for a bound that is not linear in it, or of another kind.
        ValueError: if it does not have one unknown constant.
        ImportError: without the extra "prove".
    """
    if len(claim.unknowns) != 1:
        raise ValueError(
            f"{claim.name or claim.title}: expected one unknown constant, got {len(claim.unknowns)}; "
            'write c = w2sjax.unknown("c"), and curve for two'
        )
    statement = read(claim)
    if claim.setting.name != "projection":
        raise NotOfThisKindError(
            "best constants are sought of statements about projections alone: in Bregman geometry it is no "
            "refutation that multipliers are missing, so that none is shown to be best"
        )
    record = Record(checkpoint, "sharpen", {"claim": to_json(claim)})
    fields = record.once("best", lambda: _sharpened(claim, statement).to_json())
    return Sharpened.from_json(claim, fields)


def _sharpened(claim: Claim, statement: Statement) -> Sharpened:
    (name,), search = claim.unknowns, Search(statement)
    low, high = (search.extreme(statement.slacks, name, sign) for sign in (1, -1))
    sign = -1 if math.isinf(low) else 1
    bound = _Bound(claim, name, statement, search, sign)
    if math.isnan(low) or math.isnan(high) or low > high + WIDTH:
        never = bound.refuted_always()
        return Sharpened(claim, name, NONE, counterexample=never, note=UNPROVED * (never is None))
    if math.isinf(low) and math.isinf(high):
        always = bound.proved_always()
        return Sharpened(claim, name, EVERY, proof=always, note=UNPROVED * (always is None))
    found = _best(bound, low if sign > 0 else high)
    if math.isfinite(low) and math.isfinite(high):
        note = f"it holds up to about {high:.7g}"
        found = dataclasses.replace(found, note=", ".join(filter(None, (found.note, note))))
    return found


@dataclasses.dataclass(frozen=True)
class _Bound:
    """A bound whose constant is sought.

    Attributes:
        sign: 1 if the least is sought, -1 if the greatest.
    """

    claim: Claim
    name: str
    statement: Statement
    search: Search
    sign: int

    def at(self, value: Fraction) -> tuple[Claim, list[Slack]]:
        """Put in a value."""
        slacks = [slack.at({self.name: value}) for slack in self.statement.slacks]
        return with_values(self.claim, {self.name: value}), slacks

    def proved(self, value: Fraction) -> Proof | None:
        """Prove it with a value of the constant."""
        claim, slacks = self.at(value)
        found = [self.search.certificate(slack) for slack in slacks]
        certificates = tuple(one for one in found if one is not None)
        if len(certificates) < len(found):
            return None
        statement = read(claim)
        for slack, certificate in zip(statement.slacks, certificates, strict=True):
            check(statement, slack, certificate)
        return Proof(claim, certificates)

    def refuted(self, value: Fraction) -> Counterexample | None:
        """Refute it with a value of the constant."""
        claim, slacks = self.at(value)
        models = Models(self.statement)
        found = itertools.chain.from_iterable(models.breaking(slack) for slack in slacks)
        return self.confirmed(claim, found)

    def confirmed(self, claim: Claim, models: Iterator[Gram]) -> Counterexample | None:
        """Confirm the first model that both engines take for a counterexample."""
        for case in self.instances(models):
            try:
                answer = confirm(claim, case, "from a dual solution")
            except RefusedError:
                continue
            if answer is not None:
                return answer
        return None

    def refuted_always(self) -> Counterexample | None:
        """Refute it with an instance in which the constant has no part."""
        claim, _ = self.at(Fraction(0))
        models = Models(self.statement)
        found = itertools.chain.from_iterable(map(models.breaking_always, self.statement.slacks))
        return self.confirmed(claim, found)

    def proved_always(self) -> Proof | None:
        """Prove it with the constant 0, and that what the constant is multiplied with is 0."""
        parts = [part for slack in self.statement.slacks for part in slack.unknown.values()]
        idle = all(self.search.shown(part * sign) for part in parts for sign in (1, -1))
        return self.proved(Fraction(0)) if idle else None

    def tight(self, value: Fraction) -> tuple[Any, str]:
        """Find an instance at which it is an equality, and fails with any better constant.

        Of two members that are equally near an instance takes the first as the projection: where the other
        one is meant, that is said.
        """
        claim, slacks = self.at(value)
        better, _ = self.at(value - self.sign)
        models = Models(self.statement)
        parts = [slack.unknown.get(self.name) for slack in self.statement.slacks]
        pair = meaning_of(self.claim).pair
        for slack, part in zip(slacks, parts, strict=True):
            if part is None:
                continue
            for case in self.instances(models.tight(slack, part * self.sign)):
                if decide(claim, case).slack == 0 and decide(better, case).violated:
                    return case, ""
                if pair:
                    return case, TIED
        return None, ""

    def instances(self, models: Iterator[Gram]) -> Iterator[Any]:
        """Make models instances."""
        for gram in models:
            case = instance(self.statement, gram)
            if case is not None and case.fault() is None:
                yield case


def _best(bound: _Bound, near: float) -> Sharpened:
    """Find the best constant near a numerical one."""
    claim, name, kind = bound.claim, bound.name, LEAST if bound.sign > 0 else GREATEST
    value = Fraction(near)
    simple = simplest(value - HALF, value + HALF)
    proof = bound.proved(simple) if simple.denominator <= LARGEST else None
    if proof is not None:
        tight, note = bound.tight(simple)
        if tight is not None:
            return Sharpened(
                claim, name, kind, simple, (simple, simple), proof=proof, tight=tight, note=note
            )
    outer = simple if proof is not None else (value + bound.sign * HALF).limit_denominator(10**9)
    inner = (value - bound.sign * HALF).limit_denominator(10**9)
    proof = proof or bound.proved(outer)
    counterexample = bound.refuted(inner)
    doubts = ["no proof at its outer end"] * (proof is None)
    doubts += ["no counterexample at its inner end"] * (counterexample is None)
    low, high = sorted((inner, outer))
    return Sharpened(
        claim,
        name,
        kind,
        interval=(low, high),
        algebraic=algebraic(near),
        proof=proof,
        counterexample=counterexample,
        note=", ".join(doubts),
    )
