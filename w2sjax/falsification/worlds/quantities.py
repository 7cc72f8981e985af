r"""The quantities of a finite world: ratios of sums of masses, sets as bit masks.

H, O, R(f) and the families of sets as in `claims.expansion.study`; constants c as in
`claims.expansion.constants`, but q is given, and c may be.
"""

from collections.abc import Callable
from typing import Any

from flint import fmpq

from w2sjax.falsification.decision import InfiniteError
from w2sjax.falsification.flint_numbers import rational
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds import printed
from w2sjax.falsification.worlds.names import CORRECTING
from w2sjax.falsification.worlds.world import World


def _bits(flags) -> int:
    return sum(1 << i for i, flag in enumerate(flags) if flag)


class WorldQuantities:
    """Everything that the expansion statements speak of, computed when it is asked for."""

    def __init__(self, world: World, statement: Statement):
        self.world, self.statement = world, statement
        self.masses = [rational(mass) for mass in world.masses]
        present = _bits(mass > 0 for mass in world.masses)
        zero = _bits(label == 0 for label in world.truth)
        members = present if statement.dropped == "one label" else present & zero
        hard = _bits(world.hard)
        self.hard, self.overlap = members & hard, members & ~hard
        self.taught = _bits(a == b for a, b in zip(world.teacher, world.truth, strict=True))
        self.disagrees = _bits(
            a != b for a, b in zip(world.classifiers[0], world.teacher, strict=True)
        )
        self.everything = (1 << world.size) - 1
        self.rows = [_bits(row) for row in world.neighbours]
        self.robust = [self._robust(labels, present) for labels in world.classifiers]
        self.wrong = [
            _bits(a != b for a, b in zip(labels, world.truth, strict=True))
            for labels in world.classifiers
        ]
        self.fragile = self.everything & ~self.robust[0]
        self.q = rational(world.q)
        self.given = None if world.c is None else rational(world.c)
        self.factor = 2 if statement.dropped == "expansion" else 1
        self.found: dict[str, Any] = {}

    def __getitem__(self, name: str) -> fmpq:
        if name not in self.found:
            self.found[name] = _FORMULAS[name](self)
        return self.found[name]

    def _robust(self, labels, present) -> int:
        return _bits(
            all(labels[y] == labels[x] for y in range(len(labels)) if row & present & (1 << y))
            for x, row in enumerate(self.rows)
        )

    def mass(self, points: int) -> fmpq:
        """Total mass."""
        return sum((m for i, m in enumerate(self.masses) if points & (1 << i)), fmpq(0))

    def probability(self, event: int, given: int) -> fmpq:
        """P(event | given); 0 where there is nothing given."""
        whole = self.mass(given)
        return self.mass(event & given) / whole if whole else fmpq(0)

    def ratios(self, sets: list[int], target: int, source: int) -> list[tuple[fmpq, fmpq]]:
        """List P(U | source) and P(N(U) | target) of the sets above q."""
        if self.statement.dropped == "direction":
            target, source = source, target
        found = []
        first = 1 if self.statement.dropped == "membership" else 0
        for g in range(first, len(sets)):
            inside = sets[g] & self.robust[g] & source
            reached = 0
            for x, row in enumerate(self.rows):
                if inside & (1 << x):
                    reached |= row
            share = self.probability(inside, source)
            if share > self.q:
                found.append((share, self.probability(reached, target)))
        return found

    def families(self) -> list[tuple[list[int], int, int]]:
        """List what the claim says expands: sets, into what, out of what."""
        right = [self.everything & ~wrong for wrong in self.wrong]
        good, bad = self.overlap & self.taught, self.overlap & ~self.taught
        match self.statement.claim:
            case "expansion_core":
                return [(self.wrong, self.overlap, self.hard)]
            case "hard_error_payback":
                return [(right, self.hard & ~self.taught, self.overlap)]
            case "coverage_expansion":
                return [(self.wrong, good, self.hard), (right, bad, self.hard)]
            case claim if claim in CORRECTING:
                return [(right, bad, good)]
        return [(self.wrong, good, self.hard)]

    def largest(self) -> fmpq | None:
        """Compute the infimum of the family's ratios; None where no set has more than q."""
        pairs = [pair for family in self.families() for pair in self.ratios(*family)]
        if not pairs:
            return None
        return min(reached / share for share, reached in pairs) * self.factor

    def spread(self, target: int, mistakes: fmpq) -> fmpq:
        """max(q, mistakes / c) for the robust mistakes in H."""
        if self.given is not None:
            return max(self.q, mistakes / self.given)
        pairs = self.ratios(self.wrong, target, self.hard)
        if any(reached == 0 for _, reached in pairs):
            raise InfiniteError
        worst = max((share / reached for share, reached in pairs), default=fmpq(0))
        return max(self.q, mistakes * worst / self.factor)

    def constant(self, target: int, source: int) -> fmpq:
        """c for the robust non-mistakes; 1 where it is not given and no set has more than q."""
        if self.given is not None:
            return self.given
        right = [self.everything & ~wrong for wrong in self.wrong]
        pairs = self.ratios(right, target, source)
        least = min((reached / share for share, reached in pairs), default=fmpq(1))
        return least * self.factor

    def good_spread(self, *, conditioned: bool = True) -> fmpq:
        """max(q, dis_O / ((1 - eps_1) c)); unless `conditioned`, dis_O / c."""
        good = self.overlap & self.taught
        whole = self.mass(good if conditioned else self.overlap)
        mistakes = self.mass(self.overlap & self.disagrees) / whole
        return self.spread(good, mistakes)

    @property
    def alpha(self) -> fmpq:
        """P(teacher wrong | S)."""
        return self.probability(self.everything & ~self.taught, self.overlap)

    @property
    def lost(self) -> fmpq:
        """P(f != teacher or f not robust | S)."""
        return self.probability(self.disagrees | self.fragile, self.overlap)

    def agreement(self) -> fmpq:
        """a = 1 - eps_1 - dis_O - P(R(f)^c | O)."""
        lost = (self.everything & ~self.taught, self.disagrees, self.fragile)
        return 1 - sum((self.probability(points, self.overlap) for points in lost), fmpq(0))

    def paid(self) -> fmpq:
        """eps_2 c a."""
        bad = self.hard & ~self.taught
        level = max(self.agreement(), fmpq(0))
        return self["teacher_error"] * self.constant(bad, self.overlap) * level

    def correction(self) -> tuple[fmpq, fmpq]:
        """Both parts of Theorem B.1's right side, over the common denominator."""
        good, bad = self.overlap & self.taught, self.overlap & ~self.taught
        constant, much, some = self.constant(bad, good), self.mass(good), self.mass(bad)
        if self.given is None and constant * some >= much:
            constant = fmpq(1)  # smaller; the denominator has to be positive
        alpha = self.probability(bad, self.overlap)
        disagreement = self.probability(self.disagrees, self.overlap)
        robust = self.probability(self.everything & ~self.fragile, self.overlap)
        kept, moved = 1 - alpha, constant * alpha
        base = (disagreement + alpha) * (kept + moved)
        return base / (kept - moved), moved * robust / (kept - moved)


