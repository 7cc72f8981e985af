"""Formulas as people read them, in LaTeX and Unicode; the printed formula has the value of the term."""

import dataclasses
import re
from fractions import Fraction

import pytest
from formulas import NAMES, formulas, oracle, values
from hypothesis import assume, given, settings

from w2sjax import Claim
from w2sjax.language import absolute, equal, less, log, maximum, minimum, named, sqrt
from w2sjax.language.evaluation import names
from w2sjax.language.printing import (
    LATEX,
    UNICODE,
    abbreviations,
    formula,
    plainly,
    statement,
    written,
)
from w2sjax.language.terms import Term, quantity, term
from w2sjax.settings.bandits import BANDITS, K, T, best, delta, paid
from w2sjax.verification.lookup import claim_named

a, b, c = (quantity(name) for name in "abc")
g = named(r"\gamma", "γ", a + b)

WRITTEN = {
    "sum": (a + b - c, "a + b - c", "a + b - c"),
    "negative first": (-a - b, "-a - b", "-a - b"),
    "what is subtracted": (a - (b - c), "a - (b - c)", "a - (b - c)"),
    "negative number": (a - 2 + term(-3) * b + term(-1) * c, "a - 2 - 3 b - c", "a - 2 - 3 b - c"),
    "products": (2 * a * b, r"2 a\, b", "2 a b"),
    "product of sums": ((a + b) * (1 - c), r"(a + b)\, (1 - c)", "(a + b) (1 - c)"),
    "fraction": (Fraction(3, 2) * a, r"\frac{3}{2}\, a", "(3/2) a"),
    "decimal": (0.5 - a, r"\frac{1}{2} - a", "1/2 - a"),
    "quotient": (a / b, "a/b", "a/b"),
    "wide quotient": (a / (2 * b), "a / (2 b)", "a / (2 b)"),
    "quotient of sums": ((a + b) / (a - b), "(a + b) / (a - b)", "(a + b) / (a - b)"),
    "quotient of quotients": ((a / b) / (b / c), "(a/b)/(b/c)", "(a/b)/(b/c)"),
    "quotient in a product": (a / b * c, r"(a/b)\, c", "(a/b) c"),
    "quotient in a sum": (a / b + c / a, "a/b + c/a", "a/b + c/a"),
    "powers": ((a + b) ** 2 * a**12, r"(a + b)^2\, a^{12}", "(a + b)² a¹²"),
    "power of a power": ((a**2) ** 3, "(a^2)^3", "(a²)³"),
    "power of a quotient": ((a / b) ** 2, "(a/b)^2", "(a/b)²"),
    "roots": (2 * sqrt(a) * sqrt(b * c), r"2 \sqrt{a}\, \sqrt{b\, c}", "2 √a √(b c)"),
    "power of a root": (sqrt(a) ** 3, r"\sqrt{a}^3", "(√a)³"),
    "logarithm": (2 * log(a) / b, r"2 \log a / b", "2 log a / b"),
    "logarithm in the middle": (log(a) * b, r"(\log a)\, b", "(log a) b"),
    "logarithm of a quotient": (log(2 / a), r"\log(2/a)", "log(2/a)"),
    "power of a logarithm": (log(a) ** 2, r"(\log a)^2", "(log a)²"),
    "maximum": (maximum(a, b + 1, 0), r"\max(a, b + 1, 0)", "max(a, b + 1, 0)"),
    "minimum": (-minimum(a, b), r"-\min(a, b)", "-min(a, b)"),
    "absolute value": (absolute(a - b), r"\lvert a - b \rvert", "|a - b|"),
    "abbreviation": (1 - 2 * g, r"1 - 2 \gamma", "1 - 2 γ"),
    "quantity of a term": (quantity("f", 2, of=(a + b,)), "f(2, a + b)", "f(2, a + b)"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "latex", "unicode"), WRITTEN.values(), ids=WRITTEN)
def test_formulas_are_written_as_in_papers(value, latex, unicode):
    assert written(value, LATEX) == latex
    assert written(value, UNICODE) == unicode == repr(value)


