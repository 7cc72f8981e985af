"""Files of counterexamples: written, read, replayed without JAX, and refused when tampered with."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from w2sjax.cli import app
from w2sjax.falsification.counterexample import confirm, load, replay
from w2sjax.falsification.exact import decide
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.shrinking import shrink
from w2sjax.falsification.statements import STATEMENTS, TWINS
from w2sjax.falsification.worlds.small import small_worlds


def found(statement, kind="l2_ball"):
    worldly = statement.domain == "expansion"
    for case in small_worlds(statement, 0) if worldly else small_problems(statement, kind, None, 0):
        if decide(statement, case).violated:
            answer = confirm(statement, shrink(statement, case), "a test")
            assert answer is not None
            return answer
    raise AssertionError


CASES = {
    "projection": STATEMENTS["misfit_gain"].without("exactness"),
    "roots": TWINS["nonrealizable_gain"],
    "world": TWINS["coverage_good_side"],
}


@pytest.fixture(params=CASES)
def case(request, tmp_path):
    answer = found(CASES[request.param])
    path = tmp_path / "case.json"
    answer.save(path)
    return answer, path


def test_a_file_says_all_there_is(case):
    answer, path = case
    statement, instance, students, sides = load(path)
    assert (statement, instance, students) == (answer.statement, answer.instance, answer.students)
    assert sides == {"lhs": answer.lhs, "rhs": answer.rhs}
    fields = json.loads(path.read_text())
    assert fields["versions"]["python-flint"] and fields["hypotheses"]


def test_replay_confirms(case):
    answer, path = case
    again = replay(path)
    assert again.counterexample and not again.reason
    assert (again.lhs, again.rhs) == (answer.lhs, answer.rhs)
    assert again.registered == (answer.statement.dropped is not None)


def test_replay_needs_no_jax(case):
    _, path = case
    program = (
        "import sys, w2sjax.cli\n"
        f"try: w2sjax.cli.app(['replay', {str(path)!r}])\n"
        "except SystemExit as stop: print(stop.code, 'jax' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "1 False"
    assert "confirmed by both exact engines" in done.stdout


def test_the_page_has_the_sides_and_the_numbers(case):
    answer, _ = case
    page = markdown(answer)
    assert answer.lhs in page and answer.rhs in page and answer.statement.claim in page
    assert page.count("\n| ") >= answer.instance.size + 2


def tampered(path, change):
    fields = json.loads(path.read_text())
    change(fields)
    path.write_text(json.dumps(fields))
    return CliRunner().invoke(app, ["replay", str(path)])


def test_exit_codes(tmp_path):
    path = tmp_path / "case.json"
    answer = found(CASES["projection"])

    def outcome(change):
        answer.save(path)
        return tampered(path, change)

    assert outcome(lambda fields: None).exit_code == 1
    harmless = outcome(lambda f: f["instance"].update(student=["1"], weak=["1"], truth=["1"]))
    assert harmless.exit_code == 0 and "no counterexample" in harmless.output
    other_sides = outcome(lambda f: f.update(lhs="7"))
    assert other_sides.exit_code == 2 and "states 7" in other_sides.output
    for wrong in (
        lambda f: f.pop("instance"),
        lambda f: f.update(format=99),
        lambda f: f["instance"].update(weak=["1/0"]),
        lambda f: f["instance"].update(weak=["1", "2", "3"]),
        lambda f: f["instance"].update(masses=["-1"]),
        lambda f: f["instance"].update(set="teapot"),
        lambda f: f["instance"]["parameters"].clear(),
        lambda f: f["statement"].update(lhs=None),
        lambda f: f["statement"]["rhs"].update(nonsense="1"),
        lambda f: f["students"].update(weak=3),
    ):
        done = outcome(wrong)
        assert done.exit_code == 2 and done.output.startswith("error: "), done.output
    path.write_text("{")
    assert CliRunner().invoke(app, ["replay", str(path)]).exit_code == 2
    assert CliRunner().invoke(app, ["replay", str(tmp_path / "no.json")]).exit_code == 2


def test_a_statement_of_ones_own_is_told_apart(tmp_path):
    path = tmp_path / "case.json"
    found(TWINS["misfit_gain"]).save(path)
    done = CliRunner().invoke(app, ["replay", str(path)])
    assert done.exit_code == 1 and "a variant of the claim" in done.output


def test_what_holds_is_not_confirmed():
    statement = STATEMENTS["misfit_gain"]
    problem = next(small_problems(statement, "subspace", None, 0))
    assert confirm(statement, problem) is None
