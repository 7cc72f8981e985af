"""Expansion in an audit: which students, which parts, the command, its pages and its errors."""

import json
from typing import Any

import jax
import numpy as np
import pytest
from sklearn.isotonic import isotonic_regression
from typer.testing import CliRunner

from experiments import audit_digits
from w2sjax.auditing import command
from w2sjax.auditing.audit import audit
from w2sjax.auditing.checks import DataError
from w2sjax.auditing.data import audit_data
from w2sjax.auditing.expansion.estimate import estimate
from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.cli import app

ROWS, MODELS = 90, 2


def arrays(*, detected=False, **changes):
    """Points of two labels, some of them without the pattern that the weak models see.

    Their regions are to be detected in a few tests only, as that takes long to compile.
    """
    generator = np.random.default_rng(0)
    regions = np.arange(ROWS) % 3
    sign = generator.choice([-1, 1], ROWS)[:, None]
    noise = 0.6 * generator.normal(size=(ROWS, 4))
    easy = (regions != 1)[:, None] * (sign + noise[:, :2])
    hard = (regions != 0)[:, None] * (sign + noise[:, 2:])
    probabilities = 1 / (1 + np.exp(-3 * easy.sum(axis=1)))
    weak = 2 * probabilities - 1
    given = {
        "strong_features": np.hstack([easy, hard]),
        "weak_predictions": np.stack([weak, np.sign(easy[:, 0] + 0.1)]),
        "weak_names": np.array(["a model of the [easy] pattern, named at length", "other"]),
        "weak_probabilities": probabilities if detected else None,
        "target": sign[:, 0].astype(float),
    }
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def expansion(found):
    assert found is not None and found.expansion is not None
    return found.expansion


def least_squares(features, weak, fitted=slice(None)):
    design = np.column_stack([features, np.ones(len(features))])
    return (design @ np.linalg.lstsq(design[fitted], weak[:, fitted].T, rcond=None)[0]).T


def test_students_are_the_projections():
    given = arrays()
    found = expansion(audit(audit_data(**given), neighbours=5, radius=1.0))
    students = least_squares(given["strong_features"], given["weak_predictions"])
    options = ExpansionOptions(neighbours=(5,), radius=(1.0,))
    assert estimate(audit_data(**given), students, options) == found
    assert [row.name for row in found.neighbourhoods] == ["k = 5", "r = 1"]
    assert len(found.estimates) == 2 * 2 * MODELS
    own = [row for row in found.estimates if row.statement == "pseudolabel_correction_tight"]
    for place, name in enumerate(given["weak_names"].tolist()):
        for label in (-1.0, 1.0):
            some = given["target"] == label
            wrong = np.mean(np.sign(students[place][some]) != label)
            differs = np.mean((students[place] >= 0) != (given["weak_predictions"][place] >= 0),
                              where=some)  # fmt: skip
            row = next(row for row in own if (row.weak_model, row.label) == (name, label))
            assert row.error == pytest.approx(wrong)
            assert row.disagreement == pytest.approx(differs)


def test_students_of_a_set_of_values():
    given = arrays()
    order = np.argsort(given["strong_features"][:, 0], kind="stable")
    for name in ("strong_features", "target"):
        given[name] = given[name][order]
    given["weak_predictions"] = given["weak_predictions"][:, order]
    found = expansion(audit(audit_data(**given), "monotone", neighbours=3))
    students = np.stack([isotonic_regression(weak) for weak in given["weak_predictions"]])
    assert estimate(audit_data(**given), students, ExpansionOptions(neighbours=(3,))) == found


def test_each_part_has_its_own():
    given = arrays()
    found = audit(audit_data(**given), split="last:0.4", neighbours=4)
    students = least_squares(given["strong_features"], given["weak_predictions"], slice(0, 54))
    for part, rows in ((found, slice(0, 54)), (found.held_out, slice(54, None))):
        models = ("weak_predictions", "weak_names")
        some = {name: array[rows] for name, array in given.items() if name not in models}
        data = audit_data(
            **some,
            weak_predictions=given["weak_predictions"][:, rows],
            weak_names=given["weak_names"],
        )
        again = estimate(data, students[:, rows], ExpansionOptions(neighbours=(4,)))
        assert expansion(part) == again


def test_given_students_are_taken_as_they_are():
    given = arrays()
    students = np.stack([given["target"], -given["target"]])
    data = audit_data(**given, student_predictions=students)
    assert [row.error for row in expansion(audit(data, neighbours=1)).estimates] == 2 * [0.0, 1.0]


def test_rows_of_weight_zero_are_no_neighbours():
    given = arrays()
    kept = np.arange(ROWS) % 5 < 3  # as many as are fitted on in the test before
    weights = np.where(kept, 2.0, 0.0)
    found = expansion(audit(audit_data(**given, weights=weights), neighbours=4))
    models = ("weak_predictions", "weak_names")
    some = {name: array[kept] for name, array in given.items() if name not in models}
    some["weak_predictions"] = given["weak_predictions"][:, kept]
    other = audit_data(**some, weak_names=given["weak_names"])
    assert expansion(audit(other, neighbours=4)) == found


