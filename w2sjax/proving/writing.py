"""Proofs for people: what is used and how often, the squares, and the line that adds them up."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from w2sjax.language.evaluation import names as abbreviations_of
from w2sjax.language.evaluation import plan
from w2sjax.language.printing import ATOM, Style, Text, written
from w2sjax.language.terms import QUANTITY, Term
from w2sjax.proving.certificate import Certificate, Used
from w2sjax.proving.expressions import EXPRESSIONS, NotOfThisKindError, linear
from w2sjax.proving.forms import Form
from w2sjax.proving.reading import Reader
from w2sjax.proving.statements import ZERO, Statement, only
from w2sjax.settings.projection import letters_of
from w2sjax.settings.projection.functions import combination, label
from w2sjax.settings.projection.meaning import meaning_of

WHY = {
    "nearest": "{1} is the member next to {0}, and {2} is a member",
    "gap": "{0} has this gap, and {1} is in V",
    "attained": "{2} attains the gap of {0}, and {1} is in V",
    "root": "a root",
    "product": "Cauchy-Schwarz",
    "mean": "a weighted mean",
}
ONE = Fraction(1)
Part = tuple[Fraction, Text]


class Writer:
    """How functions, forms and conditions of a statement are written in a style."""

    def __init__(self, statement: Statement, style: Style):
        self.statement, self.style = statement, style
        self.letters = _letters(statement)
        self.known = self._known()
        self.least, self.most = style.choose(r"\ge", "≥"), style.choose(r"\le", "≤")

    def function(self, parts: Any) -> Text:
        """Write a combination of functions."""
        return combination(
            tuple(sorted(parts, key=lambda one: one[1] < 0)), self.style, self.letters
        )

    def vector(self, parts: Any) -> list[tuple[str, Fraction]]:
        """Give what has these coordinates, which are differences to the origin."""
        rest = -sum((share for _, share in parts), Fraction(0))
        origin = [(self.statement.origin, rest)] if rest and self.statement.origin != ZERO else []
        return [*parts, *origin]

    def inline(self, text: str) -> str:
        """Write a formula in a sentence."""
        return self.style.choose(f"${text}$", text)

    def inner(self, left: Any, right: Any) -> Text:
        """Write an inner product."""
        shape = self.style.choose(r"\langle {}, {} \rangle", "⟨{}, {}⟩")
        return shape.format(self.function(left)[0], self.function(right)[0]), ATOM

    def norm(self, parts: Any) -> Text:
        """Write a squared norm."""
        shape = self.style.choose(r"\|{}\|^2", "‖{}‖²")
        return shape.format(self.function(parts)[0]), ATOM

    def form(self, one: Form) -> Text:
        """Write a form: by its name in the claim, or term by term."""
        if one in self.known:
            return self.known[one]
        return self.total([(share, self._key(key)) for key, share in one.terms])

    def _key(self, key: tuple[str, ...]) -> Text:
        if len(key) == 1:
            return self.number(key[0])
        vectors = [self.vector(only(name)) for name in key]
        return self.norm(vectors[0]) if key[0] == key[1] else self.inner(*vectors)

    def number(self, name: str) -> Text:
        """Write a root or a gap."""
        if name in self.statement.roots:
            first, second = (self.form(one) for one in self.statement.roots[name])
            inside = self.style.product([first, second])[0]
            return self.style.choose(rf"\sqrt{{{inside}}}", f"√({inside})"), ATOM
        inside = self.style.choose(*self.letters[name.removeprefix("gap of ")])
        return self.style.call(r"\gamma", "γ", [(inside, ATOM)])

    def total(self, parts: Iterable[Part]) -> Text:
        """Write a sum of multiples."""
        texts = []
        for share, text in parts:
            size = abs(share)
            scaled = text if size == 1 else self.style.product([self.style.number(size), text])
            texts.append((scaled, share < 0))
        if len(texts) == 1 and not texts[0][1]:
            return texts[0][0]
        return self.style.total(texts) if texts else ("0", ATOM)

    def parts(self, used: Used) -> list[Part]:
        """Write what a condition says is at least 0, as a sum."""
        condition, about = used.condition, used.condition.about
        match condition.kind:
            case "variational":
                base, name, member = about
                return [(-ONE, self.inner(apart(base, name), apart(member, name)))]
            case "nearest":
                base, name, member = about
                return [(ONE, self.norm(apart(base, member))), (-ONE, self.norm(apart(base, name)))]
            case "gap" | "attained":
                q, member, *farthest = about
                pulls = [
                    self.inner(apart(only("weak"), q), apart(u, q)) for u in (member, *farthest)
                ]
                most = pulls[1] if farthest else self.number(f"gap of {label(q)}")
                return [(ONE, most), (-ONE, pulls[0])]
            case "root":
                return [(ONE, self.number(about[0]))]
            case "product":
                root, sign, left, right = about
                pair = self.inner(self.vector(left), self.vector(right))
                return [(ONE, self.number(root)), (Fraction(-sign), pair)]
            case "mean":
                root, p, q, r = about
                first, second = (self.form(one) for one in self.statement.roots[root])
                return [(p, first), (r, second), (-2 * q, self.number(root))]
        return [(share, self._key(key)) for key, share in condition.form.terms]

    def condition(self, used: Used) -> str:
        """Write a condition as an inequality."""
        parts = self.parts(used)
        lower = self.total((-share, text) for share, text in parts if share < 0)[0]
        upper = self.total((share, text) for share, text in parts if share > 0)[0]
        if used.condition.equality:
            return f"{lower} = {upper}" if lower != "0" else f"{upper} = 0"
        if lower == "0":
            return f"{upper} {self.least} 0"
        return f"{lower} {self.most} {upper}"

    def why(self, used: Used) -> str:
        """Say why a condition holds."""
        kind, about = used.condition.kind, used.condition.about
        if kind == "given":
            conditions = self.statement.claim.conditions
            return conditions[about[0]][0] or "given"
        if kind in ("root", "product", "mean"):
            return WHY[kind] + self._shorter(used)
        texts = [self.inline(self.function(one)[0]) for one in about]
        if kind == "variational":
            members = "both are in V" if texts[0] == texts[2] else f"{texts[2]} is in V"
            return f"{texts[1]} is the projection of {texts[0]} on V, and {members}"
        return WHY[kind].format(*texts)

    def _shorter(self, used: Used) -> str:
        """Say of which vectors it is shown that they are short enough."""
        if used.condition.kind != "product":
            return ""
        root, _, *vectors = used.condition.about
        said = []
        for factor, vector, proof in zip(
            self.statement.roots[root], vectors, used.because, strict=True
        ):
            if proof.used or proof.squares:
                norm = self.norm(self.vector(vector))[0]
                said.append(self.inline(f"{norm} {self.most} {self.form(factor)[0]}"))
        return ", as " + " and ".join(said) if said else ""

    def sum(self, certificate: Certificate) -> str:
        """Write the sum of conditions and squares."""
        terms: list[Part] = []
        for used in certificate.used:
            parts = self.parts(used)
            if len(parts) == 1:
                terms.append((used.multiplier * parts[0][0], parts[0][1]))
            else:
                terms.append((used.multiplier, self.total(parts)))
        for factor, vector in certificate.squares:
            terms.append((factor, self.norm(self.vector(vector))))
        return self.total(terms)[0]

    def _known(self) -> dict[Form, Text]:
        """Find the names that forms have in the claim: abbreviations first, then quantities."""
        claim, reader = self.statement.claim, Reader(self.statement.claim)
        named = abbreviations_of(claim.terms)
        single = [one for one in plan(claim.terms).steps if one[0].operation == QUANTITY]
        found: dict[Form, Text] = {}
        for one in (*named, *(term for term, _ in single)):
            try:
                (value,) = plan((one,)).values(EXPRESSIONS, reader.quantity)
            except NotOfThisKindError:
                continue
            inside = linear(value)
            if inside is not None and inside.terms:
                found.setdefault(inside, (self.term(one), ATOM))
        return found

    def term(self, one: Term) -> str:
        """Write a term of the claim."""
        return written(one, self.style, self.statement.claim.setting.writer(self.statement.claim))


def apart(one: Any, other: Any) -> list[tuple[str, Fraction]]:
    """Subtract."""
    found = dict(one)
    for name, share in other:
        found[name] = found.get(name, Fraction(0)) - share
    return [(name, share) for name, share in found.items() if share]


def _letters(statement: Statement) -> dict[str, tuple[str, str]]:
    """Give the letters of functions by what they stand for: those of the claim's own symbols first."""
    claim = statement.claim
    symbols, letters = meaning_of(claim), letters_of(claim)
    found = {ZERO: ("0", "0")}
    for symbol, stands in (symbols.named | symbols.symbols).items():
        found.setdefault(stands, letters[symbol])
    found.setdefault("projection", ("f_{sw}", "f_sw"))
    found.setdefault("best", letters["best"])
    for name in (*statement.names, statement.origin):
        for start, latex, unicode in (
            ("nearest to ", "P_V({})", "P_V({})"),
            ("farthest from ", "u^*", "u*"),
        ):
            if name.startswith(start):
                inside = found.get(name.removeprefix(start), ("h", "h"))
                found[name] = (latex.format(inside[0]), unicode.format(inside[1]))
    return found


