r"""The second opinion on Bregman geometry: divergences by their definition, in `fractions` alone.

$D(u, v) = \varphi(u) - \varphi(v) - \langle \nabla\varphi(v), u - v \rangle$, with the mean taken of each of
the three.
"""

import functools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from w2sjax.arithmetic.enclosures import enclosed
from w2sjax.arithmetic.intervals import Interval, exact, largest
from w2sjax.settings.bregman.meaning import Study
from w2sjax.settings.exact import RefusedError

BITS = 400


@functools.lru_cache(maxsize=4096)
def _log(value: Fraction) -> Interval:
    return enclosed("log", exact(value), BITS)


def _entropy(u: Fraction) -> Interval:
    return _log(u).scaled(u)


# Of coordinates: the generator and its gradient.
GENERATORS = {
    "squared": (lambda u: exact(u * u / 2), exact),
    "kl": (_entropy, lambda u: _log(u) + exact(1)),
    "logistic": (lambda u: _entropy(u) + _entropy(1 - u), lambda u: _log(u) - _log(1 - u)),
    "itakura-saito": (lambda u: exact(0) - _log(u), lambda u: exact(-1 / u)),
}


class Checker(Study):
    """Functions in rational numbers."""

    notes = {"divergences": "by their definition, from generator and gradient"}
    number = staticmethod(exact)
    largest = staticmethod(largest)

    def D(self, first: Any, second: Any) -> Interval:
        """Mean divergence."""
        generator, _ = GENERATORS[self.instance.kind]
        here, there = (_total(generator(u).scaled(m) for m, u in self._along(name))
                       for name in (first, second))  # fmt: skip
        _, gradient = GENERATORS[self.instance.kind]
        along = self._along(first, second)
        return here - there - _total(gradient(v).scaled(m * (u - v)) for m, u, v in along)

    def pull(self, first: Any, second: Any, to: Any, start: Any) -> Interval:
        """Mean product of a difference of gradients with a difference of values."""
        _, gradient = GENERATORS[self.instance.kind]
        along = self._along(first, second, to, start)
        # The difference of an interval with itself is not 0.
        return _total(
            (gradient(u) - gradient(v)).scaled(m * (t - s)) for m, u, v, t, s in along if u != v
        )

    def nonnegative(self, value: Interval) -> bool:
        """Whether it is, for certain.

        Raises:
            RefusedError: where that is open.
        """
        if value.low < 0 <= value.high:
            raise RefusedError("a condition whose sign is open")
        return value.low >= 0

    def root(self, value: Interval) -> Interval:
        """Square root."""
        return value.root(BITS)

    def between(self, low: Interval, high: Interval) -> Interval:
        """Enclose what lies between."""
        return Interval(low.low, high.high)

    def _along(self, *names: Any) -> Iterator[tuple[Fraction, ...]]:
        """List masses and coordinates of functions."""
        for m, *rows in zip(self.masses, *map(self.values.__getitem__, names), strict=True):
            for entries in zip(*rows, strict=True):
                yield m, *entries


def _total(terms: Iterable[Interval]) -> Interval:
    total = exact(0)
    for term in terms:
        total = total + term
    return total
