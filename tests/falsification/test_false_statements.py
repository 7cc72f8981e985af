"""The test of the tester: every false statement is refuted within a stated budget, no true one is."""

import pytest

from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.false_statements import FALSE_STATEMENTS, refute
from w2sjax.falsification.shrinking import shrink

BUDGET = 20_000  # small instances, one seed
LARGEST = 5  # points of a shrunk counterexample: Theorem 4.2 of Lang et al. as printed needs five


def test_the_collection_is_large():
    names = [name for name, _, _ in FALSE_STATEMENTS]
    assert len(set(names)) == len(names) >= 40


each = pytest.mark.parametrize(
    ("statement", "kind"),
    [(statement, kind) for _, statement, kind in FALSE_STATEMENTS],
    ids=[name for name, _, _ in FALSE_STATEMENTS],
)


def refuted(statement, kind):
    found = refute(statement, kind, BUDGET)
    assert found is not None, f"not refuted in {BUDGET} instances"
    return found[0]


@each
def test_false_statements_are_refuted(statement, kind):
    assert confirm(statement, refuted(statement, kind)) is not None, "both engines confirm it"


@pytest.mark.slow
@each
def test_their_counterexamples_are_small(statement, kind):
    answer = confirm(statement, shrink(statement, refuted(statement, kind)))
    assert answer is not None
    assert answer.instance.size <= LARGEST
