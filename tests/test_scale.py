"""Blocks over devices, one or eight, and files that are written as a whole."""

import errno
import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from w2sjax.machine.scale import over_devices
from w2sjax.machine.writable import write_whole
from w2sjax.verification import verifying as verification
from w2sjax.verification.report import verification_json

eight = pytest.mark.skipif(jax.device_count() < 8, reason="needs eight devices")


@eight
def test_blocks_come_back_in_order():
    assert jax.device_count() == 8

    def block(index, given, key):
        return {"value": given["a"] * index.astype(float), "key": jax.random.fold_in(key, index)}

    ids, key = jnp.arange(5, 29), jax.random.key(3)
    found = over_devices(block)(ids, {"a": jnp.asarray(0.5)}, key)
    np.testing.assert_array_equal(found["value"], 0.5 * np.arange(5, 29))
    expected = jax.vmap(lambda index: jax.random.fold_in(key, index))(ids)
    assert jnp.all(jax.random.key_data(found["key"]) == jax.random.key_data(expected))
    assert len(found["value"].sharding.device_set) == 8


def test_a_full_disk_leaves_the_last_result_and_names_the_file(tmp_path):
    path = tmp_path / "found.json"
    write_whole(path, "first")

    def full(stream):
        stream.write(b"half of")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space left on device.*found.json"):
        write_whole(path, full)
    assert path.read_text() == "first" and list(tmp_path.iterdir()) == [path]


def test_a_link_stays_one_and_a_device_is_written_to(tmp_path):
    """`--json /dev/stdout` is no file to be replaced."""
    path, link = tmp_path / "found.json", tmp_path / "link"
    link.symlink_to(path)
    write_whole(link, "first")
    write_whole(link, "second")
    assert link.is_symlink() and path.read_text() == "second"
    write_whole(Path(os.devnull), "nothing")
    assert not Path(os.devnull).is_file() and len(list(tmp_path.iterdir())) == 2


# Where the instances are tight the extremes are 0 and 1 whatever happens; here they are not.
RUNS: list[dict[str, Any]] = [
    {"claims": "misfit_gain", "sets": ["subspace"], "drop": "realizability"},
    {"claims": ["misfit_gain", "root_distance_metric"], "sets": ["bounded_values"], "twin": True},
]
SMALL = 20  # instances a block: 50 blocks, the last one half empty

ALONE = f"""
import json, sys, jax
import w2sjax.verification.verifying
from w2sjax.verification.report import verification_json
w2sjax.verification.verifying.BLOCK = {SMALL}
assert jax.device_count() == 1
with jax.enable_x64(True):  # which reaches this thread alone
    for run in json.loads(sys.argv[1]):
        found = w2sjax.verification.verifying.verify(key=2, instances=990, chunk=3, **run)
        print(json.dumps(verification_json(found)))
"""


def untimed(rows):
    return [{key: row[key] for key in row if not key.endswith("seconds")} for row in rows]


@pytest.fixture(scope="module")
def alone():
    """Start the runs in a process with a single device; gives a function that waits for them."""
    command = [sys.executable, "-W", "error", "-c", ALONE, json.dumps(RUNS)]
    flags = re.sub(r"--xla_force_host_platform_device_count=\d+", "", os.environ["XLA_FLAGS"])
    environment = os.environ | {"XLA_FLAGS": flags}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:

        @functools.cache
        def answers():
            output, errors = process.communicate(timeout=300)
            assert process.returncode == 0, errors
            return [untimed(json.loads(line)) for line in output.splitlines()]

        yield answers
        process.kill()


@eight
@pytest.mark.parametrize(("place", "chunk"), [(1, 8), (1, 1), (0, 1)])
def test_devices_and_chunks_change_no_bit(alone, monkeypatch, place, chunk):
    """Real claims, compiled for 8 devices and for 1: same counts, extremes and index."""
    monkeypatch.setattr(verification, "BLOCK", SMALL)
    calls = []
    found = verification.verify(
        key=2, instances=990, chunk=chunk, progress=lambda *seen: calls.append(seen), **RUNS[place]
    )
    assert len(calls) == {1: 4, 8: 1}[chunk]
    rows = untimed(json.loads(json.dumps(verification_json(found))))
    assert rows == alone()[place]
    for row in rows:
        assert row["violated"] > 0
        assert row["tightness"] != 1 or row["least_slack"] != 0
