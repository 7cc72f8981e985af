"""Files of counterexamples: written, read, replayed without JAX, and refused when tampered with."""

import copy
import dataclasses
import json
import random
import subprocess
import sys
from fractions import Fraction
from itertools import islice

import jax
import pytest
from typer.testing import CliRunner

import w2sjax
from w2sjax.cli import app
from w2sjax.falsification.counterexample import confirm, load, replay
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.opinion import RefusedError
from w2sjax.falsification.programs.case import Case
from w2sjax.falsification.projection.small import small_problems
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.shrinking import shrink
from w2sjax.falsification.sides import agree
from w2sjax.falsification.stated import statement_of
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


def test_the_page_says_what_is_no_claim_of_the_registry():
    twin = found(TWINS["misfit_gain"])
    assert "# A counterexample: misfit_gain (a variant of the claim)\n" in markdown(twin)
    page = markdown(twin, twin=True)
    assert "# A counterexample: misfit_gain (the claim’s false twin)\n" in page
    own = found(STATEMENTS["misfit_gain"].without("exactness"))
    assert "# A counterexample: misfit_gain\n" in markdown(own)
    theirs = dataclasses.replace(twin.statement, claim="of_theirs")
    assert "of_theirs (a user’s claim)\n" in markdown(dataclasses.replace(twin, statement=theirs))
    odd = dataclasses.replace(twin.statement, dropped="a hypothesis of theirs")
    assert "(a variant of the claim)\n" in markdown(dataclasses.replace(twin, statement=odd))


def test_a_search_of_the_twin_says_so(tmp_path):
    arguments = ["falsify", "misfit_gain", "--twin", "--set", "subspace", "--budget", "0"]
    done = CliRunner().invoke(app, [*arguments, "--restarts", "0", "--out", str(tmp_path)])
    assert "misfit_gain (the claim’s false twin)" in done.output, done.output
    assert "false twin" in (tmp_path / "misfit_gain_twin.md").read_text()


def test_what_holds_is_not_confirmed():
    statement = STATEMENTS["misfit_gain"]
    problem = next(small_problems(statement, "subspace", None, 0))
    assert confirm(statement, problem) is None


def test_a_refusal_says_why(monkeypatch):
    statement = TWINS["misfit_gain"]
    problem = found(statement).instance

    def refuse(*_):
        raise RefusedError("too large")

    kind = KINDS["projection"]
    monkeypatch.setitem(KINDS, "projection", dataclasses.replace(kind, check=refuse))
    with pytest.raises(RefusedError, match="too large"):
        confirm(statement, problem)


@pytest.mark.parametrize(
    ("stated", "computed", "same"),
    [
        ("1/2", "1/2", True),
        ("1/2", "2/4", True),
        ("1/2", "1/3", False),
        ("[1.41421356237309504880 +/- 2e-21]", "[1.414213562373095049 +/- 4e-19]", True),
        ("[1.41421356237309504885 +/- 2e-21]", "[1.41421356237309504880 +/- 2e-21]", False),
        ("[1.4 +/- 0.1]", "[1.6 +/- 0.05]", False),
        ("0.50000000000000000000", "1/2", True),
        ("1/2", "[0.6 +/- 0.01]", False),
        ("[3.1e-500 +/- 1e-502]", "[3.11e-500 +/- 1e-502]", True),
    ],
)
def test_sides_are_compared_as_numbers(stated, computed, same):
    assert agree(stated, computed) == same


@pytest.mark.parametrize("wrong", ["", "x", "nan", "[+/- inf]", "1e9999999", ".", "[1 +/- x]"])
def test_sides_have_to_be_numbers(wrong):
    with pytest.raises(ValueError, match=r"expected a|invalid string"):
        agree(wrong, "1/2")


def irrational():
    statement = CASES["roots"]
    for case in islice(small_problems(statement, "l2_ball", None, 0), 5000):
        decision = decide(statement, case)
        if decision.violated and "+/-" in decision.lhs + decision.rhs:
            answer = confirm(statement, case)
            assert answer is not None
            return answer
    raise AssertionError


