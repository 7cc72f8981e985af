"""Estimates of expansion against exact fractions, and against the claims on the same finite worlds."""

import dataclasses
from fractions import Fraction

import jax
import numpy as np
import pytest

from w2sjax.arithmetic.measured import evaluate
from w2sjax.auditing.data import audit_data
from w2sjax.auditing.expansion import bounds
from w2sjax.auditing.expansion import estimate as estimation
from w2sjax.auditing.expansion.estimate import estimate
from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.claims.expansion import coverage_good_side, pseudolabel_correction_tight
from w2sjax.mixture.model import EASY, HARD, OVERLAP
from w2sjax.settings.expansion import floats
from w2sjax.settings.expansion.finite_world import finite_world

ROWS, STUDENTS = 36, 3
VALUES = (-1.0, 2.0, 3.0)


def draw(seed, classes=2):
    """Points on a line, students and teachers wrong on stretches of it, integer weights, regions."""
    generator = np.random.default_rng(seed)
    places = np.sort(generator.integers(0, 14, ROWS)).astype(float)
    truth = (places > 6).astype(int) + (places > 10) * (classes == 3)

    def wrong(share, length, count):
        starts = generator.integers(-length, 14, (count, 1))
        stretch = (places >= starts) & (places < starts + length)
        astray = stretch | (generator.random((count, ROWS)) < share)
        return np.where(astray, (truth + 1) % classes, truth)

    values = np.asarray(VALUES)
    return {
        "features": places[:, None],
        "truth": truth,
        "teachers": wrong(0.2, 1, STUDENTS),
        "students": wrong(0.05, 4, STUDENTS),
        "regions": generator.integers(0, 3, ROWS),
        "weights": generator.integers(1, 4, ROWS),
        "values": values[:classes],
    }


def estimated(drawn, radius=1.0, q=0.0, **options):
    """What the library says."""
    values = drawn["values"]
    data = audit_data(
        drawn["features"],
        values[drawn["teachers"]],
        target=values[drawn["truth"]],
        weights=drawn["weights"],
    )
    wanted = ExpansionOptions(radius=(radius,), smallest_set=q)
    return estimate(data, values[drawn["students"]], wanted, regions=drawn["regions"], **options)


class Exact:
    """The same by loops over points, in fractions."""

    def __init__(self, drawn, label, place, statement, radius=1):
        self.drawn, self.place = drawn, place
        points = drawn["features"][:, 0]
        self.near = [
            [j for j in range(ROWS) if j != i and abs(points[i] - points[j]) <= radius]
            for i in range(ROWS)
        ]
        members = [i for i in range(ROWS) if drawn["truth"][i] == label]
        hard = [i for i in members if drawn["regions"][i] == HARD]
        right = self.right
        if statement == "pseudolabel_correction_tight":
            self.teaching = self.judged = members
            self.source = [i for i in members if right(i)]
            self.target = [i for i in members if not right(i)]
        else:
            kinds = (EASY, OVERLAP) if statement == "coverage_good_side" else (OVERLAP,)
            self.teaching = [i for i in members if drawn["regions"][i] in kinds]
            self.judged = self.source = hard
            self.target = [i for i in self.teaching if right(i)]
        self.mistakes = statement != "pseudolabel_correction_tight"

    def right(self, i):
        return self.drawn["teachers"][self.place][i] == self.drawn["truth"][i]

    def robust(self, student, i):
        labels = self.drawn["students"][student]
        return all(labels[j] == labels[i] for j in self.near[i])

    def wrong(self, student, i):
        return bool(self.drawn["students"][student][i] != self.drawn["truth"][i])

    def share(self, some, whole):
        weights = [int(weight) for weight in self.drawn["weights"]]
        total = sum(weights[i] for i in whole)
        return Fraction(sum(weights[i] for i in whole if i in set(some)), total or 1)

    def size(self, student):
        chosen = [
            i for i in self.source
            if self.wrong(student, i) == self.mistakes and self.robust(student, i)
        ]  # fmt: skip
        return chosen, self.share(chosen, self.source)

    def ratio(self, student, q=0):
        chosen, size = self.size(student)
        if size <= q or not self.target:
            return None
        return self.share({j for i in chosen for j in self.near[i]}, self.target) / size

    @property
    def alpha(self):
        return self.share([i for i in self.teaching if not self.right(i)], self.teaching)

    @property
    def disagreement(self):
        student, teacher = (self.drawn[name][self.place] for name in ("students", "teachers"))
        return self.share(np.flatnonzero(student != teacher).tolist(), self.teaching)

    @property
    def fragile(self):
        return self.share([i for i in self.judged if not self.robust(self.place, i)], self.judged)

    @property
    def error(self):
        return self.share([i for i in self.judged if self.wrong(self.place, i)], self.judged)

    @property
    def lost(self):
        student, teacher = (self.drawn[name][self.place] for name in ("students", "teachers"))
        gone = [
            i for i in self.teaching if student[i] != teacher[i] or not self.robust(self.place, i)
        ]
        return self.share(gone, self.teaching)

    def bound(self, c, q):
        """As docs/explanation/expansion.md has it."""
        alpha, d, rho = self.alpha, self.disagreement, self.fragile
        if self.mistakes:
            if not self.target or c == 0:
                return None
            return (q if c is None else max(q, d / ((1 - alpha) * c))) + rho
        if not 0 < alpha < Fraction(1, 2) or self.lost > 1 - q - alpha or c is None:
            return None
        if d + alpha >= 1 - rho:  # where c = 0 is the better constant
            return d + alpha
        c = c / (1 - alpha + c * alpha)
        return (d - alpha * (2 * c - 1) + 2 * c * alpha * rho) / (1 - 2 * c * alpha)


