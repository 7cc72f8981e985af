"""Numbers, vectors and probability vectors that shrink to what a person can read."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jaxtyping import Array, Float

SIXTEENTHS = 16


def numbers(*, least: float = -10.0, largest: float = 10.0) -> SearchStrategy[float]:
    """Draw a number: an integer, a fraction in sixteenths, or any; the ends come often.

    Raises:
        ValueError: unless `least` < `largest`, both finite.
    """
    if not -np.inf < least < largest < np.inf:
        raise ValueError(
            f"least, largest: expected finite numbers in order, got {least}, {largest}"
        )
    any_number = st.floats(least, largest, allow_subnormal=False)

    def short(number: float) -> float:
        """Round to sixteenths; as `st.floats` prefers integers, so does what shrinks."""
        return min(max(round(number * SIXTEENTHS) / SIXTEENTHS, least), largest)

    choices = [any_number.map(short), any_number]
    first, last = int(np.ceil(least)), int(np.floor(largest))
    if first <= last:
        choices.insert(0, st.integers(first, last).map(float))
    return st.one_of(choices)


def arrays(*shape: int, least: float = -10.0, largest: float = 10.0) -> SearchStrategy[np.ndarray]:
    """Draw a host array of `numbers`."""
    entries = row(numbers(least=least, largest=largest), int(np.prod(shape)))
    return entries.map(lambda given: given.reshape(shape))


def row(entries: SearchStrategy, count: int) -> SearchStrategy[np.ndarray]:
    """Draw a host vector of such numbers."""
    return st.lists(entries, min_size=count, max_size=count).map(
        lambda given: np.array(given, float)
    )


def vectors(
    *, size: int, least: float = -10.0, largest: float = 10.0
) -> SearchStrategy[Float[Array, " size"]]:
    """Draw a vector of `numbers`."""
    at_least("size", size)
    return arrays(size, least=least, largest=largest).map(jnp.asarray)


@st.composite
def shares(draw: Callable[..., Any], size: int) -> np.ndarray:
    """Draw nonnegative multiples of a power of two that sum to one exactly, a corner first."""
    parts = draw(st.sampled_from([1, 2, 4, 8, 16, 2**20]))
    cuts = draw(st.lists(st.integers(0, parts), min_size=size - 1, max_size=size - 1))
    return np.diff(np.asarray([0, *sorted(cuts), parts])) / parts


def probability_vectors(*, size: int) -> SearchStrategy[Float[Array, " size"]]:
    """Draw probabilities that sum to one exactly, in whatever order they are added."""
    at_least("size", size)
    return shares(size).map(jnp.asarray)


def at_least(name: str, count: int, least: int = 1) -> None:
    if count < least:
        raise ValueError(f"{name}: expected at least {least}, got {count}")
