"""Theorems 4.1 and 4.2 of Lang et al. (arXiv:2405.16043) as printed: counterexamples, decided exactly.

The printed statements leave c free; docs/explanation/expansion.md says which step then fails, and what
repairs it.
"""

from fractions import Fraction as Q

import expansion_oracle
import pytest

from w2sjax.settings.expansion.finite_world import ABSTAINS, finite_world


def world(masses, teacher, edges, family):
    count = len(masses)
    graph = [[(i, j) in edges or (j, i) in edges for j in range(count)] for i in range(count)]
    made = finite_world(
        masses=masses,
        truth=[0] * count,
        teacher=teacher,
        hard=[label == ABSTAINS for label in teacher],
        neighbours=graph,
        classifiers=family,
    )
    return expansion_oracle.Oracle(made)


def parts(oracle):
    """S, S_good, S_bad, T, alpha, robust mistakes and non-mistakes of the family."""
    covered, silent = oracle.overlap, oracle.hard
    good = covered & oracle.taught()
    alpha = 1 - oracle.probability(good, covered)
    mistakes = [oracle.errors(g) & oracle.robust(g) for g in oracle.family]
    right = [oracle.robust(g) - oracle.errors(g) for g in oracle.family]
    return covered, good, covered - good, silent, alpha, mistakes, right


def expands(oracle, sets, target, source, c, q):
    """Whether the definition holds, and whether some set has more than q."""
    ratios = oracle.ratios([points & source for points in sets], target, source)
    above = [(u, n) for u, n in ratios if u > q]
    return all(n > c * u for u, n in above), bool(above)


def correction(oracle, c, q):
    """Theorem 4.1: hypotheses, whether they speak of any set, both sides."""
    covered, good, bad, _, alpha, _, right = parts(oracle)
    fragile = set(oracle.points) - oracle.robust(oracle.family[0])
    disagreement = oracle.disagreement()
    expanding, speaks = expands(oracle, right, bad, good, c, q)
    lost = oracle.probability(disagreement | fragile, covered)
    assumed = [0 < alpha < Q(1, 2), expanding, q < Q(3, 4) * (1 - 2 * alpha)]
    assumed.append(lost <= (1 - alpha + 3 * c * alpha) / 4)
    bound = 2 * alpha / (1 - 2 * alpha) * oracle.probability(fragile, covered)
    bound += oracle.probability(disagreement, covered) + alpha * (1 - Q(3, 2) * c)
    error = oracle.probability(oracle.errors(oracle.family[0]), covered)
    return all(assumed), speaks, error, bound


def spreading(oracle, c, q):
    """Theorem 4.2: hypotheses, whether both speak of any set, both sides."""
    covered, good, bad, silent, alpha, mistakes, right = parts(oracle)
    fragile = set(oracle.points) - oracle.robust(oracle.family[0])
    disagreement = oracle.probability(oracle.disagreement(), covered)
    lost = oracle.probability(fragile, silent)
    first, speaks = expands(oracle, mistakes, good, silent, c, q)
    second, too = expands(oracle, right, bad, silent, c, q)
    assumed = [0 < alpha < Q(1, 2), first, second]
    assumed.append(disagreement + lost < c * (1 - q - alpha))
    bound = (1 + alpha / (1 - 2 * alpha)) * lost
    bound += max(q, (disagreement - c * alpha) / (c * (1 - 2 * alpha)))
    return all(assumed), speaks and too, oracle.error(), bound


# A point of T that nothing touches, so that there is one.
IDLE = ABSTAINS


@pytest.mark.parametrize(
    ("masses", "edges", "family", "c", "speaks", "sides"),
    [
        # Nobody is right anywhere: no set has more than q, so c is any number.
        ([1, 1, 1, 1], [], [[0, 1, 1, 1]], Q(2), False, (Q(1), Q(0))),
        # Another member's set expands fivefold, f's own is empty.
        ([1, 1, 4, 2], [(1, 3)], [[0, 1, 1, 1], [0, 0, 1, 0]], Q(3), True, (Q(1), Q(-2, 7))),
    ],
    ids=["vacuous", "expanding"],
)
def test_pseudolabel_correction_as_printed_is_false(masses, edges, family, c, speaks, sides):
    found = correction(world(masses, [IDLE, 0, 0, 1], edges, family), c, Q(0))
    assert found == (True, speaks, *sides) and sides[0] > sides[1]


@pytest.mark.parametrize("alpha_mass", [1, 2, 3])
@pytest.mark.parametrize("beyond", [Q(1, 50), Q(1, 2), Q(3)])
def test_the_limit_of_pseudolabel_correction_is_sharp(alpha_mass, beyond):
    """Beyond c = 2 (1 - alpha) a lone f, right on a little less than q allows, is a counterexample."""
    alpha = Q(alpha_mass, 8)
    c = 2 * (1 - alpha) + beyond
    least = max(Q(3, 4) * (1 - c * alpha / (1 - alpha)), Q(0))
    u = (least + Q(3, 4) * (1 - 2 * alpha)) / 2
    right, total = u.numerator, u.denominator
    masses = [1, right * (8 - alpha_mass), (total - right) * (8 - alpha_mass), total * alpha_mass]
    made = world(masses, [IDLE, 0, 0, 1], [], [[0, 0, 1, 1]])
    applies, speaks, error, bound = correction(made, c, u)
    assert applies and not speaks and error > bound
    assert not correction(made, 2 * (1 - alpha), u)[0], (
        "at the limit f and the teacher disagree too much"
    )


def test_five_points_and_three_labels_refute_coverage_expansion():
    edges, f, g = [(1, 3), (2, 3)], [0, 1, 2, 1, 1], [1, 0, 1, 0, 0]
    teacher = [ABSTAINS] * 3 + [0, 1]
    for more, family, speaks in (([], [f], False), ([(1, 4)], [f, g], True)):
        made = world([1, 2, 1, 5, 1], teacher, edges + more, family)
        found = spreading(made, Q(15, 8), Q(1, 4))
        assert found == (True, speaks, Q(3, 4), Q(35, 48))
        # The repaired hypothesis, enough for every c, fails.
        assert Q(5, 6) + Q(15, 8) * Q(5, 6) * Q(1, 4) >= Q(15, 8) * (1 - Q(1, 4) - Q(1, 6))


def test_coverage_expansion_as_printed_is_false():
    """T holds f's robust mistakes (2), a mistake that is not robust (1) and a point it gets right (1)."""
    edges = [(0, 3), (1, 4), (0, 5)]
    family = [[1, 1, 0, 1, 0, 1], [0, 1, 1, 0, 0, 0]]
    oracle = world([2, 1, 1, 4, 1, 1], [ABSTAINS] * 3 + [0, 0, 1], edges, family)
    found = spreading(oracle, Q(19, 12), Q(1, 4))
    assert found == (True, True, Q(3, 4), Q(211, 304)) and found[2] > found[3]
    # The step that fails needs c (1 - alpha) <= 1.
    assert Q(19, 12) * (1 - Q(1, 6)) > 1
