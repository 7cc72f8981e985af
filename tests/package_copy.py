"""A copy of the package to which a test adds files, and programs that run on it."""

import shutil
import subprocess
import sys
from pathlib import Path

import w2sjax

ROOT = Path(__file__).parents[1]


def copied(home: Path, *others: str) -> Path:
    """Copy the package, and other folders of the repository, to a new home."""
    skipped = shutil.ignore_patterns("__pycache__", "*.png", "*.pdf")
    shutil.copytree(Path(w2sjax.__file__).parent, home / "w2sjax", ignore=skipped)
    for other in others:
        shutil.copytree(ROOT / other, home / other, ignore=skipped)
    return home


def run_in(home: Path, *arguments: str) -> str:
    """Run Python there; give what it prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