def _writer(statement: Statement, style: Style) -> Writer:
    if statement.claim.setting.name == "bregman":
        from w2sjax.proving.bregman.writing import BregmanWriter

        return BregmanWriter(statement, style)
    return Writer(statement, style)


def lines(
    statement: Statement, certificate: Certificate, style: Style
) -> list[tuple[str, str, str]]:
    """Write what a certificate uses: multipliers, inequalities or squares, and why they hold."""
    writer = _writer(statement, style)
    rows = [
        (style.number(used.multiplier)[0], writer.condition(used), writer.why(used))
        for used in certificate.used
    ]
    least = style.choose(r"\ge", "≥")
    rows += [
        (style.number(factor)[0], f"{writer.norm(writer.vector(vector))[0]} {least} 0", "a square")
        for factor, vector in certificate.squares
    ]
    return rows


def last_line(statement: Statement, place: int, certificate: Certificate, style: Style) -> str:
    """Write the line that adds up to the claim."""
    writer, sides = _writer(statement, style), statement.slacks[place].sides
    assert sides is not None
    total, exact = writer.sum(certificate), all(one.condition.equality for one in certificate.used)
    end = " = 0" if exact and not certificate.squares else f" {writer.least} 0"
    return f"{writer.term(sides[1] - sides[0])} = {total}" + (end if total != "0" else "")
