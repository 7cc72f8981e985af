"""Bad options, claim files, folders and arguments, given to every command that takes them."""

import contextlib
import os
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from typer.testing import CliRunner

MINE = """
import w2sjax
from w2sjax.settings.projection import CONVEX, EXACT, PROJECTION, best, d, student, target, weak

def stated(constant):
    return w2sjax.Claim(
        title="What a student can lose", source="mine", setting=PROJECTION, assumptions=(CONVEX, EXACT),
        claim=d(student, target) <= d(weak, target) + constant * d(best, target))

plain, unknown = stated(2), stated(w2sjax.unknown("c"))
"""
TEXTS = {
    "mine.py": MINE,
    "no_claim.py": "",
    "not_python.py": "def (",
    "divides.py": "1 / 0",
    "stops.py": "raise SystemExit",
    "needs.py": "import no_such_module",
    "zero_byte.py": "x = 1\0",
    "claims.txt": "",
    "file": "",
    "empty.json": "",
    "other.json": '{"claim": 1}',
    "nan.json": "NaN",
    "deep.json": "[" * 100_000,
    "binary.json": "\0\xff" * 99,
}
CLAIMS = ("verify", "falsify", "prove")
ALL_CLAIMS = (*CLAIMS, "sharpen")
OVER_SETS = ("verify misfit_gain", "falsify misfit_gain")
WRITERS = (*OVER_SETS, "prove misfit_gain", "sharpen mine.py::unknown", "audit data.npz")

Usage = tuple[tuple[str, ...], str]  # commands, and what is typed after them
USAGES: dict[str, Sequence[Usage]] = {
    "Claims and their files": [
        (ALL_CLAIMS, "luck"),
        *[(ALL_CLAIMS, f"{name}.py") for name in ("gone", "no_claim", "not_python", "divides")],
        *[(ALL_CLAIMS, f"{name}.py") for name in ("stops", "needs", "zero_byte")],
        (ALL_CLAIMS, "claims.txt::plain"),
        (ALL_CLAIMS, "mine.py::plan"),
        (ALL_CLAIMS, "mine.py::"),
        (CLAIMS, "mine.py::unknown"),
        (("prove", "sharpen"), "mine.py"),
        (("sharpen",), "mine.py::plain"),
        (("prove", "sharpen"), "expansion_core"),
        (("verify", "falsify", "prove"), "misfit_gain --drop luck"),
        (("falsify", "prove"), ""),
        (("falsify", "prove"), "misfit_gain --all"),
        (("falsify", "prove"), "--all --twin"),
    ],
    "Convex sets": [
        ((*OVER_SETS, "audit data.npz"), f"--set {one}")
        for one in ("moon", "l2_ball:-1", "l2_ball:nan", "box:2,1", "polyhedron:gone.npz")
    ]
    + [(("verify pythagorean_identity", "falsify pythagorean_identity"), "--set box")],
    "Numbers": [
        (("verify",), "misfit_gain --instances 0"),
        *[(("falsify",), f"misfit_gain --{name} -1") for name in ("budget", "small", "restarts")],
        *[(("falsify",), f"misfit_gain --seconds {time}") for time in ("-1", "0", "nan")],
        (("falsify",), "misfit_gain --budget 0 --small 0 --restarts 0"),
        (("audit",), "data.npz --bootstrap -1"),
        *[(("audit",), f"data.npz --split {share}") for share in ("2", "nan", "last:", "0.001")],
        *[(("audit",), f"classes.npz --neighbours {count}") for count in ("0", "12")],
        *[(("audit",), f"classes.npz --radius {radius}") for radius in ("0", "nan", "inf")],
        *[(("audit",), f"classes.npz --radius 1 --smallest-set {q}") for q in ("-1", "1", "nan")],
    ],
    "Where to write": [
        (WRITERS, "--json ."),
        (WRITERS, "--json gone/found.json"),
        (WRITERS, "--out file"),
        (WRITERS, "--out file/deeper"),
        (OVER_SETS, "--checkpoint file"),
        (("prove misfit_gain",), "--coq file"),
    ],
    "What to read": [
        (("audit",), "gone.npz"),
        (("audit",), "file"),
        (("audit",), "empty"),
        (("audit",), "data.npz --loss l1"),
        (("audit",), "data.npz --loss kl"),
        (("audit",), "classes.npz --loss kl --set l2_ball:2"),
        (("audit",), "data.npz --array layer_20"),
        (("audit",), "data.npz --array feature=layer_20"),
        (("audit",), "data.npz --array strong_features=layer_20"),
        (("audit",), "data.npz --target-column y"),
        (("audit",), "data.npz --set monotone --split 0.3"),
        (("replay",), "gone.json"),
        (("replay",), "."),
        *[(("replay",), f"{name}.json") for name in ("empty", "other", "nan", "deep", "binary")],
        (("replay",), "data.npz"),
    ],
}
CALLS = [
    "w2sjax.audit_data([[1.0, 2.0], [3.0]], [1.0, 2.0])",
    "w2sjax.audit_data(x, numpy.ma.masked_less(y, 0))",
    "w2sjax.audit_data(x, y, target=[None] * 12)",
    "w2sjax.audit_data(x, y, weak_names=['a', 'b'])",
    "w2sjax.audit_data(x, y[:11])",
    "w2sjax.audit(w2sjax.audit_data(x, y), bootstrap=10)",
    "w2sjax.audit(w2sjax.audit_data(x, y), tolerance=numpy.nan)",
    "w2sjax.hypothesis_class(Affine(), x / 0)",
    "w2sjax.hypothesis_class(Affine(), x, weights=0 * y)",
    "w2sjax.hypothesis_class(Affine(), x, weights=-abs(y))",
    "w2sjax.project(strong, y[:11])",
    "w2sjax.project(strong, y.astype('float32'))",
    "detect(chances + 1, x)",
    "detect(chances, x, score_threshold=numpy.nan)",
]


