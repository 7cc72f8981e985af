"""Files of counterexamples: written, read, replayed without JAX, and refused when tampered with."""

import copy
import dataclasses
import json
import random
import subprocess
import sys
from itertools import islice

import jax
import pytest
from falsification_samples import claim, counterexample, small, twin, violating
from typer.testing import CliRunner

import w2sjax
from w2sjax.cli import app
from w2sjax.falsification.agreement import agree
from w2sjax.falsification.counterexample import confirm, load, replay
from w2sjax.falsification.deciding import decide
from w2sjax.falsification.rendering import claimed, markdown, short
from w2sjax.falsification.shrinking import shrink
from w2sjax.language.files import to_json
from w2sjax.settings.exact import RefusedError


def found(claim, kind="l2_ball"):
    answer = confirm(claim, shrink(claim, violating(claim, kind)), "a test")
    assert answer is not None
    return answer


CASES = {
    "projection": claim("misfit_gain", "exactness"),
    "roots": twin("nonrealizable_gain"),
    "world": twin("coverage_good_side"),
}


@pytest.fixture(params=CASES)
def case(request, tmp_path):
    answer = found(CASES[request.param])
    path = tmp_path / "case.json"
    answer.save(path)
    return answer, path


def test_a_file_says_all_there_is(case):
    answer, path = case
    stated = load(path)
    assert to_json(stated.claim) == to_json(answer.claim)
    assert (stated.instance, stated.evidence) == (answer.instance, answer.evidence)
    assert (stated.lhs, stated.rhs, stated.found) == (answer.lhs, answer.rhs, "a test")
    assert stated.checks == answer.checks and stated.versions["python-flint"]


def test_replay_confirms(case):
    answer, path = case
    again = replay(path)
    assert again.counterexample and not again.reason
    assert (again.lhs, again.rhs) == (answer.lhs, answer.rhs)
    assert again.registered == (not answer.claim.twin)


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
    assert answer.lhs in page and answer.rhs in page
    assert answer.claim.name in page and claimed(answer.claim) in page
    assert page.count("\n| ") >= int(answer.instance.described().split()[0]) + 2


def tampered(path, change):
    fields = json.loads(path.read_text())
    change(fields)
    path.write_text(json.dumps(fields))
    return CliRunner().invoke(app, ["replay", str(path)])


def _quantity(fields):
    return next(step for step in fields["claim"]["steps"] if step[0] == "quantity")


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
        lambda f: f["claim"].update(claim=None),
        lambda f: f["claim"].update(setting="teapot"),
        lambda f: _quantity(f).__setitem__(2, ["nonsense"]),
        lambda f: f["claim"]["steps"][0].__setitem__(0, "nonsense"),
    ):
        done = outcome(wrong)
        assert done.exit_code == 2 and done.output.startswith("error: "), done.output
    path.write_text("{")
    assert CliRunner().invoke(app, ["replay", str(path)]).exit_code == 2
    assert CliRunner().invoke(app, ["replay", str(tmp_path / "no.json")]).exit_code == 2


def test_files_of_an_older_version_are_told(tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"format": 1, "statement": {"claim": "misfit_gain"}}))
    done = CliRunner().invoke(app, ["replay", str(path)])
    assert done.exit_code == 2 and done.output.count("\n") == 1
    assert "written by an older version of w2sjax (format 1); search again" in done.output


