"""A second opinion's view of a finite world: sets of points, and `fractions` alone."""

from fractions import Fraction

from w2sjax.falsification.opinion import RefusedError, UnboundedError
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.worlds.world import World


class Book:
    """Points, sets and their probabilities."""

    def __init__(self, world: World, statement: Statement):
        self.world, self.statement = world, statement
        here = {x for x in range(world.size) if world.masses[x] > 0}
        studied = {x for x in here if world.truth[x] == 0 or statement.dropped == "one label"}
        self.H = {x for x in studied if world.hard[x]}
        self.O = studied - self.H
        self.near = [{y for y in here if world.neighbours[x][y]} for x in range(world.size)]
        self.right = {x for x in here if world.teacher[x] == world.truth[x]}
        f = world.classifiers[0]
        self.mistakes = {x for x in here if f[x] != world.truth[x]}
        self.disagreeing = {x for x in here if f[x] != world.teacher[x]}
        self.shaky = here - self.firm(f)

    def firm(self, labels) -> set[int]:
        """Points with no neighbour of another label."""
        points = range(self.world.size)
        return {x for x in points if {labels[y] for y in self.near[x]} <= {labels[x]}}

    def p(self, event: set[int], given: set[int]) -> Fraction:
        """P(event | given)."""
        whole = sum((self.world.masses[x] for x in given), Fraction(0))
        part = sum((self.world.masses[x] for x in event & given), Fraction(0))
        return part / whole if whole else Fraction(0)

    def expansion(self, target: set[int], source: set[int], *, wrong: bool) -> Fraction | None:
        """Give the stated c, or the largest with (c, q)-expansion; None if all will do."""
        if self.world.c is not None:
            return self.world.c
        return self.largest(target, source, wrong=wrong)

    def largest(self, target: set[int], source: set[int], *, wrong: bool) -> Fraction | None:
        """Compute the largest c with (c, q)-expansion on (target, source); None if all will do."""
        world, dropped = self.world, self.statement.dropped
        if dropped == "direction":
            target, source = source, target
        family = world.classifiers[1:] if dropped == "membership" else world.classifiers
        constant = None
        for labels in family:
            chosen = {
                x for x in source & self.firm(labels) if (labels[x] != world.truth[x]) == wrong
            }
            share = self.p(chosen, source)
            if share > world.q:
                around = {y for x in chosen for y in self.near[x]}
                ratio = self.p(around, target) / share
                constant = ratio if constant is None else min(constant, ratio)
        return constant if constant is None or dropped != "expansion" else 2 * constant

    def spread(self, target: set[int], share: Fraction) -> Fraction:
        """max(q, share / c)."""
        if self.world.c is not None:
            return max(self.world.q, share / self.world.c)
        constant = self.expansion(target, self.H, wrong=True)
        if constant == 0:
            raise UnboundedError
        return max(self.world.q, Fraction(0) if constant is None else share / constant)

    def good_spread(self, whole: set[int]) -> Fraction:
        """Let dis_O, relative to `whole`, pay for the mistakes in H."""
        masses = self.world.masses
        lost = sum((masses[x] for x in self.disagreeing & self.O), Fraction(0))
        return self.spread(self.O & self.right, lost / sum(masses[x] for x in whole))

    def agreement(self) -> Fraction:
        """a."""
        parts = (self.O - self.right, self.disagreeing, self.shaky)
        return 1 - sum((self.p(part, self.O) for part in parts), Fraction(0))

    def paid(self) -> Fraction:
        """eps_2 c a."""
        constant = self.expansion(self.H - self.right, self.O, wrong=False)
        if constant is None:
            constant = Fraction(2 if self.statement.dropped == "expansion" else 1)
        return self.p(self.H - self.right, self.H) * constant * max(self.agreement(), Fraction(0))

    def correction(self) -> tuple[Fraction, Fraction]:
        """Both parts of the right side of Theorem B.1, with c' as printed."""
        alpha = self.p(self.O - self.right, self.O)
        constant = self.expansion(self.O - self.right, self.O & self.right, wrong=False)
        if constant is None:
            constant = Fraction(2 if self.statement.dropped == "expansion" else 1)
        below = 1 - 2 * alpha * constant / (1 - alpha + constant * alpha)
        if self.world.c is None and below <= 0:
            constant = Fraction(1)
        prime = constant / (1 - alpha + constant * alpha)
        below = 1 - 2 * prime * alpha
        base = (self.p(self.disagreeing, self.O) + alpha) / below
        return base, prime * alpha * (1 - self.p(self.shaky, self.O)) / below

    @property
    def alpha(self) -> Fraction:
        """P(teacher wrong | S)."""
        return self.p(self.O - self.right, self.O)

    def top(self) -> Fraction:
        """The largest c that the moderate theorems 4.1 and 4.2 take."""
        if self.statement.claim == "pseudolabel_correction":
            return 2 - 2 * self.alpha
        return 1 / (1 - self.alpha)

    def chosen(self) -> Fraction:
        """c of Theorems 4.1 and 4.2: as stated, or the largest moderate one."""
        if self.world.c is not None:
            return self.world.c
        good, bad = self.O & self.right, self.O - self.right
        if self.statement.claim == "pseudolabel_correction":
            found = [self.largest(bad, good, wrong=False)]
        else:
            found = [
                self.largest(good, self.H, wrong=True),
                self.largest(bad, self.H, wrong=False),
            ]
        return min([self.top(), *(c for c in found if c is not None)])

    def quantity(self, name: str) -> Fraction:
        """One of the quantities of the statements."""
        match name:
            case "hard_error":
                return self.p(self.mistakes, self.H)
            case "overlap_error":
                return self.p(self.mistakes, self.O)
            case "hard_fragile":
                return self.p(self.shaky, self.H)
            case "hard_disagreement":
                return self.p(self.disagreeing, self.H)
            case "teacher_error":
                return self.p(self.H - self.right, self.H)
            case "core_spread":
                return self.spread(self.O, self.p(self.mistakes, self.O))
            case "good_spread":
                return self.good_spread(self.O & self.right)
            case "unconditioned_spread":
                return self.good_spread(self.O)
            case "paid":
                return self.paid()
            case "corrected_base":
                return self.correction()[0]
            case "corrected_paid":
                return self.correction()[1]
            case "overlap_disagreement":
                return self.p(self.disagreeing, self.O)
            case "wrong_labels":
                return self.alpha
            case "repaired":
                return self.p(self.O - self.right, self.O) * self.chosen()
            case "odds_fragile" | "odds_hard_fragile":
                part = self.O if name == "odds_fragile" else self.H
                return self.p(self.shaky, part) / (1 / self.alpha - 2)
            case "two_sided_spread":
                paid = self.p(self.disagreeing, self.O) / self.chosen() - self.alpha
                return max(self.world.q, paid / (1 - self.alpha - self.alpha))
        raise RefusedError(f"unknown quantity {name!r}")
