"""Users' code as exact programs: against floating point with its bounds, and the engines together."""

import dataclasses
import itertools
import json
import math
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax import exact as exact_number
from w2sjax import strategies
from w2sjax.arithmetic import rounding
from w2sjax.arithmetic.flint_numbers import LONGEST, rational, written
from w2sjax.arithmetic.intervals import Interval
from w2sjax.arithmetic.rationals import exactly
from w2sjax.arithmetic.running_error import rounded
from w2sjax.falsification.checking import check as checked
from w2sjax.falsification.deciding import HOLDS, OUTSIDE, UNDECIDED, VIOLATED, decide
from w2sjax.language.claims import Claim
from w2sjax.settings.drawn import SETTING, balls, compared
from w2sjax.settings.drawn import enclosures as enclosures_of
from w2sjax.settings.drawn.conversion import traced
from w2sjax.settings.drawn.engine import run
from w2sjax.settings.drawn.instance import DrawnCase
from w2sjax.settings.drawn.program import ENTRIES as ARITIES
from w2sjax.settings.drawn.program import Program
from w2sjax.settings.drawn.search import walks
from w2sjax.settings.exact import NoExactSideError, RefusedError

SIZE = 5
quick = settings(max_examples=12, deadline=None, derandomize=True)
ENTRIES = jnp.asarray([0.5, -1.25, 3.0, 0.75, 2.0])


def number(value) -> Any:
    return jnp.asarray(value, jnp.float64)


def flint(value) -> fmpq:
    return rational(Fraction(value))


def program(code, drawn: Any = ENTRIES, right=0.0, valid=None) -> Program:
    def sides(v):
        found = (number(code(v)), number(right))
        return found if valid is None else (*found, valid(v))

    return traced(sides, drawn)


def claimed(*, identity=False, **setting) -> Claim:
    return Claim(
        "odd", "here", dataclasses.replace(SETTING, **setting), compared(identity), name="odd"
    )


ODD = claimed()


def case(made: Program, *arrays) -> DrawnCase:
    rows = [np.asarray(array).reshape(-1).tolist() for array in arrays]
    return DrawnCase(made, tuple(Fraction(value) for row in rows for value in row))


def enclosures(given_: DrawnCase) -> tuple[Interval, Interval]:
    """The left side by both engines."""
    with ctx.workprec(400):
        first = run(given_.program, given_.values)[given_.program.left][0]
    assert isinstance(first, fmpq | arb), first
    return interval(first), checked(ODD, given_, {}).lhs


def interval(value) -> Interval:
    if isinstance(value, fmpq):
        exact = Fraction(int(value.p), int(value.q))
        return Interval(exact, exact)
    (middle, low), (radius, high) = value.mid().man_exp(), value.rad().man_exp()
    middle, radius = int(middle) * Fraction(2) ** int(low), int(radius) * Fraction(2) ** int(high)
    return Interval(middle - radius, middle + radius)


