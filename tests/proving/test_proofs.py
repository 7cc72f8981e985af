"""Proofs and counterexamples: all claims, their mutants, random statements, and certificates with a fault."""

import copy
import functools
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from w2sjax.claims import REGISTRY
from w2sjax.falsification.counterexample import replay
from w2sjax.language import maximum, sqrt
from w2sjax.language.claims import Claim
from w2sjax.language.rewriting import mutants
from w2sjax.proving import proof as proofs
from w2sjax.proving.certificate import WrongCertificateError
from w2sjax.proving.expressions import NotOfThisKindError
from w2sjax.proving.forms import Form, pair, squares
from w2sjax.proving.pages import markdown, text
from w2sjax.proving.proof import NEITHER, PROVED, REFUTED, Proof, prove
from w2sjax.settings.projection import (
    AFFINE,
    CONVEX,
    EXACT,
    MEMBER,
    PROJECTION,
    REALIZABLE,
    SUBSPACE,
    best,
    d,
    gap,
    inner,
    member,
    other,
    sampled,
    student,
    target,
    weak,
)

CLAIMS = {claim.name: claim for claim in REGISTRY if claim.setting.name == "projection"}
# Nothing of these proofs uses the assumption: they are theorems without it.
NEEDLESS = {
    "inexact_gain": {"convexity", "any student"},
    "sharpened_gain": {"convexity"},
}
each = pytest.mark.parametrize("name", CLAIMS)


def made(claim, *assumptions, name="mine") -> Claim:
    return Claim(
        title="mine",
        source="mine",
        setting=PROJECTION,
        claim=claim,
        assumptions=assumptions,
        name=name,
    )


@functools.cache
def proof_of(name: str, drop: str | None = None) -> Proof:
    return prove(CLAIMS[name], drop=drop, shrink_seconds=1)


@each
def test_every_claim_is_proved_and_refuted_without_what_it_needs(name):
    found = proof_of(name)
    assert found.outcome == PROVED
    found.check()
    for drop in CLAIMS[name].droppable:
        needless = drop in NEEDLESS.get(name, ())
        assert proof_of(name, drop).outcome == (PROVED if needless else REFUTED)


@each
def test_every_false_twin_is_refuted(name):
    found = prove(CLAIMS[name], twin=True, shrink_seconds=0)
    assert found.outcome == REFUTED and found.counterexample is not None


@each
def test_mutants_are_refuted_or_another_kind(name):
    """Every fifth; of Theorem 2 with its roots some are open: they survive every search so far."""
    for mutant in list(mutants(CLAIMS[name]))[:: 1 if name in ("misfit_gain", "gain_floor") else 5]:
        try:
            found = prove(mutant.claim, shrink_seconds=0)
        except NotOfThisKindError:
            continue
        assert found.outcome == REFUTED or (
            name == "nonrealizable_gain" and found.outcome == NEITHER
        )


@each
def test_a_file_is_checked_again(name, tmp_path):
    proof_of(name).save(tmp_path / "proof.json")
    again = proofs.from_file(tmp_path / "proof.json")
    again.check()
    assert again.certificates == proof_of(name).certificates


