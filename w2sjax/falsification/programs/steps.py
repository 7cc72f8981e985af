"""Small instances of a user's own, and steps that make one smaller; only where it is known what is valid."""

import dataclasses
import itertools
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from flint import arb

from w2sjax.falsification.decision import PRECISIONS
from w2sjax.falsification.programs.case import Case
from w2sjax.falsification.programs.deciding import decide_case, run
from w2sjax.falsification.programs.program import INTEGER, TRUTH, Input, Program
from w2sjax.falsification.rationals import length, simplest
from w2sjax.falsification.statement import Statement

SIGNED = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "4")))
POSITIVE = tuple(map(Fraction, ("1", "2", "1/2", "3", "4", "1/3", "1/4", "5", "10", "1/10")))
SHARES = tuple(map(Fraction, ("1/2", "1", "0", "1/3", "1/4", "2/3", "3/4", "1/5", "1/10", "9/10")))
GRIDS = (SIGNED, POSITIVE, SHARES, (Fraction(0), *POSITIVE))
SHORT = (Fraction(0), Fraction(1), *SIGNED[2:], Fraction(1, 3), Fraction(2, 3), Fraction(1, 4))
PAIRS = 16  # numbers of an instance that is small enough to change two at a time
WALK = 100  # changes that a local search tries from one start


def small_cases(statement: Statement, seed: int) -> Iterator[Case]:
    """Draw instances with short numbers without end; none where nothing says which are valid."""
    program = statement.program
    assert program is not None
    if program.valid is None:
        return
    source = random.Random(f"{seed} {statement.claim}")
    while True:
        grid = source.choice(GRIDS)
        distinct = source.choice((2, 3, len(grid)))  # few values are easier to survey
        chosen = [grid[min(source.randrange(len(grid)), source.randrange(len(grid)))]
                  for _ in range(distinct)]  # fmt: skip
        yield Case(tuple(tuple(_entry(given, chosen, source) for _ in range(given.size))
                         for given in program.inputs))  # fmt: skip


def _entry(given: Input, grid: list[Fraction], source: random.Random) -> Any:
    if given.kind == TRUTH:
        return source.random() < 0.5
    value = source.choice(grid)
    return Fraction(int(value)) if given.kind == INTEGER else value


def cost(case: Case) -> tuple[int, ...]:
    """Order instances: entries that are not zero, different ones, digits."""
    entries = [Fraction(value) for values in case.values for value in values]
    nonzero = [value for value in entries if value != 0]
    return len(nonzero), len(set(nonzero)), sum(map(length, entries))


def rounded(case: Case, statement: Statement) -> Iterator[Case]:
    """Round all real numbers, from coarse to fine."""
    program = statement.program
    assert program is not None
    if program.valid is None:
        return
    for digits in range(0, 20):
        share = Fraction(1, 2 ** (digits + 1))

        def short(value, share=share):
            return simplest(*sorted((value * (1 - share), value * (1 + share))))

        yield _mapped(case, program, short)


def _mapped(case: Case, program: Program, change: Callable[[Fraction], Fraction]) -> Case:
    return Case(tuple(
        tuple(change(value) if given.kind == "real" else value for value in values)
        for given, values in zip(program.inputs, case.values, strict=True)
    ))  # fmt: skip


def steps(case: Case, statement: Statement) -> Iterator[Case]:
    """Propose simpler instances: equal entries, then zeros, ones and short numbers one at a time."""
    program = statement.program
    assert program is not None
    if program.valid is None:
        return
    for i, (given, values) in enumerate(zip(program.inputs, case.values, strict=True)):
        for value in _simple(given):
            yield _with(case, i, (value,) * len(values))
    for i, (given, values) in enumerate(zip(program.inputs, case.values, strict=True)):
        for j, value in enumerate(values):
            for other in (*_simple(given), *dict.fromkeys(values), *_near(given, value)):
                if other != value:
                    yield _with(case, i, (*values[:j], other, *values[j + 1 :]))
    yield from _renamed(case)
    yield from _pairs(case)


