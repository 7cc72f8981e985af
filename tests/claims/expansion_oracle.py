"""The expansion claims in rational numbers, written from the definitions: no masks, no arrays."""

import math
from fractions import Fraction

import numpy as np

NOTHING = Fraction(0), Fraction(1)  # where a condition fails


class Oracle:
    """One world, restricted to the points of class 0, as in the claims."""

    def __init__(self, world):
        masses = np.asarray(world.masses).tolist()
        self.points = [x for x, mass in enumerate(masses) if mass > 0]
        self.masses = {x: Fraction(masses[x]) for x in self.points}
        self.truth = np.asarray(world.truth).tolist()
        self.teacher = np.asarray(world.teacher).tolist()
        self.family = np.asarray(world.classifiers).tolist()
        graph = np.asarray(world.neighbours)
        self.near = {x: {z for z in self.points if graph[x, z]} for x in self.points}
        members = {x for x in self.points if self.truth[x] == 0}
        hard = np.asarray(world.hard).tolist()
        self.hard = {x for x in members if hard[x]}
        self.overlap = {x for x in members if not hard[x]}
        self.level = Fraction(float(world.level))

    def probability(self, event, given):
        whole = sum(self.masses[x] for x in given)
        return sum((self.masses[x] for x in event & given), Fraction(0)) / whole if given else 0

    def robust(self, f):
        """Points with r(f, x) = P(f(x') != f(x) | x' in N(x)) = 0."""
        return {
            x
            for x in self.points
            if self.probability({z for z in self.near[x] if f[z] != f[x]}, self.near[x]) == 0
        }

    def errors(self, f):
        return {x for x in self.points if f[x] != self.truth[x]}

    def ratios(self, sets, target, source):
        """P(U|B) and P(N(U)|A) for every set."""
        found = []
        for points in sets:
            reached = set().union(*(self.near[x] for x in points))
            found.append((self.probability(points, source), self.probability(reached, target)))
        return found

    def quantile(self, ratios, limit=None):
        """The q that the library's rule chooses among attained values below `limit`."""
        usable = [(u, n) for u, n in ratios if limit is None or u < limit]
        values = sorted([u for u, _ in usable] + [Fraction(0)] * (len(ratios) - len(usable) + 1))
        chosen = values[math.floor(self.level * len(ratios))]
        return max([chosen, *(u for u, n in usable if n == 0)])

    def spread(self, target, mistakes):
        """The core lemma's bound with c computed."""
        f, source = self.family[0], self.hard
        sets = [self.errors(g) & self.robust(g) & source for g in self.family]
        ratios = self.ratios(sets, target, source)
        q = self.quantile(ratios)
        constants = [n / u for u, n in ratios if u > q]
        paid = mistakes / min(constants, default=Fraction(1))
        return max(q, paid) + 1 - self.probability(self.robust(f), source)

    def error(self):
        return self.probability(self.errors(self.family[0]), self.hard)

    def expansion_core(self):
        mistakes = self.probability(self.errors(self.family[0]), self.overlap)
        return self.error(), self.spread(self.overlap, mistakes)

    def disagreement(self):
        return {x for x in self.points if self.family[0][x] != self.teacher[x]}

    def taught(self):
        return {x for x in self.points if self.teacher[x] == self.truth[x]}

    def hard_error(self):
        good = self.overlap & self.taught()
        wrongly_taught = 1 - self.probability(good, self.overlap)
        if wrongly_taught == 1:
            return NOTHING
        disagreement = self.probability(self.disagreement(), self.overlap)
        return self.error(), self.spread(good, disagreement / (1 - wrongly_taught))

    def agreement(self):
        """The a of the payback."""
        events = [self.overlap - self.taught(), self.disagreement()]
        lost = sum((self.probability(event, self.overlap) for event in events), Fraction(0))
        return self.probability(self.robust(self.family[0]), self.overlap) - lost

    def payback_constant(self, q):
        """The c of the payback, given q; None if no set has more."""
        source, bad = self.overlap, self.hard - self.taught()
        sets = [(set(self.points) - self.errors(g)) & self.robust(g) & source for g in self.family]
        constants = [n / u for u, n in self.ratios(sets, bad, source) if u > q]
        return min(constants, default=None)

    def payback_quantile(self):
        source, bad = self.overlap, self.hard - self.taught()
        sets = [(set(self.points) - self.errors(g)) & self.robust(g) & source for g in self.family]
        return self.quantile(self.ratios(sets, bad, source), self.agreement())

    def hard_error_payback(self):
        weak_error = 1 - self.probability(self.taught(), self.hard)
        q, a = self.payback_quantile(), self.agreement()
        if a <= q:
            return NOTHING
        constant = self.payback_constant(q)
        paid = 2 * (1 if constant is None else constant) * a
        disagreement = self.probability(self.disagreement(), self.hard)
        return self.error(), disagreement + weak_error * (1 - paid)

    def coverage_good_side(self):
        """B.3, with T = H and S = O."""
        alpha = self.alpha()
        if alpha == 1:
            return NOTHING
        paid = self.probability(self.disagreement(), self.overlap) / (1 - alpha)
        return self.error(), self.spread(self.overlap & self.taught(), paid)

    def correction_quantile(self):
        """The sets' ratios, and the largest q of the rule that B.1 allows."""
        good, bad = self.overlap & self.taught(), self.overlap - self.taught()
        sets = [(set(self.points) - self.errors(g)) & self.robust(g) & good for g in self.family]
        ratios = self.ratios(sets, bad, good)
        lost = self.disagreement() | (set(self.points) - self.robust(self.family[0]))
        left = 1 - self.probability(lost, self.overlap) - self.probability(bad, self.overlap)
        allowed = [(u, n) if u <= left else (Fraction(0), Fraction(1)) for u, n in ratios]
        return ratios, self.quantile(allowed), left

    def pseudolabel_correction_tight(self):
        """B.1, with S = O."""
        f, covered, alpha = self.family[0], self.overlap, self.alpha()
        ratios, q, left = self.correction_quantile()
        if not 0 < alpha < Fraction(1, 2) or q > left:
            return NOTHING
        most = Fraction(31, 32) * (1 - alpha) / alpha
        c = min([most, *(n / u for u, n in ratios if u > q)])
        prime = c / (1 - alpha + c * alpha)
        fragile = 1 - self.probability(self.robust(f), covered)
        disagreement = self.probability(self.disagreement(), covered)
        numerator = disagreement - alpha * (2 * prime - 1) + 2 * prime * alpha * fragile
        error = self.probability(self.errors(f), covered)
        return error, numerator / (1 - 2 * prime * alpha)

    def alpha(self):
        return 1 - self.probability(self.taught(), self.overlap)

    def pseudolabel_correction(self):
        """4.1 with c at most 2 (1 - alpha)."""
        good, bad = self.overlap & self.taught(), self.overlap - self.taught()
        alpha, f, most = self.alpha(), self.family[0], 3 * (1 - 2 * self.alpha()) / 4
        error = self.probability(self.errors(f), self.overlap)
        if not 0 < alpha < Fraction(1, 2):
            return NOTHING
        sets = [(set(self.points) - self.errors(g)) & self.robust(g) & good for g in self.family]
        ratios = self.ratios(sets, bad, good)
        q = self.quantile(ratios, most)
        c = min([2 * (1 - alpha), *(n / u for u, n in ratios if u > q)])
        fragile = set(self.points) - self.robust(f)
        lost = self.probability(self.disagreement() | fragile, self.overlap)
        if 4 * lost > 1 - alpha + 3 * c * alpha:
            return NOTHING
        bound = 2 * alpha / (1 - 2 * alpha) * self.probability(fragile, self.overlap)
        bound += self.probability(self.disagreement(), self.overlap)
        return error, bound + alpha * (1 - Fraction(3, 2) * c)

    def coverage_expansion(self):
        """4.2 with c at most 1 / (1 - alpha)."""
        good, bad = self.overlap & self.taught(), self.overlap - self.taught()
        alpha, f, silent = self.alpha(), self.family[0], self.hard
        if not 0 < alpha < Fraction(1, 2):
            return NOTHING
        wrong = [self.errors(g) & self.robust(g) & silent for g in self.family]
        right = [(silent - self.errors(g)) & self.robust(g) for g in self.family]
        ratios = self.ratios(wrong, good, silent) + self.ratios(right, bad, silent)
        q = self.quantile(ratios)
        c = min([1 / (1 - alpha), *(n / u for u, n in ratios if u > q)])
        fragile = 1 - self.probability(self.robust(f), silent)
        disagreement = self.probability(self.disagreement(), self.overlap)
        if disagreement + fragile >= c * (1 - q - alpha):
            return NOTHING
        paid = (disagreement - c * alpha) / (c * (1 - 2 * alpha))
        return self.error(), (1 - alpha) / (1 - 2 * alpha) * fragile + max(q, paid)
