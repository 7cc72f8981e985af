"""The selection experiment on a small study: files, orders that must hold, the same seed twice."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from experiments import _source_students, selection
from experiments._run import read

SMALL = selection.Config(
    runs=60,
    rounds=300,
    looks=6,
    student_runs=3,
    student_looks=(0.5, 1.0),
    stuck_runs=120,
    stuck_horizons=(1000,),
)


def run(folder):
    patch = pytest.MonkeyPatch()
    patch.setitem(selection.PRESETS, "quick", SMALL)
    try:
        assert selection.main(["--out", str(folder)]) == 0
    finally:
        patch.undo()
    files = ("data", "stuck", "students")
    return {
        name: {k: np.array(v) for k, v in read(folder / f"{name}.csv").items()} for name in files
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The folder of a small study and its tables."""
    folder = tmp_path_factory.mktemp("selection")
    return folder, run(folder)


def test_densities_are_those_published():
    """10 % and 90 % of 100 overlap points, beside 50 easy-only and 50 hard-only points."""
    assert np.allclose(_source_students.densities((0.1, 0.9), 100), [10 / 110, 90 / 190])
    assert np.allclose(selection._density("ten")[:9], 5 / 25)
    assert selection._density("two").shape == (selection.PLACES,)


def test_regret_is_below_its_bound_and_ordered(study):
    data = study[1]["data"]
    index = data["strategy"] == "index"
    assert np.all(data["regret"][index] < data["bound"][index])
    assert np.all(data["sharper"] < data["bound"])
    last = (data["rounds"] == 300) & (data["setting"] == "two") & (data["horizon"] == 300)
    found = dict(zip(data["strategy"][last], data["regret"][last], strict=True))
    assert found["best"] < found["thompson"] < found["index"] < found["uniform"]
    gap = 90 / 190 - 10 / 110
    assert found["best"] == pytest.approx(gap / 300, rel=1e-4)
    assert found["uniform"] == pytest.approx(gap / 2, rel=0.1)


def test_the_variant_gets_stuck(study):
    stuck = study[1]["stuck"]
    share = dict(zip(stuck["strategy"], stuck["stuck"], strict=True))
    assert share["index"] == 0 and share["variant"] > 0.15
    assert np.all((stuck["stuck_low"] <= stuck["stuck"]) & (stuck["stuck"] <= stuck["stuck_high"]))


def test_students_are_judged(study):
    students = study[1]["students"]
    assert np.all((students["accuracy"] > 0.3) & (students["accuracy"] < 1))
    noisy = students["variance"] == 5
    assert students["miss"][noisy].min() > 0.5 > students["miss"][~noisy].max()


def test_a_bought_point_is_the_next_of_its_source():
    from w2sjax.overlap.bandits import STRATEGIES

    table = jnp.asarray(np.random.default_rng(0).integers(0, 2, (3, 20, 4)), jnp.float64)
    seeds = jnp.asarray(np.arange(8).reshape(2, 4), jnp.uint32)
    given = (seeds, table, jnp.int32(3), jnp.asarray(20.0))
    source, number = map(np.asarray, _source_students.buy(STRATEGIES["thompson"], *given))
    for bandit in range(4):
        for k in range(3):
            own = number[source[:, bandit] == k, bandit]
            assert own.tolist() == list(range(own.size)) and own.size >= 1


def test_the_manifest_and_the_figure_are_there(study):
    manifest = json.loads((study[0] / "manifest.json").read_text())
    assert manifest["config"]["runs"] == 60
    assert (study[0] / "selection.pdf").exists()


def test_the_same_seed_is_the_same_data(study, tmp_path):
    run(tmp_path)
    for name in ("data", "stuck", "students"):
        assert (tmp_path / f"{name}.csv").read_text() == (study[0] / f"{name}.csv").read_text()
