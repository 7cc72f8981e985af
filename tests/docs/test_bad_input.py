"""Every bad input of the reference page is refused in one line by every command that takes it."""

import tempfile
from pathlib import Path

import pytest

from docs.generate.bad_files import (
    FAULTS,
    KINDS,
    audited,
    changing,
    spoilt,
    tried,
    without_place,
)
from docs.generate.bad_usage import USAGES, called, examples, refused, typed
from docs.generate.data_formats import FORMATS
from w2sjax import load, load_classifiers
from w2sjax.auditing.checks import DataError

LOADERS = {"regression": load, "classifiers": load_classifiers}
OPTIONS = {"split": "0.3", "bootstrap": 9, "neighbours": [2]}  # read after the data


@pytest.fixture(scope="module")
def lines():
    return {(fault, kind, form): line for fault, kind, form, line in tried()}


def test_every_fault_is_refused_in_every_format_that_can_hold_it(lines):
    assert set(lines) == {(f, kind, form) for f in FAULTS for kind in KINDS for form in FORMATS}
    for form in FORMATS:
        refusals = sum(lines[fault, "regression", form] is not None for fault in FAULTS)
        assert refusals >= {".npy shards": 24, ".safetensors shards": 22}.get(form, 15), form
    for fault in FAULTS:
        for kind in LOADERS:
            unheard_of = fault == "a probability above 1" and kind == "regression"
            assert unheard_of != any(lines[fault, kind, form] for form in FORMATS), (fault, kind)


@pytest.mark.parametrize("kind", LOADERS)
def test_options_and_loaders_say_the_same(lines, kind):
    for form in (".npy shards", "Parquet files"):
        for fault in FAULTS:
            for given in (None, OPTIONS):
                line = lines[fault, kind, form]
                if line is not None:
                    assert said(fault, kind, form, given) == line, (fault, form, given)


def said(fault, kind, form, given):
    with tempfile.TemporaryDirectory() as folder:
        path, columns = spoilt(Path(folder), fault, kind, form)
        with changing(path, fault):
            if given is not None:
                loss = "kl" if kind == "classifiers" else "squared"
                return without_place(audited(path, {**columns, **given, "loss": loss}), path)
            with pytest.raises(DataError) as caught:
                LOADERS[kind](path, **columns)
            return without_place(str(caught.value), path)


def test_every_command_refuses_bad_usage():
    assert len(list(typed())) == sum(map(len, USAGES.values()))  # which raises for all else
    assert all("\n" not in line for _, line in called())


@pytest.mark.parametrize("option", ["--json found.json", "--out new", "--checkpoint records"])
def test_a_folder_that_is_read_only_is_named_before_anything_is_computed(monkeypatch, option):
    def denied(*given, **options):
        raise PermissionError(13, "Permission denied")

    with examples():
        monkeypatch.setattr("tempfile.TemporaryFile", denied)
        monkeypatch.setattr("pathlib.Path.mkdir", lambda *given, **options: None)
        for command in ("verify misfit_gain", "falsify misfit_gain", "audit data.npz"):
            if command.startswith("audit") and option.startswith("--checkpoint"):
                continue
            line = refused(f"{command} {option}")
            assert line.startswith(option.split()[0]) and "Permission denied" in line
