"""Claims as plain objects: they come back as they were, and nothing else is read."""

import dataclasses
import json
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from formulas import formulas
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax import Assumption, Claim
from w2sjax.claims import REGISTRY
from w2sjax.language import equal, less, named, sqrt
from w2sjax.language.claims import Comparison
from w2sjax.language.files import LONGEST, OPERATIONS, from_json, to_json
from w2sjax.language.terms import quantity, term
from w2sjax.settings.setting import setting_named

ANYTHING: Any = SimpleNamespace(name="anything")  # a setting without rules
a, b, c = (quantity(name) for name in "abc")
CLAIM = Claim(
    title="t",
    source="s",
    setting=ANYTHING,
    claim=(a <= sqrt(b) + 1, b >= named(r"\\gamma", "γ", a / 2) ** 3),
    assumptions=(
        Assumption("twice", "", a <= 2, data=("x", 1, Fraction(1, 3), None, True)),
        Assumption("plain", ""),
        Assumption("twice", "", b <= 2),
    ),
    where=(less(0, a), equal(b, c)),
    sets=("box",),
    failure=Fraction(1, 10),
    name="n",
)


def reread(claim, setting=ANYTHING):
    return from_json(json.loads(json.dumps(to_json(claim))), setting)


def same(one, two):
    """Whether two claims say the same of all instances."""
    names = ("name", "comparisons", "conditions", "terms", "sets", "failure", "dropped", "twin")
    assumptions = [[(x.name, x.data, x.formula) for x in y.assumptions] for y in (one, two)]
    return assumptions[0] == assumptions[1] and all(
        getattr(one, n) == getattr(two, n) for n in names
    )


@pytest.mark.parametrize("claim", REGISTRY, ids=lambda claim: claim.name)
def test_claims_come_back_as_they_were(claim):
    for one in (claim, *map(claim.without, claim.droppable)):
        again = reread(one, setting_named(one.setting.name))
        assert same(again, one) and to_json(again) == to_json(one)


def test_assumptions_of_the_same_name_keep_their_formulas():
    again = reread(CLAIM)
    assert same(again, CLAIM) and [x.formula for x in again.assumptions] == [a <= 2, None, b <= 2]
    assert same(reread(CLAIM.without("twice")), CLAIM.without("twice"))


@settings(max_examples=100, deadline=None)
@given(formulas(), formulas(), st.sampled_from(["<=", ">=", "="]))
def test_formulas_come_back_as_they_were(left, right, relation):
    claim = dataclasses.replace(CLAIM, claim=Comparison(left, relation, right))
    assert reread(claim).comparisons == claim.comparisons


def test_depth_and_sharing_cost_nothing():
    value = a
    for _ in range(3000):
        value = sqrt(value * (1 + value))
    claim = dataclasses.replace(CLAIM, claim=value <= b)
    assert len(to_json(claim)["steps"]) < 10_000 and same(reread(claim), claim)


JUNK = [None, True, False, "", "x", "-1", "1/0", "1e999999999", "nan", [], {}, [[]], 5, -3, 1.5, float("nan"),
        {"number": "1/3"}, {"number": 1}, {"number": "1e999999999"}, {"number": "1", "x": 2}, "9" * 5000,
        [None], [[[]]], ["+", [0], None], ["number", [], {"number": "2"}]]  # fmt: skip


def places(value, path=()):
    """Every place in nested objects."""
    yield path
    if isinstance(value, dict | list):
        children = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in children:
            yield from places(part, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


FIELDS = to_json(CLAIM)
PLACES = list(places(FIELDS))


@settings(max_examples=2000, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(JUNK) | st.integers(-2, 40) | st.text(max_size=3))
def test_altered_files_are_refused_or_say_something_else(path, junk):
    """Never another error, never without end."""
    altered = replaced(FIELDS, path, junk)
    try:
        claim = from_json(altered, ANYTHING)
    except ValueError:
        return
    assert same(from_json(to_json(claim), ANYTHING), claim)
    repr(claim.comparisons)


WRONG = {
    "no object": [],
    "field missing": {k: v for k, v in FIELDS.items() if k != "twin"},
    "field too many": FIELDS | {"more": 1},
    "old form": FIELDS | {"conditions": []},
    "operand after": FIELDS | {"steps": [["-", [0], None]]},
    "operand before": FIELDS | {"steps": [*FIELDS["steps"], ["-", [-1], None]]},
    "operand true": FIELDS | {"steps": [*FIELDS["steps"], ["-", [True], None]]},
    "operation unknown": FIELDS | {"steps": [*FIELDS["steps"], ["exp", [0], None]]},
    "operation misnamed": FIELDS | {"steps": [*FIELDS["steps"], ["__class__", [0], None]]},
    "too few operands": FIELDS | {"steps": [*FIELDS["steps"], ["/", [0], None]]},
    "sum of nothing": FIELDS | {"steps": [*FIELDS["steps"], ["+", [], None]]},
    "data too many": FIELDS | {"steps": [*FIELDS["steps"], ["sqrt", [0], 2]]},
    "power 65": FIELDS | {"steps": [*FIELDS["steps"], ["power", [0], 65]]},
    "power true": FIELDS | {"steps": [*FIELDS["steps"], ["power", [0], True]]},
    "quantity without a name": FIELDS | {"steps": [["quantity", [], []]]},
    "name of numbers": FIELDS | {"steps": [*FIELDS["steps"], ["named", [0], [1, 2]]]},
    "number as a double": FIELDS | {"steps": [["number", [], 0.5]]},
    "number with an exponent": FIELDS | {"steps": [["number", [], {"number": "1e999999999"}]]},
    "too many steps": FIELDS | {"steps": [["quantity", [], ["a"]]] * (LONGEST + 1)},
    "no relation": FIELDS | {"claim": [[0, "!=", 1]]},
    "strict claim": FIELDS | {"claim": [[0, "<", 1]]},
    "side not there": FIELDS | {"claim": [[0, "<=", 10**6]]},
    "side before": FIELDS | {"claim": [[0, "<=", -1]]},
    "no claim": FIELDS | {"claim": []},
    "both kinds": FIELDS | {"claim": [[0, "<=", 1], [0, "=", 1]]},
    "failure 1": FIELDS | {"failure": "1"},
    "failure with an exponent": FIELDS | {"failure": "1e-999999999"},
    "sets as text": FIELDS | {"sets": "box"},
    "twin as text": FIELDS | {"twin": "no"},
}


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG)
def test_malformed_files_are_refused(fields):
    with pytest.raises(ValueError, match="claim|failure|expected"):
        from_json(fields, ANYTHING)


def test_all_operations_can_be_read():
    built = {one.operation for one in (a + b, -a, a * b, a / b, a**2, sqrt(a), term(1), a)}
    assert built < set(OPERATIONS)
    deep = [["quantity", [], ["a"]]] + [["-", [i], None] for i in range(LONGEST - 1)]
    rest = {"claim": [[0, "<=", LONGEST - 1]], "where": [], "assumptions": []}
    claim = from_json(FIELDS | {"steps": deep} | rest, ANYTHING)
    assert len(to_json(claim)["steps"]) == LONGEST
