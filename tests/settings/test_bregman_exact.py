"""Exact Bregman geometry: both engines against numpy and scipy, and what conditions let through."""

import dataclasses
import itertools
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from scipy.special import rel_entr

from w2sjax.arithmetic.intervals import Interval
from w2sjax.claims import REGISTRY
from w2sjax.falsification.checking import check
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.deciding import HOLDS, OUTSIDE, VIOLATED, decide, no_exact_side
from w2sjax.falsification.refuting import refute, small_instances
from w2sjax.settings import bregman as symbols
from w2sjax.settings.bregman.checker import Checker
from w2sjax.settings.bregman.engine import Engine
from w2sjax.settings.bregman.instance import Instance, points
from w2sjax.settings.bregman.meaning import relations
from w2sjax.settings.bregman.page import page
from w2sjax.settings.exact import OpenError, RefusedError

CLAIMS = {claim.name: claim for claim in REGISTRY if claim.setting.name == "bregman"}
each = pytest.mark.parametrize("name", CLAIMS)
GAIN = CLAIMS["bregman_gain"]
BACK = GAIN.without("student first")
GRADIENT = {"squared": lambda u: u, "kl": np.log, "logistic": lambda u: np.log(u / (1 - u)),
            "itakura-saito": lambda u: -1 / u}  # fmt: skip
BETWEEN = {
    "squared": lambda u, v: (u - v) ** 2 / 2,
    "kl": rel_entr,
    "logistic": lambda u, v: rel_entr(u, v) + rel_entr(1 - u, 1 - v),
    "itakura-saito": lambda u, v: u / v - np.log(u / v) - 1,
}


def some(claim, count):
    return itertools.islice(small_instances(claim), count)


def ends(value):
    """The ends of an enclosure of either engine."""
    if isinstance(value, Interval):
        return value.low, value.high
    return arb(value).lower(), arb(value).upper()


class Doubles:
    """The functions of an instance in numpy, the class as a list."""

    def __init__(self, claim, instance):
        values = Engine(claim, instance, 64)
        self.kind, self.masses = instance.kind, np.array(values.masses, float)
        self.known = {name: np.array(one, float) for name, one in values.values.items()}
        self.members = np.array([self.known[name] for name in values.members])

    def D(self, u, v):
        return self.masses @ BETWEEN[self.kind](u, v).sum(axis=1)

    def product(self, at, to):
        return self.masses @ (at * to).sum(axis=1)

    def quantity(self, data):
        head, *names = data
        if "hull" in names or head == "least":
            return None
        found, gradient = [self.known[name] for name in names], GRADIENT[self.kind]
        match head:
            case "D":
                return self.D(*found)
            case "pull":
                first, second, to = found
                return self.product(gradient(first) - gradient(second), to - first)
            case "gap":
                turned = gradient(self.known["weak"]) - gradient(found[0])
                return max(self.product(turned, one - found[0]) for one in self.members)
            case "defect":
                v, w, t = (self.known[name] for name in ("student", "weak", "target"))
                return self.product(np.log(t) - np.log(v), v - w)
        return {"k": 1, "c": self.known["weak"].shape[1]}[head]


@each
def test_both_engines_compute_what_numpy_does(name):
    claim = CLAIMS[name]
    for instance in some(claim, 60):
        doubles = Doubles(claim, instance)
        first, second = Engine(claim, instance, 128), Checker(claim, instance, {})
        for data in claim.quantities:
            ball, interval = arb(first.quantity(data)), second.quantity(data)
            assert float(interval.low) <= float(ball.upper()) + 1e-15
            assert float(ball.lower()) <= float(interval.high) + 1e-15
            expected = doubles.quantity(data)
            if expected is not None:
                assert float(ball) == pytest.approx(expected, rel=1e-12, abs=1e-13), data
                assert float(interval.low) == pytest.approx(expected, rel=1e-12, abs=1e-13)


