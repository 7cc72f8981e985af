"""Symbols of projections: how they combine and are written, what they stand for, what is refused."""

from fractions import Fraction
from typing import Any

import pytest

from w2sjax import REGISTRY, Claim
from w2sjax.language.claims import Assumption
from w2sjax.language.files import from_json, to_json
from w2sjax.language.printing import LATEX, UNICODE, abbreviations, statement, written
from w2sjax.language.terms import quantity
from w2sjax.settings.projection import (
    AFFINE,
    CONVEX,
    EXACT,
    MEMBER,
    PROJECTION,
    REALIZABLE,
    SUBSPACE,
    best,
    between,
    d,
    gap,
    inner,
    member,
    off,
    outside,
    sampled,
    slip,
    student,
    target,
    weak,
)
from w2sjax.settings.projection.functions import LETTERS
from w2sjax.settings.projection.meaning import meaning_of

CLAIMS = {claim.name: claim for claim in REGISTRY if claim.setting is PROJECTION}


def claim(formula, *assumptions, **options):
    return Claim("t", "s", PROJECTION, formula, assumptions, **options)


@pytest.mark.parametrize(
    ("name", "expected"),
    {
        "convex_values": "d(λ u + (1 - λ) v, V) ≤ 0",
        "misfit_gain": "d(f_sw, f*) ≤ d(f_w, f*) - d(f_sw, f_w)",
        "gain_identity": "d(f_w, f*) - d(f, f*) = d(f, f_w) + 2 ⟨f_w - f, f - f*⟩",
        "inexact_gain": "d(q, f*) ≤ d(f_w, f*) - d(q, f_w) + 2 γ(q)",
        "root_distance_metric": "√d(f_w, f*) ≤ √d(f_w, h) + √d(h, f*)",
    }.items(),
)
def test_claims_in_the_letters_of_the_papers(name, expected):
    assert statement(CLAIMS[name], UNICODE) == expected


def test_letters():
    assert len(set(LETTERS.values())) == len(LETTERS)
    assert statement(CLAIMS["misfit_gain"].without("exactness"), UNICODE).startswith("d(f, f*)")
    assert abbreviations(CLAIMS["nonrealizable_gain"], LATEX) == [
        r"\kappa = d(\hat f, f_w) - d(f_{sw}, f_w)", r"\varepsilon = d(f_s, f^*)", r"D = \sqrt{d(f_w, f^*)}",
    ]  # fmt: skip
    writer = PROJECTION.written
    assert written(d(weak / 2 - 3 * target, -student), UNICODE, writer) == "d((1/2) f_w - 3 f*, -f)"
    assert written(inner(weak - weak, best), LATEX, writer) == r"\langle 0, f_s \rangle"


def test_functions_combine_linearly():
    assert weak - target + target == weak and (weak - weak).parts == ()
    assert 2 * (weak - target) / 4 == weak * Fraction(1, 2) - target * 0.5
    assert d(weak, target) == d(weak, 1 * target) and hash(d(weak, target)) == hash(
        d(weak, +1 * target)
    )
    anything: Any = weak
    wrong_function: Any = d(weak, target)
    for wrong in (lambda: anything + 1, lambda: weak * anything, lambda: anything <= target):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(TypeError, match="expected a function such as student|violates type hint"):
        d(weak, wrong_function)


def test_what_symbols_stand_for():
    formula = d(student, best) <= d(sampled, target)
    with_all = meaning_of(claim(formula, CONVEX, REALIZABLE, EXACT))
    assert with_all.used == {"projection", "member", "sampled"}
    assert with_all.members == ("truth", "student") and not with_all.pair
    alone = meaning_of(claim(formula))
    assert alone.pair and alone.used == {"stated", "best", "other", "target"}
    assert alone.members == ("truth", "other")
    assert meaning_of(claim(d(student, weak) <= 1, CONVEX, MEMBER)).members == ("student",)
    assert meaning_of(claim(d(student, weak) <= 1)).members == ()


def test_assumptions_on_the_class_say_which_sets():
    formula = d(student, weak) <= 1
    assert claim(formula, AFFINE).sets == ("subspace", "affine")
    assert claim(formula, SUBSPACE).sets == ("subspace",)
    assert claim(formula, CONVEX).sets is None
    assert claim(formula, AFFINE, sets=("affine",)).sets == ("affine",)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: claim(d(student, weak) <= 1, CONVEX, AFFINE), "one of convexity, affinity"),
        (lambda: claim(gap(student) <= 1), "over a convex class"),
        (lambda: claim(off(student) <= 1, CONVEX), "for an allowance only"),
        (lambda: claim(d(student, weak) <= quantity("P", "f")), "no quantity"),
        (lambda: claim(d(student, weak) <= 1, Assumption("luck", "")), "'luck' is none"),
    ],
)
def test_claims_without_sense_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_files_keep_combinations():
    made = claim(
        outside(weak / 3 - 2 * between) <= inner(weak - student, member), CONVEX, name="made"
    )
    assert from_json(to_json(made), PROJECTION).claim == (made.claim,)
    assert slip(student, target).data == ("slip", "student", "target")
    broken = to_json(made)
    broken["steps"][0][2] = ["outside", [["weak", 1]]]
    with pytest.raises(ValueError):
        from_json(broken, PROJECTION)
