"""The search: every phase finds, true claims survive, and the command reports and exits as it says."""

import dataclasses
import json
from typing import Any

import jax.numpy as jnp
import pytest
from typer.testing import CliRunner

from w2sjax.cli import app
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.counterexample import replay
from w2sjax.falsification.redecide import Redecision, redecide
from w2sjax.falsification.report import as_json, matrix, summary
from w2sjax.falsification.search import falsify
from w2sjax.language.rewriting import twin_of
from w2sjax.projecting.sets import L2Ball
from w2sjax.verification.lookup import claim_named

NO_RANDOM = Budget(instances=0, restarts=0)


def test_small_instances_refute_theorem_1_without_each_assumption():
    for lost in claim_named("misfit_gain").droppable:
        answer = falsify("misfit_gain", drop=lost, sets=["subspace"], budget=NO_RANDOM)
        assert answer.found and answer.counterexample is not None
        assert answer.counterexample.claim.dropped == lost
        assert answer.instances["small"] <= 100 and answer.instances["random"] == 0


def test_random_instances_are_converted_confirmed_and_shrunk():
    budget = Budget(instances=500, small=0, restarts=0)
    answer = falsify("misfit_gain", 3, drop="exactness", sets=["subspace"], budget=budget)
    assert answer.counterexample is not None and answer.least_slack < 0
    assert "random instance" in answer.counterexample.found
    instance = answer.counterexample.instance
    assert (instance.size, instance.dimension) == (1, 1)


@pytest.mark.slow
def test_ascent_finds_what_random_instances_need_luck_for():
    claim = claim_named("gain_ceiling")
    budget = Budget(instances=0, small=0)
    answer = falsify(claim, twin=True, sets=["polyhedron"], budget=budget)
    assert answer.counterexample is not None
    assert "gradient ascent" in answer.counterexample.found


def test_local_search_on_worlds():
    answer = falsify("coverage_good_side", twin=True, budget=Budget(instances=0, small=0))
    assert answer.counterexample is not None and "local search" in answer.counterexample.found
    assert answer.counterexample.instance.size == 3


def test_true_claims_survive():
    budget = Budget(instances=0, small=1000, restarts=4, seconds=600)  # also on a busy machine
    for name in ("pseudolabel_correction_tight", "expansion_core"):
        answer = falsify(name, budget=budget)
        assert not answer.found and answer.instances["small"] == 1000
        assert answer.instances["ascent"] > 0
        assert "none found in" in summary(answer)


def test_the_answer_does_not_change():
    def again():
        return falsify("sharpened_gain", 5, twin=True, sets=["l1_ball"], budget=NO_RANDOM)

    first, second = again(), again()
    assert first.counterexample == second.counterexample is not None
    assert first.instances == second.instances


def test_a_given_set_is_kept():
    ball = L2Ball(jnp.asarray(0.5))
    answer = falsify("misfit_gain", twin=True, sets=[ball], budget=NO_RANDOM)
    assert answer.counterexample is not None
    assert answer.counterexample.instance.set == "l2_ball"


def test_a_claim_of_ones_own():
    known = claim_named("misfit_gain")
    theirs = dataclasses.replace(known, name="theirs", claim=twin_of(known).claim)
    answer = falsify(theirs, sets=["subspace"], budget=NO_RANDOM)
    assert answer.counterexample is not None
    assert answer.counterexample.claim == theirs