def combined(source, members, count):
    """Convex combinations: random ones, and steps from the first member towards each of the others."""
    eye = np.eye(len(members))
    steps = [(1 - s) * eye[0] + s * one for s in (1e-4, 1e-2, 0.3) for one in eye]
    shares = np.stack([*source.dirichlet(np.ones(len(members)), count), *steps])
    return np.einsum("sm,mnc->snc", shares, members)


OBJECTIVES = {
    "student first": (GAIN, lambda d, u: d.D(u, d.known["weak"])),
    "weak model first": (BACK, lambda d, u: d.D(d.known["weak"], u)),
}


@pytest.mark.parametrize("order", OBJECTIVES)
def test_a_student_is_the_best_of_the_hull_if_and_only_if_it_is_let_through(order):
    claim, objective = OBJECTIVES[order]
    source, seen = np.random.default_rng(0), {True: 0, False: 0}
    for instance in some(claim, 400):
        if order != "student first" and instance.kind == "itakura-saito":
            assert not Engine(claim, instance, 128).properties()["exactness"]
            continue
        try:
            met = Engine(claim, instance, 128).properties()["exactness"]
        except OpenError:
            continue
        doubles = Doubles(claim, instance)
        own = objective(doubles, doubles.known["student"])
        others = [objective(doubles, u) for u in combined(source, doubles.members, 40)]
        assert (min(others) >= own - 1e-12) if met else (min(others) < own)
        seen[met] += 1
        assert Checker(claim, instance, {}).properties()["exactness"] == met
    assert min(seen.values()) > 50


def test_a_student_is_the_best_of_convex_gradients():
    claim, source, seen = CLAIMS["bregman_dual_gain"], np.random.default_rng(0), 0
    inverse = {"squared": lambda x: x, "logistic": lambda x: 1 / (1 + np.exp(-x)),
               "itakura-saito": lambda x: -1 / x,
               "kl": lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)}  # fmt: skip
    for instance in some(claim, 400):
        try:
            met = Engine(claim, instance, 128).properties()["exactness"]
        except OpenError:
            continue
        doubles = Doubles(claim, instance)
        mixed = combined(source, GRADIENT[doubles.kind](doubles.members), 40)
        weak = doubles.known["weak"]
        own = doubles.D(weak, doubles.known["student"])
        least = min(doubles.D(weak, u) for u in inverse[doubles.kind](mixed))
        assert (least >= own - 1e-12) if met else (least < own)
        seen += met
    assert seen > 50


@pytest.mark.parametrize("kind", BETWEEN)
def test_the_hull_and_the_least_value_are_enclosed_by_wrong_mixtures(kind):
    """What the best mixture is off is covered by the gap of the stated one, and by little more."""
    claim, third = CLAIMS["combination_gain"].without("relative entropy"), Fraction(1, 3)
    one, other = [[Fraction(1), Fraction(8)]], [[Fraction(8), Fraction(1)]]
    weak = [[third, 1 - third]]
    shares = np.linspace(0, 1, 20_001)[:, None]
    near = shares @ np.array([[1, 8]]) / 9 + (1 - shares) @ np.array([[8, 1]]) / 9
    apart = BETWEEN[kind](near, np.array([[1, 2]]) / 3).sum(axis=1)
    floor = min(1 / 9, near[np.argmin(apart)].min())
    for count in range(21):
        mixture = [Fraction(count), Fraction(0), Fraction(20 - count)]
        instance = Instance(kind, True, [Fraction(2)], weak, weak, one, [other], mixture)
        for found in (Engine(claim, instance, 128), Checker(claim, instance, {})):
            both = found.quantity(("D", "hull", "weak")), found.quantity(("least",))
            value, least = map(ends, both)
            assert float(value[0]) - 1e-9 <= apart.min() <= float(value[1]) + 1e-9
            assert float(least[0]) - 1e-9 <= floor <= float(least[1]) + 1e-9
            if count == 14:  # of 100/7
                assert float(value[1]) - float(value[0]) < 0.05