def _pairs(case: Case) -> Iterator[Case]:
    """Drop two numbers that only together may be dropped."""
    places = [
        (i, j) for i, values in enumerate(case.values) for j, v in enumerate(values) if v != 0
    ]
    if len(places) > PAIRS:
        return
    for chosen in itertools.combinations(places, 2):
        yield Case(
            tuple(
                tuple(type(v)(0) if (i, j) in chosen else v for j, v in enumerate(values))
                for i, values in enumerate(case.values)
            )
        )


def _renamed(case: Case) -> Iterator[Case]:
    """Replace a value, wherever it stands, by a shorter one or another one."""
    found = dict.fromkeys(v for values in case.values for v in values if not isinstance(v, bool))
    for value in found:
        for other in (*SHORT, *found):
            if other != value:
                yield Case(tuple(tuple(other if v == value else v for v in values)
                                 for values in case.values))  # fmt: skip


def _simple(given: Input) -> tuple[Any, ...]:
    if given.kind == TRUTH:
        return (False,)
    return tuple(v for v in SHORT if given.kind != INTEGER or v.denominator == 1)


def _near(given: Input, value: Any) -> list[Any]:
    if given.kind == TRUTH:
        return []
    shares = [Fraction(1, 2**power) for power in (1, 2, 4, 8)]
    near = [simplest(*sorted((value * (1 - s), value * (1 + s)))) for s in shares]
    return [v for v in near if given.kind != INTEGER or v.denominator == 1]


def _with(case: Case, place: int, values: tuple[Any, ...]) -> Case:
    return dataclasses.replace(
        case, values=(*case.values[:place], values, *case.values[place + 1 :])
    )


def walks(statement: Statement, seed: int, restarts: int) -> Iterator[tuple[Case, float]]:
    """Walk from small instances by single changes that lower the normalised slack."""
    program = statement.program
    assert program is not None
    if program.valid is None:
        return
    source = random.Random(f"walk {seed} {statement.claim}")
    starts = small_cases(statement, seed + 1)
    for _ in range(restarts):
        case = next((c for c, _ in zip(starts, range(WALK), strict=False)
                     if _slack(statement, c) is not None), None)  # fmt: skip
        if case is None:
            return
        least = _slack(statement, case)
        for _ in range(WALK):
            changed = _changed(case, program, source)
            slack = _slack(statement, changed)
            if slack is None:
                continue
            sure = slack < 0 and decide_case(statement, changed, PRECISIONS[:1]).violated
            yield changed, slack if sure else abs(slack)
            if least is None or slack <= least:
                case, least = changed, slack


def _changed(case: Case, program: Program, source: random.Random) -> Case:
    """Change one number: to a short one, or by a factor."""
    i = source.choices(range(len(case.values)), [given.size for given in program.inputs])[0]
    given, values = program.inputs[i], case.values[i]
    j = source.randrange(len(values))
    if given.kind == TRUTH:
        new: Any = not values[j]
    else:
        factor = source.choice((Fraction(1, 2), Fraction(2), Fraction(9, 10), Fraction(11, 10)))
        new = source.choice((source.choice(SHORT), values[j] * factor, source.choice(values)))
        new = Fraction(int(new)) if given.kind == INTEGER else simplest(
            *sorted((new * Fraction(999, 1000), new * Fraction(1001, 1000))))  # fmt: skip
    return _with(case, i, (*values[:j], new, *values[j + 1 :]))


def _slack(statement: Statement, case: Case) -> float | None:
    """Give the slack relative to both sides, in short balls; None outside what is valid or defined."""
    program = statement.program
    assert program is not None
    lists = run(program, case)
    left, right = lists[program.left][0], lists[program.right][0]
    valid = program.valid is None or lists[program.valid][0] is True
    if not valid or isinstance(left, str) or isinstance(right, str):
        return None
    difference, size = right - left, abs(left) + abs(right)
    # The ratio before it is a double: each may be beyond the largest one.
    slack = float(arb(difference / size if size > 0 else difference))
    return -abs(slack) if statement.identity else slack
