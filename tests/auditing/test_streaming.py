"""An audit of features that are read block by block: the same numbers, or the way in memory."""

import jax
import numpy as np
import pytest

from w2sjax import audit, audit_data
from w2sjax.auditing import bootstrap
from w2sjax.auditing import students as module
from w2sjax.auditing.pieces import Pieces
from w2sjax.machine.processes import cores
from w2sjax.projecting import rows

PASSES = 6  # one for the Gram matrix, five for the target and all weak models together


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    features = random.normal(1, 1, (120, 5)).astype(np.float32)
    target = features @ random.normal(size=5) + random.normal(size=120)
    weak = np.stack([np.tanh(features[:, 0]), target + random.normal(size=120)])
    return {"strong_features": features, "weak_predictions": weak, "target": target,
            "weights": np.r_[np.zeros(30), random.uniform(0.1, 1, 90)]}  # fmt: skip


def both(monkeypatch, given, kind, **options):
    whole = audit(audit_data(**given), kind, **options)
    monkeypatch.setattr(module, "STREAMED", 1)
    monkeypatch.setattr(rows, "BLOCK", 150)
    return whole, audit(audit_data(**given), kind, **options)


def same(one, other):
    assert one.statuses == other.statuses
    assert (one.rank, one.n, one.chosen) == (other.rank, other.n, other.chosen)
    for first, second in zip(one.models, other.models, strict=True):
        for field in ("misfit", "student_error", "gain", "epsilon", "guaranteed_gain"):
            a, b = getattr(first, field), getattr(second, field)
            assert a == b or abs(a - b) <= 1e-6 * (abs(a) + abs(b)), field


@pytest.mark.parametrize("kind", ["affine", "subspace"])
def test_the_numbers_are_those_in_memory(monkeypatch, data, kind):
    passes, each = [], rows.Rows.each
    monkeypatch.setattr(rows.Rows, "each", lambda *given: passes.append(1) or each(*given))
    same(*both(monkeypatch, data, kind))
    assert len(passes) == PASSES


def test_so_are_those_of_rows_held_out(monkeypatch, data):
    whole, built = module.hypothesis_class, []
    made = lambda *given, **options: built.append(type(given[1])) or whole(*given, **options)  # noqa: E731
    monkeypatch.setattr(module, "hypothesis_class", made)
    one, other = both(monkeypatch, data, "l2_ball:0.5", split="last:0.3")
    assert built[2:] == [rows.Rows] * 2, (
        "a fitted student is LOOSE elsewhere: no reason to read all"
    )
    same(one, other)
    same(one.held_out, other.held_out)


@pytest.mark.parametrize("room", [None, 1e-6])
def test_what_is_not_certified_is_read_into_memory_if_it_fits(monkeypatch, data, room):
    data["strong_features"] = data["strong_features"].astype(float)
    data["strong_features"][:, 1] = data["strong_features"][:, 0] + 1e-9 * data["target"]
    one, other = both(monkeypatch, data, "orthant", memory=room)
    if room is None:
        same(one, other)
    else:
        assert other.statuses == {"LOOSE": 2} and other.unresolved == 1
        assert all(model.guaranteed_gain is None for model in other.models)


@pytest.mark.parametrize(
    ("kind", "how"), [("subspace", "projected"), ("affine", "given"), ("l2_ball:0.5", "fitted")]
)
def test_so_are_resamples(monkeypatch, data, kind, how):
    """The same resamples, condensed."""
    options = {"bootstrap": 7, "key": jax.random.key(0)}
    if how == "given":
        data["student_predictions"] = 0.9 * data["weak_predictions"]
    if how == "fitted":
        options["split"] = "last:0.3"
    monkeypatch.setattr(bootstrap, "BUDGET", 3 * (120 + cores() * 11**2))
    one, other = both(monkeypatch, data, kind, **options)
    for first, second in ((one, other), (one.held_out, other.held_out)):
        assert (first is None) == (second is None)
        if first is None or second is None:
            continue
        same(first, second)
        for model, again in zip(first.models, second.models, strict=True):
            for name in bootstrap.NAMES:
                ends = np.asarray([model.interval(name), again.interval(name)], float)
                # A guarantee of students from elsewhere holds the root of a gap.
                np.testing.assert_allclose(ends[1], ends[0], rtol=1e-6)


def test_regions_and_expansion_are_those_in_memory(monkeypatch, data):
    """Rows of weight 0 among them, each point twice; and nothing is read as a whole."""
    read = []

    class Watched(Pieces):
        def __getitem__(self, rows):
            read.append(len(super().__getitem__(rows)))
            return super().__getitem__(rows)

    features = np.repeat(data["strong_features"][:60], 2, axis=0).astype(np.float16)
    chances = np.where(features[:, 0] > 1, np.linspace(0.9, 1, 120), np.linspace(0.4, 0.6, 120))
    data |= {"strong_features": Watched([features[:70], features[70:]]), "weak_probabilities": chances,
             "target": np.sign(data["target"]), "weights": np.arange(120) % 4.0}  # fmt: skip
    given, options = audit_data(**data), {"neighbours": (1, 4), "radius": 1.5}
    whole = audit(given, **options)
    monkeypatch.setattr(rows, "BLOCK", 150)
    read.clear()
    streamed = audit(given, memory=2e-5, **options)  # 20 kB, of 25 that it takes
    assert max(read) <= 150 // 5
    same(whole, streamed)
    assert whole.expansion and whole.overlap and streamed.overlap
    assert whole.expansion == streamed.expansion
    assert {"coverage_good_side"} < {row.statement for row in whole.expansion.estimates}
    assert np.array_equal(whole.overlap.regions, streamed.overlap.regions)
    assert min(whole.overlap.counts.values()) > 0
    np.testing.assert_allclose(streamed.overlap.scores, whole.overlap.scores, atol=1e-14)
    assert streamed.overlap.score.resolution == whole.overlap.score.resolution
