"""Claims as plain objects, for files: formulas as lists of steps, so that no depth of nesting matters."""

import json
import re
import zlib
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Assumption, Claim
from w2sjax.language.evaluation import plan
from w2sjax.language.terms import LARGEST_POWER, Comparison, Term

LONGEST = 20_000  # steps of a formula that is read
MISSHAPEN = (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
# No more digits than Python reads and writes without asking; no exponents, which could be any size.
_WRITTEN = re.compile(r"-?[0-9]{1,4300}(/[0-9]{1,4300})?")
OPERATIONS = {"number": 0, "quantity": None, "named": 1, "+": None, "-": 1, "*": None, "/": 2, "power": 1,
              "sqrt": 1, "log": 1, "max": None, "min": None, "abs": 1}  # fmt: skip
DATA = {"number": Fraction, "quantity": tuple, "named": tuple, "power": int}


def to_json(claim: Claim) -> dict[str, Any]:
    """Give a claim as plain objects: what an instance of it has to satisfy, and what it claims."""
    every = [*claim.comparisons, *(condition for _, condition in claim.conditions)]
    order = plan(tuple(side for one in every for side in (one.lhs, one.rhs)))
    places = iter(order.results)
    rows = iter([[next(places), one.relation, next(places)] for one in every])
    claimed = [next(rows) for _ in claim.comparisons]
    return {
        "name": claim.name,
        "setting": claim.setting.name,
        "steps": [[one.operation, list(places), marked(one.data)] for one, places in order.steps],
        "claim": claimed,
        "assumptions": [
            [one.name, marked(one.data), None if one.formula is None else next(rows)]
            for one in claim.assumptions
        ],
        "where": list(rows),
        "dropped": claim.dropped,
        "twin": claim.twin,
        "sets": None if claim.sets is None else list(claim.sets),
        "failure": None if claim.failure is None else str(claim.failure),
    }


def from_json(fields: Any, setting: Any) -> Claim:
    """Read a claim about a setting.

    Raises:
        ValueError: for fields that are missing or wrong.
    """
    known = {"name", "setting", "steps", "claim", "assumptions", "where", "dropped", "twin", "sets",
             "failure"}  # fmt: skip
    if not isinstance(fields, dict) or set(fields) != known:
        raise ValueError(f"claim: expected the fields {', '.join(sorted(known))}")
    try:
        terms = _terms(fields["steps"])
        assumptions = []
        for name, data, row in fields["assumptions"]:
            stated = None if row is None else _comparison(row, terms)
            assumptions.append(Assumption(_typed(str, name), "", stated, unmarked(data)))
        sets, failure, dropped = fields["sets"], fields["failure"], fields["dropped"]
        return Claim(
            title=_typed(str, fields["name"]),
            source="a file",
            setting=setting,
            claim=tuple(_comparison(row, terms) for row in fields["claim"]),
            assumptions=tuple(assumptions),
            where=tuple(_comparison(row, terms) for row in fields["where"]),
            sets=None if sets is None else tuple(_typed(str, one) for one in _typed(list, sets)),
            failure=None if failure is None else _number(failure),
            name=_typed(str, fields["name"]),
            dropped=None if dropped is None else _typed(str, dropped),
            twin=_typed(bool, fields["twin"]),
        )
    except MISSHAPEN as error:
        raise ValueError(f"claim: misshapen ({error})") from error


def checksum(text: str) -> str:
    """Tell texts apart."""
    return f"{zlib.crc32(text.encode()):08x}"


def stated(claim: Claim) -> str:
    """Tell statements apart."""
    return checksum(json.dumps(to_json(claim), sort_keys=True))


def _typed(kind: type, given: Any) -> Any:
    if type(given) is not kind:
        raise TypeError(f"expected {kind.__name__}, got {given!r}")
    return given


def _number(given: Any) -> Fraction:
    if not isinstance(given, str) or not _WRITTEN.fullmatch(given):
        raise TypeError(f"expected a number as text, got {given!r}")
    return Fraction(given)


def _terms(rows: Any) -> list[Term]:
    if not isinstance(rows, list) or len(rows) > LONGEST:
        raise ValueError(f"claim: expected a list of at most {LONGEST} steps")
    terms: list[Term] = []
    for operation, operands, data in rows:
        known = all(type(i) is int and 0 <= i < len(terms) for i in operands)
        if operation not in OPERATIONS or not known:
            raise ValueError(f"claim: step {len(terms)} is none: {operation!r} of {operands}")
        count = OPERATIONS[operation]
        if count is not None and len(operands) != count:
            raise ValueError(f"claim: {operation!r} takes {count} terms, got {len(operands)}")
        if count is None and operation != "quantity" and not operands:
            raise ValueError(f"claim: {operation!r} takes terms, got none")
        value = unmarked(data)
        wanted = DATA.get(operation, type(None))
        names = operation == "named" and (len(value) != 2 or {type(one) for one in value} != {str})
        if type(value) is not wanted or value == () or names:
            raise ValueError(f"claim: {operation!r} does not come with {data!r}")
        if operation == "power" and not 1 <= value <= LARGEST_POWER:
            raise ValueError(f"claim: a power from 1 to {LARGEST_POWER}, got {value}")
        terms.append(Term(operation, tuple(terms[i] for i in operands), value))
    return terms


def _comparison(row: Any, terms: list[Term]) -> Comparison:
    left, relation, right = row
    if relation not in ("<=", ">=", "=", "<"):
        raise ValueError(f"claim: there is no relation {relation!r}")
    if min(left, right) < 0:
        raise ValueError("claim: a side that is not there")
    return Comparison(terms[left], relation, terms[right])


def marked(data: Any) -> Any:
    """Write what a quantity or an assumption is called: fractions are marked, tuples become lists."""
    if isinstance(data, Fraction):
        return {"number": str(data)}
    return [marked(part) for part in data] if isinstance(data, tuple) else data


def unmarked(given: Any) -> Any:
    """Read what `marked` wrote.

    Raises:
        ValueError: for anything else.
    """
    if isinstance(given, dict) and set(given) == {"number"}:
        return _number(given["number"])
    if isinstance(given, list):
        return tuple(map(unmarked, given))
    if given is None or type(given) in (str, int, bool):
        return given
    raise ValueError(f"claim: cannot read {given!r}")