def test_other_numbers_do_not_change():
    """The resamples of the rest are those of an audit without expansion."""
    data = audit_data(**arrays())
    options = {"bootstrap": 10, "key": jax.random.key(0)}
    found = audit(data, neighbours=5, **options)
    assert found.models == audit(data, **options).models
    intervals = [row.constant_interval for row in expansion(found).estimates]
    assert any(interval is not None for interval in intervals)


@pytest.fixture
def saved(tmp_path):
    def save(**changes):
        path = tmp_path / "data.npz"
        np.savez(path, **arrays(**changes))
        return str(path)

    return save


def test_the_command_prints_and_writes_it(saved, tmp_path, capsys):
    out = tmp_path / "report"
    options = {"neighbours": (4, 8), "smallest_set": 0.05, "bootstrap": 10}
    assert command.run(saved(detected=True), out=out, **options) == 0
    printed = capsys.readouterr().out
    assert "[easy]" in printed and "97.5%" in printed and "with U above 0.05" in printed
    for words in ("Theorem B.1", "Theorem B.3", "Theorem 4.1 of Shin", "of 2 students", "k = 8"):
        assert words in printed
    assert "No bound in" in printed and "explain an error and do not predict" in printed
    assert max(map(len, (out / "audit.txt").read_text().splitlines())) <= 100
    report = json.loads((out / "audit.json").read_text())
    assert report["expansion"]["smallest_set"] == 0.05
    assert len(report["expansion"]["estimates"]) == 2 * 2 * MODELS * 3
    assert set(report["expansion"]["warnings"]) <= set(report["warnings"])


def test_large_numbers_fit_a_page(tmp_path):
    from rich.console import Console, Group

    from w2sjax.auditing.expansion import table
    from w2sjax.auditing.expansion.results import Estimate, Expansion, Neighbourhood
    from w2sjax.reporting.terminal import laid_out

    row = Estimate(
        statement="hard_error", neighbourhood="k = 1000", weak_model="x" * 70, label=-1234.5,
        source=100_000, target=100_000, set_share=1.0, ratio=1000.25, constant=1000.25,
        constant_interval=None, ratios=(None,), alpha=1.0, disagreement=1.0, fragile=1.0,
        bound=1000.0, own_bound=1000.0, reason="", error=1.0,
    )  # fmt: skip
    around = Neighbourhood("k = 1000", 1000.0, 100_000, 100_000, 0, 0.5)
    path = tmp_path / "page.txt"
    with path.open("w") as file:
        found = Expansion(0.0, (0.0, 1.0), (0.5,), (around,), (), (row,))
        Console(file=file, width=100).print(Group(*laid_out(table.blocks(found))))
    text = path.read_text()
    assert max(map(len, text.splitlines())) <= 100
    for words in ("1000.250", "100000", "-1234.5", "x" * 12, "the one student"):
        assert words in text


def test_nothing_changes_without_it(saved, tmp_path, capsys):
    path = tmp_path / "audit.json"
    assert command.run(saved(), json=path) == 0
    assert "xpansion" not in capsys.readouterr().out
    assert json.loads(path.read_text())["expansion"] is None


def test_without_a_target_it_says_so(saved, capsys):
    assert command.run(saved(target=None), neighbours=(5,)) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Students and their neighbours" in printed and "Theorem B" not in printed
    assert "no constant and no bound can be given" in printed


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({}, ["--neighbours", "0"], "neighbours: expected integers from 1 to n - 1 = 89"),
        ({}, ["--neighbours", "90"], "got 90"),
        ({}, ["--neighbours", "50", "--split", "0.5"], "from 1 to n - 1 = 44"),
        ({}, ["--radius", "0"], "radius: expected positive numbers, got 0.0"),
        ({}, ["--radius", "nan"], "radius: expected positive numbers, got nan"),
        ({}, ["--radius", "1", "--smallest-set", "1"], "smallest_set: expected a share in [0, 1)"),
        ({}, ["--smallest-set", "0.1"], "smallest_set: is of use with"),
        ({"target": np.arange(90.0)}, ["--radius", "1"], "target: has 90 different values"),
        ({"strong_features": np.full((ROWS, 2), np.nan)}, ["--neighbours", "3"], "NaN at row 0"),
    ],
)
def test_mistakes_are_one_line(saved, changes, options, message):
    done = CliRunner().invoke(app, ["audit", saved(**changes), *options])
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ") and message in done.stderr


def test_a_regression_target_is_fine_without_expansion():
    data = audit_data(**arrays(target=np.arange(float(ROWS))))
    assert audit(data).expansion is None
    with pytest.raises(ValueError, match="expansion is about labels, 2 to 20 different values"):
        audit(data, neighbours=3)
    with pytest.raises(DataError, match="strong_features: NaN"):
        audit_data(**arrays(strong_features=np.full((ROWS, 2), np.nan)))


def test_the_digits_demo():
    """The figures of docs/papers/own_experiments.md."""
    given: Any = audit_digits.arrays(audit_digits.Config())
    data = audit_data(**given)
    found = estimate(data, given["student_predictions"], ExpansionOptions(neighbours=(5,)))
    kept = {(row.weak_model, row.label): row for row in found.estimates}
    row = kept["kernel: all", -1.0]
    assert [round(share, 3) for share in (row.alpha, row.error)] == [0.161, 0.131]
    assert row.ratio is not None and row.constant == kept["logistic: all", -1.0].ratio
    assert row.bound is not None and row.own_bound is not None
    assert row.error <= row.own_bound < row.alpha < row.bound