CODES = {
    "sum": jnp.sum,
    "mean": jnp.mean,
    "variance": jnp.var,
    "norm": jnp.linalg.norm,
    "dot": lambda v: v @ v[::-1],
    "matrix": lambda v: (jnp.outer(v, v) @ jnp.outer(v, v[::-1]))[1, 2],
    "einsum": lambda v: jnp.einsum("i,ij,kj->k", v, jnp.outer(v, v), jnp.outer(v, v))[3],
    "product": jnp.prod,
    "cube": lambda v: jnp.sum(v**3),
    "reciprocal": lambda v: (1 + v[1] ** 2) ** -2,
    "cumulative": lambda v: jnp.max(jnp.cumsum(v)) - jnp.min(jnp.cumsum(v / 3)),
    "backwards": lambda v: jax.lax.cumsum(v, reverse=True)[1] + jax.lax.cummax(v)[2],
    "clip": lambda v: jnp.clip(v[0] / 3, -1, 1),
    "where": lambda v: jnp.sum(jnp.where(v > 0.125, v / 3, 2.0)),
    "count": lambda v: number(jnp.sum(v > 0)) + jnp.mean(jnp.sign(v)),
    "sorted": lambda v: jnp.sort(v / 7)[1] + jnp.sort(v)[::-1][0],
    "axes": lambda v: jnp.max(jnp.abs(jnp.outer(v, v)).sum(axis=0) - v),
    "moves": lambda v: jnp.sum(
        jnp.concatenate([jnp.pad(v, 1)[2:], jnp.roll(v, 2), jnp.tile(v, 2)[::3]])
        * jnp.arange(14.0)
    ),
    "gather": lambda v: jnp.sum(v[jnp.array([2, 0, 2])] * jnp.stack([v[1], v[1], v[3]])),
    "update": lambda v: jnp.sum(v.at[1].set(v[0] / 3) * v),
    "logic": lambda v: jnp.all(v > -9) & (jnp.any(v > 0) | ~jnp.isfinite(v[0])) ^ (v[0] == v[1]),
    "whole": lambda v: jnp.sum(jnp.floor(v) + jnp.ceil(v) + jnp.round(v)),
    "integers": lambda v: jnp.sum((v * 3).astype(jnp.int64) // 2 + (v * 3).astype(jnp.int64) % 3),
    "first": lambda v: jnp.argmax(v) - jnp.argmin(jnp.abs(v)),
    "hinge": lambda v: jnp.sum(jax.nn.relu(v - 0.125)) + jax.nn.leaky_relu(v, 0.25)[1],
    "roots": lambda v: jnp.sum(jnp.sqrt(jnp.abs(v))) - jnp.sqrt(v[0] ** 2),
    "exponential": lambda v: jnp.sum(jnp.exp(v / 4)) + jnp.expm1(v[1] / 4),
    "logarithm": lambda v: jnp.sum(jnp.log(1 + v**2)) + jnp.log1p(v[2] ** 2),
    "entropy": lambda v: jnp.sum(jax.scipy.special.xlogy(jnp.abs(v), jnp.abs(v) / 2)),
    "logsumexp": lambda v: jax.nn.logsumexp(v / 4) - jnp.max(jax.nn.log_softmax(v / 4)),
    "softmax": lambda v: jax.nn.softmax(v / 4) @ v,
    "squashed": lambda v: jnp.sum(jnp.tanh(v / 4)) + jax.nn.sigmoid(v[2] / 4),
    "powers": lambda v: (1 + jnp.abs(v[0])) ** 1.5 + jax.lax.rsqrt(1 + v[1] ** 2),
    "median": lambda v: jnp.median(v) + jnp.median(v[1:]),
    "rounded median": lambda v: jnp.median(jnp.sqrt(jnp.abs(v))) + jnp.quantile(v / 3, 0.25),
    "constant": lambda v: jnp.sqrt(number(2.0)) * v[0] + jnp.sum(jnp.eye(5) @ v),
}  # fmt: skip


@pytest.mark.parametrize("name", CODES)
def test_engines_agree_with_each_other_and_with_floating_point(name):
    @quick
    @given(strategies.vectors(size=SIZE))
    def check(vector):
        values = np.asarray(vector)
        one, two = enclosures(case(made, values))
        assert one.low <= two.high and two.low <= one.high
        assert max(one.high - one.low, two.high - two.low) <= Fraction(1, 2**200) * (
            1 + abs(two.high)
        )
        found = compiled(vector)
        if math.isfinite(found.error):
            middle = (two.low + two.high) / 2
            error = abs(Fraction(float(found.value)) - middle)
            assert error <= Fraction(float(found.error)) + (two.high - two.low)

    made = program(CODES[name])
    if name in ("integers", "first"):  # without a rounding bound, but exact on the way
        compiled = jax.jit(lambda v: rounding.exact(number(CODES[name](v))))
    else:
        compiled = jax.jit(lambda v: rounded(lambda w: number(CODES[name](w)), v))
    check()


# Random programs: what to do with the lists so far, by their numbers.
UNARY = (jnp.abs, jnp.negative, jnp.square, jnp.tanh, lambda v: jnp.sqrt(jnp.abs(v)), lambda v: v[::-1],
         jnp.sort, jnp.cumsum, lambda v: jnp.exp(jnp.clip(v, -3, 3)), lambda v: jnp.log(1 + v * v),
         lambda v: v - jnp.max(v), lambda v: v / (1 + jnp.abs(v)), jnp.floor)  # fmt: skip
BINARY = (jnp.add, jnp.subtract, jnp.multiply, jnp.maximum, jnp.minimum,
          lambda a, b: jnp.where(a < b, a, b / 2), lambda a, b: a / (1 + b * b),
          lambda a, b: jnp.outer(a, b).sum(axis=0), lambda a, b: jnp.dot(a, b) * jnp.ones(SIZE))  # fmt: skip
moves = st.lists(
    st.tuples(st.integers(0, len(UNARY) + len(BINARY) - 1), st.integers(0, 9), st.integers(0, 9)),
    min_size=2, max_size=6,
)  # fmt: skip


def composed(plan):
    def code(v):
        lists = [v, v / 3]
        for act, first, second in plan:
            left, right = lists[first % len(lists)], lists[second % len(lists)]
            made = UNARY[act](left) if act < len(UNARY) else BINARY[act - len(UNARY)](left, right)
            lists.append(made)
        return jnp.sum(lists[-1])

    return code


@settings(max_examples=60, deadline=None, derandomize=True)
@given(moves, strategies.vectors(size=SIZE, largest=10))
def test_random_programs(plan, vector):
    code = composed(plan)
    values = case(program(code), np.asarray(vector))
    one, two = enclosures(values)
    assert one.low <= two.high and two.low <= one.high
    # Where enclosures are wide, a floor or a comparison was in doubt.
    value = float(code(vector))
    size = 1e-6 * (1 + abs(value))
    assert two.low - Fraction(size) <= Fraction(value) <= two.high + Fraction(size) or any(
        act == len(UNARY) - 1 for act, _, _ in plan
    )
    again = DrawnCase.from_json(json.loads(json.dumps(values.to_json())))
    assert again == values and checked(ODD, again, {}).lhs == two


def test_trees_integers_and_truth_values():
    drawn = {"a": jnp.asarray([0.5, 0.25]), "n": jnp.asarray(3), "b": jnp.asarray([True, False])}
    made = program(lambda d: jnp.sum(jnp.where(d["b"], d["a"] * d["n"], -d["a"])), drawn)
    assert [given_.name for given_ in made.inputs] == ["drawn['a']", "drawn['b']", "drawn['n']"]
    assert [given_.kind for given_ in made.inputs] == ["real", "truth", "integer"]
    values = case(made, [0.5, 0.25], [True, False], [3])
    assert enclosures(values)[0] == enclosures(values)[1]
    assert enclosures(values)[0].low == Fraction(5, 4)
    for wrong, reason in (
        ([[0.5, 0.25], [True, False]], "expected 5 entries, got 4"),
        ([[0.5, 0.25], [True, False], [0.5]], "of kind integer, got 1/2"),
        ([[0.5, 0.25], [1, 2], [3]], "of kind truth, got 2"),
    ):
        decision = decide(ODD, case(made, *wrong), (64,))
        assert decision.outcome == OUTSIDE and reason in decision.checks["instance"]
        with pytest.raises(RefusedError, match=reason):
            checked(ODD, case(made, *wrong), {})


def uncertain(v, one, other):
    """One of both: it is not certain which, at any precision."""
    return jnp.where(jnp.sqrt(v[4]) ** 2 >= v[4], one, other)


OUTCOMES = [
    (lambda v: v[0], 1.0, HOLDS),
    (lambda v: v[0], 0.5, HOLDS),
    (lambda v: v[0], 0.25, VIOLATED),
    (lambda v: jnp.exp(v[0]), 1.0, VIOLATED),
    (lambda v: jnp.sqrt(v[4]) ** 2, 2.0, UNDECIDED),  # equal, and irrational on the way
    (lambda v: jnp.log(v[1]), 9.0, UNDECIDED),
    (lambda v: 1 / (v[0] - v[0]), 9.0, UNDECIDED),
    (lambda v: jnp.where(v[1] > 0, jnp.log(v[1]), 0.0), 9.0, HOLDS),
    (lambda v: jnp.max(jnp.where(v > 0, v, -jnp.inf)), 2.5, VIOLATED),
    (lambda v: jnp.where(jnp.sqrt(v[4]) ** 2 > v[4], 5.0, 4.0), 3.0, VIOLATED),
    (lambda v: jnp.where(jnp.sqrt(v[4]) ** 2 > v[4], 5.0, 4.0), 4.5, UNDECIDED),
    (lambda v: jnp.exp(uncertain(v, 1.0, -1.0)), 2.0, UNDECIDED),
    (lambda v: jnp.cos(uncertain(v, 1.0, -1.0)), 0.9, UNDECIDED),
    (lambda v: uncertain(v, 1.0, -1.0) ** 2, 1.5, HOLDS),
    (lambda v: uncertain(v, 1.0, -1.0) ** 3, 0.5, UNDECIDED),
    # A root of what is 0, but not known to be: whether it is defined is open.
    (lambda v: jnp.where(jnp.isfinite(jnp.sqrt(jnp.sqrt(v[4]) ** 2 - v[4])), 0.0, 1.0), 0.5,
     UNDECIDED),
    (lambda v: jnp.where(jnp.isfinite(jnp.max(jnp.where(v > 0, jnp.inf, v))), 0.0, 1.0), 0.5,
     VIOLATED),
    # The half is a ball by then, and is rounded to the even 0.
    (lambda v: jnp.round(jnp.floor(jnp.sqrt(v[4])) / 2), 0.5, UNDECIDED),
    (lambda v: (v[2] ** 1000) ** 20, 1.0, VIOLATED),
    # Zero times or over what is irrational leaves the rest rational.
    (lambda v: ((v[0] - 0.5) * jnp.exp(v[2]) + 1 / v[2]) * 3, 1.0, HOLDS),
    (lambda v: ((v[0] - 0.5) / jnp.exp(v[2]) + 1 / v[2]) * 3, 1.0, HOLDS),
    (lambda v: (v[4] / 3 + v[0] / 3) ** 0.2 / (jnp.log(v[1] + 2) - jnp.log(v[3])), 9.0, UNDECIDED),
    (lambda v: (v[0] - 0.5) ** 0.2, 0.0, HOLDS),
    (lambda v: (v[4] * 16) ** exact_number("1/5"), 2.0, HOLDS),
    (lambda v: (v[4] * 16) ** exact_number("-2/5"), 0.25, HOLDS),
]  # fmt: skip


@pytest.mark.parametrize(("code", "right", "outcome"), OUTCOMES)
def test_outcomes(code, right, outcome):
    instance = case(program(code, right=right), ENTRIES)
    assert decide(ODD, instance, (64, 256)).outcome == outcome
    try:
        assert checked(ODD, instance, {}).violated == (outcome == VIOLATED)
    except RefusedError:
        assert outcome == UNDECIDED


BALLS = [
    (0, 1),
    (0, 0),
    ("1/2", "1/2"),
    ("-1/3", 1),
    (2, "1/2"),
    (-2, "1/2"),
    ("1/4", "1/4"),
    (0, 3),
]


def undefined(answer) -> bool:
    return isinstance(answer, arb) and not answer.is_finite()


NUMERIC = set(ARITIES) - {"and", "or", "xor", "not", "finite", "number"}


@pytest.mark.parametrize("name", sorted(NUMERIC))
def test_operations_on_balls_hold_what_they_are_on_points(name):
    """Both engines, where they say anything: of every point of a ball, and of two balls."""
    count = ARITIES[name]
    for chosen in itertools.product(BALLS, repeat=count):
        exact = [(Fraction(middle), Fraction(radius)) for middle, radius in chosen]
        found = balls.OPERATIONS[name](*(arb(flint(m), flint(r)) for m, r in exact))
        intervals = [Interval(m - r, m + r) for m, r in exact]
        second = enclosures_of.OPERATIONS[name](*intervals)
        for shares in itertools.product(
            map(Fraction, ("-1", "-1/3", "0", "1/2", "1")), repeat=count
        ):
            places = [m + r * share for (m, r), share in zip(exact, shares, strict=True)]
            point = balls.OPERATIONS[name](*map(flint, places))
            for answer in (found, second):
                if answer is None or undefined(answer):
                    continue
                if isinstance(point, bool):
                    assert answer is point, (places, answer)
                    continue
                assert isinstance(point, fmpq | arb), (places, answer)  # defined on all of it
                whole = answer if isinstance(answer, Interval) else interval(answer)
                part = interval(point)
                assert whole.low <= part.high and part.low <= whole.high, (places, whole)


@pytest.mark.parametrize("exponent", [1, 2, 3, 10, -1, -2])
def test_powers_of_balls(exponent):
    for middle, radius in BALLS:
        found = balls.OPERATIONS["power"](arb(flint(middle), flint(radius)), exponent)
        zero = abs(Fraction(middle)) <= Fraction(radius)
        assert undefined(found) == (zero and exponent < 0)
        if undefined(found):
            continue
        whole = interval(found)
        for share in map(Fraction, ("-1", "0", "1/2", "1")):
            place = Fraction(middle) + share * Fraction(radius)
            assert whole.low <= place**exponent <= whole.high


def test_finite_is_open_where_a_number_may_be_undefined():
    for value, known in (
        (arb("nan"), None),
        (arb(0, "inf"), None),
        (arb("-inf"), False),
        (arb(0, 1), True),
    ):
        assert balls.OPERATIONS["finite"](value) is known


@settings(deadline=None)
@given(st.fractions(), st.integers(-6000, 6000))
def test_sides_are_written_in_full_or_enclosed(value, shift):
    """Never beyond what Python writes, and what is written contains the number."""
    exact = flint(value * Fraction(10) ** shift)
    shown, full = written(exact), str(exact)  # flint has no limit
    if len(full) <= LONGEST:
        assert shown == full
    else:
        with ctx.workprec(200):
            assert len(shown) < 60 and arb(shown).overlaps(arb(exact))


def test_walks_with_sides_beyond_doubles():
    claim = claimed(
        draw=lambda key: jnp.ones(2),
        check=lambda v: (v[0] ** 1000, 1.0),
        valid=lambda v: jnp.all(v > 0),
    )
    found = list(walks(claim, 0, 3))
    assert found and all(math.isfinite(slack) for _, slack in found)


def test_identities_are_violated_from_both_sides():
    for right, outcome in ((0.25, VIOLATED), (0.5, HOLDS), (0.75, VIOLATED)):
        instance = case(program(lambda v: v[0], right=right), ENTRIES)
        assert decide(claimed(identity=True), instance, (64,)).outcome == outcome
        assert checked(claimed(identity=True), instance, {}).violated == (outcome == VIOLATED)


def test_validity_is_decided_exactly():
    """What sums to one up to rounding does not sum to one."""
    made = program(lambda v: v[0], right=-9.0, valid=lambda v: jnp.sum(v) == 1)
    rounded_off = case(made, [0.1, 0.2, 0.3, 0.2, 0.2])
    assert decide(ODD, rounded_off, (64,)).outcome == OUTSIDE
    with pytest.raises(RefusedError, match="valid: fails"):
        checked(ODD, rounded_off, {})
    exact = case(made, [0.25, 0.25, 0.25, 0.25, 0.0])
    assert decide(ODD, exact, (64,)).violated and checked(ODD, exact, {}).violated
    doubtful = program(lambda v: v[0], right=-9.0, valid=lambda v: jnp.sqrt(v[4]) ** 2 <= v[4])
    assert decide(ODD, case(doubtful, ENTRIES), (64,)).outcome == UNDECIDED


OUT_OF_REACH = {
    "'scan'": lambda v: jax.lax.fori_loop(0, 3, lambda i, x: x / 3, v)[0],
    "'while'": lambda v: jax.lax.while_loop(lambda x: x[0] > 1, lambda x: x / 3, v)[0],
    "'cond'": lambda v: jax.lax.cond(v[0] > 1, lambda: v, lambda: v / 3)[0],
    "'lu'": lambda v: jnp.linalg.inv(jnp.outer(v, v))[0, 0],
    "'dynamic_slice' with places that": lambda v: v[jnp.argmax(v)],
    "'sort' of several arrays": lambda v: jnp.argsort(v)[0],
    "'complex'": lambda v: jnp.abs(jax.lax.complex(v[0], v[1])),
    "the bits of integers": lambda v: v.astype(jnp.int64)[0] & 3,
    "more than 200,000 numbers": lambda v: jnp.sum(jnp.outer(jnp.tile(v, 200), jnp.tile(v, 200))),
}


@pytest.mark.parametrize("reason", OUT_OF_REACH)
def test_operations_out_of_reach_are_named(reason):
    with pytest.raises(NoExactSideError, match=reason):
        program(OUT_OF_REACH[reason])


def test_other_outputs_are_refused():
    for sides, reason in (
        (lambda v: (v, v), "left side: expected one number, got an array"),
        (lambda v: (v[0] > 0, v[0]), "left side: got a value of kind truth"),
        (lambda v: (v[0], v[0], v[0]), "valid: got a value of kind real"),
    ):
        with pytest.raises(NoExactSideError, match=reason):
            traced(sides, ENTRIES)


def test_files_that_hold_no_instance():
    made = program(lambda v: jnp.sum(jnp.exp(v)) / 2, valid=lambda v: jnp.all(v > 0))
    good = json.loads(json.dumps(case(made, ENTRIES).to_json()))
    assert DrawnCase.from_json(good) == case(made, ENTRIES)
    steps = good["program"]["steps"]
    last = 1 + len(steps)
    for change, reason in (
        ({"left": 99}, "the sides are not single numbers"),
        ({"left": 0}, "the sides are not single numbers"),
        ({"left": -1}, "the sides are not single numbers"),
        ({"left": True}, "left: expected int"),
        ({"steps": [["moon", [0], None]]}, "'moon' does not fit"),
        ({"steps": [["add", [0, 7], None]]}, "takes lists that are not there yet"),
        ({"steps": [["neg", [-1], None]]}, "expected a whole number, got -1"),
        ({"steps": [["fold add", [0], 3]]}, "'fold add' does not fit"),
        ({"steps": [["take", [0], [5]]]}, "'take' does not fit"),
        ({"steps": [["take", [0], [-1]]]}, "expected a whole number, got -1"),
        ({"steps": [["power", [0], 10**9]]}, "'power' does not fit"),
        ({"steps": [["constant", [], ["x"]]]}, "expected a rational number"),
        ({"steps": [["constant", [], [["2", "1"]]]]}, "ends in order"),
        (
            {"steps": [*steps, ["take", [0], [0] * 150_000], ["neg", [last], None]]},
            "at most 200,000",
        ),
        ({"steps": [["neg", 0, None]]}, "misshapen"),
        ({"steps": 3}, "steps: expected a list"),
        (
            {"inputs": [{"name": "v", "shape": [5], "kind": "moon"}]},
            "expected an array of the kinds",
        ),
        ({"inputs": []}, "takes lists that are not there yet"),
    ):
        with pytest.raises(ValueError, match=reason):
            DrawnCase.from_json({**good, "program": {**good["program"], **change}})
    for change in (
        {"values": 3},
        {"values": ["moon"]},
        {"values": [0.5]},
        {"program": {"left": 0}},
    ):
        with pytest.raises(ValueError):
            DrawnCase.from_json({**good, **change})


STANDS_FOR = [
    (0.1, Fraction("1/10"), exactly(0.1)),
    (0.3, exactly(0.3), Fraction("3/10")),
    (0.375, Fraction("3/8"), Fraction("3/8")),
    (7.0, 7, 7),
    (1 / 3, exactly(1 / 3) * (1 - Fraction("1e-10")), exactly(1 / 3) * (1 + Fraction("1e-10"))),
    (np.asarray([0.1]), exactly(0.1), exactly(0.1)),  # data
]


@pytest.mark.parametrize(("constant", "low", "high"), STANDS_FOR)
def test_what_constants_stand_for(constant, low, high):
    made = program(lambda v: jnp.sum(constant * v[2]))
    again = DrawnCase.from_json(json.loads(json.dumps(case(made, ENTRIES).to_json())))
    for found in enclosures(again):
        wider = (high - low) / 10**6  # a ball's radius has thirty bits
        assert 3 * low - wider <= found.low <= 3 * low
        assert 3 * high <= found.high <= 3 * high + wider
