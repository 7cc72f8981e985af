"""What README and pages say is so: short, links that lead somewhere, commands that exist, real output."""

import contextlib
import dataclasses
import importlib.util
import io
import itertools
import json
import re
import shlex
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from w2sjax import REGISTRY, SETS
from w2sjax.cli import app
from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.rendering import markdown
from w2sjax.settings.expansion.instance import world
from w2sjax.verification.lookup import NO_SET, claim_named

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CI = ROOT / ".ci" / "run"
PAGES = {
    path: path.read_text()
    for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/*/*.md")))
    if path.parent.name not in ("theorems", "reference")  # generated from what they speak of
}
NOTEBOOKS = sorted(ROOT.glob("docs/notebooks/*.ipynb"))
FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMANDS: Any = typer.main.get_command(app)
PLACEHOLDER = re.compile(r"[A-Z]+(\.json|\.py)?(::[A-Z]+)?")


def blocks(text: str, *languages: str) -> list[str]:
    """Give what stands in fences of these languages."""
    return [body for language, body in FENCE.findall(text) if language in languages]


def commands(text: str) -> list[list[str]]:
    """Find the command lines of w2sjax, in blocks and in the text, as words."""
    lines = [line.removeprefix("$ ") for body in blocks(text, "bash", "text") for line in
             body.replace("\\\n", "").replace("&&", "\n").splitlines()]  # fmt: skip
    lines += re.findall(r"`((?:w2sjax|python -m experiments)[^`]*)`", FENCE.sub("", text))
    found = re.compile(r"(?:\S*bin/)?(w2sjax|python -m experiments)( .*|$)", re.DOTALL)
    said = [match for line in lines if (match := found.fullmatch(line.strip()))]
    return [[one[1], *shlex.split(one[2])] for one in said]


ALL = [
    pytest.param(words, id=f"{path.stem}: {' '.join(words)}")
    for path, text in PAGES.items()
    for words in commands(text)
]


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150
    assert len(README.encode()) <= 9_000
    assert max(map(len, README.splitlines())) <= 100
    for paragraph in FENCE.sub("", README).split("\n\n"):
        if not paragraph.startswith("|"):
            assert len(paragraph.strip().splitlines()) <= 6, paragraph


def test_links_lead_somewhere():
    found = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(found) >= 6
    for link in found:
        assert link.startswith("https://") or (ROOT / link).exists(), link
    for section in ROOT.glob("docs/*/index.md"):
        if section in PAGES:
            assert f"docs/{section.parent.name}/index.md" in found


@pytest.mark.skipif(not CI.exists(), reason="not in a source distribution")
def test_ci_runs_the_test_command():
    """Extracted by the function that the script itself uses."""
    (function,) = re.findall(r"^command_after\(\) \{.*\}$", CI.read_text(), re.MULTILINE)
    done = subprocess.run(
        ["bash", "-euc", f"{function}\ncommand_after test"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (command,) = re.findall(
        r"^<!-- test -->\n```bash\n(.*?)^```$", README, re.DOTALL | re.MULTILINE
    )
    assert done.stdout == command
    assert "pip install" in command and ".[test]" in command and "pytest" in command
    assert 'step "tests" bash -ec "$(command_after test)"' in CI.read_text()


@pytest.mark.parametrize("body", [body for text in PAGES.values() for body in blocks(text, "bash")])
def test_commands_are_bash(body):
    subprocess.run(["bash", "-nc", body], check=True)


@pytest.mark.parametrize("words", ALL)
def test_commands_exist(words):
    """The command line reads them, and they name what there is."""
    program, *given = words
    if program != "w2sjax":
        if given and re.fullmatch("[a-z_]+", given[0]):
            assert importlib.util.find_spec(f"experiments.{given[0]}") is not None
        return
    common = {option for each in COMMANDS.params for option in (*each.opts, *each.secondary_opts)}
    given = list(itertools.dropwhile(common.__contains__, given))
    if not given or given[0] == "COMMAND" or given[0] in COMMANDS.commands and len(given) == 1:
        return  # it is only named
    command = COMMANDS.commands[given[0]]
    with command.make_context(given[0], given[1:]) as context:
        asked = context.params
    each = asked.get("names") or [asked.get("name")]
    names = [name for name in each if name and not PLACEHOLDER.fullmatch(name)]
    claims = [claim for claim in REGISTRY if claim.name in names]
    assert len(claims) == sum(".py" not in name for name in names)
    dropped = asked.get("drop")
    if dropped and not PLACEHOLDER.fullmatch(dropped):
        assert all(dropped in claim.droppable for claim in claims)
    assert all(name.partition(":")[0] in {*SETS, NO_SET} for name in asked.get("sets") or ())


def five_points() -> str:
    """Decide README's counterexample by both engines, and print it as the search does, which takes long."""
    rows = [row.strip("| ").split(" | ") for row in re.findall(r"^\| \d .*$", README, re.MULTILINE)]
    edges = [(int(row[0]) - 1, int(y) - 1) for row in rows for y in re.findall(r"\d", row[6])]
    made = world(
        masses=[int(row[1]) for row in rows],
        teacher=[-1 if row[4] == "abstains" else int(row[4]) for row in rows],
        f=[int(row[5]) for row in rows],
        edges=edges,
    )
    (q, c), claim = (
        re.findall(r"q = (\S+); c = (\S+)\.", README)[0],
        claim_named("coverage_expansion"),
    )
    made = dataclasses.replace(made, q=Fraction(q), c=Fraction(c))
    found = confirm(claim.without("moderate constant"), made)
    assert found is not None
    return markdown(found)


def printed_by(command: list[str]) -> str:
    """Give what a command of README prints."""
    if command[1] == "falsify":
        return five_points()
    if command[0] == "w2sjax":
        return CliRunner().invoke(app, command[1:]).stdout
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert importlib.import_module(f"experiments.{command[3]}").main(command[4:]) == 0
    return printed.getvalue()


SCENES = [body for body in blocks(README, "text") if body.startswith("$ ")]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.splitlines()[0])
def test_output_is_what_commands_print(scene, tmp_path, monkeypatch):
    """Line by line; `...` stands for lines left out, and numbers that are rounding are not compared."""
    (mine,) = blocks(README, "python")
    (tmp_path / "mine.py").write_text(mine)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    command, *expected = scene.removeprefix("$ ").splitlines()
    printed = printed_by(shlex.split(command))
    rest = iter(map(comparable, printed.splitlines()))
    for line, after in itertools.pairwise([*map(comparable, expected), "..."]):
        if line == "...":
            rest = itertools.dropwhile(lambda one, wanted=after: wanted not in ("...", one), rest)
        else:
            assert next(rest, "") == line, printed
    assert expected[-1] == "..." or not "".join(rest), printed
    page = tmp_path / "report" / "audit.html"
    assert not page.exists() or f"<code>{command}</code>" in page.read_text()


def comparable(line: str) -> str:
    """Leave out rounding, and how wide its columns are."""
    return re.sub(r"\s+", " ", re.sub(r"-?\d(\.\d+)?e-\d+", "0", line)).strip()


def test_every_set_and_command_is_on_a_page():
    page = PAGES[ROOT / "docs" / "how_to" / "project.md"]
    assert all(f"`{name}`" in page for name in SETS)
    said = {words[1] for text in PAGES.values() for words in commands(text) if len(words) > 1}
    assert said >= COMMANDS.commands.keys()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_hold_no_output(path):
    cells = json.loads(path.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code and not any(cell["outputs"] or cell["execution_count"] for cell in code)
