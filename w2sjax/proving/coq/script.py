"""The proof of a theorem for Coq, from its certificates.

Every inequality ends the same way: the difference of both sides is the sum of the multiplied conditions and
the squares, which Coq checks by expanding all inner products; and no term of the sum is negative.
"""

from collections.abc import Sequence
from typing import Any

from w2sjax.language.evaluation import plan
from w2sjax.proving.certificate import Certificate, Used
from w2sjax.proving.coq.theorem import OPERATIONS, Theorem, name, number
from w2sjax.proving.multipliers import Search

Lines = list[str]


class Script:
    """The proof of one theorem."""

    def __init__(self, theorem: Theorem):
        self.theorem, self.statement = theorem, theorem.statement
        self.search = Search(theorem.statement)
        self.factors = list(dict.fromkeys(form for _, forms in theorem.roots for form in forms))
        self.named: dict[str, str] = {}  # roots that are a variable by now
        self.depth = 0

    def lines(self, certificates: Sequence[Certificate]) -> Lines:
        """Prove all that is claimed."""
        left, parts = list(enumerate(certificates)), []
        for one in self.theorem.claim.comparisons:
            own = [self._inequality(*left.pop(0)) for _ in range(1 + one.identity)]
            parts.append(own[0] if len(own) == 1 else ["apply Rle_antisym.", *map_blocks(own)])
        return parts[0] if len(parts) == 1 else ["repeat split.", *map_blocks(parts)]

    def _inequality(self, place: int, certificate: Certificate) -> Lines:
        """Prove one inequality; roots become variables, known by their squares."""
        self.named = {}
        lines = self._roots()
        for k, used in enumerate(certificate.used):
            lines += self._condition(str(k), used)
        for i, factor in enumerate(self.factors):
            text = self.theorem.form(factor)
            lines += [
                f"pose proof (sqrt_sqrt _ A_{i}) as S_{i}.",
                f"pose proof (sqrt_pos {text}) as Q_{i}.",
                f"set (r_{i} := sqrt {text}) in *. clearbody r_{i}.",
            ]
            self.named[text] = f"r_{i}"
        if self.statement.slacks[place].squared:
            lines.append("apply square_le; [lra|].")
        squares = " ".join(f"S_{i}" for i in range(len(self.factors)))
        return lines + self._sum(certificate, f"clear - {squares}" if squares else "clear")

    def _roots(self) -> Lines:
        """Show that what is under roots is not negative, and write each as a product of roots of forms."""
        lines = []
        for i, factor in enumerate(self.factors):
            proof = self.search.shown(factor)
            if proof is None:
                raise ValueError("a form under a root is not shown to be at least 0")
            lines.append(f"assert (A_{i} : 0 <= {self.theorem.form(factor)}).")
            lines += block(self._plain(proof))
        for j, (root, forms) in enumerate(self.theorem.roots):
            (inside,) = plan(root.arguments).values(OPERATIONS, self.theorem.quantity)
            product = " * ".join(map(self.theorem.form, forms))
            known = " ".join(f"A_{self.factors.index(form)}" for form in forms)
            rewritten = f"(root_of_product _ _ _ {known} N_{j})" if len(forms) == 2 else f"N_{j}"
            lines += [
                f"assert (N_{j} : {inside} = {product}) by ({self._expand()}).",
                f"try rewrite {rewritten}.",
            ]
        return lines

    def _plain(self, certificate: Certificate) -> Lines:
        """Prove an inequality without roots."""
        lines = []
        self.depth += 1
        for k, used in enumerate(certificate.used):
            lines += self._condition(f"{self.depth}_{k}", used)
        self.depth -= 1
        return lines + self._sum(certificate, "clear")

    def _sum(self, certificate: Certificate, clear: str) -> Lines:
        """Show that both sides differ by the sum, and that the sum is not negative."""
        terms, shown = [], []
        for k, used in enumerate(certificate.used):
            value = self._value(used)
            terms.append(f"{number(used.multiplier)} * {value}")
            how = "apply Rmult_le_pos; lra"
            if used.condition.equality:
                how = f"replace {value} with 0; lra"
            shown.append(f"assert (T_{k} : 0 <= {terms[-1]}) by ({how}).")
        for k, (factor, vector) in enumerate(certificate.squares):
            text = self.theorem.coordinates(vector)
            terms.append(f"{number(factor)} * inner {text} {text}")
            how = "apply Rmult_le_pos; [lra|apply inner_pos]"
            shown.append(f"assert (U_{k} : 0 <= {terms[-1]}) by ({how}).")
        return [
            f"apply (by_sum _ _ ({' + '.join(terms) or '0'})).",
            f"{{ {clear}. {self._expand()}. }}",
            *shown,
            "lra.",
        ]

    def _expand(self) -> str:
        """Expand inner products, and write each pair of functions in one order."""
        names = [name(one) for one in self.theorem.functions]
        # A function that no longer takes part is not in the context any more.
        ordered = [
            f"try rewrite ?(inner_sym E {b} {a}) in *"
            for i, a in enumerate(names)
            for b in names[i + 1 :]
        ]
        return "; ".join(["expand", *ordered, "first [lra|ring]"])

    def _root(self, root: str) -> str:
        texts = map(self.theorem.form, self.statement.roots[root])
        return f"({' * '.join(self.named.get(text, f'sqrt {text}') for text in texts)})"

    def _value(self, used: Used) -> str:
        """Write what a condition says is at least 0."""
        condition, about = used.condition, used.condition.about
        vector = self.theorem.vector
        match condition.kind:
            case "variational":
                base, projected, member = map(vector, about)
                return f"(- inner (sub {base} {projected}) (sub {member} {projected}))"
            case "nearest":
                base, projected, member = map(vector, about)
                return f"(d {base} {member} - d {base} {projected})"
            case "gap":
                q, member = map(vector, about)
                gap = self.theorem.gap(about[0])
                return f"({gap} - inner (sub weak {q}) (sub {member} {q}))"
            case "given":
                lower, upper = self.theorem.sides(len(self.theorem.claim.comparisons) + about[0])
                return f"({upper} - {lower})"
            case "root":
                return self._root(about[0])
            case "product":
                return f"({self._root(about[0])} - {self._inner(about)})"
            case "mean":
                return "({1} - {0})".format(*self._mean(about))
        raise ValueError(f"{condition.kind}: this kind of condition is not written for Coq")

    def _inner(self, about: Any) -> str:
        _, sign, *vectors = about
        left, right = map(self.theorem.coordinates, vectors)
        return f"inner {left} {right}" if sign > 0 else f"(- inner {left} {right})"

    def _mean(self, about: Any) -> tuple[str, str]:
        root, p, q, r = about
        first, second = map(self.theorem.form, self.statement.roots[root])
        return (
            f"2 * {number(q)} * {self._root(root)}",
            f"({number(p)} * {first} + {number(r)} * {second})",
        )

    def _condition(self, k: str, used: Used) -> Lines:
        """Prove what a condition says, and call it C_k."""
        condition, about = used.condition, used.condition.about
        theorem, proof = self.theorem, ""
        match condition.kind:
            case "variational" | "nearest":
                base, projected, member = map(theorem.vector, about)
                known = f"P_{name(about[1][0][0])} {theorem.member(about[2][0][0])}"
                lemma = "nearest V" if condition.kind == "nearest" else "variational V"
                kind = "" if condition.kind == "nearest" else "HV "
                if condition.equality:
                    lemma = "orthogonal V"
                    kind = "(subspace_affine V HV) " if theorem.kind == "subspace" else kind
                proof = f"{lemma} {base} {projected} {member} {kind}{known}"
            case "gap":
                member = theorem.member(about[1][0][0])
                proof = f"G_{theorem.gap(about[0])} {theorem.vector(about[1])} {member}"
            case "given":
                proof = f"H_{about[0]}"
            case "root":
                signs = [
                    f"(sqrt_pos {theorem.form(one)})" for one in self.statement.roots[about[0]]
                ]
                proof = f"Rmult_le_pos _ _ {' '.join(signs)}"
            case "product":
                lemma = "above_product" if about[1] > 0 else "above_minus_product"
                claimed = f"{self._inner(about)} <= {self._root(about[0])}"
                return self._shown(k, claimed, f"apply {lemma}.", used)
            case "mean":
                claimed = " <= ".join(self._mean(about))
                return self._shown(k, claimed, "apply below_mean; [| |lra|lra|lra|lra].", used)
            case _:
                raise ValueError(f"{condition.kind}: this kind of condition is not written for Coq")
        return [f"pose proof ({proof}) as C_{k}."]

    def _shown(self, k: str, claimed: str, start: str, used: Used) -> Lines:
        """Prove a condition about a root from what it rests on."""
        body = [start, *map_blocks([self._plain(proof) for proof in used.because])]
        return [f"assert (C_{k} : {claimed}).", *block(body)]


def block(lines: Sequence[str]) -> Lines:
    """Put lines into braces."""
    first, *rest = lines
    if not rest:
        return [f"{{ {first} }}"]
    return [f"{{ {first}", *(f"  {line}" for line in rest[:-1]), f"  {rest[-1]} }}"]


def map_blocks(several: Sequence[Sequence[str]]) -> Lines:
    """Put each of several proofs into braces."""
    return [line for one in several for line in block(one)]