def test_another_last_digit_is_no_other_side(tmp_path):
    path = tmp_path / "case.json"
    answer = irrational()
    enclosed = [side for side in ("lhs", "rhs") if "+/-" in getattr(answer, side)]
    answer.save(path)

    def widen(fields):
        for side in enclosed:
            middle, width = fields[side].strip("[]").split(" +/- ")
            fields[side] = f"[{middle} +/- {3 * float(width)}]"

    assert tampered(path, widen).exit_code == 1


@w2sjax.claim(draw=lambda key: jax.random.normal(key, (2,)))
def smaller(v):
    return (v[0] * v[1]) ** 2, v[0] ** 2


# A file of every kind.
EVERY = {
    "projection": lambda: STATEMENTS["misfit_gain"].without("realizability"),
    "worlds": lambda: STATEMENTS["hard_error"].without("one label"),
    "sampling": lambda: STATEMENTS["uniform_misfit"].without("i.i.d. sample"),
    "selection": lambda: TWINS["selection_regret"],
    "detection": lambda: STATEMENTS["detection_concentration"].without("i.i.d. points"),
    "bandits": lambda: STATEMENTS["bandit_regret"].without("boundedness"),
    "programs": lambda: statement_of(smaller),
}
COUNT = 100  # alterations of a file
JUNK = [
    None, True, "", "x", "-1", "0", "1/0", "1e99999999", [], {}, [[]], ["1"], [["1"]], 5, -3, 1.5,
    float("nan"), "1/3", {"a": "1"}, "9" * 5000, [None],
]  # fmt: skip


def a_file(label):
    statement = EVERY[label]()
    kind = "l2_ball" if label == "sampling" else "subspace"
    cases = KINDS[statement.domain].small(statement, kind, None, 0)
    if label == "programs":
        cases = iter([Case(((Fraction(1, 2), Fraction(2)),))])
    for case in islice(cases, 5000):
        if decide(statement, case).violated:
            answer = confirm(statement, case, "a test")
            assert answer is not None
            return answer.to_json()
    raise AssertionError


def places(part, path=()):
    if path:
        yield path
    if not isinstance(part, dict | list):
        return
    for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
        yield from places(inner, (*path, key))


def mutated(fields, source):
    """Replace, remove or repeat something, or change a character of a text."""
    fields = copy.deepcopy(fields)
    path = source.choice([p for p in places(fields) if p[0] not in ("versions", "found")])
    holder = fields
    for key in path[:-1]:
        holder = holder[key]
    last, way = path[-1], source.choice(["junk", "junk", "junk", "gone", "twice", "text"])
    value = holder[last]
    if way == "gone":
        del holder[last]
    elif way == "twice" and isinstance(holder, list):
        holder.insert(last, copy.deepcopy(value))
    elif way == "text" and isinstance(value, str) and value:
        place = source.randrange(len(value))
        holder[last] = value[:place] + source.choice("-/.e 7[x") + value[place + 1 :]
    else:
        holder[last] = source.choice(JUNK)
    return fields


@pytest.mark.parametrize("label", EVERY)
def test_altered_files_are_answered_or_refused(tmp_path, label):
    """Replay gives an answer, or a ValueError that names the file: nothing else ever."""
    path, source, refused = tmp_path / "case.json", random.Random(label), 0
    fields = a_file(label)
    path.write_text(json.dumps(fields))
    assert replay(path).counterexample
    for _ in range(COUNT):
        path.write_text(json.dumps(mutated(fields, source)))
        try:
            replay(path)
        except ValueError as error:
            refused += 1
            assert str(error).startswith(str(path)), error
    assert refused > COUNT / 4


@pytest.mark.parametrize("text", ["[" * 100_000, '{"format": ' + "9" * 5000 + "}", "\xff", "null"])
def test_what_is_no_file_is_refused(tmp_path, text):
    path = tmp_path / "case.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=r"case\.json: not "):
        replay(path)
