"""Audits of classifiers: what is refused, what is measured, and by whom else it is confirmed."""

import functools
import json
from typing import Any

import jax
import mpmath
import numpy as np
import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest
from scipy.special import rel_entr
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from w2sjax.auditing import command
from w2sjax.auditing.classification import measures, students
from w2sjax.auditing.classification.audit import audit_classifiers
from w2sjax.auditing.classification.data import classifier_data
from w2sjax.auditing.classification.students import indicators, learn, learn_confidently
from w2sjax.bregman.heads import fit
from w2sjax.mixture.logistic import FitStatus

N, D, C = 60, 3, 3
RANDOM = np.random.default_rng(5)
FEATURES = RANDOM.normal(size=(N, D))
CHANCES = RANDOM.dirichlet(np.ones(C), N)
LABELS = np.argmax(FEATURES + RANDOM.normal(size=(N, D)), axis=1)
NAMES = np.array(["cat", "dog", "ape"])
WEAK = np.stack([CHANCES, 0.5 * CHANCES + 0.5 * np.eye(C)[LABELS]])
SORTED_LABELS = np.argsort(np.argsort(NAMES))[LABELS]  # in alphabetical order of their names


@pytest.fixture
def saved(tmp_path):
    def save(**changes):
        given = {"strong_features": FEATURES, "weak_probabilities": CHANCES, "labels": LABELS}
        given |= changes
        path = tmp_path / "data.npz"
        np.savez(path, **{name: values for name, values in given.items() if values is not None})
        return str(path)

    return save


def audited(**changes) -> Any:
    """Audit arrays without files; options are those that are not arrays'."""
    given: Any = {"strong_features": FEATURES, "weak_probabilities": CHANCES, "labels": LABELS}
    given |= changes
    options = {name: given.pop(name) for name in ("bootstrap", "split", "key") if name in given}
    return audit_classifiers(classifier_data(**given), **options)


def with_entry(value, row=3, column=1, of=CHANCES):
    changed = of.copy()
    changed[row, column] = value
    return changed


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"weak_probabilities": with_entry(0.9)}, ("weak_probabilities: row 3", "not 1")),
        ({"weak_probabilities": with_entry(-0.1)}, ("-0.1 at row 3, column 1", "[0, 1]")),
        ({"weak_probabilities": with_entry(np.nan)}, ("weak_probabilities: NaN at row 3, column 1",)),
        ({"weak_probabilities": CHANCES[:-1]}, ("weak_probabilities", "(59, 3)", "60 rows", "(n, c)")),
        ({"weak_probabilities": WEAK[:, :-1]}, ("(2, 59, 3)", "60 rows", "(m, n, c)")),
        ({"weak_probabilities": np.ones((N, 1))}, ("one class",)),
        ({"weak_probabilities": None, "labels": LABELS, "weak_predictions": LABELS},
         ("'labels' needs weak_probabilities",)),
        ({"labels": LABELS[:-1]}, ("labels: length 59", "60 rows")),
        ({"labels": LABELS + 0.5}, ("labels", "no whole number")),
        ({"labels": LABELS + 1j}, ("labels", "complex128")),
        ({"labels": LABELS.reshape(2, -1)}, ("labels: has shape (2, 30)",)),
        ({"labels": np.where(LABELS == 2, 7, LABELS), "class_names": np.array(["0", "1", "2"])},
         ("labels: '7'", "not among '0', '1', '2'")),
        ({"labels": np.arange(N)}, ("labels", "60 values", "3 classes", "class_names")),
        ({"labels": np.zeros(N, int)}, ("labels: are all '0'",)),
        ({"labels": NAMES[LABELS], "class_names": NAMES[:2]}, ("class_names", "2 names")),
        ({"target_probabilities": CHANCES}, ("labels and target_probabilities",)),
        ({"labels": None, "target_probabilities": CHANCES[:, :2] / CHANCES[:, :2].sum(1)[:, None]},
         ("target_probabilities", "2 classes", "3")),
        ({"student_probabilities": CHANCES[None].repeat(2, 0)}, ("student_probabilities", "(1, 60, 3)")),
        ({"weights": -np.ones(N)}, ("weights: negative",)),
        ({"weights": np.zeros(N)}, ("weights", "sum to zero")),
        ({"strong_features": with_entry(np.inf, of=FEATURES)}, ("strong_features: infinity",)),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(saved, capsys, changes, words):
    assert command.run(saved(**changes)) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    "options, words",
    [
        ({"loss": "hinge"}, "expected squared or kl"),
        ({"loss": "squared"}, "two classes, not of 3"),
        ({"set": "l2_ball:2"}, "softmax-linear heads"),
        ({"intercept": False}, "softmax-linear heads"),
        ({"bootstrap": -1}, "bootstrap: expected 0 or more"),
        ({"split": "2"}, "expected a share"),
        ({"label_column": "y"}, "holds arrays"),
    ],
)
def test_bad_options_are_one_line(saved, capsys, options, words):
    assert command.run(saved(), **options) == 2
    assert words in capsys.readouterr().err


