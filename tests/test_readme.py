"""What the README says is so: the table of claims, the example, the commands.

To refresh the table after a change of the claims, put between the markers the output of
`python -c "from w2sjax.verification.report import claims_markdown; print(claims_markdown())"`.
"""

import re
import subprocess
from pathlib import Path

import jax
import pytest

import w2sjax
from w2sjax import REGISTRY, SETS
from w2sjax.verification import verifying as verification
from w2sjax.verification.report import claims_markdown

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CI = ROOT / ".ci" / "run"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_table_of_claims():
    (table,) = re.findall(r"^<!-- claims -->\n(.*?)\n?<!-- /claims -->$", README, re.S | re.M)
    assert table == claims_markdown(), __doc__


def test_example_runs(monkeypatch, capsys):
    """As printed, but for the number of instances."""
    example, bound = blocks("python")
    seen = []

    def fewer(*args, **options):
        found = verification_of(*args, **options, instances=500)
        seen.extend(found)
        return found

    verification_of = verification.verify
    monkeypatch.setattr(verification, "verify", fewer)
    exec(compile(example, "README.md", "exec"), {})
    assert jax.config.jax_enable_x64  # pyright: ignore[reportAttributeAccessIssue]
    first, second = capsys.readouterr().out.splitlines()
    gap, status = first.split()
    assert 0 <= float(gap) < 1e-6 and status == "CERTIFIED"
    assert second == "0"
    assert [found.instances for found in seen] == [500]
    assert f"{verification.INSTANCES:,} instances" in example
    exec(compile(bound, "README.md", "exec"), {})
    false, true = capsys.readouterr().out.splitlines()
    assert int(false) > 0 and true == "0"


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


@pytest.mark.parametrize(
    "command", [line for block in blocks("bash") for line in block.splitlines()]
)
def test_commands_are_bash(command):
    subprocess.run(["bash", "-nc", command], check=True)


def test_every_set_and_command_is_mentioned():
    for name in SETS:
        assert f"`{name}`" in README
    numbers = {13: "thirteen", 11: "Eleven", 2: "Two"}
    kinds = [kind.space for kind in SETS.values()]
    assert f"{numbers[len(kinds)]} convex sets" in README
    for command in ("verify", "list", "doctor", "audit"):
        assert f"w2sjax {command}" in README


def test_names_in_commands_exist():
    """Claims, sets and assumptions that a command of the README names."""
    names = {claim.name for claim in REGISTRY}
    for found in re.findall(r"w2sjax verify (\w+)(?![\w./:])", README):
        assert found in names or found == "CLAIM"
    for found in re.findall(r"--set (\w+)", README):
        assert found in SETS
    for found in re.findall(r"--drop (\w+)", README):
        assert any(found in claim.droppable for claim in REGISTRY)
    assert w2sjax.__doc__ and "JAX" in w2sjax.__doc__