def test_seconds_stop_the_search():
    answer = falsify("misfit_gain", sets=["subspace"], budget=Budget(seconds=1e-9))
    assert not answer.found and sum(answer.instances.values()) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"claim": "nonsense"}, "there is no 'nonsense'"),
        ({"claim": "misfit_gain", "drop": "x"}, "no assumption 'x'"),
        ({"claim": "pythagorean_identity", "sets": ["simplex"]}, "stated for none of"),
        ({"claim": "misfit_gain", "sets": ["teapot"]}, "there is no 'teapot'"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        falsify(**arguments)


@pytest.mark.parametrize(
    "wrong",
    [{"instances": -1}, {"small": -1}, {"restarts": -1}, {"exact": -1}, {"seconds": 0}],
)
def test_wrong_budgets(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Budget(**wrong)


QUICK = ["--budget", "0", "--restarts", "0", "--set", "subspace"]


def test_the_command_writes_what_replay_reads(tmp_path):
    out, file = tmp_path / "out", tmp_path / "all.json"
    arguments = ["falsify", "misfit_gain", "--drop", "realizability", *QUICK]
    done = CliRunner().invoke(app, [*arguments, "--out", str(out), "--json", str(file)])
    assert done.exit_code == 1 and "counterexample with 2 points, d = 1" in done.output
    assert replay(out / "misfit_gain_realizability.json").counterexample
    assert "# A counterexample" in (out / "misfit_gain_realizability.md").read_text()
    (row,) = json.loads(file.read_text())
    assert row["counterexample"]["lhs"] in done.output


def test_the_command_finds_nothing_against_a_theorem():
    done = CliRunner().invoke(app, ["falsify", "misfit_gain", *QUICK, "--small", "300"])
    assert done.exit_code == 0 and "none found in 300 instances" in done.output


def test_sets_that_are_left_out_are_said():
    """A claim without a set is searched all the same."""
    few = ["--budget", "0", "--small", "10", "--restarts", "0"]
    for name in ("pythagorean_identity", "expansion_core"):
        sets = ["--set", "subspace", "--set", "box"]
        done = CliRunner().invoke(app, ["falsify", name, *sets, *few])
        empty = "box" if name == "pythagorean_identity" else "subspace, box"
        assert done.exit_code == 0 and "none found in 10 instances" in done.output
        assert f"left out, as none of the claims is stated for it: {empty}\n" in done.output


@pytest.mark.parametrize(
    "arguments",
    [[], ["misfit_gain", "--all"], ["--all", "--twin"], ["misfit_gain", "--seconds", "0"],
     ["nonsense"], ["misfit_gain", "--json", "/no/such/folder/x.json"]],
)  # fmt: skip
def test_bad_usage(arguments):
    done = CliRunner().invoke(app, ["falsify", *arguments])
    assert done.exit_code == 2 and done.output.startswith("error: ")


def test_the_matrix_has_a_row_for_everything():
    results = [
        falsify("misfit_gain", drop=drop, sets=["subspace"], budget=Budget(0, 200, 0))
        for drop in (None, "convexity", "exactness")
    ]
    assert len(matrix(results).rows) == 4
    assert [as_json(r)["counterexample"] is None for r in results] == [True, False, False]


def test_redecide_settles_what_floating_point_found(tmp_path, monkeypatch):
    asked: Any = {"instances": 500, "drop": "membership", "checkpoint": tmp_path}
    (answer,) = redecide("expansion_core", 1, **asked)
    with monkeypatch.context() as patch:
        patch.delattr("w2sjax.falsification.redecide.unsettled")
        assert redecide("expansion_core", 1, **asked) == [answer], "it is recorded"
    assert answer.open > 0 and answer.violated == answer.open
    assert answer.holds == answer.undecided == 0
    with pytest.raises(ValueError, match="no exact side"):
        redecide("uniform_misfit")


def test_verify_exact_says_so():
    arguments = ["verify", "expansion_core", "--instances", "500", "--drop", "direction"]
    done = CliRunner().invoke(app, [*arguments, "--exact"])
    assert done.exit_code == 1
    assert "that floating point does not settle, exactly 0 hold" in done.output


FILE = """
import jax, jax.numpy as jnp, w2sjax

@w2sjax.claim(
    draw=lambda key: jax.random.uniform(key, (2,), minval=0.5, maxval=3.0),
    valid=lambda x: jnp.all(x > 0),
)
def huge(x):
    return jnp.exp(20000 * x[0]), 1.0

@w2sjax.claim(draw=lambda key: jax.random.uniform(key, (2,)) * jnp.nan)
def nans(x):
    return x[0], 0.0

@w2sjax.claim(draw=lambda key: jax.random.uniform(key, (2,)))
def wrong(x):
    return x[0], x[1]

@w2sjax.claim(draw=lambda key: jax.random.uniform(key, (2,)))
def toleranced(x):
    return x[0], x[1], 1e-9
"""


@pytest.fixture
def bounds(tmp_path):
    path = tmp_path / "bounds.py"
    path.write_text(FILE)
    return path


def test_what_the_second_engine_refuses_is_no_counterexample_and_no_bug(bounds):
    arguments = ["falsify", f"{bounds}::huge", "--json", str(bounds.with_suffix(".json"))]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "huge: none confirmed in 1 instances" in done.output
    assert "1 violated by one exact engine alone (found by one engine, the second" in done.output
    (row,) = json.loads(bounds.with_suffix(".json").read_text())
    assert row["counterexample"] is None and row["one_engine"] == 1 and row["unconfirmed"] == 0


def test_instances_that_are_no_numbers_are_told(bounds):
    file = bounds.with_suffix(".json")
    budget = ["--budget", "100", "--small", "100", "--json", str(file)]
    done = CliRunner().invoke(app, ["falsify", f"{bounds}::nans", *budget])
    assert done.exit_code == 0
    assert "100 random ones invalid: a side is not finite, nothing was checked" in done.output
    (row,) = json.loads(file.read_text())
    assert row["invalid"] == 100
    done = CliRunner().invoke(app, ["verify", f"{bounds}::nans", "--instances", "100"])
    assert "nans: 100 of 100 invalid: a side is not finite" in " ".join(done.output.split())


def exactly(bounds, name):
    arguments = ["verify", f"{bounds}::{name}", "--instances", "500", "--exact"]
    return CliRunner().invoke(app, arguments)


def test_the_exit_code_of_verify_exact_is_the_exact_answer(bounds, monkeypatch):
    done = exactly(bounds, "wrong")
    assert done.exit_code == 1 and "exactly 0 hold" in done.output
    done = exactly(bounds, "toleranced")
    assert done.exit_code == 1
    assert "toleranced: not decided exactly (toleranced: it states a tolerance" in done.output
    outcomes = {"holds": 3, "violated": 0, "undecided": 0}

    def answered(claim, key, **_):
        return [Redecision("some", "none", 500, sum(outcomes.values()), **outcomes)]

    monkeypatch.setattr("w2sjax.falsification.redecide.redecide", answered)
    assert exactly(bounds, "wrong").exit_code == 0, "what floating point finds, exactly holds"
    outcomes |= {"undecided": 1}
    assert exactly(bounds, "wrong").exit_code == 1, "left to floating point"
    outcomes |= {"undecided": 0, "violated": 1}
    done = exactly(bounds, "nans")
    assert done.exit_code == 1, "open in floating point, violated exactly"


def test_trouble_in_exact_decisions_is_bad_input(bounds, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("exact: no")

    monkeypatch.setattr("w2sjax.falsification.redecide.redecide", refuse)
    done = exactly(bounds, "wrong")
    assert done.exit_code == 2 and "error: exact: no" in done.output


@pytest.mark.parametrize("option", ["--out", "--json", "--checkpoint"])
def test_outputs_are_tried_before_the_search(tmp_path, monkeypatch, option):
    def search(*_, **__):
        raise AssertionError("searched")

    monkeypatch.setattr("w2sjax.falsification.search.falsify", search)
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file" / "below")
    done = CliRunner().invoke(app, ["falsify", "misfit_gain", option, place])
    assert done.exit_code == 2 and done.output.startswith(f"error: {option}: "), done.output


def test_the_result_is_shown_before_files_are_written(tmp_path, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr("w2sjax.falsification.files.write_pages", full)
    arguments = ["falsify", "misfit_gain", "--twin", *QUICK, "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2 and "counterexample with" in done.output
    assert "error: no space left" in done.output