def test_log_linear_functions_are_known_by_the_relations_of_their_features():
    features = [[Fraction(h)] for h in (1, 2, -1)]
    found = list(relations(features))
    assert len(found) == 2
    assert all(sum(n * h for n, (h,) in zip(one, features, strict=True)) == 0 for one in found)
    claim = CLAIMS["head_law_inexact"]
    for instance in some(claim, 100):
        assert all(Engine(claim, instance, 128).properties().values())
        if instance.size > 1 and instance.features[0][0] != 0:
            bent = [[2 * instance.student[0][0], *instance.student[0][1:]], *instance.student[1:]]
            wrong = dataclasses.replace(instance, student=bent)
            lines = {one[0] for one in instance.features}
            single = (
                len({*lines, Fraction(0)}) == 2 and sum(h != 0 for (h,) in instance.features) == 1
            )
            assert single == Engine(claim, wrong, 128).properties()["log-linearity"]


@pytest.mark.parametrize("name", [name for name, one in CLAIMS.items() if one.tight is not None])
def test_sides_are_equal_where_it_is_tight(name):
    claim = CLAIMS[name]
    decision = decide(claim, claim.tight)
    assert decision.outcome == HOLDS and decision.lhs == decision.rhs and decision.lhs != "0"
    opinion = check(claim, claim.tight, {})
    assert not opinion.violated and opinion.lhs == opinion.rhs


def test_a_counterexample_that_was_tampered_with_is_refused():
    claim = GAIN.without("convexity")
    instance, _ = refute(claim, 1000) or pytest.fail("none found")
    found = confirm(claim, instance)
    assert found is not None and "f_w" in "\n".join(page(instance, claim, {}))
    assert Instance.from_json(instance.to_json()) == instance
    # The other member is farther, so that it is no student.
    swapped = dataclasses.replace(instance, student=instance.target, target=instance.student)
    assert decide(claim, swapped).outcome == OUTSIDE
    with pytest.raises(RefusedError, match="exactness"):
        check(claim, swapped, {})
    # With convexity the same instance is none: there are better mixtures.
    assert decide(GAIN, instance).outcome == OUTSIDE


def test_instances_that_are_none():
    good = points([(1,), (2,)], [(0,), (1,)], [(1,), (1,)])
    assert good.fault() is None
    for wrong in (
        {"kind": "kullback"},
        {"masses": [Fraction(1), Fraction(0)]},
        {"weak": [[Fraction(1)]]},
        {"kind": "kl"},
        {"kind": "logistic"},
        {"kind": "itakura-saito"},
        {"features": [[Fraction(1, 2)], [Fraction(1)]]},
        {"mixture": [Fraction(1)]},
    ):
        assert dataclasses.replace(good, **wrong).fault(), wrong


def test_what_has_no_exact_side_says_why():
    said = {
        ("bregman_dual_gain", "weak model first"): "no certificate",
        ("head_law_inexact", "log-linearity"): "no head",
        ("head_law_inexact", "realizability"): "no head",
    }
    for claim in CLAIMS.values():
        assert no_exact_side(claim) == ""
        for drop in claim.droppable:
            assert said.get((claim.name, drop), "") in no_exact_side(claim.without(drop))
            assert bool(no_exact_side(claim.without(drop))) == ((claim.name, drop) in said)


def test_relative_entropy_is_needed_for_combinations():
    """Of Itakura and Saito's divergence one of two members may err by more than (c - 1)/k."""
    claim = CLAIMS["combination_error"].without("relative entropy")
    found, _ = refute(claim, 5000) or pytest.fail("none found")
    assert confirm(claim, found) is not None and decide(claim, found).outcome == VIOLATED
    with ctx.workprec(128):
        engine = Engine(claim, found, 128)
        excess = engine.quantity(symbols.D("combination", "weak").data)
        excess -= engine.quantity(symbols.D("hull", "weak").data)
        assert excess > found.classes - 1
