"""Theorems for Coq: it accepts all claims about projections, by no axioms but those of the reals."""

import dataclasses
import re
import shutil
from fractions import Fraction

import pytest
from test_proofs import CLAIMS, proof_of
from typer.testing import CliRunner

from docs.generate.results import Results
from docs.places import RESULTS
from w2sjax.cli import app
from w2sjax.proving.coq import files
from w2sjax.proving.coq.script import Script
from w2sjax.proving.coq.theorem import Theorem

# An inequality, one with roots, an identity, and sides that are the same; Coq takes a second each.
SAMPLED = ("misfit_gain", "nonrealizable_gain", "pythagorean_identity", "convex_values")
OTHERS = [pytest.param(name, marks=pytest.mark.slow) for name in CLAIMS if name not in SAMPLED]
needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="there is no coqc")
AXIOMS = {
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("coq")


@pytest.mark.parametrize("name", CLAIMS)
def test_coq_is_on_record_for_every_claim(name):
    proof = proof_of(name)
    assert Results(RESULTS).accepted_by_coq(proof.claim, files.text(proof))


@needs_coq
@pytest.mark.parametrize("name", [*SAMPLED, *OTHERS])
def test_coq_accepts_every_claim(name, folder):
    answer = files.run(files.write(proof_of(name), folder))
    assert answer.accepted, answer.message
    said, _, axioms = answer.message.partition("Axioms:\n")
    assert said.startswith("checked by Coq")
    # What begins a line is a name; types are indented, or follow a colon.
    assert set(re.findall(r"^([^\s:]+)", axioms, re.MULTILINE)) <= AXIOMS
    assert axioms or "Closed under the global context" in said


@needs_coq
@pytest.mark.parametrize("name", ["misfit_gain", "gain_floor", "sharpened_gain"])
def test_coq_refuses_a_wrong_multiplier(name, folder):
    proof = proof_of(name)
    (certificate,) = proof.certificates
    first, *rest = certificate.used
    wrong = dataclasses.replace(first, multiplier=first.multiplier + Fraction(1, 2))
    theorem = Theorem(proof.claim)
    script = Script(theorem).lines([dataclasses.replace(certificate, used=(wrong, *rest))])
    path = folder / f"wrong_{name}.v"
    path.write_text(theorem.text(script))
    shutil.copyfile(files.LIBRARY, folder / files.LIBRARY.name)
    answer = files.run(path)
    # The identity of both sides is what fails: no tactic shows it.
    assert answer.accepted is False and "No applicable tactic" in answer.message


def test_a_theorem_is_stated_as_the_claim_states_it():
    written = files.text(proof_of("misfit_gain"))
    assert "convex V ->\n  is_projection V weak projection ->\n  V member ->" in written
    assert "(d projection member) <= ((d weak member) + (- (d projection weak)))" in written


def test_without_coq_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = files.run(files.write(proof_of("misfit_gain"), tmp_path))
    assert answer.accepted is None and answer.message == "not checked: no coqc"


def test_only_proofs_go_to_coq():
    with pytest.raises(ValueError, match="refuted; only a proof"):
        files.text(proof_of("misfit_gain", "exactness"))


@needs_coq
def test_a_page_says_that_the_proof_is_machine_checked(tmp_path):
    found = CliRunner().invoke(
        app, ["prove", "misfit_gain", "--out", str(tmp_path), "--coq", str(tmp_path / "coq")]
    )
    assert found.exit_code == 0 and "Axioms" in found.output
    page = (tmp_path / "misfit_gain.md").read_text()
    assert re.search(r"Machine-checked: checked by Coq 8\.\d+.*: misfit_gain\.v\.", page)
