"""The registry, the folder and the docstrings agree; every public name is documented."""

import dataclasses
import importlib
import inspect
import re
from pathlib import Path

import pytest

import w2sjax
from w2sjax import REGISTRY, SETS, Claim
from w2sjax.claims import Domain

FOLDER = Path(inspect.getfile(w2sjax)).parent / "claims"
HEADINGS = ("Setting.", "Statement.", "Reference.", "Numerics.")
MODULES = {
    path.stem: importlib.import_module(f"w2sjax.claims.{path.parent.name}.{path.stem}")
    for path in sorted(FOLDER.glob("*/*.py"))
    if re.search(r"^CLAIM\b", path.read_text(), re.MULTILINE)
}
each_module = pytest.mark.parametrize("name", MODULES)


def test_the_folder_is_the_registry():
    assert {claim.name for claim in REGISTRY} == set(MODULES)
    assert len(REGISTRY) == len(MODULES)
    for name, module in MODULES.items():
        assert module.CLAIM in REGISTRY
        assert module.CLAIM.name == name


def test_other_files_hold_no_claims():
    """A claim that nobody registers would never be checked."""
    for path in FOLDER.glob("*/*.py"):
        if path.stem not in MODULES:
            assert "Claim(" not in path.read_text(), path


@each_module
def test_docstring_has_the_headings_in_order(name):
    text = inspect.getdoc(MODULES[name])
    assert text is not None
    paragraphs = [part for part in text.split("\n\n") if part.startswith(HEADINGS)]
    assert [part.split(" ")[0] for part in paragraphs] == list(HEADINGS)
    assert re.match(r"[A-Z][^\n]*\.(\n\n|$)", text), "the first line is one sentence"


def plain(text):
    """LaTeX without what only breaks lines or spaces it."""
    return re.sub(r"\\[,;]|[\s${}]", "", text)


@each_module
def test_the_statement_is_in_the_docstring(name):
    text, claim = inspect.getdoc(MODULES[name]) or "", MODULES[name].CLAIM
    statement = text.split("Statement. ")[1].split("\n\nReference.")[0]
    assert plain(claim.statement) in plain(statement)


@each_module
def test_the_reference_is_in_the_docstring(name):
    text, claim = inspect.getdoc(MODULES[name]) or "", MODULES[name].CLAIM
    reference = text.split("Reference. ")[1].split("\n\nNumerics.")[0]
    assert re.search(r"\d{4}\.\d{5}", claim.reference) or "derived" in claim.reference
    for number in re.findall(r"\d{4}\.\d{5}", claim.reference):
        assert number in reference
    for number in re.findall(r"(?:Theorem|Claim|Lemma) \d+", claim.reference):
        assert number in " ".join(reference.split())
    assert ("derived" in claim.reference) == reference.startswith("Derived")


@pytest.mark.parametrize("claim", REGISTRY, ids=lambda claim: claim.name)
def test_claims_are_complete(claim):
    assert isinstance(claim, Claim) and isinstance(claim.domain, Domain)
    assert claim.title and claim.statement
    assert claim.false_twin is not claim.check
    assert claim.check.__doc__ and claim.false_twin.__doc__
    module = inspect.getmodule(inspect.unwrap(claim.check))
    assert module is not None and module.__name__.split(".")[-2] == claim.domain.name.split("/")[0]
    assert set(claim.sets or ()) <= set(SETS)
    for hypothesis in claim.hypotheses.values():
        assert hypothesis.description
        assert hypothesis.impose is not hypothesis.drop
    assert {field.name for field in dataclasses.fields(claim)} >= {"reference", "tight_at"}


@pytest.mark.parametrize("name", w2sjax._HOME)
def test_public_names_are_documented(name):
    value = getattr(w2sjax, name)
    home = importlib.import_module(f"w2sjax.{w2sjax._HOME[name]}")
    assert getattr(home, name) is value
    if isinstance(value, tuple | dict):
        assert home.__doc__ and name in home.__doc__
    else:
        assert value.__doc__ and not value.__doc__.startswith(f"{name}(")


def test_public_names_are_those_declared():
    declared = re.findall(r"import (\w+) as \1", inspect.getsource(w2sjax))
    assert set(declared) - {"_threads"} == set(w2sjax._HOME) == set(dir(w2sjax))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        w2sjax.nonsense  # noqa: B018
