r"""Products and roots of named quantities, as text: "misfit", "epsilon*root(misfit)", "root(2*epsilon)".

A statement's quantities may be such expressions, so that a bound that nobody has foreseen needs no code
of its own in either engine: each evaluates the text in its own numbers. Grammar:

    sum    = ["-"] term {("+" | "-") term}
    term   = factor {"*" factor}
    factor = number | atom ["^" whole number]
    atom   = name | "d(" name "," name ")" | "root(" sum ")" | "(" sum ")"
"""

import dataclasses
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

_TOKEN = re.compile(r"\s*(\d+(?:/\d+)?|[a-z_]+|[-+*^(),])")
LONGEST, HIGHEST, DEEPEST = 4000, 64, 30  # what a file may ask for: characters, powers, nesting


@dataclasses.dataclass(frozen=True)
class Numbers:
    """What an engine calculates with; its numbers add, subtract and multiply.

    Attributes:
        quantity: the value of a named quantity; KeyError for a name that is none.
        distance: d(f, g) of two named functions; KeyError likewise.
        number: takes a rational number.
        root: the square root; of what is negative, 0.
    """

    quantity: Callable[[str], Any]
    distance: Callable[[str, str], Any]
    number: Callable[[Fraction], Any]
    root: Callable[[Any], Any]


def evaluate(text: str, numbers: Numbers) -> Any:
    """Evaluate an expression.

    Raises:
        ValueError: for text that is none.
        KeyError: from `numbers`, for names that are not known.
    """
    return _Reader(text, numbers).whole()


class _Reader:
    """Reads an expression from left to right, one method for each line of the grammar."""

    def __init__(self, text: str, numbers: Numbers):
        self.text, self.numbers = text, numbers
        self.tokens = _tokens(text)
        self.place, self.depth = 0, 0

    def whole(self) -> Any:
        value = self.sum()
        if self.place != len(self.tokens):
            raise self.wrong()
        return value

    def wrong(self) -> ValueError:
        return ValueError(f"quantity: cannot read {self.text!r} from part {self.place + 1} on")

    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.next()
        if token == "" or expected not in (None, token):
            raise self.wrong()
        self.place += 1
        return token

    def sum(self) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong()
        negative = self.next() == "-"
        if negative:
            self.take()
        value = self.term()
        if negative:
            value = self.numbers.number(Fraction(0)) - value
        while self.next() in ("+", "-"):
            value = value + self.term() if self.take() == "+" else value - self.term()
        self.depth -= 1
        return value

    def term(self) -> Any:
        value = self.factor()
        while self.next() == "*":
            self.take()
            value = value * self.factor()
        return value

    def factor(self) -> Any:
        if self.next()[:1].isdigit():
            return self.numbers.number(self.rational())
        value = base = self.atom()
        if self.next() == "^":
            self.take()
            power = self.rational()
            if power.denominator != 1 or not 1 <= power <= HIGHEST:
                raise self.wrong()
            for _ in range(int(power) - 1):
                value = value * base
        return value

    def rational(self) -> Fraction:
        try:
            return Fraction(self.take())
        except (ValueError, ZeroDivisionError):
            raise self.wrong() from None

    def atom(self) -> Any:
        name = self.take()
        if name == "(":
            return self.closed(self.sum())
        if not name[0].isalpha():
            raise self.wrong()
        if name == "root":
            self.take("(")
            return self.numbers.root(self.closed(self.sum()))
        if name == "d" and self.next() == "(":
            self.take("(")
            first = self.take()
            self.take(",")
            return self.closed(self.numbers.distance(first, self.take()))
        return self.numbers.quantity(name)

    def closed(self, value: Any) -> Any:
        self.take(")")
        return value


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    if len(text) > LONGEST:
        raise ValueError(f"quantity: expected at most {LONGEST} characters, got {len(text)}")
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"quantity: cannot read {text!r} from character {place + 1} on")
        found.append(match.group(1))
        place = match.end()
    return found


def is_expression(name: str) -> bool:
    """Whether a quantity is written as an expression, and not the name of one."""
    return not name.isidentifier()
