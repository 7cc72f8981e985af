"""What a certificate promises, against exact projections: random problems of the kinds people have.

`python -m pytest -n 0 -s -m slow tests/test_promises.py` tries more than 100,000 of them and prints how
many of each kind are CERTIFIED, how many LOOSE, and how close the gap comes to the distance.
"""

import collections
import dataclasses
import functools
import zlib
from fractions import Fraction
from typing import Any, NamedTuple

import exact_projection
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from promise_problems import KINDS, SETS, VALUES, Problem, draw
from rich.console import Console
from rich.table import Table

from w2sjax import Status, certify, hypothesis_class, project
from w2sjax.projecting.certificate import default_tolerance
from w2sjax.projecting.rows import Rows

SHAPES = {"few": (8, 3), "wide": (3, 5), "row": (1, 2), "many": (40, 5)}
NAMES = {"wide": "fewer_rows", "row": "single_row", "wrong": "wrong_point"}
TYPES = {"double": np.float64, "single": np.float32}


class Group(NamedTuple):
    """Problems that share a compiled program."""

    name: str  # of the set
    shape: str
    dtype: str

    def problems(self, count: int, seed: int) -> tuple[list[str], list[Problem]]:
        """Draw so many problems, all kinds of data in turn."""
        random = np.random.default_rng([seed, zlib.crc32(repr(self).encode())])
        kinds = [KINDS[i % len(KINDS)] for i in range(count)]
        return kinds, [draw(k, random, *SHAPES[self.shape], TYPES[self.dtype]) for k in kinds]

    def solve(self, problem: Any, route: str = "jit"):
        """Project; or certify the answer without its last coefficient; or after the Gram route."""
        kind = SETS[self.name]
        features = Rows(problem.features) if route == "rows" else None
        problem = jax.tree.map(jnp.asarray, problem)
        method = "gram" if route == "gram" else "qr"
        hypothesis = hypothesis_class(
            kind.build(problem.parameters),
            None if self.name in VALUES else problem.features if features is None else features,
            problem.masses,
            intercept=kind.intercept or None,
            method=method,
        )
        answer = project(hypothesis, problem.target)
        if route != "wrong":
            return answer
        point = answer.coefficients.at[-1].set(0)
        return certify(hypothesis, problem.target, point, answer.intercept)

    def truth(self, problem: Problem) -> exact_projection.Truth:
        kind = SETS[self.name]
        return exact_projection.project(
            kind.oracle, kind.parameters(problem.parameters), problem.features, problem.masses,
            problem.target, intercept=kind.intercept,
        )  # fmt: skip


@functools.cache
def compiled(group, route):
    return jax.jit(jax.vmap(functools.partial(group.solve, route=route)))


def answers(group: Group, problems: list[Problem], route: str) -> list[Any]:
    """Project on the host one by one, or all in one program."""
    if route in ("host", "rows"):
        return [jax.device_get(group.solve(problem)) for problem in problems]
    batch = jax.tree.map(lambda *parts: np.stack(parts), *problems)
    found = jax.device_get(compiled(group, route)(batch))
    return [jax.tree.map(lambda part, i=i: part[i], found) for i in range(len(problems))]


def broken(answer, truth: Any) -> str | None:
    """Name the promise that an answer does not keep."""
    status, gap, radius = Status(int(answer.status)), float(answer.gap), float(answer.radius)
    dtype = np.asarray(answer.values).dtype
    if status == Status.NONFINITE:
        return None if gap == np.inf else "NONFINITE with a finite gap"
    counts = np.array([mass != 0 for mass in truth.masses])
    if not (np.isfinite(gap) and np.isfinite(answer.values[counts]).all()):
        return "not finite, and not said so"
    below = Fraction(gap) < truth.distance(answer.values)
    if status == Status.LOOSE:
        covered = below and (np.isinf(radius) or truth.reached(radius))
        return "LOOSE, gap below the distance" if covered else None
    if below:
        return "CERTIFIED, gap below the distance"
    if np.isfinite(radius):
        return "CERTIFIED with a finite reach"
    rounding = 1 + 4 * (len(counts) + 4) * Fraction(float(np.finfo(dtype).eps))
    largest = Fraction(default_tolerance(dtype)) * truth.scale() * rounding
    least = Fraction(float(np.finfo(dtype).tiny) * 1e16)
    return "CERTIFIED, gap above the tolerance" if Fraction(gap) > largest + least else None