def test_comparisons_keep_their_direction():
    assert formula(a <= b, LATEX) == r"a \le b" and formula(a >= b, UNICODE) == "a ≥ b"
    assert formula(equal(a, b), UNICODE) == "a = b" and repr(less(0, a)) == "0 < a"


def test_comparisons_that_share_a_side_are_a_chain():
    assert formula((a <= b, b <= c), UNICODE) == "a ≤ b ≤ c"
    assert formula((a <= b, a <= c), LATEX) == r"a \le b, a \le c"
    assert formula((a <= b, b >= c, c <= 1), UNICODE) == "a ≤ b ≥ c ≤ 1"


def test_a_setting_writes_its_quantities():
    left = named(r"\delta'", "δ'", delta - 2 * K / T**3)
    claim = Claim(
        title="t", source="s", setting=BANDITS, claim=best - paid <= K / T - 1 / left, where=(less(0, left),)
    )  # fmt: skip
    assert statement(claim, UNICODE) == "o_max - Σ X_t / T ≤ K/T - 1/δ'"
    assert statement(claim, LATEX) == r"o_{\max} - \frac1T \sum_t X_t \le K/T - 1/\delta'"
    assert abbreviations(claim, UNICODE) == ["δ' = δ - 2 K / T³"]


def plain(text):
    """A formula without spaces, and without braces where LaTeX needs none."""
    return re.sub(r"\\,|\s|(?<=\^){(?=\w})|(?<=\w)}", "", text).replace(r"\logT", r"\log T")


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("misfit_gain", r"d(f_{sw}, f^*) \le d(f_w, f^*) - d(f_{sw}, f_w)"),
        (
            "bandit_regret",
            r"o_{\max} - \mathbb{E} \frac1T \sum_t o_{\pi(t)} \le \sqrt{8K \log T / T} + K/T + 2K/T^3",
        ),
        (
            "bandit_regret_probable",
            r"o_{\max} - \frac1T \sum_t X_t \le \sqrt{8K \log T / T} + K/T + \sqrt{\log(1/\delta')/(2T)}",
        ),
        (
            "monotone_gain",
            r"\max_{i < j} (\bar A_i - \bar A_j) \le \sqrt{2 \log(k(k - 1)/(2\delta)) / R}",
        ),
    ],
)
def test_claims_are_printed_as_in_the_readme(name, printed):
    assert plain(statement(claim_named(name), LATEX)) == plain(printed)


def spelled(value):
    """Write absolute values as a maximum, since bars do not say where they begin."""
    arguments = tuple(map(spelled, value.arguments))
    if value.operation == "abs":
        return maximum(arguments[0], -arguments[0])
    return dataclasses.replace(value, arguments=arguments)


def reread(text):
    """The value of a formula in Unicode, as Python reads it: spaces multiply."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"**{'⁰¹²³⁴⁵⁶⁷⁸⁹'.index(found[0])}", text)
    text = re.sub(r"(?<![-+/(,]) (?![-+/])", "*", text.replace(", ", ","))
    return re.sub(r"(?<![\w*])(\d+)(?!\w)", r"Fraction(\1)", text.replace(" ", ""))


@settings(max_examples=300, deadline=None)
@given(formulas(roots=False), values)
def test_what_is_read_is_what_is_meant(value, known):
    """Brackets: the printed formula has the same value; absolute values are written as a function here."""
    assume(not names((value,)))
    scope = {name: known[(name,)] for name in NAMES} | {"Fraction": Fraction}
    scope |= {"max": max, "min": min}
    try:
        meant = oracle(value, known)
    except ZeroDivisionError:
        assume(False)
    assert eval(reread(written(spelled(value), UNICODE)), scope) == meant


def test_a_long_formula_is_cut():
    value = a
    for _ in range(60):
        value = sqrt(value * (1 + value))
    assert len(written(value, UNICODE)) < 10**5 and "…" in written(value, LATEX)


def test_a_quantity_without_a_setting_is_written_by_its_name():
    assert plainly(("d", "f", "g"), UNICODE) == "d(f, g)" and plainly(("x",), LATEX) == "x"
    assert written(Term("quantity", (), ("d", ("f", 2))), UNICODE) == "d(('f', 2))"
