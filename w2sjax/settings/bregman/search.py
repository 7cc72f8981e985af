"""Small functions in Bregman geometry, and steps to smaller ones."""

import dataclasses
import functools
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import Matrix, Vector, length
from w2sjax.language.claims import Claim
from w2sjax.settings import bregman as symbols
from w2sjax.settings.bregman.instance import KINDS, Instance
from w2sjax.settings.shrinking import SHORT, changed, favoured

POINTS, OTHERS, FEATURES = (1, 2, 3), (0, 1, 2), (1, 0, -1, 2)
PARTS = tuple(map(Fraction, ("1", "2", "3", "1/2", "4", "1/3", "5", "8", "16")))
CHANCES = tuple(map(Fraction, ("1/2", "1/3", "2/3", "1/4", "3/4", "1/5", "4/5", "1/8", "7/8")))
NUMBERS = ("masses", "weak", "target", "student", "others", "mixture", "features")


def small(claim: Claim, kind: Any, parameters: Any, seed: int) -> Iterator[Instance]:
    """Draw small ones without end; every member is tried as the student where that has to be the best."""
    source = random.Random(f"{seed} {claim.name} {claim.dropped}")
    draw = _heads if claim.assumes(symbols.LOG_LINEAR) else _functions
    while True:
        found = draw(source, claim)
        if found.fault() is not None:  # a weak model that was moved too far
            continue
        yield found
        if claim.assumes(symbols.EXACT) or found.mixture:
            for i, one in enumerate(found.others):
                others = [*found.others[:i], found.student, *found.others[i + 1 :]]
                yield dataclasses.replace(found, student=one, others=others)


def _functions(source: random.Random, claim: Claim) -> Instance:
    """Draw functions; constant ones where the claim is about one input."""
    combined = any(symbols.combination in data for data in claim.quantities)
    kind = favoured(source, _kinds(claim))
    scaled = kind == "kl" or combined
    size, classes = favoured(source, POINTS), source.choice((2, 3) if scaled else (1, 2))
    # Without KL it takes probabilities far from each other.
    far = claim.dropped == symbols.RELATIVE_ENTROPY.name
    pick = source.choice if far else functools.partial(favoured, source)
    grid = PARTS if scaled else {"squared": SHORT, "logistic": CHANCES}.get(kind, PARTS)

    def drawn() -> Matrix:
        return [[pick(grid) for _ in range(classes)] for _ in range(size)]

    def alike(name: Any) -> Matrix:
        rows = drawn()
        return rows[:1] * size if claim.assumes(name) else rows

    others = [drawn() for _ in range(favoured(source, OTHERS))]
    found = Instance(
        kind, scaled, _masses(source, size), drawn(), alike(symbols.ONE_TARGET), drawn(), others,
    )  # fmt: skip
    if claim.assumes(symbols.MATCHED):
        return dataclasses.replace(found, student=_mean(found))
    if not combined:
        return found
    target = [favoured(source, (0, 1, 2)) * claim.assumes(symbols.REALIZABLE)]
    weights = [1, *target, *(favoured(source, (1, 2, 0, 3)) for _ in others)]
    found = dataclasses.replace(found, mixture=list(map(Fraction, weights)))
    return _inside(found) if source.random() < 0.5 else found


def _masses(source: random.Random, size: int) -> Vector:
    return [favoured(source, PARTS) for _ in range(size)]


def _kinds(claim: Claim) -> tuple[str, ...]:
    """List the divergences that a claim may be about."""
    if claim.assumes(symbols.RELATIVE_ENTROPY):
        return ("kl",)
    if claim.assumes(symbols.MATCHED):
        return "squared", "itakura-saito"
    if claim.dropped == symbols.RELATIVE_ENTROPY.name:
        return "itakura-saito", "squared", "logistic"
    return KINDS


def _mean(one: Instance) -> Matrix:
    """Give the student that matches the mean gradient of weak models."""
    turn: Callable[[Fraction], Fraction] = (
        (lambda v: v) if one.kind == "squared" else (lambda v: 1 / v)
    )
    rows = zip(one.weights(), one.values(one.weak), strict=True)
    weighted = [[m * turn(w) for w in row] for m, row in rows]
    return [[turn(sum(column, Fraction(0))) for column in zip(*weighted, strict=True)]] * one.size


def _inside(one: Instance) -> Instance:
    """Let the weak model be the mixture: then it is its own projection on the hull, exactly."""
    members = [one.values(each) for each in (one.student, one.target, *one.others)]
    shares = [share / sum(one.mixture) for share in one.mixture]
    columns = range(one.classes)
    weak = [
        [sum((s * f[i][j] for s, f in zip(shares, members, strict=True)), Fraction(0)) for j in columns]
        for i in range(one.size)
    ]  # fmt: skip
    return dataclasses.replace(one, weak=weak)


def _heads(source: random.Random, claim: Claim) -> Instance:
    """Draw log-linear functions of one feature, and a weak model of which the student is the minimum."""
    size, classes = favoured(source, POINTS), favoured(source, (2, 3))
    features = [[Fraction(favoured(source, FEATURES))] for _ in range(size)]
    masses = _masses(source, size)

    def head() -> Matrix:
        bases = [favoured(source, PARTS) for _ in range(classes)]
        return [[base ** int(h) for base in bases] for (h,) in features]

    def drawn() -> Matrix:
        return [[favoured(source, PARTS) for _ in range(classes)] for _ in range(size)]

    student = head()
    target = head() if claim.assumes(symbols.REALIZABLE) else drawn()
    found = Instance("kl", True, masses, drawn(), target, student, features=features)
    if not claim.assumes(symbols.EXACT):
        return found
    # What is moved from one class to another, here and there, cancels in the mean of its product with h.
    weak = [list(row) for row in found.values(student)]
    here, there = source.randrange(size), source.randrange(size)
    move = Fraction(favoured(source, (1, -1, 2, -2)), favoured(source, (16, 8, 64)))
    if features[there][0]:
        pulled = masses[here] * features[here][0] / (masses[there] * features[there][0])
        places = [(here, move), (there, -move * pulled)]
    else:
        places = [(there, move)]
    for i, by in places:
        weak[i][0] += by
        weak[i][1] -= by
    return dataclasses.replace(found, weak=weak)


def cost(instance: Instance) -> tuple[int, ...]:
    """Order them: points, coordinates, members, digits."""
    digits = sum(map(length, instance.numbers(*NUMBERS)))
    return instance.size, instance.classes, len(instance.others), digits


def steps(instance: Instance, claim: Claim) -> Iterator[Instance]:
    """Propose smaller ones, the largest steps first."""
    every = (*_fewer(instance), *changed(instance, *NUMBERS))
    within = (_inside(one) for one in every if one.mixture and one.fault() is None)
    yield from (one for one in (*every, *within) if one.fault() is None)


def _fewer(instance: Instance) -> Iterator[Instance]:
    """Leave out a point, a coordinate or a member."""
    for axis, count in (("point", instance.size), ("class", instance.classes)):
        if count > 1:
            yield from (instance.without(axis, {i}) for i in range(count))
    for i in range(len(instance.others)):
        mixture = [share for j, share in enumerate(instance.mixture) if j != i + 2]
        yield dataclasses.replace(instance.without("other", {i}), mixture=mixture)
