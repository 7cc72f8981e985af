"""Small random exact problems of every kind, for tests of both exact engines."""

import random
from fractions import Fraction

from w2sjax.falsification.projection.sets import SHAPES
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.statements import STATEMENTS, TWINS, Statement

KINDS = tuple(SHAPES)
PROJECTION = tuple(name for name, s in STATEMENTS.items() if s.domain == "projection")
EXPANSION = tuple(name for name, s in STATEMENTS.items() if s.domain == "expansion")


def about(statement: Statement, kind: str) -> bool:
    return statement.sets is None or kind in statement.sets


def problems(statement: Statement, kind: str, count: int, seed: int = 0):
    """Draw small problems; some have members outside the set."""
    source = random.Random(seed)
    stream = small_problems(statement, kind, None, source.randrange(10**9))
    return [next(stream) for _ in range(count)]


def statements(names):
    """True statements and twins by name."""
    return [(name, s) for name in names for s in (STATEMENTS[name], TWINS[name])]


def fraction(source: random.Random, size: int = 6) -> Fraction:
    return Fraction(source.randint(-size, size), source.randint(1, 3))