def test_page_and_replay_say_what_is_no_claim_of_the_registry(tmp_path):
    false, path = found(twin("misfit_gain")), tmp_path / "case.json"
    known = found(claim("misfit_gain", "exactness"))
    odd = dataclasses.replace(false.claim, dropped="an assumption of theirs")
    for answer, wanted in (
        (false, "misfit_gain (the claim’s false twin)"),
        (known, "misfit_gain"),
        (_with(false, twin=False), "misfit_gain (a variant of the claim)"),
        (_with(false, name="of_theirs", twin=False), "of_theirs (a user’s claim)"),
        (_with(false, name="of_theirs"), "of_theirs (the false twin of a user’s claim)"),
        (dataclasses.replace(false, claim=odd), "misfit_gain (a variant of the claim)"),
    ):
        assert f"# A counterexample: {wanted}\n" in markdown(answer)
        answer.save(path)
        assert replay(path).registered == (answer is known)
        name, _, bracket = wanted.partition(" ")
        done = CliRunner().invoke(app, ["replay", str(path)])
        assert done.output.startswith(name) and f"{bracket}: " in done.output.split("\n")[0]


def _with(answer, **changes):
    return dataclasses.replace(answer, claim=dataclasses.replace(answer.claim, **changes))


def test_the_larger_side_first():
    """A claim that is written with >= is answered as it is written."""
    known = claim("misfit_gain", "exactness")
    (sides,) = known.comparisons
    turned = dataclasses.replace(known, claim=sides.upper >= sides.lower)
    page = markdown(found(turned))
    plain = markdown(found(known))
    assert f"**{' < '.join(reversed(plain.split('**')[1].split(' > ')))}**" in page
    assert "≥" in page and "≥" not in plain


def test_a_search_of_the_twin_says_so(tmp_path):
    arguments = ["falsify", "misfit_gain", "--twin", "--set", "subspace", "--budget", "0"]
    done = CliRunner().invoke(app, [*arguments, "--restarts", "0", "--out", str(tmp_path)])
    assert "misfit_gain (the claim’s false twin)" in done.output, done.output
    assert "false twin" in (tmp_path / "misfit_gain_twin.md").read_text()


def test_what_holds_is_not_confirmed():
    theorem = claim("misfit_gain")
    assert confirm(theorem, next(small(theorem))) is None


def test_a_refusal_says_why(monkeypatch):
    false = twin("misfit_gain")
    problem = violating(false)

    def refuse(*_):
        raise RefusedError("too large")

    monkeypatch.setattr(false.setting.part("checker"), "Checker", refuse)
    with pytest.raises(RefusedError, match="too large"):
        confirm(false, problem)


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
    for case in islice(small(CASES["roots"], "l2_ball"), 5000):
        decision = decide(CASES["roots"], case)
        if decision.violated and "+/-" in decision.lhs + decision.rhs:
            answer = confirm(CASES["roots"], case)
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


@w2sjax.claim(draw=lambda key: jax.random.normal(key, (2,)), valid=lambda v: v[0] > 0)
def smaller(v):
    return (v[0] * v[1]) ** 2, v[0] ** 2


# A file of every setting.
FILES = {
    "projection": lambda: claim("misfit_gain", "realizability"),
    "expansion": lambda: claim("hard_error", "one label"),
    "sampling": lambda: claim("uniform_misfit", "i.i.d. sample"),
    "selection": lambda: twin("selection_regret"),
    "detection": lambda: claim("detection_concentration", "i.i.d. points"),
    "bandits": lambda: claim("bandit_regret", "boundedness"),
    "drawn": lambda: smaller,
}
COUNT = 100  # alterations of a file
JUNK = [
    None, True, "", "x", "-1", "0", "1/0", "1e99999999", [], {}, [[]], ["1"], [["1"]], 5, -3, 1.5,
    float("nan"), "1/3", {"a": "1"}, "9" * 5000, [None],
]  # fmt: skip


def a_file(label):
    found = FILES[label]()
    return counterexample(found, "l2_ball" if label == "sampling" else "subspace").to_json()


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


@pytest.mark.parametrize("label", FILES)
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


@pytest.mark.parametrize(
    ("side", "written"),
    [("29/50", "29/50"), ("8285/4309200000", "1.923e-06"), ("[0.25 +/- 8.64e-77]", "0.25"),
     ("[+/- 8.64e-77]", "0")],
)  # fmt: skip
def test_long_sides_are_shortened(side, written):
    assert short(side) == written
