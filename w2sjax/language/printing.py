"""Formulas for people: LaTeX and Unicode, from the same terms that are evaluated.

A setting says how its quantities are written: `written(data, style, *arguments)` gives a text, or a text
and how
strongly it binds (`ATOM`, unless said otherwise).
"""

import dataclasses
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim, Comparisons
from w2sjax.language.evaluation import names, plan
from w2sjax.language.terms import NUMBER, Comparison, Term

SUM, QUOTIENT, FUNCTION, PRODUCT, POWER, ATOM = range(6)  # how strongly a text binds
LONGEST = 10_000  # characters of a part that is written out
Text = tuple[str, int]
Writer = Callable[..., str | Text]
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclasses.dataclass(frozen=True)
class Style:
    """How operations are written.

    Attributes:
        latex: whether it is LaTeX; otherwise Unicode.
    """

    latex: bool

    def choose(self, latex: str, unicode: str) -> str:
        """Take the text of this style."""
        return latex if self.latex else unicode

    def number(self, value: Fraction) -> Text:
        """A number."""
        if value < 0:
            return f"-{self.number(-value)[0]}", SUM
        if value.denominator == 1:
            return str(value.numerator), ATOM
        if self.latex:
            return rf"\frac{{{value.numerator}}}{{{value.denominator}}}", ATOM
        return f"{value.numerator}/{value.denominator}", QUOTIENT

    def closed(self, text: Text, least: int) -> str:
        """Put into brackets what binds less than asked for."""
        return text[0] if text[1] >= least else f"({text[0]})"

    def call(self, latex: str, unicode: str, arguments: Sequence[Text]) -> Text:
        """Apply a function by its name."""
        inside = ", ".join(text for text, _ in arguments)
        return f"{self.choose(latex, unicode)}({inside})", ATOM

    def power(self, value: Text, exponent: int) -> Text:
        """A whole power."""
        base = self.closed(value, ATOM)
        raised = f"^{exponent}" if exponent < 10 else f"^{{{exponent}}}"
        return base + (raised if self.latex else str(exponent).translate(_RAISED)), POWER

    def product(self, factors: Sequence[Text]) -> Text:
        """A product: a number stands close to what follows, and only the last factor is open to the right."""
        text, before = "", ""
        for place, factor in enumerate(factors):
            least = FUNCTION if place == len(factors) - 1 else POWER if place else PRODUCT
            closed = self.closed(factor, least)
            near = self.latex and not before.isdigit()
            text += ("" if not place else r"\, " if near else " ") + closed
            before = closed
        return text, PRODUCT

    def ratio(self, above: Text, below: Text) -> Text:
        """A quotient."""
        slash = " / " if " " in above[0] + below[0] else "/"
        return self.closed(above, FUNCTION) + slash + self.closed(below, POWER), QUOTIENT

    def logarithm(self, value: Text) -> Text:
        """A logarithm, without brackets around a single symbol."""
        name, symbol = self.choose(r"\log", "log"), value[0].removeprefix("\\")
        if value[1] == ATOM and symbol.isalpha() and (len(symbol) == 1 or self.latex):
            return f"{name} {value[0]}", FUNCTION
        return f"{name}({value[0]})", ATOM

    def total(self, terms: Sequence[tuple[Text, bool]]) -> Text:
        """A sum of terms, each added or subtracted."""
        text = ""
        for term, minus in terms:
            closed = self.closed(term, QUOTIENT if minus or text else SUM)
            sign = ("-" if minus else "") if not text else " - " if minus else " + "
            text += sign + closed
        return text, SUM


LATEX, UNICODE = Style(True), Style(False)
RELATIONS = {"<=": (r"\le", "≤"), ">=": (r"\ge", "≥"), "=": ("=", "="), "<": ("<", "<")}


def plainly(data: Any, style: Style, *arguments: str) -> str:
    """Write a quantity of no known setting by its name."""
    first, *rest = data if isinstance(data, tuple) else (data,)
    inside = ", ".join([*map(str, rest), *arguments])
    return f"{first}({inside})" if inside else str(first)


def written(value: Term, style: Style, writer: Writer = plainly) -> str:
    """Write a term; abbreviations by their names."""
    return _texts([value], style, writer)[value][0]


