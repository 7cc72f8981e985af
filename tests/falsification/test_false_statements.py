"""The test of the tester: every false statement is refuted within a stated budget, no true one is."""

import pytest

from w2sjax.claims import REGISTRY
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.deciding import VIOLATED, decide
from w2sjax.falsification.false_statements import ELSEWHERE, UNUSED, false_statements, made
from w2sjax.falsification.refuting import refute
from w2sjax.falsification.shrinking import shrink
from w2sjax.language.rewriting import mutants

BUDGET = 20_000  # small instances, one seed
LARGEST = 5  # points of a shrunk counterexample: Theorem 4.2 of Lang et al. as printed needs five

FALSE = false_statements()
KEPT = ("dropped", "twin")  # of worlds, where a search takes seconds; all the others are slow
LONGEST = "coverage_expansion"  # whose search takes a minute
each = pytest.mark.parametrize(
    "false",
    [
        pytest.param(
            f,
            marks=[pytest.mark.slow]
            * (
                f.claim.name == LONGEST
                or (f.claim.setting.name == "expansion" and f.kind not in KEPT)
            ),
        )
        for f in FALSE
    ],
    ids=lambda false: false.title,
)


def test_the_collection_is_large():
    titles = {false.title for false in FALSE}
    assert len(titles) == len(FALSE) >= 280
    assert set(ELSEWHERE) <= titles
    # Every claim with an exact side has its share, and every exception is one.
    assert {f.claim.name for f in FALSE} == {c.name for c in REGISTRY if c.setting.exact}
    dropped = {f"{c.name} without {name}" for c in REGISTRY for name in c.droppable}
    assert all(any(title.endswith(unused) for title in dropped) for unused in UNUSED)


def test_what_is_made_of_a_tight_claim_breaks_there():
    claim = next(claim for claim in REGISTRY if claim.name == "gain_ceiling")
    stronger = [f for f in made(claim) if f.kind in {m.kind for m in mutants(claim)}]
    assert len(stronger) == 10
    assert all(decide(f.claim, claim.tight).outcome == VIOLATED for f in stronger)


def refuted(false):
    found = refute(false.claim, BUDGET)
    assert found is not None, f"not refuted in {BUDGET} instances"
    return found[0]


@each
def test_false_statements_are_refuted(false):
    assert confirm(false.claim, refuted(false)) is not None, "both engines confirm it"


@pytest.mark.slow
@each
def test_their_counterexamples_are_small(false):
    answer = confirm(false.claim, shrink(false.claim, refuted(false)))
    assert answer is not None
    assert answer.instance.size <= LARGEST
