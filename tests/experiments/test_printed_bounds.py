"""The report on printed bounds: counts that must add up, both engines' violations, data and figure."""

import csv
import json
from collections import Counter

import pytest

from experiments import printed_bounds
from experiments._bound_tally import CELLS, KEYS, NAMES, NOTHING, PRINTED, Tally
from experiments._run import read
from w2sjax.falsification.counterexample import replay
from w2sjax.settings.expansion.batch import Shape, all_batches

SMALL = printed_bounds.Config(
    enumerated=(Shape(4),), drawn=200, population=60, generations=5, seconds=1.0, tallied=5
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("printed_bounds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(printed_bounds.PRESETS, "quick", SMALL)
        assert printed_bounds.main(["--out", str(out)]) == 0
    return out


def test_only_the_printed_theorems_are_violated(folder):
    data = read(folder / "data.csv")
    assert tuple(data) == (*KEYS, *NOTHING)
    violated = Counter()
    for place, name in enumerate(data["statement"]):
        if data["violated"][place]:
            assert name in PRINTED and data["constant"][place] == "c beyond"
            violated[name] += data["violated"][place]
        for smaller, larger in (("violated", "applicable"), ("applicable", "cases")):
            assert data[smaller][place] <= data[larger][place]
        assert data["tightest"][place] <= 1
    assert violated["pseudolabel_correction"] > 0
    assert set(data["statement"]) == set(NAMES)


def test_violations_are_replayed_and_data_and_figure_written(folder):
    for name, points in (("pseudolabel_correction", 3), ("coverage_expansion", 5)):
        again = replay(folder / f"{name}.json")
        assert again.counterexample and again.registered and again.instance.size == points
        assert "# A counterexample" in (folder / f"{name}.md").read_text()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["worlds"]["enumerated"] == 1024 and manifest["worlds"]["random"] == 1000
    assert (folder / "printed_bounds.png").read_bytes().startswith(b"\x89PNG")
    with (folder / "points.csv").open() as stream:
        assert len(list(csv.reader(stream))) > 100


def test_cases_are_counted_once():
    """Without edges and with one classifier a world has as many q as its one set has shares, and 0."""
    tally = Tally()
    for batch in all_batches(Shape(4)):
        tally.add("enumerated", batch[(batch.graph == 0).all(axis=1)])
    assert tally.worlds["enumerated"] == 16
    counts = {key: row["cases"] for key, row in tally.summary().items()}
    for cell in CELLS:
        # f is wrong on all of T, whose one point is alone, or on none: q = 1 is no case.
        assert counts["expansion_core", cell, "of sets"] == 8
        assert counts["expansion_core", cell, "of no set"] == 8
