"""An audit that was killed goes on, with these data and options alone."""

import contextlib
import json
from typing import Any

import jax
import numpy as np
import pytest

from w2sjax.auditing import audit as module
from w2sjax.auditing import bootstrap, students
from w2sjax.auditing.audit import audit
from w2sjax.auditing.classification import audit as classifiers
from w2sjax.auditing.classification.audit import audit_classifiers
from w2sjax.auditing.classification.data import classifier_data
from w2sjax.auditing.command import run
from w2sjax.auditing.data import audit_data
from w2sjax.auditing.expansion import estimate
from w2sjax.machine import records
from w2sjax.machine.records import Part, Record
from w2sjax.projecting import rows

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
    assert chunks == [2, 4] and len(list(tmp_path.rglob("*.json"))) == 3
    assert told(audit(data(), key=key, checkpoint=tmp_path, **OPTIONS)) == told(whole)
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "measure", None)
        patch.setattr(students, "measure", None)
        patch.setattr(estimate, "nearest", None)
        assert told(audit(data(), key=key, checkpoint=tmp_path, **OPTIONS)) == told(whole)
    assert len(list(tmp_path.iterdir())) == 1


class KilledError(Exception):
    """What a kill is here."""


def test_passes_over_rows_go_on(tmp_path, monkeypatch):
    """Killed after every other block of sums, cosines and pairs, which go on where they were."""
    monkeypatch.setattr(students, "STREAMED", 1)
    monkeypatch.setattr(rows, "BLOCK", 3 * 12)
    monkeypatch.setattr(records, "EVERY", 0)
    monkeypatch.setattr(records, "SHARE", 1)
    replace, last = Record.replace, Part.last
    resumed, left = set(), iter(())

    def killing(self, unit, value):
        replace(self, unit, value)
        if next(left, None) is None:
            raise KilledError

    def logged(self, unit, steps):
        def going_on(known):
            resumed.add(unit.split(",")[0] if known else None)
            return steps(known)

        return last(self, unit, going_on)

    monkeypatch.setattr(Part, "last", logged)
    features = np.array(data().strong_features)
    features[:, 2] = 5 * np.arange(60)  # the first rows mislead about its mean: a second pass
    chances = np.random.default_rng(2).uniform(size=60)
    given = data(strong_features=features, weak_probabilities=chances)
    options = {**OPTIONS, "key": jax.random.key(1), "radius": [40.0]}
    whole = told(audit(given, **options))
    monkeypatch.setattr(Record, "replace", killing)
    found, attempts = None, 0
    while found is None:
        left, attempts = iter(range(1)), attempts + 1
        with contextlib.suppress(KilledError):
            found = told(audit(given, checkpoint=tmp_path, **options))
    assert found == whole and attempts > 20
    assert resumed >= {"Gram matrix", "resamples", "largest cosines", "3 nearest"}
    assert any(unit and unit.startswith("within") for unit in resumed)
    assert not any("under way" in path.read_text() for path in tmp_path.rglob("*.json"))


def test_an_audit_of_classifiers_goes_on(tmp_path, monkeypatch):
    random = np.random.default_rng(3)
    features = random.normal(size=(60, 2))
    chances = 1 / (1 + np.exp(-features.T - random.normal(size=(2, 60))))
    labels = (features.sum(axis=1) > 0).astype(int)
    given = classifier_data(features, np.stack([1 - chances, chances], 2), labels=labels)
    options: dict[str, Any] = {"neighbours": 2, "split": "last:0.3"}

    def killed(label, done, total):
        if (label, done) == ("heads", 2):
            raise KeyboardInterrupt

    whole = told(audit_classifiers(given, **options))
    with pytest.raises(KeyboardInterrupt):
        audit_classifiers(given, checkpoint=tmp_path, progress=killed, **options)
    with monkeypatch.context() as patch:
        patch.setattr(classifiers, "learn", pytest.fail)  # the ceiling, which is recorded
        assert told(audit_classifiers(given, checkpoint=tmp_path, **options)) == whole
        patch.setattr(classifiers, "learners", pytest.fail)
        patch.setattr(estimate, "nearest", None)
        assert told(audit_classifiers(given, checkpoint=tmp_path, **options)) == whole


class ReachedError(Exception):
    """What an audit found in its record before it began."""


def test_other_data_and_options_have_their_own_record(tmp_path, monkeypatch):
    """In the one entry of a feature, in a weight, in an option."""
    moved = np.array(data().strong_features)
    moved[7, 1] += 1e-12
    cases: list[Any] = [
        (data(), {}),
        (data(strong_features=moved), {}),
        (data(weights=np.arange(1.0, 61.0)), {}),
        (data(target=None), {}),
        (data(weak_probabilities=np.full(60, 0.5)), {}),
        (data(), {"convex_set": "subspace"}),
        (data(), {"convex_set": "l2_ball:1"}),
        (data(), {"convex_set": "l2_ball:2"}),
        (data(), {"key": jax.random.key(2)}),
        (data(), {"split": "0.3"}),
        (data(), {"bootstrap": 3}),
        (data(), {"tolerance": 1e-7}),
        (data(), {"neighbours": 2}),
    ]
    place = 0

    def reached(choice, data, part, fitted, options):
        raise ReachedError(options.record.once("resamples", lambda: place))

    monkeypatch.setattr(module, "_audit_part", reached)
    for _ in range(2):
        for place, (given, changes) in enumerate(cases):  # noqa: B007
            options: dict[str, Any] = {"key": jax.random.key(1), "checkpoint": tmp_path}
            with pytest.raises(ReachedError, match=f"^{place}$"):
                audit(given, **options | changes)
        assert len(list(tmp_path.iterdir())) == len(cases)


def test_the_command_records(tmp_path, capsys):
    given = data()
    path, folder = tmp_path / "data.npz", tmp_path / "record"
    names = ("strong_features", "weak_predictions", "target")
    np.savez(path, **{name: getattr(given, name) for name in names})
    for out in ("first.json", "second.json"):
        assert run(str(path), bootstrap=2, json=tmp_path / out, checkpoint=folder) == 0
    assert len(list(folder.glob("audit_*/*"))) == 2
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()
    assert run(str(path), checkpoint=path) == 2
    assert f"error: --checkpoint: cannot write in {path}" in capsys.readouterr().err
