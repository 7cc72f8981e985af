"""The cache of compiled programs: filled, used, switched off, and ignored where it is damaged."""

import os
import subprocess
import sys

import pytest

from w2sjax.machine import program_cache

PROGRAM = """
import jax, jax.numpy as jnp
from w2sjax.machine import program_cache
program_cache.SHORTEST = 0.0
program_cache.keep_programs()
hits = []
jax.monitoring.register_event_listener(lambda name, **_: hits.append(name.endswith("cache_hits")))
print(float(jax.jit(lambda x: jnp.sin(x) + 1)(0.0)), sum(hits))
"""


def run(place):
    own = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
    environment = own | {program_cache.VARIABLE: str(place)}
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("damage", [lambda found: found[:20], lambda found: b"no program" * 9])
def test_programs_are_kept_and_damaged_ones_compiled_again(tmp_path, damage):
    first, second = run(tmp_path), run(tmp_path)
    assert first.stdout.split() == ["1.0", "0"]
    value, hits = second.stdout.split()
    assert value == "1.0" and int(hits) >= 1
    kept = [path for path in tmp_path.rglob("*-cache") if path.is_file()]
    assert kept
    for path in kept:
        path.write_bytes(damage(path.read_bytes()))
    third = run(tmp_path)
    assert third.stdout.split() == ["1.0", "0"] and third.stderr == ""


def test_the_cache_can_be_switched_off(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(program_cache.OFF).stdout.split() == ["1.0", "0"]
    assert not list(tmp_path.iterdir())
