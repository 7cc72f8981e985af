r"""Theorem 2 with samples: a population, n points drawn from it, and a student fitted on them.

The class is $V = \{x \mapsto \langle\theta, h(x)\rangle : \|\theta\| \le R\}$ with members bounded by B = RX
where $\|h(x)\| \le X$; d is the squared distance in the population, $d_n$ that in the sample.
"""

from fractions import Fraction

from w2sjax.language.claims import Assumption
from w2sjax.language.terms import Term, quantity
from w2sjax.settings.setting import Setting

FAILURE = Fraction(1, 10)  # delta, of claims that name none

IID = Assumption("i.i.d. sample", "the points are independent draws from the population")
FIRST = Assumption("weak model first", "the weak model does not depend on the sample")
BOUNDED = Assumption("boundedness", "members and weak model are bounded by B")
BOUNDED_TARGET = "target bounded by B"  # of every instance

# The weak model, the target, the projection of the weak model in the sample's measure, and that of the
# target in the population.
weak, target, student, best = "weak", "target", "student", "best"
SYMBOLS = {
    "weak": ("f_w", "f_w"),
    "target": ("f^*", "f*"),
    "student": (r"\hat f", "f"),
    "best": ("f_s", "f_s"),
    "d": ("d", "d"),
    "gap": (r"\gamma", "γ"),
    "gap_n": (r"\gamma_n", "γ_n"),
    "deviation": (
        r"\sup_{v \in V} \lvert d(v, f_w) - d_n(v, f_w) \rvert",
        "sup_v |d(v, f_w) - d_n(v, f_w)|",
    ),
    "B": ("B", "B"),
    "n": ("n", "n"),
    "delta": (r"\delta", "δ"),
}
SETTING = SAMPLING = Setting("sampling", sets=("l2_ball",), symbols=SYMBOLS)

B, n, delta = quantity("B"), quantity("n"), quantity("delta")
deviation = quantity("deviation")  # sup over v in V of |d(v, f_w) - d_n(v, f_w)|


def d(first: str, second: str) -> Term:
    """Squared distance of two functions in the population."""
    return quantity("d", _one(first), _one(second))


def gap(member: str) -> Term:
    """Largest inner product, in the population, of f_w - f with u - f over members u."""
    return quantity("gap", _one(member, student))


def gap_n(member: str) -> Term:
    """The gap in the sample's measure: 0, but for what a computed student leaves."""
    return quantity("gap_n", _one(member, student))


def _one(name: str, *among: str) -> str:
    if name not in (among or (weak, target, student, best)):
        raise ValueError(f"there is no such quantity of {name!r}")
    return name
