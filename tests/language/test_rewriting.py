"""Stronger statements from formulas: which way a term works, what is left alone, false twins by search."""

import dataclasses

import pytest

from w2sjax.language import absolute, equal, maximum, named, sqrt
from w2sjax.language.claims import Claim
from w2sjax.language.printing import UNICODE, formula
from w2sjax.language.rewriting import CONSTANT, OMISSION, RATE, SIGN, default_twin, mutants, twin_of
from w2sjax.language.terms import quantity
from w2sjax.settings.bandits import BANDITS, K, T
from w2sjax.settings.projection import PROJECTION, d, inner, student, target, weak
from w2sjax.verification.lookup import claim_named

a, b, c = quantity("T"), quantity("K"), quantity("delta")


def changed(claimed, kind, setting=BANDITS):
    """Formulas of the mutants of a kind."""
    claim = Claim(title="", source="", setting=setting, claim=claimed, name="it")
    writer = setting.writer(claim)
    found = [m.claim for m in mutants(claim) if m.kind == kind]
    return [formula(one.comparisons, UNICODE, writer) for one in found]


def test_terms_move_in_the_direction_that_makes_a_claim_stronger():
    assert changed(a <= b - 2 * c, CONSTANT) == [
        "(101/100) T ≤ K - 2 δ",
        "T ≤ (99/100) K - 2 δ",
        "T ≤ K - (101/50) δ",
    ]
    assert changed(a >= b, CONSTANT) == ["(99/100) T ≥ K", "T ≥ (101/100) K"]
    assert changed(a <= b - 2 * c, OMISSION) == ["T ≤ -2 δ"]
    assert changed(a <= b + c, SIGN) == ["T ≤ -K + δ", "T ≤ K - δ"]
    assert len(changed(equal(a, b), CONSTANT)) == 4


@pytest.mark.parametrize(
    ("claimed", "wanted"),
    [
        # Through products, quotients, powers, roots: 1 is to be less above and more below.
        (a <= b * (1 + c), "T ≤ K (99/100 + δ)"),
        (a <= b / (1 + c), "T ≤ K / (101/100 + δ)"),
        (a <= (1 + c) ** 2, "T ≤ (99/100 + δ)²"),
        (a <= sqrt(1 + c), "T ≤ √(99/100 + δ)"),
        (a <= maximum(1, c), "T ≤ max(99/100, δ)"),
        (a - b * sqrt(1 + c) <= 0, "T - K √(99/100 + δ) ≤ 0"),
        # The name of a part stands for the part as it was.
        (a <= named("G", "G", 1 + c), "T ≤ 99/100 + δ"),
    ],
)
def test_directions_pass_through_operations(claimed, wanted):
    assert wanted in changed(claimed, CONSTANT)


def test_what_is_open_is_left_alone():
    """The sign of 1 - c is not known, nor that of an inner product."""
    assert changed(a <= b * (1 - c), CONSTANT)[1:] == [
        "T ≤ K (99/100 - δ)",
        "T ≤ K (1 - (101/100) δ)",
    ]
    assert changed(a <= absolute(b - c), CONSTANT)[1:] == ["T ≤ (99/100) |K - δ|"]
    distances = d(student, target) <= inner(weak, target)
    assert changed(distances, CONSTANT, PROJECTION) == ["(101/100) d(f, f*) ≤ ⟨f_w, f*⟩"]
    # A factor of what is compared with 0 changes nothing.
    assert changed(a <= 0, CONSTANT) == []


def test_rates_and_names():
    assert changed(a <= 2 * sqrt(b) / T, RATE) == ["T ≤ 2 K / T"]
    claim = Claim(title="", source="", setting=BANDITS, claim=a <= b + b, name="it")
    assert [m.title for m in mutants(claim)][:2] == ["it: K left out", "it: K left out (2)"]
    assert all(m.claim.twin and m.claim.name == "it" for m in mutants(claim))


def test_chains_change_in_one_place():
    first, *_ = changed((K <= T, T <= c), CONSTANT)
    assert first == "(101/100) K ≤ T ≤ δ"


def test_twins_are_the_stated_ones_or_found():
    claim = claim_named("misfit_gain")
    assert twin_of(claim).claim == claim.false_twin and twin_of(claim).twin
    found = dataclasses.replace(claim, false_twin=None)
    # The largest change comes first: a term less.
    assert default_twin(found) == (d(student, target) <= -d(student, weak))
    with pytest.raises(ValueError, match="false_twin"):
        default_twin(dataclasses.replace(found, claim=d(student, target) >= 0))
    with pytest.raises(ValueError, match="false_twin"):
        default_twin(dataclasses.replace(claim_named("monotone_gain"), false_twin=None))
