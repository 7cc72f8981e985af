"""The command: exit codes, tables, JSON and figures."""

import json
import math

import numpy as np
import pytest
from rich.console import Console

from experiments import audit_diabetes, audit_molecules
from w2sjax.auditing import command
from w2sjax.reporting.numbers import number

ROWS, WIDTH, MODELS = 30, 3, 3
NUMBERS = ("misfit", "gap", "weak_error", "student_error", "gain", "epsilon", "guaranteed_gain")


@pytest.fixture
def saved(tmp_path):
    """Save an audit's arrays and return the path."""

    def save(**changes):
        generator = np.random.default_rng(0)
        features = generator.normal(size=(ROWS, WIDTH))
        target = features @ np.ones(WIDTH) + 0.3 * generator.normal(size=ROWS)
        given = {
            "strong_features": features,
            "weak_predictions": target + generator.normal(size=(MODELS, ROWS)),
            "weak_names": np.array(
                ["first [red]", "a weak model with a very long name indeed", "$x"]
            ),
            "target": target,
            **changes,
        }
        path = tmp_path / "data.npz"
        np.savez(path, **{name: value for name, value in given.items() if value is not None})
        return str(path)

    return save


def finite(value):
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, list):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def test_the_json_has_what_was_promised(saved, tmp_path, capsys):
    path = tmp_path / "report.json"
    options = {"bootstrap": 5, "split": "0.3", "seed": 1, "json": path}
    assert command.run(saved(), **options) == 0
    report = json.loads(path.read_text())
    assert finite(report)
    for part in (report, report["held_out"]):
        assert part["chosen"] in [model["name"] for model in part["models"]]
        for model in part["models"]:
            assert all(isinstance(model[name], float) for name in NUMBERS)
            for name in NUMBERS:
                if name != "gap":
                    low, high = model[f"{name}_interval"]
                    assert low <= high
            assert model["status"] in ("CERTIFIED", "LOOSE") and model["guarantee"] is None
    assert (report["part"], report["n"], report["set"]) == ("fit", 21, "affine")
    assert report["held_out"]["held_out"] is None and report["statuses"] == {"CERTIFIED": 3}
    assert capsys.readouterr().err == ""


def test_without_a_target_the_json_has_nulls(saved, tmp_path, capsys):
    path = tmp_path / "report.json"
    assert command.run(saved(target=None), json=path) == 0
    report = json.loads(path.read_text())
    assert report["chosen"] is None and finite(report)
    for model in report["models"]:
        missing = [name for name in NUMBERS if model[name] is None]
        assert missing == list(NUMBERS[2:])
        table = model["guarantee"]
        assert len(table["epsilon"]) == len(table["guaranteed_gain"]) == 10
    assert "No target" in capsys.readouterr().out


def test_overflow_is_null_and_a_dash(saved, tmp_path, capsys):
    weak = np.full((1, ROWS), 1e200)
    weak[0, 0] = -1e200
    path = tmp_path / "report.json"
    data = saved(weak_predictions=weak, weak_names=None)
    assert command.run(data, json=path) == 0
    assert finite(json.loads(path.read_text()))
    assert " - " in capsys.readouterr().out


@pytest.mark.parametrize("target", [True, False])
def test_reports_fit_a_page(saved, target, capsys):
    changes = {} if target else {"target": None}
    assert command.run(saved(**changes), bootstrap=5, split="last:0.3") == 0
    printed = capsys.readouterr().out
    source, *lines = printed.splitlines()
    assert max(map(len, (line for line in lines if "data.npz" not in line))) <= 100
    assert "first [red]" in printed and "held-out points" in printed and "97.5%" in printed
    if target:
        assert "is chosen" in printed and "certified" in printed


def test_all_files_are_written(saved, tmp_path, capsys):
    out = tmp_path / "new" / "folder"
    assert command.run(saved(), bootstrap=5, split="0.3", out=out, unit="kg$^2$") == 0
    printed = capsys.readouterr().out
    names = sorted(path.name for path in out.iterdir())
    assert names == ["audit.html", "audit.json", "audit.pdf", "audit.png", "audit.svg", "audit.txt"]
    assert all(f"wrote {out / name}" in printed for name in names)
    text = (out / "audit.txt").read_text()
    assert "guaranteed" in text and "\x1b" not in text
    assert (out / "audit.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "audit.pdf").read_bytes().startswith(b"%PDF")


def test_figures_of_the_guarantee_and_of_many_models(saved, tmp_path, capsys):
    assert command.run(saved(target=None), out=tmp_path / "curves") == 0
    many = np.random.default_rng(1).normal(size=(9, ROWS))
    data = saved(weak_predictions=many, weak_names=None)
    assert command.run(data, out=tmp_path / "many") == 0
    assert (tmp_path / "curves" / "audit.png").exists() and (tmp_path / "many/audit.png").exists()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"set": "cube"}, "'cube'"),
        ({"set": "l2_ball"}, "l2_ball:RADIUS"),
        ({"split": "1.3"}, "split"),
        ({"bootstrap": -2}, "bootstrap"),
        ({"strong_columns": ["x"]}, "columns"),
        ({"json": "/nowhere/at/all.json"}, "/nowhere"),
    ],
)
def test_bad_options_are_one_line_and_exit_code_2(saved, options, word, capsys):
    assert command.run(saved(), **options) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1 and word in error


def test_bad_data_name_the_array_and_row(saved, tmp_path, capsys):
    target = np.zeros(ROWS)
    target[4] = np.nan
    assert command.run(saved(target=target)) == 2
    error = capsys.readouterr().err
    assert "target" in error and "row 4" in error
    assert command.run(str(tmp_path / "absent.npz")) == 2
    assert "no such file" in capsys.readouterr().err


def test_tables_are_read_by_columns(tmp_path, capsys):
    generator = np.random.default_rng(0)
    numbers = generator.normal(size=(ROWS, 4))
    path = tmp_path / "data.csv"
    header = "x_1,x_2,teacher,truth"
    np.savetxt(path, numbers, delimiter=",", header=header, comments="")
    columns = {"strong_columns": ["x_*"], "weak_columns": ["teacher"], "target_column": "truth"}
    assert command.run(str(path), **columns) == 0
    assert "teacher" in capsys.readouterr().out


def test_output_goes_to_the_console_given(saved, capsys):
    console = Console(width=100, record=True, quiet=False, file=open("/dev/null", "w"))
    try:
        assert command.run(saved(), console=console) == 0
        assert "affine with intercept" in console.export_text()
    finally:
        console.file.close()
    assert capsys.readouterr().out == ""


def test_numbers_have_four_digits():
    assert [number(x) for x in (None, 0.0, 1 / 3, -12345.678, 1e-20)] == [
        "-",
        "0",
        "0.3333",
        "-1.235e+04",
        "1e-20",
    ]


def test_the_diabetes_demo(tmp_path, capsys):
    assert audit_diabetes.main(["--out", str(tmp_path), "--bootstrap", "0"]) == 0
    report = json.loads((tmp_path / "audit.json").read_text())
    linear, *others = report["models"]
    assert linear["misfit"] < 1e-20 and abs(linear["gain"]) < 1e-9
    assert all(model["gain"] > 0 and model["misfit"] > 0 for model in others)
    assert (report["n"], report["d"]) == (332, 55)


def test_the_molecules_say_when_they_are_absent(tmp_path, capsys):
    assert audit_molecules.main(["--data", str(tmp_path)]) == 2
    assert "SAMPL.csv" in capsys.readouterr().err