@contextlib.contextmanager
def examples() -> Iterator[None]:
    """Stand in a folder with the files that the commands name."""
    random = np.random.default_rng(0)
    features, labels = random.normal(size=(12, 3)), np.arange(12) % 2
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for name, text in TEXTS.items():
                Path(name).write_text(text, encoding="latin-1")
            Path("empty").mkdir()
            np.savez("data.npz", strong_features=features, weak_predictions=features[:, 0])
            chances = np.linspace(0, 1, 12)
            np.savez(
                "classes.npz", strong_features=features, weak_probabilities=chances, labels=labels
            )
            yield
        finally:
            os.chdir(before)


def typed() -> Iterator[tuple[str, tuple[str, ...], str, list[str]]]:
    """Give each heading, commands and options with the line of each command."""
    with examples():
        for heading, usages in USAGES.items():
            for commands, options in usages:
                lines = [refused(f"{command} {options}") for command in commands]
                yield heading, commands, options, lines


def refused(command: str) -> str:
    """Run a command; raises `AssertionError` for anything but one line and exit code 2, and files."""
    from w2sjax.cli import app

    before = sorted(Path().rglob("*"))
    done = CliRunner().invoke(app, shlex.split(command))
    line = done.stderr.strip()
    if done.exit_code != 2 or not line.startswith("error: ") or "\n" in line or done.stdout:
        raise AssertionError(f"{command} ended with {done.exit_code}: {done.output}")
    if sorted(path for path in Path().rglob("*") if path.name != "__pycache__") != before:
        raise AssertionError(f"{command} left files behind")
    return line.removeprefix("error: ")


def called() -> Iterator[tuple[str, str]]:
    """Give each call with what its `ValueError` says; raises `AssertionError` where there is none."""
    import jax.numpy as jnp

    import w2sjax
    from w2sjax.overlap.detection import detect
    from w2sjax.projecting.sets import Affine

    random = np.random.default_rng(0)
    x, y = jnp.asarray(random.normal(size=(12, 3))), jnp.asarray(random.normal(size=12))
    given: dict[str, Any] = {"w2sjax": w2sjax, "numpy": np, "Affine": Affine, "detect": detect}
    given |= {"x": x, "y": y, "chances": jnp.linspace(0, 1, 12)}
    given["strong"] = w2sjax.hypothesis_class(Affine(), x)
    for call in CALLS:
        try:
            with np.errstate(all="ignore"):
                eval(call, given)
        except ValueError as error:
            yield call, str(error)
        else:
            raise AssertionError(f"{call} raised nothing")
