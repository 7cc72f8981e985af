"""What the documentation keeps of results belongs to the claims of today."""

import dataclasses

import pytest

from w2sjax import REGISTRY
from w2sjax.falsification.counterexample import replay

pytest.importorskip("sphinx", reason="the extra `docs` is not installed")

from docs.generate import theorem  # noqa: E402
from docs.generate.results import Results  # noqa: E402
from docs.places import RESULTS  # noqa: E402


def test_a_new_claim_has_a_page_without_results(tmp_path):
    known = next(claim for claim in REGISTRY if claim.name == "misfit_gain")
    text = theorem.page(dataclasses.replace(known), Results(tmp_path))
    assert text.count("Not searched yet") >= 4 and "Not verified yet" in text
    assert "machine-checked" not in text


def test_what_is_kept_belongs_to_the_claims_of_today():
    """Files of claims that are gone or have changed would be shown to nobody."""
    results = Results(RESULTS)
    files = set((RESULTS / "counterexamples").glob("*.json"))
    for claim in REGISTRY:
        asked = [results.search(claim, drop=drop) for drop in claim.droppable]
        asked += [results.search(claim, twin=True)] if claim.setting.exact else []
        files -= {results.counterexample_file(one.claim) for one in asked if one.counterexample}
    assert not files


@pytest.mark.parametrize(
    "path", sorted((RESULTS / "counterexamples").glob("*.json")), ids=lambda p: p.stem
)
def test_counterexamples_are_confirmed_again(path):
    assert replay(path).counterexample
