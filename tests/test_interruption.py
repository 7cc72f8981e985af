"""Commands that are killed at random moments go on where they were, and say what they would have said."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

TIMES = ("seconds", "compile_seconds")
SETS = "--set simplex --set box"
SEARCH = f"w2sjax falsify inexact_gain {SETS} --set subspace --budget 0 --restarts 0 --small 4000"
CHECK = f"w2sjax verify misfit_gain sharpened_gain {SETS} --instances 10000"
PROVE = "w2sjax prove --all"
STUDY = "experiments early_stopping"
AUDIT = "w2sjax audit {folder}/data.npz --memory 0.02 --neighbours 5 --bootstrap 60"


def started(command, folder):
    options = ["--json", folder / "found.json", "--checkpoint", folder / "progress"]
    if command.startswith("experiments"):
        options = ["--out", folder]
    words = command.format(folder=folder.parent).split()
    arguments = [sys.executable, "-m", *words, *map(str, options)]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finished(process):
    said = process.communicate()[1]
    assert process.returncode == 0, said


def results(folder):
    """The bytes of every table, and of JSON without times."""
    found = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    for path in folder.glob("found.json"):
        rows = json.loads(path.read_text())
        for row in rows if isinstance(rows, list) else []:
            for name in TIMES:
                row.pop(name, None)
        found[path.name] = json.dumps(rows).encode()
    return found


def write_data(folder):
    """Write points that an audit of little memory reads block by block."""
    random = np.random.default_rng(0)
    features = random.normal(size=(20_000, 40)).astype(np.float32)
    target = np.sign(features[:, 0] + random.normal(size=len(features)))
    weak = target * np.where(random.uniform(size=(2, len(features))) < 0.2, -1, 1)
    np.savez(folder / "data.npz", strong_features=features, target=target, weak_predictions=weak)


@pytest.mark.parametrize(
    ("command", "kills"),
    [
        (SEARCH, 5),
        pytest.param(CHECK, 20, marks=pytest.mark.slow),
        pytest.param(PROVE, 15, marks=pytest.mark.slow),
        pytest.param(STUDY, 15, marks=pytest.mark.slow),
        pytest.param(AUDIT, 15, marks=pytest.mark.slow),
    ],
    ids=["falsify", "verify", "prove", "experiment", "audit"],
)
def test_a_killed_command_goes_on(tmp_path, command, kills):
    """SIGKILL soon after something was recorded; a run that ended before that begins a new record."""
    whole, again = tmp_path / "whole", tmp_path / "again"
    for folder in (whole, again):
        folder.mkdir()
    write_data(tmp_path)
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
