"""Overlap points in an audit: regions, intervals, warnings, files; nothing without probabilities."""

import json

import jax
import numpy as np
import pytest
from scipy.stats import binomtest

from w2sjax.auditing import command
from w2sjax.auditing.audit import audit
from w2sjax.auditing.checks import DataError
from w2sjax.auditing.data import audit_data, load, split
from w2sjax.mixture.model import EASY, HARD, OVERLAP

ROWS = 90


def arrays(**changes):
    """Points whose regions cannot be mistaken, with the weak model's probabilities."""
    generator = np.random.default_rng(0)
    regions = np.arange(ROWS) % 3
    sign = generator.choice([-1, 1], ROWS)[:, None]
    noise = 0.1 * generator.normal(size=(ROWS, 4))
    easy = (regions != HARD)[:, None] * (sign + noise[:, :2])
    hard = (regions != EASY)[:, None] * (sign + noise[:, 2:])
    probabilities = 1 / (1 + np.exp(-3 * easy.sum(axis=1)))
    given = {
        "strong_features": np.hstack([easy, hard]),
        "weak_predictions": 2 * probabilities - 1,
        "weak_probabilities": probabilities,
        "target": sign[:, 0].astype(float),
    }
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def detected(found):
    """The part of an audit that these tests are about."""
    assert found is not None and found.overlap is not None
    return found.overlap


@pytest.fixture(scope="module")
def report():
    return audit(audit_data(**arrays()), key=jax.random.key(0))


def test_regions_and_density(report):
    found = detected(report)
    assert np.array_equal(found.regions, np.arange(ROWS) % 3)
    assert found.counts == {"easy": 30, "hard": 30, "overlap": 30} and found.density == 1 / 3
    expected = binomtest(30, ROWS).proportion_ci(0.95, method="exact")
    assert found.density_interval == (expected.low, expected.high)
    low, high = found.resampled_density_interval or (0, 1)
    # Thresholds that do not move: the interval is that of a binomial share.
    assert low == pytest.approx(expected.low, abs=0.04)
    assert high == pytest.approx(expected.high, abs=0.04)
    for part, scores in ((found.confidence, found.confidences), (found.score, found.scores)):
        assert part.found and 0.9 < part.explained <= 1
        assert part.one_mode_p_value is not None and part.one_mode_p_value < 0.05
        low, high = part.threshold_interval or (1, 0)
        assert part.threshold is not None and low <= part.threshold <= high
        region = OVERLAP if part is found.score else HARD
        assert np.array_equal(
            scores >= part.threshold, (found.regions == region) ^ (region == HARD)
        )
    assert found.warnings == ()


def test_scores_without_a_pattern_are_warned_about():
    generator = np.random.default_rng(1)
    given = arrays(strong_features=generator.normal(size=(ROWS, 4)))
    sentences = audit(audit_data(**given), key=jax.random.key(0)).warnings
    assert any("overlap scores may well have one mode (p = " in text for text in sentences)
    given = arrays(weak_probabilities=np.full((ROWS, 2), 0.5))
    found = audit(audit_data(**given), key=jax.random.key(0))
    assert any("weak confidences are all equal" in text for text in found.warnings)
    counts = detected(found).counts
    assert counts["hard"] == counts["overlap"] == 0
    assert detected(found).confidence.threshold is None


def test_one_confidence_in_single_precision_is_no_split():
    """0.9 and 0.1 are one: their difference of 2e-8 was a density of 0.33 with p = 4.5e-13."""
    stored = np.where(np.arange(ROWS) % 2, 0.9, 0.1).astype(np.float32)
    found = audit(audit_data(**arrays(weak_probabilities=stored)), key=jax.random.key(0))
    split = detected(found).confidence
    assert not split.found and split.tied and split.one_mode_p_value == 1
    assert split.resolution == pytest.approx(2.0**-23) and detected(found).density == 0
    assert found.warnings[-3:-1] == (
        "weak confidences that differ by less than 1.2e-07, the rounding of the stored numbers, "
        "count as equal",
        "weak confidences are all equal, so no point is taken for hard-only",
    )
    assert detected(found).to_json()["confidence"]["tied"]


def test_without_a_key_there_are_no_resamples():
    found = detected(audit(audit_data(**arrays())))
    assert found.resamples == 0 and found.resampled_density_interval is None
    assert found.score.one_mode_p_value is found.score.threshold_interval is None
    assert found.density == 1 / 3


def test_rows_of_weight_zero_are_left_out():
    weights = np.where(np.arange(ROWS) < 72, np.arange(ROWS) + 1.0, 0)
    found = audit(audit_data(**arrays(weights=weights)))
    assert detected(found).n == 72 and detected(found).density == 1 / 3
    assert any("counted one by one" in text for text in found.warnings)


def test_parts_have_their_own_regions():
    data = audit_data(**arrays())
    fit, held = split(data, "last:0.2")
    for part, rows in ((fit, 72), (held, 18)):
        assert part.weak_probabilities is not None and part.weak_probabilities.shape == (rows,)
    found = audit(data, split="last:0.2")
    assert detected(found).n == 72 and detected(found.held_out).n == 18
    assert detected(found.held_out).density == 1 / 3


def test_the_command_writes_it(tmp_path, capsys):
    path = tmp_path / "data.npz"
    np.savez(path, **arrays())
    out = tmp_path / "report"
    assert command.run(str(path), out=out) == 0
    text = capsys.readouterr().out
    assert "Overlap density 0.3333" in text and "30 overlap" in text
    assert max(map(len, (out / "audit.txt").read_text().splitlines())) <= 100
    record = json.loads((out / "audit.json").read_text())["overlap"]
    assert record["counts"]["overlap"] == 30 and record["regions"][:3] == [0, 1, 2]
    assert record["score"]["found"] and "scores" not in record
    for suffix in (".png", ".pdf"):
        assert (out / f"audit_overlap{suffix}").stat().st_size > 1000


def test_without_probabilities_nothing_changes(tmp_path, capsys):
    path = tmp_path / "data.npz"
    np.savez(path, **arrays(weak_probabilities=None))
    assert load(path).weak_probabilities is None
    out = tmp_path / "report"
    assert command.run(str(path), out=out) == 0
    assert "verlap" not in capsys.readouterr().out
    assert json.loads((out / "audit.json").read_text())["overlap"] is None
    assert {file.name for file in out.iterdir()} == {
        f"audit.{s}" for s in ("json", "txt", "html", "png", "pdf", "svg")
    }


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (np.full(ROWS - 1, 0.5), "length 89, but strong_features has 90 rows"),
        (np.full(ROWS, 1.5), "1.5 at row 0 is not in"),
        (np.where(np.arange(ROWS) == 7, -0.1, 0.5), "-0.1 at row 7 is not in"),
        (np.full((ROWS, 1), 1.0), "has one class"),
        (np.full((ROWS, 3), 0.5), "row 0 adds up to 1.5, not 1"),
        (np.where(np.arange(ROWS) == 3, np.nan, 0.5), "NaN at row 3"),
        (np.full((ROWS, 2, 2), 0.5), "has 3 dimensions"),
    ],
)
def test_probabilities_are_checked(probabilities, message):
    with pytest.raises(DataError, match=f"arrays: weak_probabilities: .*{message}"):
        audit_data(**arrays(weak_probabilities=probabilities))
