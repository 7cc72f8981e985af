"""The edges of the language: which numbers, which comparisons, what raises, what it costs."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax import Assumption, Claim
from w2sjax.language import absolute, equal, less, log, maximum, minimum, named, sqrt
from w2sjax.language.evaluation import names, plan, quantities
from w2sjax.language.printing import UNICODE, written
from w2sjax.language.terms import Comparison, Term, quantity, term
from w2sjax.settings.bandits import BANDITS

a: Any
b: Any
c: Any
a, b, c = (quantity(name) for name in "abc")

STAND_FOR = {
    "int": (3, Fraction(3)),
    "long int": (10**400, Fraction(10**400)),
    "Fraction": (Fraction(1, 3), Fraction(1, 3)),
    "Decimal": (Decimal("0.12345678901234567890123"), Fraction("0.12345678901234567890123")),
    "double": (0.1, Fraction(1, 10)),
    "12 digits": (1.01234567891, Fraction("1.01234567891")),
    "short large double": (1e300, Fraction(10**300)),
    "short small double": (5e-324, Fraction(5, 10**324)),
    "minus zero": (-0.0, Fraction(0)),
    "numpy's double": (np.float64(0.1), Fraction(1, 10)),
}
REFUSED = {
    "long double": (0.1 + 0.2, "Fraction"),
    "third": (1 / 3, "digits"),
    "numpy's long double": (np.float64(1) / 3, "digits"),
    "single precision": (np.float32(0.5), "float32"),
    "numpy's int": (np.int64(1), "int64"),
    "bool": (True, "0 or 1"),
    "numpy's bool": (np.bool_(True), "bool"),
    "NaN": (math.nan, "finite"),
    "infinity": (-math.inf, "finite"),
    "Decimal NaN": (Decimal("NaN"), "finite"),
    "signalling NaN": (Decimal("sNaN"), "finite"),
    "Decimal infinity": (Decimal("-Infinity"), "finite"),
    "far Decimal": (Decimal("1e99999999"), "places"),
    "near Decimal": (Decimal("1e-99999999"), "places"),
    "complex": (1j, "complex"),
    "text": ("1", "str"),
    "None": (None, "NoneType"),
    "array": (np.ones(2), "ndarray"),
    "array without axes": (np.asarray(2.0), "ndarray"),
    "array of JAX": (jnp.ones(2), "Array"),
    "scalar of JAX": (jnp.ones(()), "Array"),
}
BINARY = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "<=": lambda x, y: x <= y,
    ">=": lambda x, y: x >= y,
    "max": lambda x, y: maximum(x, y),
    "equal": lambda x, y: equal(x, y),
    "less": lambda x, y: less(x, y),
}


@pytest.mark.parametrize(("given", "value"), STAND_FOR.values(), ids=STAND_FOR)
def test_numbers_stand_for_what_they_say(given, value):
    assert term(given) == Term("number", (), value) and type(term(given).data) is Fraction
    assert a * given == a * value
    assert given - a == value - a


@pytest.mark.parametrize("operation", BINARY.values(), ids=BINARY)
@pytest.mark.parametrize(("given", "word"), REFUSED.values(), ids=REFUSED)
def test_other_numbers_are_refused_where_they_are_written(given, word, operation):
    for sides in ((a, given), (given, a)):
        with pytest.raises(TypeError, match=word):
            operation(*sides)


def test_comparisons_keep_their_direction():
    assert (a <= 1).lower == a and (a >= 1).lower == term(1)
    assert (a <= 1) == Comparison(a, "<=", term(1)) and (a <= 1) != (a >= 1)
    assert equal(a, 1).identity and not less(a, 1).identity
    # Python turns a number that comes first around.
    assert (1 >= a) == (a <= 1)


MISUSED = {
    "a < b": (lambda: a < b, "less"),
    "a > 1": (lambda: a > 1, "less"),
    "chain": (lambda: a <= b <= c, "tuple"),
    "chain with <": (lambda: 0 < a <= b, "less"),
    "and": (lambda: (a <= b) and (b <= c), "tuple"),
    "comparison of comparisons": (lambda: (a <= b) <= c, "tuple"),
    "abs": (lambda: abs(a), "absolute"),
    "max": (lambda: max(a, b), "maximum"),
    "min": (lambda: min(a, b), "minimum"),
    "float": (lambda: float(a), "instance"),
    "int": (lambda: int(a), "instance"),
    "bool": (lambda: bool(a), "neither"),
    "if": (lambda: 1 if a == b or a else 0, "neither"),
    "math.sqrt": (lambda: math.sqrt(a), "instance"),
    "numpy's root": (lambda: np.sqrt(a), "ufunc|sqrt"),
    "numpy's sum": (lambda: np.ones(3) + a, "ndarray"),
    "list": (lambda: list(a), "entries"),
    "entry": (lambda: a[0], "entries"),
    "a // b": (lambda: a // b, "divide by /"),
    "a % 2": (lambda: a % 2, "divide by /"),
    "root as a power": (lambda: a**0.5, "sqrt"),
    "power 0": (lambda: a**0, "whole number"),
    "power -1": (lambda: a**-1, "whole number"),
    "large power": (lambda: a**65, "64"),
    "power True": (lambda: a**True, "whole number"),
    "formula as a power": (lambda: a**b, "whole number"),
    "2**a": (lambda: 2**a, "exponent"),
}


@pytest.mark.parametrize(("misuse", "word"), MISUSED.values(), ids=MISUSED)
def test_what_is_not_in_the_language_raises_and_says_what_is(misuse, word):
    with pytest.raises(TypeError, match=word):
        misuse()


def test_divisions_by_zero_raise():
    for divided in (lambda: a / 0, lambda: a / 0.0, lambda: 1 / (term(2) - 2)):
        with pytest.raises(ZeroDivisionError):
            divided()


def test_equality_is_that_of_formulas():
    assert a + b == a + b and a + b != b + a and a != quantity("a", 1) and a != "a"
    assert hash(a + b) == hash(a + b)
    assert a - b == sum([-b], a) and (-a).__neg__() is a and +a is a and a**1 is a
    assert (a + b) + c == a + (b + c) == sum([a, b, c]) and len((a + b + c).arguments) == 3
    assert (a * b) * c == a * (b * c) and 2 * term(3) == term(6) and term(1) / 4 == term(0.25)
    assert a + 0 == a == 0 + a and -term(2) == term(-2)
    assert maximum(a) is a and minimum(a, b) != maximum(a, b)
    assert len({a, b, a + b, quantity("a"), sqrt(a), log(a), absolute(a), named("x", "y", a)}) == 7


def test_quantities_and_names_are_found():
    short = named(r"\gamma", "γ", a * b)
    terms = (short + c, short / a)
    assert quantities(terms) == (("a",), ("b",), ("c",)) and names(terms) == (short,)


def doubled(x, count):
    for _ in range(count):
        x = x + x
    return x


def squared(x, count):
    for _ in range(count):
        x = x * x
    return x


def nested(x, count):
    for _ in range(count):
        x = 1 - sqrt(b - x)
    return x


def long(x, count):
    return sum([x * k for k in range(1, count + 1)], term(0))


def doubled_root(x, count):
    for _ in range(count):
        x = sqrt(x) * (1 + x)
    return x


@pytest.mark.parametrize("build", [doubled, squared, nested, long, doubled_root])
def test_a_thousand_terms_cost_nothing(build):
    """Shared, nested or added: built twice, compared, put in order and written."""
    one, two, other = build(a, 1000), build(a, 1000), build(c, 1000)
    same, size = one == two and hash(one) == hash(two) and one != other, len(written(one, UNICODE))
    both, alone = plan((one, two)), plan((one,))
    steps, again = len(alone.steps), len(both.steps)
    # Only numbers here: the text of such a formula in a message would cost something.
    assert same and size < 10**5 and 100 < steps == again < 10_000


def untyped(value: Any) -> Any:
    """Something that a checker of types would refuse."""
    return value


def test_a_claim_refuses_what_is_no_comparison():
    def stated(**fields: Any) -> Claim:
        return Claim(title="t", source="s", setting=BANDITS, **{"claim": a <= b, **fields})

    assert stated(claim=(a <= b, b <= c)).comparisons == (a <= b, b <= c)
    assert stated().comparisons == (a <= b,) and stated(where=(less(0, a),)).conditions[0][0] == ""
    for fields, word in (
        ({"claim": a == a}, "use equal"),
        ({"claim": (a <= b, a == b)}, "use equal"),
        ({"claim": a}, "expected a comparison"),
        ({"claim": ()}, "expected a comparison"),
        ({"claim": None}, "expected a comparison"),
        ({"claim": (a <= b, equal(a, b))}, "both"),
        ({"claim": less(a, b)}, "conditions"),
        ({"false_twin": a != b}, "use equal"),
        ({"where": (a == b,)}, "use equal"),
        ({"where": a <= b}, "tuple"),
        ({"where": (a,)}, "expected a comparison"),
        ({"assumptions": Assumption("x", "y")}, "tuple"),
        ({"assumptions": ("x",)}, "tuple"),
    ):
        with pytest.raises(TypeError, match=word):
            stated(**fields)
    with pytest.raises(TypeError, match="use equal"):
        Assumption("x", "y", formula=untyped(a == b))
    for failure in (Fraction(0), Fraction(1), Fraction(-1, 2)):
        with pytest.raises(ValueError, match="failure"):
            stated(failure=failure)


def test_an_assumption_is_dropped_by_its_name():
    both = (Assumption("x", "", a <= 1), Assumption("y", ""), Assumption("x", "", b <= 1))
    claim = Claim(title="t", source="s", setting=BANDITS, claim=a <= b, assumptions=both, name="n")
    assert claim.droppable == ("x", "y") and len(claim.conditions) == 2 and len(claim.terms) == 6
    without = claim.without("x")
    assert (
        without.conditions == ()
        and without.dropped == "x"
        and without.title_with_drop == "n without x"
    )
    assert claim.without(None) is claim and not without.assumes("x") and without.assumes(both[1])
    with pytest.raises(ValueError, match=r"no assumption 'z'; known are x, y"):
        claim.without("z")
