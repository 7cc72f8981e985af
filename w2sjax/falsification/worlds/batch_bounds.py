r"""The five expansion bounds of Lang et al. on many worlds, for every q and every c; in integers.

For a world and an attained q, c may be any number below the family's infimum, the largest constant.
Hypotheses weaken and bounds shrink as c grows (that of B.1 is monotone), so in a cell of constants
$(low, high]$ only the largest matters: `high`, or the infimum itself as a limit that is not reached,
where weak hypotheses on c become strict.
"""

import dataclasses
from fractions import Fraction

import numpy as np

from w2sjax.falsification.worlds.batch import Sets

NAMES = (
    "expansion_core",
    "coverage_good_side",
    "pseudolabel_correction_tight",
    "pseudolabel_correction",
    "coverage_expansion",
)
CELLS = ("c up to 1", "c up to its limit", "c beyond")
VACUOUS, PARTLY, SPEAKS = range(3)  # none, one or all of the families have a set above q
HUGE = 1 << 14  # stands for a constant without bound


@dataclasses.dataclass(frozen=True)
class Sides:
    """One statement, for one q of every world and one cell of constants.

    Attributes:
        eligible: whether all hypotheses but agreement hold for some c of the cell.
        applicable: whether all do.
        lhs, rhs: numerators over `scale`, positive.
        scale: their common denominator.
        missing: by how much the agreement hypothesis fails; negative to spare.
        speaks: VACUOUS, PARTLY or SPEAKS.
        q, c, limit: numerators and denominators.
    """

    eligible: np.ndarray
    applicable: np.ndarray
    lhs: np.ndarray
    rhs: np.ndarray
    scale: np.ndarray
    missing: np.ndarray
    speaks: np.ndarray
    q: tuple[np.ndarray, np.ndarray]
    c: tuple[np.ndarray, np.ndarray]
    limit: tuple[np.ndarray, np.ndarray]

    @property
    def violated(self) -> np.ndarray:
        """Counterexamples."""
        return self.applicable & (self.lhs > self.rhs)

    def level(self, place: int) -> Fraction:
        """Give q."""
        return Fraction(int(self.q[0][place]), int(self.q[1][place]))


Largest = tuple[np.ndarray, np.ndarray, np.ndarray]


