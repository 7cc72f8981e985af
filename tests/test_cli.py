"""The command line in one process: exit codes, output, and one line of help for every mistake."""

import json
import re
import subprocess
import sys
from typing import Any

import jax
import numpy as np
import pytest
from typer.testing import CliRunner

import w2sjax
from w2sjax import REGISTRY, SETS
from w2sjax.cli import app, main
from w2sjax.language.printing import UNICODE, statement
from w2sjax.machine.doctor import EXTRAS
from w2sjax.verification.lookup import left_out

QUICK = ["verify", "misfit_gain", "--set", "subspace", "--instances", "500"]


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_help_needs_no_heavy_module():
    """The modules are counted rather than the time."""
    program = (
        "import sys, w2sjax.cli\n"
        "try: w2sjax.cli.app(['--help'])\n"
        "except SystemExit as stop: print(stop.code, sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    code, modules = done.stdout.splitlines()[-1].split(" ", 1)
    assert code == "0"
    for command in ("verify", "list", "doctor", "audit"):
        assert command in done.stdout
    assert "'w2sjax.cli'" in modules
    for heavy in ("jax", "matplotlib", "scipy", "numpy"):
        assert f"'{heavy}'" not in modules


def test_nothing_shows_the_help():
    done = invoke()
    assert done.exit_code == 2
    assert "verify" in done.output


def test_list_names_every_claim_assumption_and_set():
    done = invoke("list")
    assert done.exit_code == 0 and not done.stderr
    for claim in REGISTRY:
        assert claim.name in done.stdout and statement(claim, UNICODE) in done.stdout
        for name in claim.droppable:
            assert f"--drop '{name}'" in done.stdout
    for name in SETS:
        assert name in done.stdout


def test_doctor():
    done = invoke("doctor")
    assert done.exit_code == 0 and not done.stderr
    for expected in (jax.__version__, "device", "double", *EXTRAS):
        assert expected in done.stdout
    assert "nothing" in done.stdout  # the extra that these tests need is complete


def test_verify(tmp_path):
    path = tmp_path / "found.json"
    done = invoke(*QUICK, "--seed", 3, "--json", path)
    assert done.exit_code == 0, done.output
    assert "misfit_gain" in done.stdout and "subspace" in done.stdout
    assert not done.stderr
    (row,) = json.loads(path.read_text())
    assert row["claim"] == "misfit_gain" and row["set"] == "subspace"
    assert row["instances"] == 500 == row["equal"]  # an identity over a subspace
    assert row["violated"] == 0 and row["seed"] == 3
    assert row["versions"]["jax"] == jax.__version__
    for family in ("features:", "weights:", "weak:"):
        rows = [counts for name, counts in row["strata"].items() if name.startswith(family)]
        assert sum(sum(counts.values()) for counts in rows) == 500


def test_a_violation_is_exit_code_one(tmp_path):
    path, records = tmp_path / "found.json", tmp_path / "records"
    arguments = (*QUICK, "--drop", "realizability", "--json", path, "--checkpoint", records)
    done = invoke(*arguments)
    assert done.exit_code == 1, done.output
    (row,) = json.loads(path.read_text())
    assert row["violated"] > 50
    assert row["least_slack"] < 0 and row["tightness"] > 1
    assert str(row["violated"]) in done.stdout
    assert len(list(records.iterdir())) == 1
    again = invoke(*arguments)  # from the record: nothing is computed
    assert again.exit_code == 1
    (resumed,) = json.loads(path.read_text())
    assert resumed["compile_seconds"] == resumed["seconds"] == 0
    assert {**resumed, "compile_seconds": 0, "seconds": 0} == {
        **row, "compile_seconds": 0, "seconds": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["luck"], "claim: there is no 'luck'; known are average_floor, convex_values"),
        (["misfit_gain", "--set", "moon"], "set: there is no 'moon'; did you mean 'monotone'?"),
        (["misfit_gain", "--set", "l2_ball:-1"], "l2_ball needs a positive radius, got -1.0"),
        (["misfit_gain", "--set", "polyhedron:gone.npz"], "gone.npz of polyhedron cannot be read"),
        (["misfit_gain", "--set", "bounded_values", "--drop", "luck"], "has no assumption 'luck'"),
        (["misfit_gain", "--set", "subspace", "--instances", "0"], "instances: expected at least"),
        (["pythagorean_identity", "--set", "box"], "sets: none of the claims ['pythagorean_iden"),
        (["misfit_gain", "--json", "no/such/folder.json"], "--json: there is no folder no/such"),
        (["misfit_gain", "--json", "."], "--json: . is a folder"),
        (
            ["misfit_gain", "--checkpoint", "/dev/null/x"],
            "--checkpoint: cannot write in /dev/null/x",
        ),
    ],
)
def test_bad_input_is_exit_code_two(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = invoke("verify", *arguments)
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("error: ") and message in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not done.stdout
    assert not list(tmp_path.iterdir())


def test_what_is_left_out_is_said():
    names = ("convex_values", "pythagorean_identity", "expansion_core")
    done = invoke("verify", *names, "--set", "bounded_values", "--instances", "20")
    assert done.exit_code == 0, done.output
    idle = "pythagorean_identity, expansion_core"
    line = "left out, as stated for none of the sets asked for (bounded_values): "
    assert done.stdout.count("left out") == 1 and f"{line}{idle}\n" in done.stdout
    assert left_out(names, ["bounded_values", "box"]) == [
        f"left out, as stated for none of the sets asked for (bounded_values, box): {idle}"
    ]
    assert left_out(["pythagorean_identity"], ["subspace", "box"]) == [
        "left out, as none of the claims is stated for it: box"
    ]


def test_a_damaged_checkpoint_is_exit_code_two(tmp_path):
    arguments = ("verify", "convex_values", "--set", "bounded_values", "--instances", "20")
    assert invoke(*arguments, "--checkpoint", tmp_path).exit_code == 0
    (path,) = tmp_path.glob("*/*")
    path.write_bytes(path.read_bytes()[:-50])
    done = invoke(*arguments, "--checkpoint", tmp_path)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: checkpoint: {path} cannot be read")


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "--instances", "many"],
        ["verify", "--seed", "-1"],
        ["verify", "--seed", str(2**63)],
        ["verify", "--moon"],
        ["audit"],
        ["audit", "data.npz", "--seed", str(2**63)],
        ["audit", "data.npz", "--bootstrap", "x"],
        ["moon"],
    ],
)
def test_bad_options_are_exit_code_two(arguments):
    done = invoke(*arguments)
    assert done.exit_code == 2
    assert "Error" in done.stderr and not done.stdout


