"""The test of the tester: every false statement is refuted within a stated budget, no true one is."""

import itertools

import pytest
from false_statements import FALSE_STATEMENTS

from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.exact import decide
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.shrinking import shrink
from w2sjax.falsification.worlds.small import small_worlds

BUDGET = 20_000  # small instances, one seed
LARGEST = 4  # points of a shrunk counterexample


def test_the_collection_is_large():
    names = [name for name, _, _ in FALSE_STATEMENTS]
    assert len(set(names)) == len(names) >= 40


each = pytest.mark.parametrize(
    ("statement", "kind"),
    [(statement, kind) for _, statement, kind in FALSE_STATEMENTS],
    ids=[name for name, _, _ in FALSE_STATEMENTS],
)


def refuted(statement, kind):
    if statement.domain == "expansion":
        stream = small_worlds(statement, 0)
    else:
        stream = small_problems(statement, kind or "subspace", None, 0)
    for case in itertools.islice(stream, BUDGET):
        if decide(statement, case, (128,)).violated:
            return case
    pytest.fail(f"not refuted in {BUDGET} instances")


@each
def test_false_statements_are_refuted(statement, kind):
    assert confirm(statement, refuted(statement, kind)) is not None, "both engines confirm it"


@pytest.mark.slow
@each
def test_their_counterexamples_are_small(statement, kind):
    answer = confirm(statement, shrink(statement, refuted(statement, kind)))
    assert answer is not None
    assert answer.instance.size <= LARGEST