@dataclasses.dataclass
class Count:
    """What became of the problems of one kind."""

    statuses: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    faults: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    closest: float = 0.0  # the largest distance / gap of a gap that covers the class

    def add(self, answer, truth) -> str | None:
        self.statuses[Status(int(answer.status)).name] += 1
        fault = broken(answer, truth)
        if fault is not None:
            self.faults[fault] += 1
        elif np.isfinite(answer.gap) and np.isinf(answer.radius) and answer.gap > 0:
            share = truth.distance(answer.values) / Fraction(float(answer.gap))
            self.closest = max(self.closest, float(share))
        return fault


def judge(group: Group, count: int, seed: int, route: str, counts) -> list[str]:
    """Judge so many problems and say which break a promise."""
    wrong = []
    kinds, problems = group.problems(count, seed)
    found = answers(group, problems, route)
    for i, (kind, problem, answer) in enumerate(zip(kinds, problems, found, strict=True)):
        name = NAMES.get(route, NAMES.get(group.shape, kind))
        fault = counts[name].add(answer, group.truth(problem))
        if fault is not None:
            wrong.append(f"{fault}: {kind}, {tuple(group)}, {route}, seed {seed}, number {i}")
    return wrong


def shown(counts: dict[str, Count]) -> Table:
    """Tabulate by kind of data."""
    faults = sorted(set().union(*(count.faults for count in counts.values())))
    table = Table("kind", "problems", *(s.name for s in Status), "closest", *faults)
    total = Count()
    for count in counts.values():
        total.statuses += count.statuses
        total.faults += count.faults
        total.closest = max(total.closest, count.closest)
    for name, count in [*sorted(counts.items()), ("all", total)]:
        problems = sum(count.statuses.values())
        shares = (f"{count.statuses[s.name] / problems:.1%}" for s in Status)
        table.add_row(name, str(problems), *shares, f"{count.closest:.2g}",
                      *(str(count.faults[fault]) for fault in faults))  # fmt: skip
    return table


QUICK = [(Group(name, "few", "double"), "jit") for name in SETS]
QUICK += [(Group(name, "few", "single"), "jit") for name in ("subspace", "affine", "box")]
QUICK += [(Group("subspace", shape, "double"), "jit") for shape in ("wide", "row")]
QUICK += [(Group(name, "few", "double"), "host") for name in ("subspace", "affine", "orthant")]
QUICK += [(Group("affine", "few", "double"), route) for route in ("gram", "rows", "wrong")]


@pytest.mark.parametrize("pair", QUICK, ids=["-".join((*group, route)) for group, route in QUICK])
def test_no_gap_is_below_the_distance(pair):
    group, route = pair
    counts = collections.defaultdict(Count)
    each = 1 if route == "rows" else 2  # every one compiles its own programs
    assert judge(group, each * len(KINDS), 0, route, counts) == []


@pytest.mark.slow  # some minutes
def test_a_hundred_thousand_problems():
    counts, wrong = collections.defaultdict(Count), []
    shares = {("few", "double"): 2500, ("few", "single"): 1700, ("wide", "double"): 400,
              ("wide", "single"): 300, ("many", "double"): 400, ("row", "double"): 100}  # fmt: skip
    for name in SETS:
        for (shape, dtype), share in shares.items():
            wrong += judge(Group(name, shape, dtype), share, 1, "jit", counts)
        for dtype in TYPES:
            group = Group(name, "few", dtype)
            wrong += judge(group, 200, 2, "host", counts)
            wrong += judge(group, 300, 3, "wrong", counts)
            if name not in VALUES:
                wrong += judge(group, 300, 4, "gram", counts)
    for name in ("subspace", "affine", "orthant", "l2_ball"):
        wrong += judge(Group(name, "few", "double"), 100, 5, "rows", counts)
    Console(width=160).print(shown(counts))
    assert sum(sum(count.statuses.values()) for count in counts.values()) >= 100_000
    assert wrong == []
