"""The study of mixtures: bounds hold, the rate is about 1/k, all is certified; the synthetic run adds up."""

import json

import pytest

from experiments import combinations
from experiments._run import read


def test_mixtures_keep_their_bound_and_the_rate(tmp_path):
    assert combinations.main(["--out", str(tmp_path)]) == 0
    rows = read(tmp_path / "combinations.csv")
    assert set(rows["status"]) == {"CERTIFIED"} and max(rows["gap"]) < 1e-10
    assert set(rows["classes"]) == {2, 4, 8}
    for name in ("greedy", "drawn"):
        pairs = zip(rows[name], rows["bound"], strict=True)
        assert all(-1e-9 <= error <= bound for error, bound in pairs)
    facts = json.loads((tmp_path / "manifest.json").read_text())
    assert all(slope == pytest.approx(-1, abs=0.2) for slope in facts["slopes"].values())
    # A single model is no convex class.
    alone = zip(rows["k"], rows["excess"], strict=True)
    assert all(excess < 0 for k, excess in alone if k == 1)
    table = read(tmp_path / "synthetic.csv")
    weak, student, misfit, gain = table["here"]
    assert gain == pytest.approx(weak - student) and 0 < misfit
    assert (tmp_path / "combinations.png").exists()
