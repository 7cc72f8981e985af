"""Whether two sides, as text, may be the same number: rational numbers, or decimals with an error."""

import re

from flint import arb, ctx, fmpq

from w2sjax.arithmetic.flint_numbers import rational
from w2sjax.arithmetic.rationals import parse

LONGEST = 200  # characters of a decimal
_DECIMAL = re.compile(r"-?[0-9]*\.?[0-9]*(e[-+]?[0-9]{1,6})?")
_ENCLOSURE = re.compile(rf"\[({_DECIMAL.pattern})? ?\+/- {_DECIMAL.pattern}\]")


def agree(stated: str, computed: str) -> bool:
    """Whether both may be the same number: rational ones are equal, enclosures overlap.

    An enclosure's last digits and its width are those of the version of python-flint that wrote it.

    Raises:
        ValueError: if what is stated is no number.
    """
    first, second = _number(stated), _number(computed)
    if isinstance(first, fmpq) and isinstance(second, fmpq):
        return first == second
    with ctx.workprec(256):
        return bool(arb(first).overlaps(arb(second)))


def _number(written: str) -> fmpq | arb:
    if not any(mark in written for mark in ".e["):
        return rational(parse(written, 0))
    known = _DECIMAL.fullmatch(written) or _ENCLOSURE.fullmatch(written)
    if known is None or len(written) > LONGEST:
        raise ValueError(f"expected a side as a rational number or a decimal, got {written[:60]!r}")
    with ctx.workprec(256):  # more digits than are written
        ball = arb(written)
    if not ball.is_finite():
        raise ValueError(f"expected a finite side, got {written!r}")
    return ball
