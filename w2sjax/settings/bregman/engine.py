"""The first opinion on Bregman geometry: divergences by their closed forms, in flint's numbers."""

from collections.abc import Iterable
from typing import Any

from flint import arb, fmpq

from w2sjax.arithmetic.flint_numbers import largest, logarithm, rational, root
from w2sjax.language.claims import Claim
from w2sjax.settings.bregman.instance import Instance
from w2sjax.settings.bregman.meaning import Study
from w2sjax.settings.bregman.meaning import no_exact_side as no_exact_side
from w2sjax.settings.exact import OpenError


def _entropy(u: fmpq, v: fmpq) -> Any:
    return u * logarithm(u / v) - u + v


def _spectral(u: fmpq, v: fmpq) -> Any:
    return u / v - logarithm(u / v) - 1


# Of coordinates: the divergence, and the difference of the gradients.
FORMS = {
    "squared": (lambda u, v: (u - v) ** 2 / 2, lambda u, v: u - v),
    "kl": (_entropy, lambda u, v: logarithm(u / v)),
    "logistic": (
        lambda u, v: _entropy(u, v) + _entropy(1 - u, 1 - v),
        lambda u, v: logarithm(u * (1 - v) / (v * (1 - u))),
    ),
    "itakura-saito": (_spectral, lambda u, v: 1 / v - 1 / u),
}


class Engine(Study):
    """Functions in rational numbers, at the precision of flint's context."""

    number = staticmethod(rational)
    largest = staticmethod(largest)
    root = staticmethod(root)

    def __init__(self, claim: Claim, instance: Instance, bits: int):
        super().__init__(claim, instance)
        self.apart, self.turned = FORMS[instance.kind]

    def D(self, first: Any, second: Any) -> Any:
        """Mean divergence."""
        return _total(m * self.apart(u, v) for m, u, v in self._along(first, second))

    def pull(self, first: Any, second: Any, to: Any, start: Any) -> Any:
        """Mean product of a difference of gradients with a difference of values."""
        along = self._along(first, second, to, start)
        return _total(m * self.turned(u, v) * (t - s) for m, u, v, t, s in along if t != s)

    def nonnegative(self, value: Any) -> bool:
        """Whether it is; a ball has to be certain."""
        if value >= 0 or value < 0:
            return bool(value >= 0)
        raise OpenError("a condition whose sign is open at this precision")

    def between(self, low: Any, high: Any) -> Any:
        """Enclose what lies between."""
        return low if low == high else arb(low).union(arb(high))

    def _along(self, *names: Any) -> Iterable[tuple[fmpq, ...]]:
        """List masses and coordinates of functions."""
        for m, *rows in zip(self.masses, *map(self.values.__getitem__, names), strict=True):
            for entries in zip(*rows, strict=True):
                yield rational(m), *map(rational, entries)


def _total(terms: Iterable[Any]) -> Any:
    total = fmpq(0)
    for term in terms:
        total = total + term
    return total
