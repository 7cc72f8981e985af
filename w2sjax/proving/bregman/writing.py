"""How the conditions of Bregman geometry are written."""

from w2sjax.language.printing import ATOM, SUM, Style, Text
from w2sjax.language.terms import Term
from w2sjax.proving.certificate import Used
from w2sjax.proving.forms import Form
from w2sjax.proving.statements import Statement
from w2sjax.proving.writing import ONE, Part, Writer
from w2sjax.settings import bregman as symbols
from w2sjax.settings.bregman import LETTERS, student, weak

WHY = {
    "divergence": "a divergence",
    "gap": "{0} has this gap, and {1} is in W",
    "matched": "the gradient at {0} is the mean of those at f_w, and {1} is the same for all",
    "optimal": "{0} is the projection of f_w on W, and {1} is in W",
    "dual optimal": "{0} is the dual projection of f_w on W, and {1} is in W",
    "least": "{0} is best, and {1} is in W",
}


class BregmanWriter(Writer):
    """How a statement of Bregman geometry is written in a style."""

    def __init__(self, statement: Statement, style: Style):
        self.statement, self.style = statement, style
        self.least, self.most = style.choose(r"\ge", "≥"), style.choose(r"\le", "≤")

    def form(self, one: Form) -> Text:
        """Write a form term by term."""
        return self.total([(share, (key[0], ATOM)) for key, share in one.terms])

    def parts(self, used: Used) -> list[Part]:
        """Write what a condition says is at least 0, as a sum."""
        kind, about = used.condition.kind, used.condition.about
        if kind == "given":
            return [(share, (key[0], ATOM)) for key, share in used.condition.form.terms]
        first, second = about
        match kind:
            case "divergence":
                return [(ONE, self._written(symbols.D(first, second)))]
            case "gap":
                pulled = self._written(symbols.pull(first, weak, second))
                return [(ONE, self._written(symbols.gap(first))), (ONE, pulled)]
            case "dual optimal":
                shape = self.style.choose(
                    r"\langle \nabla\varphi({}) - \nabla\varphi({}), {} - {} \rangle",
                    "⟨∇φ({}) - ∇φ({}), {} - {}⟩",
                )
                u, v, w = (self.style.choose(*LETTERS[one]) for one in (second, first, weak))
                return [(ONE, (shape.format(u, v, v, w), ATOM))]
            case "least":
                primal = self.statement.claim.assumes(symbols.STUDENT_FIRST)
                pairs = [(one, weak) if primal else (weak, one) for one in (second, first)]
                found = [self._written(symbols.D(*pair)) for pair in pairs]
                return [(ONE, found[0]), (-ONE, found[1])]
        return [(ONE, self._written(symbols.pull(student, weak, second)))]

    def why(self, used: Used) -> str:
        """Say why a condition holds."""
        kind, about = used.condition.kind, used.condition.about
        if kind == "given":
            return self.statement.claim.conditions[about[0]][0] or "given"
        letters = [self.inline(self.style.choose(*LETTERS[one])) for one in about]
        return WHY[kind].format(*letters)

    def _written(self, one: Term) -> Text:
        text = self.term(one)
        return text, SUM if " " in text and text[0] not in "⟨\\D" else ATOM
