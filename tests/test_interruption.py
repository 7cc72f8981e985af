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
SEARCH = "falsify inexact_gain --set simplex --set box --set subspace --budget 0 --restarts 0 --small 4000"
CHECK = "verify misfit_gain sharpened_gain --set simplex --set box --instances 60000"


def started(command, *options):
    arguments = [sys.executable, "-m", "w2sjax", *command.split(), *map(str, options)]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finished(process):
    said = process.communicate()[1]
    assert process.returncode == 0, said


def without_times(path):
    return [
        {name: value for name, value in row.items() if name not in TIMES}
        for row in json.loads(path.read_text())
    ]


@pytest.mark.parametrize(
    ("command", "kills"),
    [(SEARCH, 5), pytest.param(CHECK, 50, marks=pytest.mark.slow)],
    ids=["falsify", "verify"],
)
def test_a_killed_command_goes_on(tmp_path, command, kills):
    """SIGKILL soon after something was recorded; a run that ended before that begins a new record."""
    whole, again, record = tmp_path / "whole.json", tmp_path / "again.json", tmp_path / "record"
    finished(started(command, "--json", whole))
    draw, killed = random.Random(0), 0
    while killed < kills:
        process, known = started(command, "--json", again, "--checkpoint", record), seen(record)
        while process.poll() is None and seen(record) == known:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.2))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        if process.returncode == 0:
            assert without_times(again) == without_times(whole)
            shutil.rmtree(record)
    finished(started(command, "--json", again, "--checkpoint", record))
    assert without_times(again) == without_times(whole)


def seen(record):
    """When which files were written."""
    return {path.name: path.stat().st_mtime_ns for path in record.rglob("[!.]*.json")}