_FORMULAS: dict[str, Callable[[WorldQuantities], fmpq]] = {
    "hard_error": lambda w: w.probability(w.wrong[0], w.hard),
    "overlap_error": lambda w: w.probability(w.wrong[0], w.overlap),
    "hard_fragile": lambda w: w.probability(w.fragile, w.hard),
    "hard_disagreement": lambda w: w.probability(w.disagrees, w.hard),
    "teacher_error": lambda w: w.probability(w.everything & ~w.taught, w.hard),
    "core_spread": lambda w: w.spread(w.overlap, w.probability(w.wrong[0], w.overlap)),
    "good_spread": WorldQuantities.good_spread,
    "unconditioned_spread": lambda w: w.good_spread(conditioned=False),
    "paid": WorldQuantities.paid,
    "corrected_base": lambda w: w.correction()[0],
    "corrected_paid": lambda w: w.correction()[1],
    "overlap_disagreement": lambda w: w.probability(w.disagrees, w.overlap),
    "wrong_labels": lambda w: w.alpha,
    "repaired": lambda w: printed.constant(w) * w.alpha,
    "odds_fragile": lambda w: printed.odds(w) * w.probability(w.fragile, w.overlap),
    "odds_hard_fragile": lambda w: printed.odds(w) * w.probability(w.fragile, w.hard),
    "two_sided_spread": printed.two_sided_spread,
}
NAMES = tuple(_FORMULAS)
