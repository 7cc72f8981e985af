"""Commands that are killed at random moments go on where they were, and say what they would have said."""

import json
import os
import random
import subprocess
import sys

import pytest

TIMES = ("seconds", "compile_seconds")
SEARCH = (
    "falsify inexact_gain --set simplex --set box --set subspace --budget 0 --restarts 0 --small 4000"
)
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
    ("command", "kills", "longest"),
    [(SEARCH, 5, 5.0), pytest.param(CHECK, 50, 20.0, marks=pytest.mark.slow)],
    ids=["falsify", "verify"],
)
def test_a_killed_command_goes_on(tmp_path, command, kills, longest):
    """SIGKILL after a random time; a killed run may have ended, and is begun anew from its record."""
    whole, again, record = tmp_path / "whole.json", tmp_path / "again.json", tmp_path / "record"
    finished(started(command, "--json", whole))
    draw, killed = random.Random(os.environ.get("W2SJAX_SEED", "0")), 0
    while killed < kills:
        process = started(command, "--json", again, "--checkpoint", record)
        try:
            process.communicate(timeout=draw.uniform(1.5, longest))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        killed += 1
        assert process.returncode in (0, -9)
    finished(started(command, "--json", again, "--checkpoint", record))
    assert without_times(again) == without_times(whole)