def close(found, expected):
    if expected is None or found is None:
        return found is expected
    return abs(found - expected) <= 1e-12 * (1 + abs(expected))


SEEDS = range(40)
SEED = 3


@pytest.mark.parametrize(("classes", "q"), [(2, 0), (2, Fraction(1, 4)), (3, 0)])
def test_every_number_is_that_of_fractions(classes, q):
    bounded = expanding = 0
    for seed in SEEDS:
        drawn = draw(seed, classes)
        found = estimated(drawn, q=float(q))
        for row in found.estimates:
            label = drawn["values"].tolist().index(row.label)
            place = int(row.weak_model.removeprefix("weak_"))
            exact = Exact(drawn, label, place, row.statement)
            ratios = [exact.ratio(student, q) for student in range(STUDENTS)]
            constant = min((ratio for ratio in ratios if ratio is not None), default=None)
            assert (row.source, row.target) == (len(exact.source), len(exact.target))
            assert all(map(close, row.ratios, ratios)) and close(row.ratio, ratios[place])
            assert close(row.constant, constant) and close(row.set_share, exact.size(place)[1])
            for name in ("alpha", "disagreement", "fragile", "error"):
                assert close(getattr(row, name), getattr(exact, name)), name
            assert close(row.bound, exact.bound(constant, q))
            assert close(row.own_bound, exact.bound(ratios[place], q))
            assert (row.reason == "") == (row.bound is not None)
            for bound in (row.bound, row.own_bound):
                assert bound is None or row.error <= bound + 1e-12
            bounded += row.bound is not None
            expanding += constant is not None and constant > 0
    assert bounded > 100 and expanding > 100


def test_rows_are_complete_and_in_order():
    drawn = draw(0)
    found = estimated(drawn)
    assert len(found.estimates) == 3 * 2 * STUDENTS
    statements = [row.statement for row in found.estimates]
    assert statements == sorted(statements, key=statements.index)
    assert found.labels == VALUES[:2] and found.cuts == (0.5,)
    (about,) = found.neighbourhoods
    sizes = [len(near) for near in Exact(drawn, 0, 0, "hard_error").near]
    assert about.mean_size == pytest.approx(np.mean(sizes)) and about.largest == max(sizes)
    assert about.isolated == sizes.count(0)
    drawn["regions"] = None
    assert {row.statement for row in estimated(drawn).estimates} == {"pseudolabel_correction_tight"}


