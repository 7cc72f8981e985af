"""Proofs about Bregman geometry: which claims have one, and that conditions hold on instances."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from w2sjax.claims import REGISTRY
from w2sjax.language.rewriting import mutants
from w2sjax.proving.bregman.reading import divergence, potential, product, pull
from w2sjax.proving.certificate import WrongCertificateError
from w2sjax.proving.expressions import NotOfThisKindError
from w2sjax.proving.pages import markdown, text
from w2sjax.proving.proof import NEITHER, PROVED, REFUTED, from_file, prove
from w2sjax.proving.sharpening import sharpen

CLAIMS = {claim.name: claim for claim in REGISTRY if claim.setting.name == "bregman"}
PROVABLE = sorted(name for name in CLAIMS if not name.startswith("combination"))
# Nothing of these proofs uses the assumption.
NEEDLESS = {"bregman_inexact_gain": {"convexity", "any student"}}
OPEN = "bregman_dual_gain", "weak model first"  # has no exact side
each = pytest.mark.parametrize("name", PROVABLE)


@each
def test_it_is_proved_and_only_with_its_assumptions(name, tmp_path):
    proof = prove(name)
    assert proof.outcome == PROVED
    proof.save(tmp_path / "proof.json")
    from_file(tmp_path / "proof.json").check()
    for written in (text(proof), markdown(proof)):
        assert "proved" in written
    claim = CLAIMS[name]
    for drop in claim.droppable:
        needless = drop in NEEDLESS.get(name, ())
        try:
            expected = PROVED if needless else NEITHER if (name, drop) == OPEN else REFUTED
            assert prove(name, drop=drop).outcome == expected, drop
        except NotOfThisKindError:
            assert name == "head_law_inexact"


@each
def test_its_twin_and_mutants_are_not(name):
    assert prove(name, twin=True).outcome == REFUTED
    assert any(prove(one.claim).outcome == REFUTED for one in mutants(CLAIMS[name]))


def test_a_certificate_with_a_fault_is_refused():
    proof = prove("bregman_gain")
    (certificate,) = proof.certificates
    (used,) = certificate.used
    for multiplier in (used.multiplier + 1, -used.multiplier, Fraction(0)):
        wrong = dataclasses.replace(
            certificate, used=(dataclasses.replace(used, multiplier=multiplier),)
        )
        with pytest.raises(WrongCertificateError):
            dataclasses.replace(proof, certificates=(wrong,)).check()


def test_combinations_are_of_another_kind():
    for name in ("combination_error", "combination_gain"):
        with pytest.raises(NotOfThisKindError):
            prove(name)
    with pytest.raises(ValueError, match="unknown constant"):
        sharpen(CLAIMS["bregman_gain"])


def exact(numbers):
    return Fraction(float(np.mean(numbers)))


def test_forms_are_divergences_and_products():
    """KL of random probabilities, from the numbers that proofs speak of."""
    source = np.random.default_rng(0)
    values = dict(zip("uvw", source.dirichlet(np.ones(4), size=(3, 5)), strict=True))
    known = {}
    for i, a in values.items():
        known[potential(i).terms[0][0]] = exact(np.sum(a * np.log(a), axis=1))
        for j, b in values.items():
            known[product(i, j).terms[0][0]] = exact(np.sum(np.log(a) * b, axis=1))
    u, v, w = values.values()
    expected = np.mean(np.sum(u * np.log(u / v), axis=1))
    assert float(divergence("u", "v").at(known)) == pytest.approx(expected)
    turned = np.mean(np.sum(np.log(w) * (u - v), axis=1))
    assert float(pull("w", "u", "v").at(known)) == pytest.approx(turned)
