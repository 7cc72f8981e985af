"""The package as people get it: one version, a wheel of the sdist, every command without the extras."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from package_copy import ROOT

import w2sjax

EXTRA = "pip install 'w2sjax["  # what is said where one is missing
COMMANDS = {
    "list": "",
    "doctor": "",
    "verify": "misfit_gain --set simplex --instances 500",
    "falsify": "misfit_gain --drop realizability --set subspace --out broken",
    "replay": "broken/misfit_gain_realizability.json",
    "audit": "data.npz --json audit.json",
}
NEED = {
    "prove misfit_gain": "prove",
    "sharpen bound.py::bound": "prove",
    "audit table.csv --strong-columns x --weak-columns w": "audit",
}
BOUND = """
from w2sjax import Claim, unknown
from w2sjax.settings.projection import CONVEX, EXACT, PROJECTION, best, d, student, target, weak

bound = Claim(
    title="a bound",
    source="a guess",
    setting=PROJECTION,
    assumptions=(CONVEX, EXACT),
    claim=d(student, target) <= d(weak, target) + unknown("c") * d(best, target),
)
"""


def run(*command: str | Path, cwd: Path, code: int | None = 0) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert code is None or done.returncode == code, f"{command}: {done.returncode}\n{said}"
    assert "No module named" not in said and "Traceback" not in said, said
    return said


def test_the_version_is_the_same_everywhere():
    version = re.findall(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version == [w2sjax.__version__]
    assert f"\nversion: {w2sjax.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {w2sjax.__version__}\n" in (ROOT / "CHANGELOG.md").read_text()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build an sdist and a wheel of it; install the wheel outside of the repository."""
    pytest.importorskip("build", reason="needs the extra publish")
    home = tmp_path_factory.mktemp("wheel")
    dist, venv = home / "dist", home / "venv"
    run(sys.executable, "-m", "build", "--outdir", dist, ROOT, cwd=home)
    run(sys.executable, "-m", "twine", "check", "--strict", *dist.iterdir(), cwd=home)
    run(sys.executable, "-m", "venv", venv, cwd=home)
    (wheel,) = dist.glob("*.whl")
    run(venv / "bin" / "pip", "install", "-q", wheel, cwd=home)
    return home, wheel, venv / "bin"


@pytest.fixture(scope="module")
def desk(installed):
    """Lay out a user's files."""
    home = installed[0] / "desk"
    home.mkdir()
    features = np.random.default_rng(0).normal(size=(30, 2))
    weak, target = features[:, 0] > 0, features.sum(axis=1)
    given = {"strong_features": features, "weak_predictions": weak + 0.0, "target": target}
    np.savez(home / "data.npz", **given)
    rows = [f"{x},{int(w)}" for (x, _), w in zip(features, weak, strict=True)]
    (home / "table.csv").write_text("\n".join(["x,w", *rows]))
    (home / "bound.py").write_text(BOUND)
    return home


@pytest.mark.slow
def test_what_is_in_the_wheel(installed):
    names = zipfile.ZipFile(installed[1]).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "w2sjax/py.typed" in names and "w2sjax/proving/coq/Projection.v" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"w2sjax"}


@pytest.mark.slow
def test_every_command_runs_without_the_extras(installed, desk):
    program = installed[2] / "w2sjax"
    listed = set(re.findall(r"^\W*│ (\w+) ", run(program, "--help", cwd=desk), re.M))
    tried = {*COMMANDS, *(line.split()[0] for line in NEED)}
    assert tried <= listed | {"audit"}
    for name in tried:
        assert "Usage: w2sjax" in run(program, name, "--help", cwd=desk)
    for name, options in COMMANDS.items():
        run(
            program,
            name,
            *options.split(),
            cwd=desk,
            code=1 if name in ("falsify", "replay") else 0,
        )
    for line, extra in NEED.items():
        assert f"{EXTRA}{extra}]'" in run(program, *line.split(), cwd=desk, code=2)
    assert f"{EXTRA}audit]'" in run(
        program, "audit", "data.npz", "--out", "out", cwd=desk, code=None
    )


@pytest.mark.slow
def test_the_examples_run_without_the_extras(installed, desk):
    program, examples = installed[2] / "w2sjax", ROOT / "examples"
    mine = examples / "my_bounds.py"
    run(program, "verify", mine, "--set", "l2_ball", "--instances", "500", cwd=desk, code=1)
    run(program, "falsify", examples / "nonconvex.py", "--seconds", "20", cwd=desk, code=1)