ROWS = 20


@pytest.fixture
def data(tmp_path):
    """Save a tiny audit, with changes, and return its path."""

    def save(**changes):
        generator = np.random.default_rng(0)
        features = generator.normal(size=(ROWS, 2))
        target = features @ np.ones(2) + generator.normal(size=ROWS)
        weak = target + generator.normal(size=(2, ROWS))
        arrays: dict[str, Any] = {
            "strong_features": features,
            "weak_predictions": weak,
            "target": target,
        }
        np.savez(tmp_path / "data.npz", **(arrays | changes))
        return tmp_path / "data.npz"

    return save


def test_audit(data, tmp_path):
    done = invoke("audit", data(), "--json", tmp_path / "audit.json")
    assert done.exit_code == 0, done.output
    assert not done.stderr
    report = json.loads((tmp_path / "audit.json").read_text())
    assert [model["name"] for model in report["models"]] == ["weak_0", "weak_1"]
    for name in ("weak_0", "weak_1"):
        assert name in done.stdout


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"weak_predictions": np.zeros((2, ROWS + 1))}, [], "weak_predictions"),
        ({"target": np.full(ROWS, np.nan)}, [], "target"),
        ({}, ["--set", "moon"], "set: there is no 'moon'"),
        ({}, ["--split", "2"], "split"),
        ({}, ["--bootstrap", "-1"], "bootstrap"),
    ],
)
def test_audit_of_bad_input(data, changes, options, message):
    done = invoke("audit", data(**changes), *options)
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("error: ") and message in done.stderr
    assert not done.stdout


def test_audit_of_no_file(tmp_path):
    done = invoke("audit", tmp_path / "gone.npz")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ") and "gone.npz" in done.stderr


def test_the_script_is_this_command_line():
    """`pip` makes `w2sjax` of it."""
    from importlib import metadata

    scripts = metadata.entry_points(group="console_scripts", name="w2sjax")
    if not scripts:
        pytest.skip("w2sjax is not installed here")
    assert {script.value for script in scripts} == {"w2sjax.cli:main"}
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", metadata.version("w2sjax"))
    assert w2sjax.__doc__


def test_a_bug_is_exit_code_three(monkeypatch, capsys):
    def broken(*arguments, **options):
        raise RuntimeError("a bug")

    monkeypatch.setattr("w2sjax.verification.overview.claims_text", broken)
    monkeypatch.setattr(sys, "argv", ["w2sjax", "list"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 3
    assert "RuntimeError: a bug" in capsys.readouterr().err