@jax.jit
def by_the_claims(world):
    """q, c and the right sides of B.3 and B.1."""
    found = {}
    for claim in (coverage_good_side.CLAIM, pseudolabel_correction_tight.CLAIM):
        study = floats.study(floats.prepare(world, (claim,)), claim)
        (bound,) = evaluate((claim.comparisons[0].upper,), study.quantity)
        found |= {
            claim.title[:11]: (study.q.number.value, study.c.number.value, bound.number.value)
        }
    return found


def test_the_claims_agree_on_the_same_world():
    """The points of the first label; those of the teacher's silence are hard-only."""
    compared = dict.fromkeys(("coverage", "correction", "correction_bound"), 0)
    for seed in SEEDS:
        drawn = draw(seed)
        members = drawn["truth"] == 0
        near = np.abs(drawn["features"] - drawn["features"].T) <= 1
        np.fill_diagonal(near, False)
        if not (members & (drawn["regions"] == HARD)).any():
            continue
        shared = {"masses": drawn["weights"], "truth": drawn["truth"], "neighbours": near,
                  "teacher": drawn["teachers"][0], "classifiers": drawn["students"]}  # fmt: skip
        world = finite_world(**shared, hard=drawn["regions"] == HARD)
        q, c, bound = map(float, by_the_claims(world)["Theorem B.3"])
        rows = estimated(drawn, q=q).estimates
        kept = {row.statement: row for row in rows if (row.label, row.weak_model) == (-1, "weak_0")}
        row = kept["coverage_good_side"]
        if row.target and row.constant is not None:
            assert close(row.bound, bound) and close(row.constant, c)
            compared["coverage"] += 1
        # Theorem B.1 on all points of the label: none of them is hard-only, but one of no weight.
        masses = np.append(drawn["weights"], 1)
        edges = np.pad(near, (0, 1))
        whole = finite_world(
            masses=masses,
            truth=np.append(drawn["truth"], 0),
            neighbours=edges,
            teacher=np.append(drawn["teachers"][0], 0),
            classifiers=np.pad(drawn["students"], ((0, 0), (0, 1))),
            hard=np.arange(ROWS + 1) == ROWS,
        )
        q, c, bound = map(float, by_the_claims(whole)["Theorem B.1"])
        rows = estimated(drawn).estimates
        kept = {row.statement: row for row in rows if (row.label, row.weak_model) == (-1, "weak_0")}
        row = kept["pseudolabel_correction_tight"]
        if row.constant is None or q > 0:
            continue
        assert close(min(row.constant, 31 / 32 * (1 - row.alpha) / row.alpha), c)
        compared["correction"] += 1
        best = row.disagreement + row.alpha < 1 - row.fragile
        if row.bound is not None and c == row.constant and best:
            assert close(row.bound, bound)
            compared["correction_bound"] += 1
    assert min(compared.values()) >= 5, compared


def test_intervals_are_those_of_resamples(monkeypatch):
    drawn, key = draw(SEED), jax.random.key(5)
    found = estimated(drawn, bootstrap=30, key=key)
    monkeypatch.setattr(estimation, "BLOCK", 7 * ROWS)
    monkeypatch.setattr(estimation, "KEPT", 0)
    assert estimated(drawn, bootstrap=30, key=key) == found
    draws = [jax.random.randint(jax.random.fold_in(key, b), (ROWS,), 0, ROWS) for b in range(30)]
    counts = [np.bincount(np.asarray(points), minlength=ROWS) for points in draws]
    intervals = 0
    for row in found.estimates:
        label = drawn["values"].tolist().index(row.label)
        place = int(row.weak_model.removeprefix("weak_"))
        least = []
        for count in counts:
            again = {**drawn, "weights": count * drawn["weights"]}
            exact = Exact(again, label, place, row.statement)
            ratios = [exact.ratio(student) for student in range(STUDENTS)]
            if not exact.share(exact.target, exact.target):
                ratios = [None]  # A lost all its points
            least.append(min((r for r in ratios if r is not None), default=None))
        if row.constant is None or None in least:
            assert row.constant_interval is None
            continue
        assert row.constant_interval == pytest.approx(
            tuple(np.quantile(np.asarray(least, float), [0.025, 0.975])), abs=1e-12
        )
        intervals += 1
    assert intervals >= 3
    assert all(row.constant_interval is None for row in estimated(drawn).estimates)


