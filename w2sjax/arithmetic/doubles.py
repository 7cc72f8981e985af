"""Terms in plain doubles, for searches that only have to guess: what is undefined is not a number."""

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

DOUBLES: dict[str, Callable[..., Any]] = {
    "number": float,
    "+": lambda *parts: math.fsum(parts),
    "-": operator.neg,
    "*": lambda *parts: functools.reduce(operator.mul, parts),
    "/": lambda above, below: above / below if below else math.nan,
    "power": operator.pow,
    "sqrt": lambda value: math.sqrt(max(value, 0.0)),
    "log": lambda value: math.log(value) if value > 0 else math.nan,
    "max": lambda *parts: max(parts),
    "min": lambda *parts: min(parts),
    "abs": abs,
}
