"""Gain against misfit on a small study: against scikit-learn, by the theorems, and its files."""

import csv
import dataclasses
import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from experiments import misfit_gain
from experiments._gains import gains
from experiments._learners import Learners
from w2sjax import Status, Verdict
from w2sjax.representations import Schedule

SHORT = Schedule(epochs=3, batch=64)
SMALL = misfit_gain.Config(
    learners=Learners(
        tasks=2, points=128, few_tasks=1, few_points=64, schedule=SHORT, few_schedule=SHORT
    ),
    tasks=6,
    points=200,
    heads=Schedule(epochs=20, batch=50, learning_rate=1e-2),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The folder of a small study of two seeds, with trained heads."""
    folder = tmp_path_factory.mktemp("study")
    patch = pytest.MonkeyPatch()
    patch.setitem(misfit_gain.PRESETS, "quick", SMALL)
    try:
        assert misfit_gain.main(["--seeds", "2", "--adamw", "--out", str(folder)]) == 0
    finally:
        patch.undo()
    return folder


def rows(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def arrays(seed=0, realizable=True):
    """Strong and weak features of training and fresh points, and five tasks."""
    rng = np.random.default_rng(seed)
    strong, weak = rng.normal(size=(2, 60, 5)), rng.normal(size=(2, 60, 3))
    targets = np.einsum("snk,mk->msn", strong, rng.normal(size=(5, 5))) + rng.normal(size=(5, 1, 1))
    if not realizable:
        targets = targets + np.abs(weak[..., 0])
    return tuple(map(jnp.asarray, (strong, weak, targets)))


@pytest.mark.parametrize("realizable", [True, False])
def test_exact_heads_are_those_of_scikit_learn(realizable):
    strong, weak, targets = map(np.asarray, arrays(realizable=realizable))
    found = gains(*arrays(realizable=realizable))
    for task, target in enumerate(targets):
        teacher = LinearRegression().fit(weak[0], target[0])
        student = LinearRegression().fit(strong[0], teacher.predict(weak[0]))
        labels, answers = teacher.predict(weak[1]), student.predict(strong[1])
        best = LinearRegression().fit(strong[1], target[1]).predict(strong[1])
        expected = {
            "weak_error": np.mean((labels - target[1]) ** 2),
            "student_error": np.mean((answers - target[1]) ** 2),
            "misfit": np.mean((labels - answers) ** 2),
            "epsilon": np.mean((best - target[1]) ** 2),
        }
        for name, value in expected.items():
            assert found[name][task] == pytest.approx(value, rel=1e-9, abs=1e-20), name
        again = LinearRegression().fit(strong[1], labels).predict(strong[1])
        distance = np.mean((answers - again) ** 2)
        assert distance <= found["gap"][task] <= 1.001 * distance + 1e-20
    assert np.all(np.asarray(found["realizable"]) == realizable)
    assert np.all(np.asarray(found["status"]) == Status.CERTIFIED)


def test_realizable_tasks_obey_theorem_1():
    found = gains(*arrays())
    for verdicts in (found["theorem"], found["extended"]):
        assert np.all(np.isin(verdicts, (Verdict.HOLDS, Verdict.EQUAL)))
    assert np.all(found["guaranteed"] <= found["gain"] + 1e-12)


def test_a_better_teacher_than_the_class_breaks_theorem_1():
    """Strong to weak: the prediction without its hypothesis is seen to fail."""
    strong, weak, targets = arrays()
    found = gains(weak, strong, targets)
    assert not np.any(found["realizable"])
    assert np.all(np.asarray(found["theorem"]) == Verdict.VIOLATED)
    assert np.all(np.isin(found["extended"], (Verdict.HOLDS, Verdict.EQUAL)))


def test_trained_heads_are_covered_by_the_theorem_for_inexact_students():
    schedule = Schedule(epochs=5, batch=10, learning_rate=1e-2)
    found = gains(*arrays(), jax.random.key(0), schedule)
    assert np.all(np.asarray(found["training_gap"]) > 1e-4 * np.asarray(found["misfit"]))
    assert np.all(np.asarray(found["status"]) == Status.LOOSE)
    assert np.all(np.isin(found["theorem"], (Verdict.HOLDS, Verdict.EQUAL)))


def test_the_data_have_the_promised_columns(study):
    data = rows(study / "data.csv")
    assert len(data) == 6 * 2 * 6
    assert list(data[0])[:9] == list(misfit_gain.DATA)
    assert {row["panel"] for row in data} == {panel.name for panel in misfit_gain.PANELS}
    for row in data + rows(study / "adamw.csv"):
        numbers = {name: float(value) for name, value in row.items() if name != "panel"}
        assert np.isfinite(list(numbers.values())).all()
        difference = numbers["weak_error"] - numbers["student_error"]
        assert numbers["gain"] == pytest.approx(difference, rel=1e-9, abs=1e-9)
        assert numbers["extended"] in (Verdict.HOLDS, Verdict.EQUAL)
        assert (numbers["realizable"] == 1) == (row["panel"] == "realizable")


def test_the_manifest_says_how(study):
    manifest = json.loads((study / "manifest.json").read_text())
    assert manifest["config"] == json.loads(json.dumps(dataclasses.asdict(SMALL)))
    assert manifest["seed"] == 0 and manifest["seeds"] == 2
    counts = manifest["statuses"]["data"]
    assert sum(counts.values()) == 72  # features that barely vary leave a few loose
    assert counts["CERTIFIED"] >= 60 and counts["NONFINITE"] == 0
    assert manifest["seconds"]["total"] >= manifest["seconds"]["pretrain deep"] > 0
    assert {"jax", "numpy", "python"} <= set(manifest["versions"])


def test_all_figures_are_drawn(study):
    for stem in ("misfit_gain", "misfit_gain_adamw"):
        assert (study / f"{stem}.png").read_bytes().startswith(b"\x89PNG")
        assert (study / f"{stem}.pdf").read_bytes().startswith(b"%PDF")


def recorded(study):
    return {path: path.stat().st_mtime_ns for path in (study / "progress").glob("pretrain*/*.json")}


def test_a_second_run_finds_its_trainings_and_the_same_numbers(study, monkeypatch):
    monkeypatch.setitem(misfit_gain.PRESETS, "quick", SMALL)
    before = (study / "data.csv").read_text()
    trained = recorded(study)
    assert trained and misfit_gain.main(["--seeds", "2", "--out", str(study)]) == 0
    assert (study / "data.csv").read_text() == before
    assert trained == recorded(study)


def test_bad_options_are_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        misfit_gain.main(["--seeds", "0"])
    assert stop.value.code == 2
    assert "--seeds" in capsys.readouterr().err