def formula(claimed: Comparisons, style: Style, writer: Writer = plainly) -> str:
    """Write what is claimed; comparisons that share a side become a chain."""
    comparisons = [claimed] if isinstance(claimed, Comparison) else list(claimed)
    texts = _texts([side for one in comparisons for side in (one.lhs, one.rhs)], style, writer)
    text, last = "", None
    for one in comparisons:
        start = "" if last == one.lhs else (", " if text else "") + texts[one.lhs][0]
        text += f"{start} {style.choose(*RELATIONS[one.relation])} {texts[one.rhs][0]}"
        last = one.rhs
    return text


def statement(claim: Claim, style: Style) -> str:
    """Write what a claim claims, as its setting writes it."""
    return formula(claim.comparisons, style, claim.setting.writer(claim))


def abbreviations(claim: Claim, style: Style) -> list[str]:
    """Say what the abbreviations of a claim stand for."""
    writer, known = claim.setting.writer(claim), names(claim.terms)
    meanings = [written(one.arguments[0], style, writer) for one in known]
    return [f"{style.choose(*one.data)} = {m}" for one, m in zip(known, meanings, strict=True)]


def display(claim: Claim) -> str:
    """Write a claim for a notebook: its formula in LaTeX, and what its abbreviations stand for."""
    meanings = r",\quad ".join(abbreviations(claim, LATEX))
    where = rf"\quad\text{{where }} {meanings}" if meanings else ""
    return f"$\\displaystyle {statement(claim, LATEX)}{where}$"


def described(claim: Claim) -> str:
    """Write a claim for a terminal: name, title, formula, source and assumptions."""
    lines = [f"{claim.title_with_drop}  {claim.title}", f"  {statement(claim, UNICODE)}"]
    lines += [f"  where {meaning}" for meaning in abbreviations(claim, UNICODE)]
    assumed = "; ".join(one.description or one.name for one in claim.assumptions)
    return "\n".join([*lines, f"  {claim.source}", f"  Assumed: {assumed or 'nothing'}."])


def _texts(wanted: Sequence[Term], style: Style, writer: Writer) -> dict[Term, Text]:
    texts: dict[Term, Text] = {}
    for step, _ in plan(tuple(wanted)).steps:
        text, binds = _text(step, texts, style, writer)
        texts[step] = (text, binds) if len(text) <= LONGEST else ("…", ATOM)
    return texts


def _text(step: Term, texts: dict[Term, Text], style: Style, writer: Writer) -> Text:
    given = [texts[argument] for argument in step.arguments]
    match step.operation:
        case "number":
            return style.number(step.data)
        case "quantity":
            found = writer(step.data, style, *(text for text, _ in given))
            return (found, ATOM) if isinstance(found, str) else found
        case "named":
            return style.choose(*step.data), ATOM
        case "+":
            return style.total([_signed(term, texts, style) for term in step.arguments])
        case "-":
            return style.total([(given[0], True)])
        case "*":
            return style.product(given)
        case "/":
            return style.ratio(*given)
        case "power":
            return style.power(given[0], step.data)
        case "sqrt":
            (inside, _), closed = given[0], style.closed(given[0], ATOM)
            return (rf"\sqrt{{{inside}}}", ATOM) if style.latex else (f"√{closed}", POWER)
        case "log":
            return style.logarithm(given[0])
        case "abs":
            return (rf"\lvert {given[0][0]} \rvert" if style.latex else f"|{given[0][0]}|"), ATOM
    return style.call(rf"\{step.operation}", step.operation, given)


def _signed(term: Term, texts: dict[Term, Text], style: Style) -> tuple[Text, bool]:
    """Tell whether a term of a sum is subtracted, and what is."""
    if term.operation == "-":
        return texts[term.arguments[0]], True
    if term.operation == NUMBER and term.data < 0:
        return style.number(-term.data), True
    if term.operation == "*" and term.arguments[0].operation == NUMBER:
        factor, *others = term.arguments
        if factor.data < 0:
            factors = [style.number(-factor.data), *(texts[other] for other in others)]
            return style.product(factors[factor.data == -1 :]), True
    return texts[term], False