def test_a_student_that_repeats_its_teacher_does_not_expand():
    """Its robust points reach no wrong label, whatever the others do."""
    stuck = 0
    for seed in SEEDS:
        drawn = draw(seed)
        drawn["students"][2] = drawn["teachers"][1]
        for row in estimated(drawn).estimates:
            if (row.statement, row.weak_model) == ("pseudolabel_correction_tight", "weak_1"):
                assert row.ratios[2] in (0, None)
                assert row.constant == 0 or row.ratios[2] is None
                stuck += row.constant == 0 and row.ratio not in (0, None)
    assert stuck >= 3


def test_without_a_target_there_are_agreements_only():
    drawn = draw(2)
    data = audit_data(drawn["features"], drawn["teachers"], weights=drawn["weights"])
    students = drawn["students"].astype(float)
    found = estimate(data, students, ExpansionOptions(neighbours=(3,), radius=(1.0,)))
    assert found.estimates == () and len(found.agreements) == 2 * STUDENTS
    assert found.neighbourhoods[0].truth_crossing is None
    assert "nobody knows which labels" in found.warnings[0]
    exact = Exact(drawn, 0, 1, "hard_error")
    exact.judged = exact.teaching = list(range(ROWS))
    row = found.agreements[STUDENTS + 1]
    assert (row.neighbourhood, row.weak_model) == ("r = 1", "weak_1")
    assert close(row.fragile, exact.fragile) and close(row.disagreement, exact.disagreement)


def test_reasons_for_no_bound():
    numbers = {"alpha": 0.2, "disagreement": 0.1, "fragile": 0.1}
    assert bounds.correction(0.0, 0.0, **numbers, left=0.5).value == pytest.approx(0.3)
    for changes, constant, reason in (
        ({"alpha": 0.0}, 1.0, bounds.CERTAIN),
        ({"alpha": 0.5}, 1.0, bounds.WRONG),
        ({"left": 0.04}, 1.0, bounds.DISAGREES),
        ({}, None, bounds.FREE),
    ):
        given = {**numbers, "left": 0.05, **changes}
        assert bounds.correction(constant, 0.05, **given) == (None, reason)
    assert bounds.correction(1.0, 0.05, **numbers, left=0.05).value is not None
    assert bounds.spread(0.0, 0.1, **numbers) == (None, bounds.STUCK)
    assert bounds.spread(1.0, 0.1, **{**numbers, "alpha": 1.0}) == (None, bounds.NOWHERE)
    assert bounds.spread(None, 0.1, **numbers).value == pytest.approx(0.2)


def test_the_published_table():
    """Table 1 of Lang et al.: c, alpha and disagreement give bounds of 0.05 and 0.37."""
    for c, alpha, d, bound in ((0.848, 0.11, 0.12, 0.05), (0.497, 0.33, 0.29, 0.37)):
        found = bounds.correction(c, 0.0, alpha=alpha, disagreement=d, fragile=0.0, left=1.0)
        assert found.value == pytest.approx(bound, abs=0.01)


def test_caveats_name_what_is_there():
    drawn = draw(4)
    sentences = estimated(drawn, radius=0.5).warnings
    alone = ROWS - sum(np.sum(drawn["features"] == x) > 1 for x in drawn["features"][:, 0])
    assert any(f"of {ROWS} points {alone} (r = 0.5) have no neighbour" in s for s in sentences)
    rows = len(estimated(drawn).estimates)
    few = sum(min(row.source, row.target) > 0 for row in estimated(drawn).estimates)
    assert any(f"{few} of {rows} pairs of regions have fewer than 30" in s for s in sentences)
    assert any("detected, not known" in s for s in sentences)
    assert not any("nearest of" in s or "far from a point" in s for s in sentences)
    assert any("nearest of 3 labels" in s for s in estimated(draw(4, 3)).warnings)


def test_results_can_be_replaced():
    found = estimated(draw(0))
    assert dataclasses.replace(found, warnings=()).estimates == found.estimates
