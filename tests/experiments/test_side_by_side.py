"""The runner of all experiments: folders, output, exit codes."""

from experiments.__main__ import QUICK, WITH_DATA, main
from experiments._side_by_side import run_all


def test_each_experiment_has_a_folder_and_is_heard(tmp_path, capsys):
    assert run_all(["geometry"], tmp_path) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("== geometry\n") and "== geometry: " in printed
    assert (tmp_path / "geometry" / "manifest.json").exists()


def test_unknown_names_are_bad_usage(capsys):
    assert main(["nonsense"]) == 2
    printed = capsys.readouterr().out
    assert all(name in printed for name in QUICK + WITH_DATA)