def test_a_counterexample_is_replayed(tmp_path):
    found = proof_of("misfit_gain", "exactness").counterexample
    assert found is not None
    found.save(tmp_path / "found.json")
    assert replay(tmp_path / "found.json").counterexample


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """List where numbers stand in plain objects."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in entries:
        if isinstance(one, dict | list):
            yield from places(one, (*path, key))
        elif isinstance(one, str) and one.lstrip("-").replace("/", "").isdigit():
            yield (*path, key)


@pytest.mark.parametrize("name", ["gain_tradeoff", "nonconvex_error", "sharpened_gain"])
def test_a_certificate_with_any_number_changed_is_rejected(name, tmp_path):
    fields, changed = proof_of(name).to_json(), 0
    for path in places(fields["certificates"]):
        wrong = copy.deepcopy(fields)
        at = wrong["certificates"]
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = str(Fraction(at[path[-1]]) + Fraction(1, 7))
        (tmp_path / "wrong.json").write_text(json.dumps(wrong))
        with pytest.raises((WrongCertificateError, ValueError)):
            proofs.from_file(tmp_path / "wrong.json").check()
        changed += 1
    assert changed >= 8


def test_a_proof_of_something_else_is_rejected():
    borrowed = Proof(CLAIMS["gain_floor"], proof_of("gain_tradeoff").certificates)
    with pytest.raises(WrongCertificateError):
        borrowed.check()
    for none in (Proof(CLAIMS["gain_floor"]), proof_of("misfit_gain", "exactness")):
        with pytest.raises(WrongCertificateError, match="one certificate for each"):
            none.check()


def test_the_checker_needs_fractions_alone():
    code = (
        "import sys, w2sjax.proving.certificate, w2sjax.proving.reading; "
        "print([m for m in ('numpy', 'scipy', 'clarabel', 'jax', 'flint') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


VECTORS = (weak, target, student, best, member, other)


def random_terms(draws: random.Random, lowest: int) -> Any:
    """Add up conditions with multipliers and squares: at least 0 for every convex class."""
    conditions = [-inner(weak - student, u - student) for u in (best, member, other)] + [
        -inner(target - best, u - best) for u in (student, member, other)
    ]
    total: Any = 0
    for one in draws.sample(conditions, draws.randint(1, 4)):
        total = total + Fraction(draws.randint(1, 12), draws.randint(1, 5)) * one
    for _ in range(draws.randint(lowest, 3)):
        shares = [Fraction(draws.randint(-3, 3), draws.randint(1, 3)) for _ in VECTORS[1:]]
        function = sum(
            (x * (v - weak) for x, v in zip(shares, VECTORS[1:], strict=True)), weak - weak
        )
        total = total + Fraction(draws.randint(1, 9), draws.randint(1, 4)) * inner(
            function, function
        )
    return total


def test_random_true_statements_are_proved():
    draws, outcomes = random.Random(5), []
    for _ in range(120):
        found = prove(made(random_terms(draws, 0) >= 0, CONVEX, EXACT), shrink_seconds=0)
        outcomes.append(found.outcome)
    assert REFUTED not in outcomes and outcomes.count(PROVED) >= 0.99 * len(outcomes)


def test_less_than_random_true_statements_is_refuted_or_rightly_proved():
    draws, outcomes = random.Random(6), []
    for _ in range(40):
        less = random_terms(draws, 0) - d(weak, member) / draws.choice((3, 100))
        found = prove(made(less >= 0, CONVEX, EXACT), shrink_seconds=0)
        if found.outcome == PROVED:
            found.check()
        outcomes.append(found.outcome)
    assert NEITHER not in outcomes and outcomes.count(REFUTED) >= 20


KNOWN = {
    "roots of errors": (
        sqrt(d(student, target)) <= sqrt(d(weak, target)) + sqrt(d(best, target)),
        (CONVEX, EXACT),
        PROVED,
    ),
    "roots of errors, without convexity": (
        sqrt(d(student, target)) <= sqrt(d(weak, target)) + sqrt(d(best, target)),
        (EXACT,),
        REFUTED,
    ),
    "a root that makes the left side larger": (
        2 * sqrt(d(student, weak) * d(student, target)) <= d(weak, target),
        (CONVEX, REALIZABLE, EXACT),
        PROVED,
    ),
    "it is less than a tenth of that": (
        20 * sqrt(d(student, weak) * d(student, target)) <= d(weak, target),
        (CONVEX, REALIZABLE, EXACT),
        REFUTED,
    ),
    "a gap that makes the claim stronger": (
        d(student, target) + 2 * gap(student) >= 0,
        (CONVEX, MEMBER),
        PROVED,
    ),
    "gaps are at most ...": (gap(sampled) <= d(sampled, weak), (CONVEX, MEMBER), REFUTED),
    "functions themselves, on a subspace": (
        d(weak, 0 * weak) >= d(student, 0 * weak),
        (SUBSPACE, EXACT),
        PROVED,
    ),
    "functions themselves, on a convex class": (
        d(weak, 0 * weak) >= d(student, 0 * weak),
        (CONVEX, EXACT),
        REFUTED,
    ),
    "an affine class contains the function 0": (
        inner(weak - student, student) <= 0,
        (AFFINE, EXACT),
        PROVED,
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_answers(name):
    claimed, assumptions, expected = KNOWN[name]
    found = prove(made(claimed, *assumptions), shrink_seconds=0)
    assert found.outcome == expected, text(found)
    if expected == PROVED:
        found.check()


def test_a_condition_is_used():
    claimed = d(student, target) <= d(weak, target) - d(student, weak) / 5
    where = (d(best, target) <= d(student, weak) / 16,)
    found = Claim(
        title="mine", source="mine", setting=PROJECTION, claim=claimed, where=where,
        assumptions=(CONVEX, EXACT), name="mine",
    )  # fmt: skip
    assert prove(found).outcome == PROVED
    assert prove(made(claimed, CONVEX, EXACT), shrink_seconds=0).outcome == REFUTED


REFUSED = {
    "maximum": (maximum(d(weak, target), d(student, weak)) >= 0, (CONVEX, EXACT)),
    "irrational": (d(weak, target) * sqrt(2) >= 0, ()),
    "not linear": (d(weak, target) * d(student, weak) >= 0, (CONVEX, EXACT)),
    "0 or infinite": (gap(sampled) >= 0, (AFFINE, MEMBER)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_other_statements_are_refused_with_a_reason(what):
    claimed, assumptions = REFUSED[what]
    with pytest.raises(NotOfThisKindError, match=what):
        prove(made(claimed, *assumptions))


def test_a_claim_of_another_setting_is_refused():
    with pytest.raises(NotOfThisKindError, match="only statements about projections"):
        prove("hard_error")


def test_squares_are_those_of_the_matrix():
    draws = np.random.default_rng(3)
    for size in (1, 2, 4):
        factor = draws.integers(-3, 4, (size, size))
        matrix = [[Fraction(int(x)) for x in row] for row in factor @ factor.T]
        found = squares(matrix)
        assert found is not None
        vectors = [(float(factor), np.array(vector, float)) for factor, vector in found]
        total = sum((f * np.outer(v, v) for f, v in vectors), np.zeros((size, size)))
        assert np.allclose(total, np.array(matrix, float))
        matrix[0][0] -= matrix[0][0] + 1
        assert squares(matrix) is None


def test_pages_say_what_is_used(capsys):
    page = markdown(proof_of("misfit_gain"))
    assert r"\langle f_w - f_{sw}, f^* - f_{sw} \rangle \le 0" in page and "| $2$ |" in page
    assert "2 × (⟨f_w - f_sw, f* - f_sw⟩ ≤ 0)" in text(proof_of("misfit_gain"))
    assert Form(((pair("b", "a"), Fraction(1)),))[("a", "b")] == 1