def unpenalised(labels):
    """Probabilities of scikit-learn's head on soft labels, through repeated rows with masses."""
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    model.fit(FEATURES.repeat(C, axis=0), np.tile(np.arange(C), N), np.asarray(labels).ravel())
    return model.predict_proba(FEATURES)


def test_the_json_has_what_was_promised_as_others_compute_it(saved, tmp_path, capsys):
    options = {"bootstrap": 20, "json": tmp_path / "report.json", "out": tmp_path / "out"}
    path = saved(weak_probabilities=WEAK, weak_names=np.array(["noise", "half"]))
    assert command.run(path, neighbours=[3], **options) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    ceiling = unpenalised(np.eye(C)[LABELS])
    for model, weak in zip(report["models"], WEAK, strict=True):
        student = unpenalised(weak)
        for role, chances in (("weak", weak), ("student", student), ("ceiling", ceiling)):
            right = np.mean(np.argmax(chances, axis=1) == LABELS)
            assert model[f"{role}_accuracy"] == pytest.approx(right, abs=1e-12)
            assert model[f"{role}_log_loss"] == pytest.approx(log_loss(LABELS, chances), abs=1e-6)
        misfit, above, left = (
            rel_entr(*pair).sum(axis=1).mean()
            for pair in ((weak, student), (weak, ceiling), (student, ceiling))
        )
        assert model["kl_misfit"] == pytest.approx(misfit, abs=1e-6)
        assert model["kl_gain_to_ceiling"] == pytest.approx(above - left, abs=1e-6)
        # The law: its defect is 0, for both are free heads.
        assert model["status"] == "CERTIFIED" and model["penalty"] == 0 and model["gap"] < 1e-12
        assert abs(model["kl_gain_to_ceiling"] - model["kl_misfit"]) < 2 * model["rounding"] < 1e-10
        scores = [model[f"{role}_accuracy"] for role in ("weak", "student", "ceiling")]
        expected = (scores[1] - scores[0]) / (scores[2] - scores[0])
        assert model["performance_gap_recovered"] == pytest.approx(expected)
    assert report["models"][0]["performance_gap_recovered_status"] == "DEFINED"
    assert report["chosen"] == "half" and report["certified"]
    assert report["expansion"] is not None and sum(report["overlap"]["counts"].values()) == N
    page, table = ((tmp_path / "out" / f"audit.{kind}").read_text() for kind in ("html", "txt"))
    assert "<svg" in page and "CERTIFIED head is proved" in page
    for words in ("gap\n", "half *", "KL gain to ceiling = KL misfit + defect", "certified on"):
        assert words.strip() in table


def test_gap_recovered_is_undefined_or_flagged_where_the_ceiling_is_no_better():
    truth = np.eye(C)[LABELS]
    sure = 0.9 * truth + 0.1 / C
    model = audited(weak_probabilities=sure).models[0]
    assert model.student.gap_status == "BELOW" and model.weak.accuracy == 1
    ceiling = np.exp(learn(FEATURES, truth, np.full(N, 1 / N)).log_chances(FEATURES))
    report = audited(weak_probabilities=ceiling, bootstrap=3, key=jax.random.key(0))
    (model,) = report.models
    assert model.student.gap_status == "UNDEFINED" and model.student.gap_recovered is None
    assert model.student.gap_interval is None and any("undefined" in w for w in report.warnings)


def test_equal_students_are_not_certified_to_differ():
    report = audited(weak_probabilities=np.stack([CHANCES, CHANCES]))
    assert report.chosen == "weak_0" and not report.certified and report.regret == 0


