"""What the symbols of a claim stand for, by its assumptions: the same for every interpreter; needs nothing.

Symbols become "weak", "target", "member", "other", "between", the "projection" of the weak model, the "best"
one of the target, the "stated" student, which need not be a projection, and the "sampled" one.
"""

import functools
from typing import Any

from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import quantities
from w2sjax.language.terms import UNKNOWN, Term
from w2sjax.settings.projection import EXACT, KINDS_OF_CLASS, MEMBER, REALIZABLE
from w2sjax.settings.projection.functions import Parts, difference, parts_of, total

LABELS = {"projection": "weak", "best": "target"}  # what is projected
STATED = {"member": "truth", "stated": "student", "sampled": "student"}  # what a problem calls them


class Meaning:
    """What a claim speaks of.

    Attributes:
        pair: whether V is the two named members alone.
        realizable: whether the target is the first of them.
        symbols: what every symbol stands for.
        named: the same for those that take part.
        used: what takes part.
        members: the coefficients that have to be in the set: some of "truth", "other", "student".
    """

    def __init__(self, terms: tuple[Term, ...], assumed: tuple[str, ...]):
        self.pair = not set(KINDS_OF_CLASS) & set(assumed)
        self.realizable = REALIZABLE.name in assumed
        student = "projection" if EXACT.name in assumed else "stated"
        if self.pair and MEMBER.name in assumed:
            student = "other"
        found = [data for data in quantities(terms) if data[0] != UNKNOWN]
        self.symbols = {
            "weak": "weak",
            "target": "member" if self.realizable else "target",
            "student": student,
            "best": "member" if self.realizable else "best",
            "member": "member",
            "other": "other",
            "sampled": "other" if self.pair else "sampled",
            "between": "between",
        }
        self._parts: dict[Any, Parts] = {}
        heads = {data[0] for data in found}
        functions = [one for data in found for one in data[1:]]
        self.used = {name for one in functions for name, _ in self.parts(one)}
        written = {name for one in functions for name, _ in parts_of(one)}
        self.named = {name: what for name, what in self.symbols.items() if name in written}
        of_class = {"projection", "best", "other"} & self.used or {"gap", "outside"} & heads
        both = "between" in self.used or (self.pair and bool(of_class))
        students = {"sampled", "stated"} if MEMBER.name in assumed else {"sampled"}
        inside = {
            "truth": self.realizable or both or "member" in self.used,
            "other": both or "other" in self.used,
            "student": bool(students & self.used),
        }
        self.members = tuple(name for name, needed in inside.items() if needed)

    def parts(self, one: Any, minus: Any = ()) -> Parts:
        """Give the combination that a function, or the difference of two, stands for."""
        key = one, minus
        if key not in self._parts:
            given = difference(parts_of(one), parts_of(minus))
            self._parts[key] = total((self.symbols[name], share) for name, share in given)
        return self._parts[key]


_meaning = functools.lru_cache(maxsize=4096)(Meaning)


def meaning_of(claim: Claim) -> Meaning:
    """Read a claim."""
    return _meaning(claim.terms, tuple(one.name for one in claim.assumptions))
