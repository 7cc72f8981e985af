r"""A claim as a theorem of Coq, as the claim itself states it.

It is about all real inner product spaces, all classes V of the kind that is assumed, and all functions. What
V, projections, members and gaps have to be are its hypotheses.
"""

import re
from fractions import Fraction
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import parts as parts_of_terms
from w2sjax.language.evaluation import plan
from w2sjax.language.terms import Comparison, Term
from w2sjax.proving.expressions import EXPRESSIONS
from w2sjax.proving.forms import Form
from w2sjax.proving.reading import Reader
from w2sjax.proving.statements import ZERO, only
from w2sjax.settings.projection import AFFINE, CONVEX, SUBSPACE

KINDS = {CONVEX.name: "convex", AFFINE.name: "affine", SUBSPACE.name: "subspace"}


def name(text: str) -> str:
    """Give an identifier."""
    return re.sub(r"\W+", "_", text).strip("_")


def number(value: Fraction | int) -> str:
    """Write a rational number."""
    above, below = Fraction(value).as_integer_ratio()
    whole = f"{above}" if above >= 0 else f"(- {-above})"
    return whole if below == 1 else f"({whole} / {below})"


OPERATIONS: dict[str, Any] = {
    "number": number,
    "+": lambda *several: f"({' + '.join(several)})",
    "-": lambda one: f"(- {one})",
    "*": lambda *several: f"({' * '.join(several)})",
    "/": lambda above, below: f"({above} / {below})",
    "power": lambda one, exponent: f"({' * '.join([one] * exponent)})",
    "sqrt": lambda one: f"(sqrt {one})",
}


