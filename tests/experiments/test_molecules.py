"""The study of molecules, on a file of 34 written here and on MoleculeNet's where they are."""

import csv
import functools
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from experiments import _molecules, audit_molecules, molecules
from experiments._gain_tables import MEASURED, summary
from experiments._gains import judge, learn
from experiments._molecule_tables import table
from experiments._molecules import ESOL, FREESOLV, LIPOPHILICITY, load
from experiments._run import read

REAL = Path(__file__).parents[3] / "shared" / "moleculenet"
RINGS = ("c1ccccc1", "C1CCCCC1", "c1ccncc1", "C1CCNCC1", "c1ccoc1")
TAILS = ("C", "CC", "CCO", "CN", "Cl", "OC(=O)")
SMILES = [tail + ring for ring in RINGS for tail in TAILS] + ["CCO", "CCN", "CCC", "CC(=O)O"]
TINY = molecules.Config(bits=32, epochs=3, radii=(0.25, 1.0), folds=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of all three data sets, with a made-up truth."""
    out = tmp_path_factory.mktemp("moleculenet")
    for dataset in (ESOL, FREESOLV, LIPOPHILICITY):
        columns = ["smiles", dataset.target] + ([dataset.weak] if dataset.weak else [])
        rows = [
            [text, len(text) + 0.5 * text.count("O"), len(text)][: len(columns)] for text in SMILES
        ]
        _write(out / dataset.file, columns, rows)
    return out


def _write(path: Path, columns, rows) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


@functools.cache
def _features() -> _molecules.Features:
    return _molecules.featurise(SMILES, bits=32, radius=2)


@pytest.mark.parametrize(
    ("columns", "row", "message"),
    [
        (("smiles", "other"), ("CC", "1"), "no column 'exp'"),
        (("structure", "exp"), ("CC", "1"), "no column 'smiles'"),
        (("smiles", "exp"), ("CC", ""), r"row 2 has no number in column 'exp', but ''"),
        (("smiles", "exp"), ("CC", "nan"), "row 2 has no number"),
        (("smiles", "exp"), (" ", "1"), "row 2 has no SMILES"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, columns, row, message):
    _write(tmp_path / LIPOPHILICITY.file, columns, [("CCO", "1"), row])
    with pytest.raises(ValueError, match=message):
        load(tmp_path, LIPOPHILICITY)


def test_an_absent_or_empty_file_is_said_to_be_so(tmp_path, capsys):
    with pytest.raises(ValueError, match="Lipophilicity.csv: not found.*moleculenet.org"):
        load(tmp_path, LIPOPHILICITY)
    _write(tmp_path / LIPOPHILICITY.file, ("smiles", "exp"), [])
    with pytest.raises(ValueError, match="no rows"):
        load(tmp_path, LIPOPHILICITY)
    arguments = ["--data", str(tmp_path), "--out", str(tmp_path / "out")]
    assert molecules.main(arguments) == 2
    assert "delaney-processed.csv" in capsys.readouterr().err


def test_a_smiles_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match="cannot read the SMILES 'C1CC'"):
        _molecules.featurise(["CCO", "C1CC"], bits=8, radius=2)


def test_features_are_kept_for_the_same_molecules_only(tmp_path):
    path, calls = tmp_path / "kept.npz", []

    def features(smiles):
        return _molecules.kept_features(
            path, smiles, bits=8, radius=2, progress=lambda done, total: calls.append(done)
        )

    first = features(["CCO", "c1ccccc1C"])
    again = features(["CCO", "c1ccccc1C"])
    assert calls == [1, 2]
    for name, values in vars(first).items():
        np.testing.assert_array_equal(values, getattr(again, name))
    assert features(["CCO", "CCN"]).scaffolds.tolist() == ["", ""]
    assert calls == [1, 2, 1, 2]


@pytest.mark.parametrize("seed", range(5))
def test_no_scaffold_is_in_two_parts(seed):
    scaffolds = _features().scaffolds
    groups = _molecules.scaffold_groups(scaffolds)
    parts = _molecules.partition(groups, (0.2, 0.6, 0.2), np.random.default_rng(seed))
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(SMILES)))
    assert all(len(part) for part in parts)
    named = [set(scaffolds[part].tolist()) - {""} for part in parts]
    assert sum(map(len, named)) == len(set.union(*named)) == len(RINGS)


def test_molecules_without_a_ring_are_parted_one_by_one():
    scaffolds = np.array(["", "c1ccccc1", "", "c1ccccc1", "C1CC1"])
    groups = _molecules.scaffold_groups(scaffolds)
    assert groups[1] == groups[3] and len(set(groups.tolist())) == 4


def test_random_parts_meet_their_shares():
    generator = np.random.default_rng(0)
    parts = _molecules.partition(np.arange(1000), (0.2, 0.6, 0.2), generator)
    assert [len(part) for part in parts] == [200, 600, 200]


def test_standardisation_looks_at_the_training_rows_alone():
    generator = np.random.default_rng(0)
    columns = generator.normal(3, 2, (20, 4))
    columns[:10, 3] = 7.0
    training = np.arange(10)
    found = _molecules.standardise(columns, training, 5.0)
    np.testing.assert_allclose(found[training, :3].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found[training, :3].std(axis=0), 1)
    np.testing.assert_array_equal(found[:, 3], 0)  # constant in training
    changed = columns.copy()
    changed[10:] = 1e9
    far = _molecules.standardise(changed, training, 5.0)
    np.testing.assert_array_equal(far[training], found[training])
    np.testing.assert_array_equal(far[10:, :3], 5.0)


def test_only_finite_columns_that_vary_inform():
    columns = np.array([[1.0, 2.0, np.inf, 0.1], [2.0, 2.0, 1.0, 0.1], [4.0, 2.0, 1.0, 0.1]])
    np.testing.assert_array_equal(_molecules.informative(columns), columns[:, :1])


def test_the_audit_sees_standardised_features():
    features = audit_molecules.strong_features(
        ["CCO", "c1ccccc1", "CC(=O)O", "CCN"], audit_molecules.Config(features="fingerprints")
    )
    assert features.shape[0] == 4 and np.isfinite(features).all()
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(features.std(axis=0), 1)


@pytest.fixture(scope="module")
def regression():
    """Features, noisy labels of two weak models, and three folds."""
    generator = np.random.default_rng(3)
    features = generator.normal(size=(60, 20))
    labels = 2 + features[:, :2].T + generator.normal(size=(2, 60))
    folds = (np.arange(60) % 3 != np.arange(3)[:, None]).astype(float)
    return features, labels, folds


@pytest.mark.parametrize("alpha", [0.3, 30.0])
def test_the_student_is_ridge_regression_of_the_same_norm(regression, alpha):
    features, labels, folds = regression
    ridges = [Ridge(alpha=alpha, tol=1e-12, solver="svd").fit(features, label) for label in labels]
    norms = np.array([[np.linalg.norm(ridge.coef_)] for ridge in ridges])
    students, chosen = learn(features, labels, folds, norms)
    np.testing.assert_array_equal(chosen, norms[:, 0])
    np.testing.assert_allclose(students.coefficients, [r.coef_ for r in ridges], atol=1e-9)
    np.testing.assert_allclose(students.intercept, [r.intercept_ for r in ridges], atol=1e-9)
    assert (np.asarray(students.gap) < 1e-12).all()


def test_the_radius_is_the_one_that_predicts_held_out_labels(regression):
    features, labels, folds = regression
    radii = np.tile([0.01, 0.8, 10.0], (2, 1))
    _, chosen = learn(features, labels, folds, radii)
    for place, label in enumerate(labels):
        errors = []
        for radius in radii[place]:
            error = 0.0
            for fold in folds:
                fit, held = fold == 1, fold == 0
                alphas = 10 ** np.linspace(-8, 6, 300)
                # The ridge regression whose norm comes nearest to the radius from below.
                fits = (Ridge(alpha=a).fit(features[fit], label[fit]) for a in alphas)
                ridge = next(r for r in fits if np.linalg.norm(r.coef_) <= radius)
                error += float(np.sum((ridge.predict(features[held]) - label[held]) ** 2))
            errors.append(error)
        assert chosen[place] == radii[place][np.argmin(errors)] == 0.8


def test_the_judge_agrees_with_plain_arithmetic(regression):
    features, labels, folds = regression
    students, radii = learn(features[:40], labels[:, :40], folds[:, :40], np.ones((2, 1)))
    target = features[:, 0] - np.sin(features[:, 1])
    found = judge(features[40:], labels[:, 40:], target[40:], students, radii)
    found = {name: np.asarray(values) for name, values in found.items()}
    answers = np.asarray(students.coefficients) @ features[40:].T
    answers += np.asarray(students.intercept)[:, None]
    np.testing.assert_allclose(found["misfit"], ((answers - labels[:, 40:]) ** 2).mean(axis=1))
    np.testing.assert_allclose(found["student_error"], ((answers - target[40:]) ** 2).mean(axis=1))
    np.testing.assert_allclose(found["bound"], found["weak_error"] - found["misfit"])
    excess = found["student_error"] - found["bound"]
    np.testing.assert_allclose(
        found["excess_sampled"] + found["excess_outside"], excess, atol=1e-12
    )
    limit = 2 * np.sqrt(found["epsilon"] * found["misfit"])
    assert (found["excess_outside"] <= limit + 1e-12).all()
    assert (found["guaranteed"] <= found["gain"]).all()
    # Theorem 2's guarantee rests on the gap, which bounds what the sample costs.
    assert (found["excess_sampled"] <= found["misfit"] - limit - found["guaranteed"] + 1e-12).all()


@pytest.mark.slow
def test_the_whole_study_is_determined_by_its_seed(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(molecules.PRESETS, "quick", TINY)

    def run(name, *more):
        out = tmp_path / name
        arguments = ["--data", str(folder), "--splits", "2", "--out", str(out), *more]
        assert molecules.main(arguments) == 0
        return (out / "data.csv").read_text(), out

    first, out = run("first", "--seed", "5", "--split", "scaffold")
    assert run("second", "--seed", "5", "--split", "scaffold")[0] == first
    assert run("third", "--seed", "6")[0] != first
    printed = capsys.readouterr().out
    for words in ("weak error − misfit", "student's true error", "published", "picked", "best"):
        assert words in printed
    data, means = read(out / "data.csv"), read(out / "summary.csv")
    assert len(data["gain"]) == 2 * (13 + 13 + 12) and len(means["gain"]) == 38
    assert set(MEASURED) <= set(data) and {f"{name}_stderr" for name in MEASURED} <= set(means)
    assert sum(means["picked"]) == 3
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["split"] == "scaffold" and sum(manifest["statuses"].values()) == 76
    assert manifest["verdicts"]["VIOLATED"] == manifest["verdicts"]["INVALID"] == 0
    assert (out / "molecules.png").exists() and (out / "molecules.pdf").exists()


def test_the_table_sorts_marks_and_compares():
    def row(weak, split, bound, error):
        values = dict.fromkeys(MEASURED, 0.1) | {"bound": bound, "student_error": error}
        names = {"dataset": "Lipophilicity", "split": split, "weak": weak}
        names |= {"unit": "squares", "family": "network"}
        return names | values

    rows = [
        row("network, width 8", 0, 1.0, 1.2),
        row("network, width 8", 1, 1.2, 1.2),
        row("network, width 96", 0, 0.9, 1.5),
        row("network, width 96", 1, 0.7, 1.5),
    ]
    means = summary(rows)
    assert [mean["weak"] for mean in means] == ["network, width 96", "network, width 8"]
    assert means[0]["bound"] == pytest.approx(0.8)
    assert means[0]["bound_stderr"] == pytest.approx(0.1)
    assert [(mean["picked"], mean["best"]) for mean in means] == [(1, 0), (0, 1)]
    laid = table(LIPOPHILICITY, "random", rows, means)
    assert [str(column.header) for column in laid.columns] == [
        "weak model", "weak error − misfit", "published", "student's true error", "published", "",
    ]  # fmt: skip
    assert list(laid.columns[2].cells) == ["0.8969", "1.1958"]
    assert "costs 0.3000" in str(laid.caption) and "in 3 of 4" in str(laid.caption)


@pytest.mark.parametrize(
    ("dataset", "count"),
    [(ESOL, 1128), (FREESOLV, 642), (LIPOPHILICITY, 4200)],
    ids=lambda x: str(x),
)
@pytest.mark.skipif(not REAL.exists(), reason="MoleculeNet's files are not here")
def test_the_public_files_load(dataset, count):
    found = load(REAL, dataset)
    assert len(found.smiles) == len(found.target) == count
    assert (found.teacher is None) == (dataset.weak is None)
    if found.teacher is not None:
        assert np.corrcoef(found.teacher, found.target)[0, 1] > 0.85
