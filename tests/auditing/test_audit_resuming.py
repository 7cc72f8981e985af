"""An audit that was killed goes on, with these data and options alone."""

import json
from typing import Any

import jax
import numpy as np
import pytest

from w2sjax.auditing import bootstrap
from w2sjax.auditing.audit import audit
from w2sjax.auditing.classes import choose
from w2sjax.auditing.command import run
from w2sjax.auditing.data import audit_data
from w2sjax.auditing.expansion import estimate
from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.auditing.recorded import recorded

OPTIONS: dict[str, Any] = {"bootstrap": 6, "neighbours": [2]}


def data(**changes):
    generator = np.random.default_rng(0)
    features = generator.normal(size=(60, 3))
    target = np.sign(features[:, 0])
    weak = np.sign(features[:, :2].T + 0.5 * generator.normal(size=(2, 60)))
    given = {"strong_features": features, "weak_predictions": weak, "target": target}
    return audit_data(**given | changes)


def told(found):
    return json.dumps(found.to_json())


@pytest.fixture
def small_chunks(monkeypatch):
    """Two resamples at a time."""
    monkeypatch.setattr(bootstrap, "BUDGET", 2 * 60 * (4 * 3 + 8 * 2))


def test_a_killed_audit_goes_on(tmp_path, monkeypatch, small_chunks):
    key, chunks = jax.random.key(1), []

    def killed(label, done, total):
        if label == "bootstrap":
            chunks.append(done)
        if len(chunks) == 2:
            raise KeyboardInterrupt

    whole = audit(data(), key=key, **OPTIONS)
    with pytest.raises(KeyboardInterrupt):
        audit(data(), key=key, checkpoint=tmp_path, progress=killed, **OPTIONS)
    assert chunks == [2, 4] and len(list(tmp_path.rglob("*.json"))) == 2
    assert told(audit(data(), key=key, checkpoint=tmp_path, **OPTIONS)) == told(whole)
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "measure", None)
        patch.setattr(estimate, "nearest", None)
        assert told(audit(data(), key=key, checkpoint=tmp_path, **OPTIONS)) == told(whole)
    assert len(list(tmp_path.iterdir())) == 1


def test_other_data_and_options_have_their_own_record(tmp_path):
    """In the one entry of a feature, in a weight, in an option."""
    moved = np.array(data().strong_features)
    moved[7, 1] += 1e-12
    plain: dict[str, Any] = {
        "key": jax.random.key(1),
        "split": None,
        "expansion": ExpansionOptions((), (), 0.0),
        "numbers": (1, 1e-8),
    }
    cases: list[Any] = [
        (data(), "affine", {}),
        (data(strong_features=moved), "affine", {}),
        (data(weights=np.arange(1.0, 61.0)), "affine", {}),
        (data(target=None), "affine", {}),
        (data(), "subspace", {}),
        (data(), "l2_ball:1", {}),
        (data(), "l2_ball:2", {}),
        (data(), "affine", {"key": jax.random.key(2)}),
        (data(), "affine", {"split": "0.3"}),
        (data(), "affine", {"numbers": (1, 1e-7)}),
        (data(), "affine", {"expansion": ExpansionOptions((2,), (), 0.0)}),
    ]
    for count, (given, named, changes) in enumerate(cases, 1):
        once_of = recorded(tmp_path, choose(named, given, None), **(plain | changes))
        for part in ("fit", "held-out"):
            value = f"{part} {count}"
            assert once_of(part)("resamples", lambda value=value: value) == value
        assert len(list(tmp_path.iterdir())) == count


def test_the_command_records(tmp_path, capsys):
    given = data()
    path, folder = tmp_path / "data.npz", tmp_path / "record"
    names = ("strong_features", "weak_predictions", "target")
    np.savez(path, **{name: getattr(given, name) for name in names})
    for out in ("first.json", "second.json"):
        assert run(str(path), bootstrap=2, json=tmp_path / out, checkpoint=folder) == 0
    assert len(list(folder.glob("audit_*/*"))) == 1
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()
    assert run(str(path), checkpoint=path) == 2
    assert f"error: --checkpoint: cannot write in {path}" in capsys.readouterr().err