class Theorem:
    """A claim about projections in Coq's language.

    Attributes:
        title: the theorem's name.
        roots: the roots of the claim, each with the one or two forms whose product is under it.
        hypotheses: names and what each says, in order.
    """

    def __init__(self, claim: Claim):
        self.claim, self.reader = claim, Reader(claim)
        self.statement = self.reader.statement()
        self.title = name(claim.title_with_drop)
        self.functions = [
            one for one in (*self.statement.names, self.statement.origin) if one != ZERO
        ]
        self.texts = plan(claim.terms).values(OPERATIONS, self.quantity)
        self.roots = self._roots()
        kind = next((KINDS[a.name] for a in claim.assumptions if a.name in KINDS), None)
        # An affine class that contains the function 0 is a subspace.
        self.kind = "subspace" if kind == "affine" and ZERO in self.statement.members else kind
        self.hypotheses = self._hypotheses()

    def text(self, proof: list[str]) -> str:
        """Write the file of the theorem with its proof."""
        claim, joint = self.claim, " /\\ "
        gaps = "".join(f" ({name(gap)} : R)" for gap in self.reader.gaps)
        functions = " ".join(map(name, self.functions))
        claimed = [compared(one, *self.sides(i)) for i, one in enumerate(claim.comparisons)]
        introduced = " ".join(what for what, _ in self.hypotheses)
        lines = [
            f"(* {claim.title}. {claim.source}. *)",
            "Require Import Reals Lra Projection.",
            "Open Scope R_scope.",
            "",
            f"Theorem {self.title} (E : space) (V : E -> Prop)",
            f"  ({functions} : E){gaps} :",
            *(f"  {what} ->" for _, what in self.hypotheses),
            f"  {joint.join(claimed)}.",
            "Proof.",
            *([f"  intros {introduced}."] if introduced else []),
            *(f"  {line}" for line in proof),
            "Qed.",
            f"Print Assumptions {self.title}.",
        ]
        return "\n".join(lines) + "\n"

    def sides(self, place: int) -> tuple[str, str]:
        """Write the lower and the upper side of a comparison, or of a condition behind them."""
        return self.texts[2 * place], self.texts[2 * place + 1]

    def quantity(self, data: Any) -> str:
        """Write a quantity."""
        head, *rest = data
        functions = [self.reader.functions[one] for one in rest]
        texts = [self.vector(one.items()) for one in functions]
        if head in ("d", "inner"):
            return f"({head} {texts[0]} {texts[1]})"
        value = self.reader.quantity(data)
        if not value.terms:
            return "0"
        if head == "gap":
            ((product, _),) = value.terms.items()
            return name(product.forms[0].terms[0][0][0])
        near = next(n for n, base in self.statement.bases.items() if base == functions[0])
        return f"(d {texts[0]} {name(near)})"

    def vector(self, parts: Any) -> str:
        """Write a combination of functions."""
        terms = [(one, share) for one, share in parts if share and one != ZERO]
        shares = sorted(share for _, share in terms)
        if not terms:
            return f"(scal 0 {name(self.functions[0])})"
        if shares == [1]:
            return name(terms[0][0])
        if shares == [-1, 1]:
            first, second = sorted(terms, key=lambda one: -one[1])
            return f"(sub {name(first[0])} {name(second[0])})"
        texts = [f"(scal {number(share)} {name(one)})" for one, share in terms]
        text = texts.pop()
        while texts:
            text = f"(add {texts.pop()} {text})"
        return text

    def coordinates(self, parts: Any) -> str:
        """Write what has these coordinates, which are differences to the origin."""
        rest = -sum((share for _, share in parts), Fraction(0))
        return self.vector([*parts, (self.statement.origin, rest)])

    def form(self, one: Form) -> str:
        """Write a form."""
        texts = []
        for key, share in one.terms:
            vectors = [self.coordinates(only(one)) for one in key]
            inside = name(key[0]) if len(key) == 1 else f"inner {vectors[0]} {vectors[1]}"
            texts.append(f"{number(share)} * {inside}")
        return f"({' + '.join(texts) or '0'})"

    def member(self, one: str) -> str:
        """Give the proof that a function is in V."""
        if one == ZERO:
            inside = next(other for other in self.statement.members if other != ZERO)
            return f"(zero_member V {name(inside)} HV {self.member(inside)})"
        if one in self.statement.bases:
            base = self.vector(self.statement.bases[one].items())
            return f"(projection_member V {base} {name(one)} P_{name(one)})"
        return f"M_{name(one)}"

    def gap(self, q: Any) -> str:
        """Name the gap of a function."""
        return next(name(gap) for gap, one in self.reader.gaps.items() if tuple(one.items()) == q)

    def _hypotheses(self) -> list[tuple[str, str]]:
        found = [("HV", f"{self.kind} V")] if self.kind else []
        bases, first = self.statement.bases, len(self.claim.comparisons)
        for one, base in bases.items():
            about = f"{self.vector(base.items())} {name(one)}"
            found.append((f"P_{name(one)}", f"is_projection V {about}"))
        for one in self.statement.members:
            if one != ZERO and one not in bases:
                found.append((f"M_{name(one)}", f"V {name(one)}"))
        for gap, q in self.reader.gaps.items():
            about = f"{self.vector(q.items())} {name(gap)}"
            found.append((f"G_{name(gap)}", f"gap_at_most V weak {about}"))
        for place, (_, one) in enumerate(self.claim.conditions):
            found.append((f"H_{place}", compared(one, *self.sides(first + place))))
        return found

    def _roots(self) -> list[tuple[Term, tuple[Form, ...]]]:
        found = []
        for one in parts_of_terms(self.claim.terms):
            if one.operation == "sqrt":
                (value,) = plan((one,)).values(EXPRESSIONS, self.reader.quantity)
                if value.constant is None:
                    (product,) = value.terms
                    # Of equal factors the root is one of them.
                    found.append((one, product.roots or product.forms * 2))
        return found


def compared(one: Comparison, lower: str, upper: str) -> str:
    """Write a comparison."""
    return f"{lower} {'=' if one.identity else '<='} {upper}"
