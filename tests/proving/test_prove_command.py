"""The commands `prove` and `sharpen`: exit codes, files, what they print."""

import json
import sys

import pytest
from typer.testing import CliRunner

from w2sjax.claims import REGISTRY
from w2sjax.cli import app

FILE = """
import w2sjax
from w2sjax import Claim
from w2sjax.settings.projection import CONVEX, EXACT, PROJECTION, best, d, student, target, weak

a, c = w2sjax.unknown("a"), w2sjax.unknown("c")
gain = d(weak, target) - d(student, target)
common = dict(source="mine", setting=PROJECTION, assumptions=(CONVEX, EXACT))
true = Claim(title="true", claim=gain >= -d(best, target), **common)
false = Claim(title="false", claim=gain >= -d(best, target) / 2, **common)
floor = Claim(title="floor", claim=gain >= -c * d(best, target), **common)
trade = Claim(title="trade", claim=gain >= a * d(student, weak) - c * d(best, target), **common)
never = Claim(title="never", claim=d(student, target) <= c * d(student, weak), **common)
"""


@pytest.fixture
def run(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE)

    def call(command, name, *options):
        where = f"{file}::{name}" if name in ("true", "false", "floor", "trade", "never") else name
        found = CliRunner().invoke(
            app, [command, *([str(where)] if name else []), *map(str, options)]
        )
        return found.exit_code, found.output

    return call


@pytest.mark.parametrize(
    ("name", "options", "code", "said"),
    [
        ("true", (), 0, "proved"),
        ("false", (), 1, "A counterexample"),
        ("misfit_gain", ("--drop", "exactness"), 1, "without exactness: refuted"),
        ("misfit_gain", ("--twin",), 1, "false twin"),
        ("nonrealizable_gain", (), 0, "Cauchy-Schwarz, as"),
        ("hard_error", (), 2, "only statements about projections"),
        ("floor", (), 2, "w2sjax sharpen finds the best one"),
        ("unheard_of", (), 2, "there is no"),
        ("", (), 2, "either a claim or --all"),
        ("", ("--all", "--twin"), 2, "no --drop or --twin"),
    ],
)
def test_prove(run, name, options, code, said):
    found = run("prove", name, *options)
    assert found[0] == code and said in found[1], found


def test_prove_writes_what_replay_checks(run, tmp_path):
    out, file = tmp_path / "out", tmp_path / "all.json"
    assert run("prove", "true", "--out", out, "--json", file)[0] == 0
    assert json.loads(file.read_text())["outcome"] == "proved" and (out / "true.md").exists()
    code, said = run("replay", out / "true.json")
    assert code == 0 and "the multipliers are checked" in said
    assert run("prove", "false", "--out", out)[0] == 1
    code, said = run("replay", out / "false.json")
    assert code == 1 and "confirmed by both exact engines" in said
    fields = json.loads(file.read_text())
    fields["certificates"][0]["used"][0]["multiplier"] = "3"
    file.write_text(json.dumps(fields))
    code, said = run("replay", file)
    assert code == 4 and "proves nothing" in said


def test_prove_all_covers_bregman_geometry(run, tmp_path, monkeypatch):
    """Every kind of claim that can be proved is there; Coq is given those about projections alone."""
    kept = [
        one for one in REGISTRY if one.name in ("gain_identity", "bregman_gain", "combination_gain")
    ]
    monkeypatch.setattr("w2sjax.claims.REGISTRY", kept)
    monkeypatch.setattr("shutil.which", lambda name: None)
    file = tmp_path / "all.json"
    code, said = run("prove", "", "--all", "--json", file, "--coq", tmp_path / "coq")
    assert code == 0 and "not of this kind" in said and "go to Coq: not bregman_gain" in said
    proved = [one["outcome"] for one in json.loads(file.read_text())]
    assert proved == ["proved", "proved", *["refuted"] * 4]
    assert [one.name for one in (tmp_path / "coq").glob("gain*")] == ["gain_identity.v"]


def test_sharpen(run, tmp_path):
    file = tmp_path / "best.json"
    code, said = run("sharpen", "floor", "--json", file)
    assert code == 0 and "The least c is 1." in said
    assert json.loads(file.read_text())["constant"] == "1"
    code, said = run("sharpen", "trade", "--out", tmp_path / "curve", "--json", file)
    assert code == 0 and "4/3" in said and (tmp_path / "curve" / "trade.png").exists()
    assert json.loads(file.read_text())["unknowns"] == ["a", "c"]
    assert run("sharpen", "never")[0] == 1 and run("sharpen", "true")[0] == 2


@pytest.mark.parametrize(
    ("command", "works"), [(("prove", ""), 6), (("sharpen", "trade"), 13)], ids=["prove", "sharpen"]
)
def test_what_is_recorded_is_not_sought_again(run, tmp_path, monkeypatch, command, works):
    """Nor is it told from what is found: the same words, and the same bytes."""
    kept = [one for one in REGISTRY if one.name in ("gain_identity", "bregman_gain")]
    monkeypatch.setattr("w2sjax.claims.REGISTRY", kept)
    options = [*["--all"] * (command[0] == "prove"), "--json", tmp_path / "found.json"]
    fresh = run(*command, *options), (tmp_path / "found.json").read_bytes()
    options += ["--checkpoint", tmp_path / "record"]
    first = run(*command, *options), (tmp_path / "found.json").read_bytes()
    monkeypatch.delattr(
        f"w2sjax.proving.{'proof' if command[0] == 'prove' else 'sharpening'}.Search"
    )
    again = run(*command, *options), (tmp_path / "found.json").read_bytes()
    assert fresh == first == again
    assert len(list((tmp_path / "record").glob(f"{command[0]}_*"))) == works


def test_without_clarabel_it_says_what_to_install(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "clarabel", None)
    code, said = run("prove", "misfit_gain")
    assert code == 2 and "pip install 'w2sjax[prove]'" in said
