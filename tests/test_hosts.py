"""Two processes that share their devices as two hosts do, and two devices of one: the answers of one."""

import json
import os
import re
import socket
import subprocess
import sys

import jax
import numpy as np
import pytest
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from test_scale import SMALL, untimed

from w2sjax import audit, audit_data, verify
from w2sjax.machine.hosts import join
from w2sjax.verification import verifying
from w2sjax.verification.report import verification_json

pytestmark = pytest.mark.skipif(jax.default_backend() != "cpu", reason="two processes share no GPU")
VERIFIED = ["misfit_gain", "--drop", "realizability", "--instances", "990", "--seed", "2"]
# The audit that follows finds the hosts joined. Each of them has half of the rows.
PROGRAM = f"""
import contextlib, sys
import w2sjax.verification.verifying
from w2sjax.cli import main

place, address, folder = sys.argv[1:]
w2sjax.verification.verifying.BLOCK = {SMALL}
sys.argv = ["w2sjax", "verify", *{VERIFIED}, "--set", "subspace", "--hosts", f"{{place}}/2@{{address}}"]
sys.argv += ["--json", f"{{folder}}/verified_{{place}}.json", "--checkpoint", f"{{folder}}/records"]
with contextlib.suppress(SystemExit):
    main()
import json, jax, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
assert jax.device_count() == 2 and jax.local_device_count() == 1
given = np.load(f"{{folder}}/data.npz")
mesh = Mesh(jax.devices(), ("rows",))
shared = {{}}
for name, whole in given.items():
    own = np.array_split(whole, 2, axis=int(name == "weak_predictions"))[int(place)]
    rows = PartitionSpec(*[None] * (name == "weak_predictions"), "rows")
    shared[name] = jax.make_array_from_process_local_data(NamedSharding(mesh, rows), own)
data = w2sjax.audit_data(shared.pop("strong_features"), shared.pop("weak_predictions"), **shared)
found = w2sjax.audit(data)
print("audited", json.dumps([found.n, *[[m.status, m.gain, m.gap, m.guaranteed_gain] for m in found.models]]))
try:
    w2sjax.audit(data, split="last:0.5")
except ValueError as error:
    print(error)
"""
POINTS, WIDTH = 48, 3


def arrays():
    random = np.random.default_rng(0)
    features = random.standard_normal((POINTS, WIDTH)) + 1
    target = features @ random.standard_normal(WIDTH) + random.standard_normal(POINTS)
    return {
        "strong_features": features,
        "weak_predictions": target + random.standard_normal((2, POINTS)),
        "target": target,
        "weights": np.r_[0, random.uniform(1, 2, POINTS - 1)],
    }


def summary(found):
    return [found.n, *[[m.status, m.gain, m.gap, m.guaranteed_gain] for m in found.models]]


def assert_same(found, expected):
    """Statuses are the same; gains differ by rounding, gaps are as small."""
    assert found[0] == expected[0] == POINTS - 1
    for (status, gain, gap, floor), (one, *others) in zip(found[1:], expected[1:], strict=True):
        assert status == one == "CERTIFIED" and gap < 1e-24
        np.testing.assert_allclose([gain, floor], [others[0], others[2]], rtol=1e-12)


@pytest.fixture(scope="module")
def reference():
    return summary(audit(audit_data(**arrays())))


def test_an_audit_of_what_devices_share(reference):
    mesh = Mesh(np.array(jax.devices()[:2]), ("rows",))
    rows = NamedSharding(mesh, PartitionSpec("rows"))
    given = arrays()
    shared = {name: jax.device_put(given[name], rows) for name in ("target", "weights")}
    features = jax.device_put(given["strong_features"], rows)
    data = audit_data(features, given["weak_predictions"], **shared)
    assert data.strong_features.sharding == rows
    assert_same(summary(audit(data)), reference)
    with pytest.raises(ValueError, match="bootstrap: .* leave them out"):
        audit(data, bootstrap=2, key=jax.random.key(0))


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    """Run the program as two hosts; gives what each printed, and the folder."""
    folder = tmp_path_factory.mktemp("hosts")
    np.savez(folder / "data.npz", **arrays())
    with socket.socket() as free:
        free.bind(("localhost", 0))
        address = f"localhost:{free.getsockname()[1]}"
    flags = re.sub(r"--xla_force_host_platform_device_count=\d+", "", os.environ["XLA_FLAGS"])
    common = {"env": os.environ | {"XLA_FLAGS": flags}, "text": True}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(place), address, folder],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **common,
        )
        for place in range(2)
    ]  # fmt: skip
    try:
        said = [process.communicate(timeout=300) for process in started]
    finally:
        for process in started:
            process.kill()
    assert [process.returncode for process in started] == [0, 0], said
    return folder, [output for output, _ in said]


def test_two_hosts_verify_as_one(hosts, monkeypatch):
    folder, (first, second) = hosts
    monkeypatch.setattr(verifying, "BLOCK", SMALL)
    found = verify("misfit_gain", 2, sets=["subspace"], drop="realizability", instances=990)
    rows = untimed(json.loads(json.dumps(verification_json(found))))
    assert untimed(json.loads((folder / "verified_0.json").read_text())) == rows
    assert rows[0]["violated"] > 0
    assert "990 checks" in first and "checks" not in second
    assert (
        not (folder / "verified_1.json").exists() and len(list((folder / "records").iterdir())) == 1
    )


def test_two_hosts_audit_as_one(hosts, reference):
    for said in hosts[1]:
        line = next(line for line in said.splitlines() if line.startswith("audited"))
        assert_same(json.loads(line.removeprefix("audited")), reference)
        assert "strong_features: hosts share the rows; a split" in said


@pytest.mark.parametrize("given", ["2/2@localhost:1", "0/2@localhost", "1 of 2", "auto"])
def test_hosts_that_cannot_be_found(given, monkeypatch):
    def nothing_detected():
        raise ValueError("coordinator_address should be defined.")

    monkeypatch.setattr(jax.distributed, "initialize", nothing_detected)
    with pytest.raises(ValueError, match=r"--hosts.*PLACE/COUNT@ADDRESS:PORT"):
        join(given)
