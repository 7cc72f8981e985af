"""Whether two sides, as text, may be the same number: rational numbers, or decimals with an error."""

import re
from fractions import Fraction

from flint import arb, ctx

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
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return first == second
    return bool(_ball(first).overlaps(_ball(second)))


def _number(written: str) -> Fraction | arb:
    if not any(mark in written for mark in ".e["):
        return parse(written, 0)
    known = _DECIMAL.fullmatch(written) or _ENCLOSURE.fullmatch(written)
    if known is None or len(written) > LONGEST:
        raise ValueError(f"expected a side as a rational number or a decimal, got {written[:60]!r}")
    with ctx.workprec(256):  # more digits than are written
        ball = arb(written)
    if not ball.is_finite():
        raise ValueError(f"expected a finite side, got {written!r}")
    return ball


def _ball(value: Fraction | arb) -> arb:
    with ctx.workprec(256):
        return arb(rational(value)) if isinstance(value, Fraction) else value