def test_separable_labels_have_a_penalised_ceiling_and_the_law_still_holds():
    separable = np.digitize(FEATURES[:, 0], [-0.5, 0.5])
    report = audited(labels=separable)
    (model,) = report.models
    assert report.ceiling_penalty == pytest.approx(1 / N) and report.ceiling_status == "CERTIFIED"
    assert any("no certified free minimum" in sentence for sentence in report.warnings)
    assert abs(model.defect) <= model.rounding
    # A penalised student's defect is its gradient, -penalty coefficients, times what it is away.
    hard = np.eye(C)[separable]
    (model,) = audited(labels=LABELS, weak_probabilities=hard).models
    weights = np.full(N, 1 / N)
    student, ceiling = learn(FEATURES, hard, weights), learn(FEATURES, np.eye(C)[LABELS], weights)
    away = ceiling.head.coefficients - student.head.coefficients
    assert model.defect == pytest.approx(-np.sum(student.head.coefficients * away) / N, rel=1e-6)
    assert model.kl_gain_to_ceiling - model.kl_misfit == pytest.approx(model.defect, rel=1e-9)


def test_students_of_the_user_are_audited_as_they_are():
    given = WEAK[1].copy()
    given[0] = [1, 0, 0]
    (model,) = audited(weak_probabilities=CHANCES, student_probabilities=given).models
    assert model.student.accuracy == np.mean(np.argmax(given, axis=1) == LABELS)
    assert model.student.status is None and model.kl_misfit is None  # infinite
    (model,) = audited(student_probabilities=0.5 * given + 0.5 / C).models
    lost = model.kl_gain_to_ceiling - model.kl_misfit
    assert abs(lost - model.defect) <= model.rounding < 1e-10 < abs(model.defect)


def test_answers_that_are_stated():
    flat = audited(weak_probabilities=np.tile([0.2, 0.3, 0.5], (N, 1)))
    assert flat.models[0].kl_misfit <= flat.models[0].rounding
    assert any("says the same of every point" in sentence for sentence in flat.warnings)
    certain = audited(weak_probabilities=np.eye(C)[np.roll(LABELS, 7)])
    assert certain.models[0].weak.log_loss is None  # infinite
    assert any("certain (probability 1) of 60 of 60" in w for w in certain.warnings)
    unused = audited(
        weak_probabilities=np.column_stack([CHANCES[:, :2].sum(1), CHANCES[:, 2], 0 * LABELS])
    )
    assert unused.models[0].student.smoothed and unused.models[0].student.status == "CERTIFIED"
    few = audited(strong_features=np.column_stack([FEATURES, np.ones(N), FEATURES[:, 0]]))
    assert few.rank == D and any("2 of d = 5 directions" in sentence for sentence in few.warnings)
    assert few.models[0].kl_misfit == pytest.approx(audited().models[0].kl_misfit, abs=1e-12)
    wide = audited(strong_features=RANDOM.normal(size=(N, N)))
    assert any("n = 60 is no more than d = 60" in sentence for sentence in wide.warnings)
    assert wide.models[0].kl_misfit < 1e-9
    unlabelled = audited(labels=None)
    assert unlabelled.chosen is None and unlabelled.models[0].kl_misfit > 0
    assert any("no labels" in sentence for sentence in unlabelled.warnings)


def test_names_give_the_order_of_columns(saved, capsys):
    by_number = audited().models[0]
    by_name = audited(labels=NAMES[LABELS], class_names=NAMES)
    assert by_name.models[0].ceiling == by_number.ceiling and by_name.classes == tuple(NAMES)
    alphabetical: Any = classifier_data(FEATURES, CHANCES, labels=NAMES[LABELS])
    assert alphabetical.classes == ("ape", "cat", "dog")
    assert np.array_equal(np.argmax(alphabetical.truth, axis=1), SORTED_LABELS)
    assert "order of the labels: 'ape', 'cat', 'dog'" in alphabetical.notes[0]


@pytest.mark.parametrize(
    "labels, words",
    [
        (np.ma.masked_array(LABELS, LABELS == 0), "masked"),
        ([None, *LABELS[1:]], "hold object"),
        ([np.nan, *LABELS[1:]], "nan at row 0"),
        ([*NAMES[LABELS[1:]], "cow"], "4 values"),
    ],
)
def test_labels_from_python_that_are_none(labels, words):
    with pytest.raises(ValueError, match=words):
        classifier_data(FEATURES, CHANCES, labels=labels)
    objects = classifier_data(FEATURES, CHANCES, labels=LABELS.astype(object))
    assert np.array_equal(np.argmax(np.asarray(objects.truth), axis=1), LABELS)


