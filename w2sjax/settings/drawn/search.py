"""Small drawn instances, and steps that make one smaller; only where it is known what is valid."""

import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.rationals import length, simplest
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import plan
from w2sjax.settings.drawn.instance import DrawnCase
from w2sjax.settings.drawn.program import INTEGER, REAL, TRUTH, Program
from w2sjax.settings.exact import OpenError
from w2sjax.settings.shrinking import SHORT, changes

SIGNED = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "4")))
POSITIVE = tuple(map(Fraction, ("1", "2", "1/2", "3", "4", "1/3", "1/4", "5", "10", "1/10")))
SHARES = tuple(map(Fraction, ("1/2", "1", "0", "1/3", "1/4", "2/3", "3/4", "1/5", "1/10", "9/10")))
GRIDS = (SIGNED, POSITIVE, SHARES, (Fraction(0), *POSITIVE))
FACTORS = tuple(map(Fraction, ("1/2", "2", "9/10", "11/10")))  # of one change of a local search
PAIRS = 16  # numbers of an instance that is small enough to change two at a time
WALK = 100  # changes that a local search tries from one start
BITS = 256  # of its slacks


def small(claim: Claim, kind: Any, parameters: Any, seed: int) -> Iterator[DrawnCase]:
    """Draw instances with short numbers without end; none where nothing says which are valid."""
    del kind, parameters
    program: Program = claim.setting.program(claim)  # type: ignore[attr-defined]
    if program.valid is None:
        return
    source = random.Random(f"{seed} {claim.name}")
    while True:
        grid = source.choice(GRIDS)
        distinct = source.choice((2, 3, len(grid)))  # few values are easier to survey
        chosen = [grid[min(source.randrange(len(grid)), source.randrange(len(grid)))]
                  for _ in range(distinct)]  # fmt: skip
        yield DrawnCase(program, tuple(_entry(kind, chosen, source) for kind in program.kinds))


def _entry(kind: str, grid: list[Fraction], source: random.Random) -> Fraction:
    if kind == TRUTH:
        return Fraction(source.random() < 0.5)
    value = source.choice(grid)
    return Fraction(int(value)) if kind == INTEGER else value


def cost(instance: DrawnCase) -> tuple[int, ...]:
    """Order instances: entries that are not zero, different ones, digits."""
    nonzero = [value for value in instance.values if value != 0]
    return len(nonzero), len(set(nonzero)), sum(map(length, nonzero))


def rounded(instance: DrawnCase, claim: Claim) -> Iterator[DrawnCase]:
    """Round all real numbers, from coarse to fine."""
    del claim
    program = instance.program
    for digits in range(0, 20) if program.valid is not None else ():
        share = Fraction(1, 2 ** (digits + 1))
        pairs = zip(program.kinds, instance.values, strict=True)
        yield _put(instance, [_near(v, share) if kind == REAL else v for kind, v in pairs])


def _put(instance: DrawnCase, values: Sequence[Fraction]) -> DrawnCase:
    return DrawnCase(instance.program, tuple(values))


def _near(value: Fraction, share: Fraction) -> Fraction:
    """Find the shortest number that is off by no more than a share."""
    return simplest(*sorted((value * (1 - share), value * (1 + share))))


def steps(instance: DrawnCase, claim: Claim) -> Iterator[DrawnCase]:
    """Propose simpler instances: equal entries, other signs, short numbers, then several changes at once."""
    del claim
    program, values = instance.program, instance.values
    if program.valid is None:
        return
    for given, part in program.arrays:
        for value in SHORT:
            changed = list(values)
            changed[part] = [value] * given.size
            yield _put(instance, changed)
    for changed in ([-value for value in values], *changes(values)):
        yield _put(instance, changed)
    yield from _renamed(instance)
    # Two numbers that only together may be dropped.
    places = [place for place, value in enumerate(values) if value != 0]
    for chosen in itertools.combinations(places, 2) if len(places) <= PAIRS else ():
        yield _put(instance, [Fraction(0) if i in chosen else v for i, v in enumerate(values)])


def _renamed(instance: DrawnCase) -> Iterator[DrawnCase]:
    """Replace a value, wherever it stands, by a shorter one or another one."""
    pairs = tuple(zip(instance.program.kinds, instance.values, strict=True))
    found = dict.fromkeys(value for kind, value in pairs if kind != TRUTH)
    for value in found:
        for other in (*SHORT, *found):
            if other != value:
                yield _put(instance, [other if v == value and k != TRUTH else v for k, v in pairs])


def walks(claim: Claim, seed: int, restarts: int) -> Iterator[tuple[DrawnCase, float]]:
    """Walk from small instances by single changes that lower the normalised slack."""
    source = random.Random(f"walk {seed} {claim.name}")
    starts = small(claim, None, None, seed + 1)
    for _ in range(restarts):
        tried = ((one, _slack(claim, one)) for one in itertools.islice(starts, WALK))
        instance, least = next((pair for pair in tried if pair[1] is not None), (None, None))
        if instance is None or least is None:
            return
        for _ in range(WALK):
            changed = _changed(instance, source)
            slack = _slack(claim, changed)
            if slack is None:
                continue
            value, sure = slack
            yield changed, value if sure else abs(value)
            if value <= least[0]:
                instance, least = changed, slack


def _changed(instance: DrawnCase, source: random.Random) -> DrawnCase:
    """Change one number: to a short one, or by a factor."""
    arrays, values = instance.program.arrays, instance.values
    given, part = source.choices(arrays, [given.size for given, _ in arrays])[0]
    place = part.start + source.randrange(given.size)
    if given.kind == TRUTH:
        new = 1 - values[place]
    else:
        scaled = values[place] * source.choice(FACTORS)
        new = source.choice((source.choice(SHORT), scaled, source.choice(values[part])))
        new = Fraction(int(new)) if given.kind == INTEGER else _near(new, Fraction(1, 1000))
    return _put(instance, (*values[:place], new, *values[place + 1 :]))


def _slack(claim: Claim, instance: DrawnCase) -> tuple[float, bool] | None:
    """Give the slack relative to both sides, and whether it is negative for certain.

    None outside what is valid or defined.
    """
    from flint import arb, ctx

    from w2sjax.arithmetic.flint_numbers import FLINT
    from w2sjax.settings.drawn.engine import Engine

    with ctx.workprec(BITS):
        try:
            engine = Engine(claim, instance, BITS)
            if not all(engine.properties().values()):
                return None
            lower, upper = plan(claim.terms).values(FLINT, engine.quantity)
        except OpenError:
            return None
        difference, size = upper - lower, abs(lower) + abs(upper)
        # The ratio before it is a double: each may be beyond the largest one.
        slack = float(arb(difference / size if size > 0 else difference))
        sure = difference < 0 or (claim.identity and difference > 0)
    return (-abs(slack) if claim.identity else slack), bool(sure)