class Bounds:
    """One statement on a batch: its families of sets, and its sides for a q and a cell."""

    def __init__(self, name: str, sets: Sets):
        self.name, self.sets = name, sets
        mass = sets.mass
        labelled = sets.right | sets.wrong
        fragile = ~sets.robust[:, 0]
        self.T, self.S = mass(sets.silent), mass(labelled)
        self.good, self.bad = mass(sets.right), mass(sets.wrong)
        self.error_T = mass(sets.mistakes[:, 0] & sets.silent)
        self.error_S = mass(sets.mistakes[:, 0] & labelled)
        self.d = mass(sets.disagrees & labelled)
        self.lost = mass((sets.disagrees | fragile) & labelled)
        self.fragile_T, self.fragile_S = mass(fragile & sets.silent), mass(fragile & labelled)
        hits, misses = ~sets.mistakes & sets.robust, sets.mistakes & sets.robust
        families = {
            "expansion_core": [(misses, labelled, sets.silent)],
            "coverage_good_side": [(misses, sets.right, sets.silent)],
            "coverage_expansion": [
                (misses, sets.right, sets.silent),
                (hits, sets.wrong, sets.silent),
            ],
        }.get(name, [(hits, sets.wrong, sets.right)])
        self.families = []
        for chosen, target, source in families:
            inside = chosen & source[:, None]
            near = sets.reached(inside) & target[:, None]
            whole = np.maximum(mass(target), 1)
            self.families.append((mass(inside), mass(near), mass(source), whole))
        self.source = self.families[0][2]
        shares = np.concatenate([inside for inside, *_ in self.families], axis=1)
        self.levels = np.concatenate([np.zeros_like(shares[:, :1]), shares], axis=1)

    def sides(self, q: np.ndarray, cell: int, largest: Largest | None = None) -> Sides:
        """Compute both sides for q, a mass of the source, and the largest c of a cell."""
        top, bottom, speaks = self.largest(q) if largest is None else largest
        limit = self._limit()
        low = [(0, 1), (1, 1), limit][cell]
        high = [(1, 1), limit, (HUGE, 1)][cell]
        reaches = top * low[1] > low[0] * bottom  # part of the cell lies below the infimum
        inside = high[0] * bottom < top * high[1]  # and so does its upper end
        c = np.where(inside, high[0], top), np.where(inside, high[1], bottom)
        c = self._usable(*c)
        eligible = reaches & (low[0] * c[1] < c[0] * low[1])
        eligible &= (self.T > 0) & (0 < self.bad) & (2 * self.bad < self.S)
        missing, scale = self._shortfall(q, *c)
        strict = ~inside if self.name == "pseudolabel_correction" else np.full(len(q), True)
        if self.name == "pseudolabel_correction_tight":
            strict = np.full(len(q), False)
        if self.name == "pseudolabel_correction":
            eligible &= 4 * q * self.S < 3 * (self.S - 2 * self.bad) * self.source
        agrees = np.where(strict, missing < 0, missing <= 0)
        lhs, rhs, whole = getattr(self, f"_{self.name}")(q, *c)
        return Sides(
            eligible=eligible,
            applicable=eligible & agrees,
            lhs=lhs,
            rhs=rhs,
            scale=whole,
            missing=missing / scale,
            speaks=speaks,
            q=(q, np.maximum(self.source, 1)),
            c=c,
            limit=limit,
        )

    def largest(self, q: np.ndarray) -> Largest:
        """Compute the infimum of the ratios of sets above q, huge where there is none, and what speaks."""
        top, bottom = np.full(len(q), HUGE), np.ones(len(q), np.int64)
        speaking = np.zeros(len(q), np.int64)
        for inside, near, source, target in self.families:
            above = inside > q[:, None]
            speaking += np.any(above, axis=1)
            for g in range(inside.shape[1]):
                over, under = near[:, g] * source, inside[:, g] * target
                less = above[:, g] & (over * bottom < top * under)
                top, bottom = np.where(less, over, top), np.where(less, under, bottom)
        all_speak = speaking == len(self.families)
        return top, bottom, np.where(all_speak, SPEAKS, np.where(speaking > 0, PARTLY, VACUOUS))

    def _limit(self):
        r"""$2(1 - \alpha)$ for Theorem 4.1, else $1/(1 - \alpha)$."""
        if self.name == "pseudolabel_correction":
            return 2 * self.good, np.maximum(self.S, 1)
        return self.S, np.maximum(self.good, 1)

    def _usable(self, c, over):
        """Take a little less where B.1's denominator would not be positive."""
        if self.name != "pseudolabel_correction_tight":
            return c, over
        beyond = c * self.bad >= over * self.good
        some = np.maximum(self.bad, 1)
        return np.where(beyond, 31 * self.good, c), np.where(beyond, 32 * some, over)

    def _shortfall(self, q, c, over):
        """By how much agreement fails: a numerator and its denominator."""
        S, T = np.maximum(self.S, 1), np.maximum(self.T, 1)
        match self.name:
            case "pseudolabel_correction":
                allowed = over * self.good + 3 * c * self.bad
                return 4 * over * self.lost - allowed, 4 * over * S
            case "pseudolabel_correction_tight":
                source = np.maximum(self.source, 1)
                return (self.lost + self.bad - self.S) * source + q * self.S, source * S
            case "coverage_expansion":
                spent = over * (self.d * T + self.fragile_T * S)
                return spent - c * (T * self.good - q * S), over * S * T
        return np.full(len(q), -1), np.ones(len(q), np.int64)

    def _expansion_core(self, q, c, over):
        return self._spread(q, self.error_S * over, np.maximum(self.S * c, 1))

    def _coverage_good_side(self, q, c, over):
        return self._spread(q, self.d * over, np.maximum(self.good * c, 1))

    def _spread(self, q, paid, under):
        T = np.maximum(self.T, 1)
        return (
            self.error_T * under,
            self.fragile_T * under + np.maximum(q * under, paid * T),
            T * under,
        )

    def _pseudolabel_correction(self, q, c, over):
        rest = np.maximum(self.S - 2 * self.bad, 1)
        base = 2 * over * (2 * self.bad * self.fragile_S + rest * (self.d + self.bad))
        return (
            2 * over * rest * self.error_S,
            base - 3 * c * self.bad * rest,
            2 * over * rest * np.maximum(self.S, 1),
        )

    def _pseudolabel_correction_tight(self, q, c, over):
        kept, moved = self.good * over, c * self.bad
        below = np.maximum(kept - moved, 1)
        robust = self.S - self.fragile_S
        bound = (self.d + self.bad) * (kept + moved) - 2 * moved * robust
        return self.error_S * below, bound, np.maximum(self.S, 1) * below

    def _coverage_expansion(self, q, c, over):
        rest, T = np.maximum(self.S - 2 * self.bad, 1), np.maximum(self.T, 1)
        under = np.maximum(c, 1) * rest
        spread = np.maximum(q * under, (self.d * over - c * self.bad) * T)
        return (
            self.error_T * under,
            self.fragile_T * self.good * np.maximum(c, 1) + spread,
            T * under,
        )