def test_weights_are_repeated_rows_and_zero_is_left_out():
    counts = np.arange(N) % 3
    rows = np.repeat(np.arange(N), counts)
    weighed = audited(weights=counts.astype(float))
    repeated = audit_classifiers(
        classifier_data(FEATURES[rows], CHANCES[rows], labels=LABELS[rows])
    )
    for name in ("kl_misfit", "kl_gain_to_ceiling"):
        first, second = (getattr(report.models[0], name) for report in (weighed, repeated))
        assert first == pytest.approx(second, abs=1e-10)
    assert weighed.models[0].student.accuracy == pytest.approx(repeated.models[0].student.accuracy)
    assert any("20 weights are zero" in sentence for sentence in weighed.warnings)


def test_held_out_points_are_measured_with_the_heads_of_the_others():
    report = audited(split="last:0.25")
    fitted, held = slice(N * 3 // 4), slice(N * 3 // 4, N)
    weights = np.full(45, 1 / 45)
    student = learn(FEATURES[fitted], CHANCES[fitted], weights)
    right = np.argmax(student.log_chances(FEATURES[held]), axis=1) == LABELS[held]
    assert report.held_out.models[0].student.accuracy == pytest.approx(right.mean())
    # The law is one of the points fitted on.
    assert abs(report.models[0].defect) <= report.models[0].rounding
    assert abs(report.held_out.models[0].defect) > 1e-4


def test_two_classes_may_be_one_column_and_audited_by_squared_error(saved, tmp_path, capsys):
    two = CHANCES[:, 1] / CHANCES[:, :2].sum(axis=1)
    labels = np.where(LABELS == 0, "no", "yes")
    path, out = saved(weak_probabilities=two, labels=labels), tmp_path / "report.json"
    assert command.run(path, json=out) == 0
    by_kl = json.loads(out.read_text())
    assert by_kl["classes"] == ["no", "yes"] and by_kl["loss"] == "kl"
    accuracy = np.mean((two > 0.5) == (labels == "yes"))
    assert by_kl["models"][0]["weak_accuracy"] == pytest.approx(accuracy)
    assert command.run(path, json=out, loss="squared") == 0
    squared = json.loads(out.read_text())["models"][0]
    assert squared["weak_error"] == pytest.approx(np.mean((two - (labels == "yes")) ** 2))


def test_predictions_with_probabilities_are_audited_by_squared_error_unless_asked(
    saved, tmp_path, capsys
):
    path = saved(labels=None, target=LABELS.astype(float), weak_predictions=LABELS.astype(float))
    out = tmp_path / "report.json"
    assert command.run(path, json=out) == 0
    assert "misfit" in json.loads(out.read_text())["models"][0]
    assert command.run(path, json=out, loss="kl") == 0
    assert "kl_misfit" in json.loads(out.read_text())["models"][0]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables(tmp_path, capsys, kind):
    columns = {f"x{place}": FEATURES[:, place] for place in range(D)}
    columns |= {f"a_{name}": CHANCES[:, place] for place, name in enumerate(NAMES)}
    columns |= {f"b_{name}": WEAK[1][:, place] for place, name in enumerate(NAMES)}
    columns["animal"] = NAMES[np.argsort(NAMES)][LABELS]
    path, table = tmp_path / f"data.{kind}", pyarrow.table(columns)
    if kind == "csv":
        pyarrow.csv.write_csv(table, path)
    else:
        pyarrow.parquet.write_table(table, path)
    chosen = {
        "strong_columns": ["x*"],
        "probability_columns": ["a_*", "b_*"],
        "label_column": "animal",
    }
    assert command.run(str(path), json=tmp_path / "report.json", **chosen) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert [model["name"] for model in report["models"]] == ["a_*", "b_*"]
    expected = audited(weak_probabilities=WEAK)
    for model, other in zip(report["models"], expected.models, strict=True):
        assert model["student_accuracy"] == pytest.approx(other.student.accuracy)
        assert model["kl_misfit"] == pytest.approx(other.kl_misfit, abs=1e-12)
    assert command.run(str(path), **chosen, weak_columns=["a_*"]) == 2
    assert "not both" in capsys.readouterr().err
    chosen["probability_columns"] = ["a_*", "b_cat"]
    assert command.run(str(path), **chosen) == 2
    assert "matches 1 columns" in capsys.readouterr().err


def test_rounding_covers_kl_and_defect_in_many_digits():
    logs = [np.log(RANDOM.dirichlet(np.full(C, 0.05), 8).clip(1e-300)) for _ in range(3)]
    masses = RANDOM.dirichlet(np.ones(8))
    with mpmath.workdps(40):
        weak, student, other = (
            [[mpmath.mpf(v) for v in row] for row in one.tolist()] for one in logs
        )
        pairs = [(m, i, k) for i, m in enumerate(masses.tolist()) for k in range(C)]
        exact = sum(m * mpmath.exp(weak[i][k]) * (weak[i][k] - other[i][k]) for m, i, k in pairs)
        value, error = measures.kl(logs[0], logs[2], masses)
        assert abs(value - exact) <= error < 1e-10
        lost = sum(
            m * (mpmath.exp(student[i][k]) - mpmath.exp(weak[i][k])) * (other[i][k] - student[i][k])
            for m, i, k in pairs
        )
        value, error = measures.defect(logs[0], logs[1], logs[2], masses)
        assert abs(value - lost) <= error < 1e-10


def test_calibration_error_bin_by_bin():
    masses, confidence = np.full(N, 1 / N), WEAK[1].max(axis=1)
    right = np.argmax(WEAK[1], axis=1) == LABELS
    expected = 0.0
    for low in range(measures.BINS):
        inside = (confidence * measures.BINS >= low) & (confidence * measures.BINS < low + 1)
        if inside.any():
            expected += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    assert measures.calibration_error(WEAK[1], LABELS, masses) == pytest.approx(expected)


def test_confidence_loss_is_stationary_where_it_has_settled():
    weights = np.full(N, 1 / N)
    found = learn_confidently(FEATURES, WEAK[1], weights, learn(FEATURES, WEAK[1], weights))
    chances = np.exp(found.log_chances(FEATURES))
    sure = np.eye(C)[np.argmax(chances, axis=1)]
    assert found.settled and not np.allclose(sure, np.eye(C)[np.argmax(WEAK[1], axis=1)])
    pull = FEATURES.T @ (chances - 0.5 * WEAK[1] - 0.5 * sure)
    assert np.max(np.abs(pull)) < 1e-8


def test_confidence_loss_warms_up(monkeypatch):
    """The labels of each round mix the weak model's with the last head's: a quarter of these, then half."""
    given, heads = [], []

    def followed(features, labels, masses):
        given.append(labels)
        heads.append(learn(features, labels, masses))
        return heads[-1]

    monkeypatch.setattr(students, "learn", followed)
    weights = np.full(N, 1 / N)
    student = learn(FEATURES, WEAK[1], weights)
    learn_confidently(FEATURES, WEAK[1], weights, student)
    assert len(given) > 2
    for share, labels, head in zip((0.25, 0.5, 0.5), given, (student, *heads), strict=False):
        sure = np.eye(C)[np.argmax(head.log_chances(FEATURES), axis=1)]
        np.testing.assert_allclose(labels, (1 - share) * WEAK[1] + share * sure, atol=1e-15)


def test_a_head_stays_free_where_a_minimum_is_proved(monkeypatch):
    """An unfinished fit is no reason for a penalty: only that there may be no minimum is."""
    weights = np.full(N, 1 / N)
    monkeypatch.setattr(students, "_fit", functools.partial(fit, max_steps=2))
    head = learn(FEATURES, WEAK[1], weights).head
    assert head.penalty == 0 and head.status == FitStatus.LOOSE and 1e-10 < head.gap < np.inf
    head = learn(FEATURES, np.eye(C)[np.argmax(FEATURES[:, :C], axis=1)], weights).head
    assert head.penalty == pytest.approx(1 / N)


def test_indicators_of_two_classes():
    weights = np.full(N, 1 / N)
    halves = indicators(np.stack([1 - CHANCES[:, 0], CHANCES[:, 0]], axis=1), weights)
    assert halves[:, 1].sum() == N // 2
    assert CHANCES[halves[:, 1], 0].min() > CHANCES[~halves[:, 1], 0].max()
