"""Commands that are killed at random moments go on where they were, and say what they would have said."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

TIMES = ("seconds", "compile_seconds")
SETS = "--set simplex --set box"
SEARCH = f"w2sjax falsify inexact_gain {SETS} --set subspace --budget 0 --restarts 0 --small 4000"
CHECK = f"w2sjax verify misfit_gain sharpened_gain {SETS} --instances 60000"
PROVE = "w2sjax prove --all"
STUDY = "experiments rates"


def started(command, folder):
    options = ["--json", folder / "found.json", "--checkpoint", folder / "progress"]
    if command.startswith("experiments"):
        options = ["--out", folder]
    arguments = [sys.executable, "-m", *command.split(), *map(str, options)]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finished(process):
    said = process.communicate()[1]
    assert process.returncode == 0, said


def results(folder):
    """The bytes of every table, and of JSON without times."""
    found = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    for path in folder.glob("found.json"):
        rows = json.loads(path.read_text())
        timeless = [
            {name: value for name, value in row.items() if name not in TIMES} for row in rows
        ]
        found[path.name] = json.dumps(timeless).encode()
    return found


@pytest.mark.parametrize(
    ("command", "kills"),
    [
        (SEARCH, 5),
        pytest.param(CHECK, 20, marks=pytest.mark.slow),
        pytest.param(PROVE, 15, marks=pytest.mark.slow),
        pytest.param(STUDY, 15, marks=pytest.mark.slow),
    ],
    ids=["falsify", "verify", "prove", "experiment"],
)
def test_a_killed_command_goes_on(tmp_path, command, kills):
    """SIGKILL soon after something was recorded; a run that ended before that begins a new record."""
    whole, again = tmp_path / "whole", tmp_path / "again"
    for folder in (whole, again):
        folder.mkdir()
    finished(started(command, whole))
    assert results(whole)
    draw, killed, record = random.Random(0), 0, again / "progress"
    while killed < kills:
        process, known = started(command, again), seen(record)
        while process.poll() is None and seen(record) == known:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.2))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        if process.returncode == 0:
            assert results(again) == results(whole)
            shutil.rmtree(record)
    finished(started(command, again))
    assert results(again) == results(whole)


def seen(record):
    """When which files were written."""
    return {path.name: path.stat().st_mtime_ns for path in record.rglob("[!.]*.json")}
