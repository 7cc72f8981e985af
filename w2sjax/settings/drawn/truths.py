"""Truth values that may be open: None."""

from collections.abc import Callable
from typing import Any


def both(a: bool | None, b: bool | None) -> bool | None:
    """Whether two things are true."""
    return False if a is False or b is False else None if a is None or b is None else True


def opposite(a: bool | None) -> bool | None:
    """Whether something is not true."""
    return None if a is None else not a


def comparisons(less: Callable[[Any, Any], bool | None]) -> dict[str, Callable[..., Any]]:
    """Give all that follows from what is less."""
    return {
        "lt": less,
        "le": lambda a, b: opposite(less(b, a)),
        "eq": lambda a, b: both(opposite(less(a, b)), opposite(less(b, a))),
    }


TRUTHS: dict[str, Callable[..., Any]] = {
    "and": both,
    "or": lambda a, b: opposite(both(opposite(a), opposite(b))),
    "xor": lambda a, b: None if a is None or b is None else a is not b,
    "not": opposite,
}
