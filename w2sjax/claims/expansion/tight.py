"""Small worlds at which the expansion claims hold with equality, below 1."""

import numpy as np

from w2sjax.claims.expansion.world import ABSTAINS, FiniteWorld, finite_world

STRATA, COVERAGE_STRATA, PRINTED_STRATA = 8, 7, 9  # groups of kinds in the domains


def _world(hard, teacher, classifier, edges, strata=STRATA, masses=None) -> FiniteWorld:
    """Give points of one true label unit mass, if no other, and the family one classifier."""
    count = len(hard)
    graph = np.zeros((count, count), bool)
    for first, second in edges:
        graph[first, second] = graph[second, first] = True
    return finite_world(
        masses=np.ones(count) if masses is None else masses,
        truth=np.zeros(count),
        teacher=teacher,
        hard=hard,
        neighbours=graph,
        classifiers=[classifier],
        strata=strata,
    )


def half_wrong() -> FiniteWorld:
    """Pair two hard points with two overlap points; f is wrong on one pair: 1/2 = 1/2."""
    return _world([1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 1, 0], [(0, 2), (1, 3)])


def half_wrong_third_taught_wrong() -> FiniteWorld:
    """Add an overlap point on which the teacher is wrong and f copies it: still 1/2 = 1/2."""
    return _world([1, 1, 0, 0, 0], [0, 0, 0, 0, 1], [1, 0, 1, 0, 1], [(0, 2), (1, 3)])


def half_paid_back() -> FiniteWorld:
    """Let the teacher be wrong on two of three hard points, and f repair one: 1/3 = 1/3.

    Of two overlap points the teacher is right on one, f on the same; dis_H = 1/3, eps_2 = 2/3, a = 1/2,
    and this half expands to half of the bad points, so c = 1.
    """
    return _world([1, 1, 1, 0, 0], [1, 1, 0, 0, 1], [0, 1, 0, 0, 1], [(0, 3)])


def covered() -> FiniteWorld:
    """Let the teacher abstain on the hard points of `half_wrong_third_taught_wrong`: 1/2 = 1/2."""
    teacher = [ABSTAINS, ABSTAINS, 0, 0, 1]
    edges = [(0, 2), (1, 3)]
    return _world([1, 1, 0, 0, 0], teacher, [1, 0, 1, 0, 1], edges, COVERAGE_STRATA)


def corrected() -> FiniteWorld:
    """Let the teacher be wrong on two of five points of S, and f repair one: 1/5 = 1/5.

    Here alpha = 2/5, c = 1/2 and c' = 5/8; the first point, of T, plays no part.
    """
    teacher = [ABSTAINS, 0, 0, 0, 1, 1]
    return _world([1, 0, 0, 0, 0, 0], teacher, [0, 0, 0, 0, 0, 1], [(1, 4)], COVERAGE_STRATA)


def three_quarters_right() -> FiniteWorld:
    """Let f be right on three quarters of the right labels and repair half of the wrong: 1/3 = 1/3.

    Here alpha = 1/3 and c = (1/2)/(3/4) = 2/3; the first point, of T, plays no part.
    """
    teacher, masses = [ABSTAINS, 0, 0, 1, 1], [1, 3, 1, 1, 1]
    labels = [0, 0, 1, 0, 1]
    return _world([1, 0, 0, 0, 0], teacher, labels, [(1, 3)], PRINTED_STRATA, masses)


def half_covered() -> FiniteWorld:
    """Let mistakes in T reach half of the right labels, the rest half of the wrong: 1/2 = 1/2.

    Here alpha = 1/3 and c = 1.
    """
    teacher, masses = [ABSTAINS, ABSTAINS, 0, 0, 1, 1], [1, 1, 2, 2, 1, 1]
    labels = [1, 0, 1, 0, 0, 1]
    edges = [(0, 2), (1, 4)]
    return _world([1, 1, 0, 0, 0, 0], teacher, labels, edges, PRINTED_STRATA, masses)
