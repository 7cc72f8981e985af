"""Similarities without the matrix, regions, intervals, and what the diagnostics promise."""

import functools
import inspect
import subprocess
import sys

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import binom, binomtest
from sklearn.metrics.pairwise import cosine_similarity

from w2sjax.mixture.model import EASY, HARD, OVERLAP
from w2sjax.overlap.change_point import change_point
from w2sjax.overlap.density import density_interval
from w2sjax.overlap.detection import confidence, detect
from w2sjax.overlap.diagnostics import resampled_splits, valley_test
from w2sjax.overlap.resolution import of_confidences, of_scores
from w2sjax.overlap.scores import largest_cosine_of_rows, largest_similarity
from w2sjax.projecting import rows
from w2sjax.projecting.rows import Rows

POINTS, HARD_POINTS, WIDTH = 11, 7, 3
elements = st.floats(-100, 100, allow_subnormal=False)
similarity = jax.jit(largest_similarity, static_argnames=("measure", "point_block", "hard_block"))


@settings(deadline=None, derandomize=True)
@given(
    hnp.arrays(np.float64, (POINTS, WIDTH), elements=elements),
    hnp.arrays(np.float64, (HARD_POINTS, WIDTH), elements=elements),
    hnp.arrays(bool, HARD_POINTS),
    st.sampled_from([(4, 3), (1, 7), (20, 20)]),
)
def test_similarities_are_those_of_the_whole_matrix(points, hard, used, blocks):
    sizes = {"point_block": blocks[0], "hard_block": blocks[1]}
    given_ = jnp.asarray(points), jnp.asarray(hard), jnp.asarray(used)
    cosine = similarity(*given_, measure="cosine", **sizes)
    inner = similarity(*given_, measure="inner", **sizes)
    if not used.any():
        assert np.all(np.asarray(cosine) == 0) and np.all(np.asarray(inner) == 0)
        return

    # Lengths of numbers below 1e-150 underflow in the oracle.
    def scaled(rows):
        size = np.abs(rows).max(axis=1, keepdims=True)
        return rows / np.where(size > 0, size, 1)

    expected = np.abs(cosine_similarity(scaled(points), scaled(hard[used]))).max(axis=1)
    np.testing.assert_allclose(cosine, expected, atol=1e-12)
    np.testing.assert_allclose(inner, (points @ hard[used].T).max(axis=1), atol=1e-9)


def test_rows_of_zeros_resemble_nothing():
    points = jnp.asarray([[0.0, 0.0], [3.0, 4.0], [1e-200, 0.0], [1e200, 1e200]])
    found = largest_similarity(points, points[1:], jnp.asarray([True, False, False]))
    np.testing.assert_allclose(found, [0, 1, 0.6, 1.4 / 2**0.5], atol=1e-12)
    assert np.all(largest_similarity(points, jnp.zeros((1, 2))) == 0)
    assert np.all(np.asarray(largest_similarity(points, points)) <= 1)


@settings(deadline=None, max_examples=30)
@given(
    hnp.arrays(np.float32, (POINTS, WIDTH), elements=st.integers(-2, 2)),
    hnp.arrays(bool, POINTS).filter(lambda used: not 0 < used.sum() < 5),
    st.sampled_from((np.float64, np.float32, np.float16, ml_dtypes.bfloat16)),
    st.sampled_from((2, 3, 5)),
)
def test_rows_of_a_file_have_the_cosines_of_those_in_memory(points, used, dtype, height):
    stored = (points / 10).astype(dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "BLOCK", WIDTH * height)
        found = largest_cosine_of_rows(Rows(stored), used)
        resolved = of_scores(Rows(stored))
    whole = np.asarray(stored, float)
    expected = np.abs(cosine_similarity(whole, whole[used])).max(axis=1) if used.any() else 0
    np.testing.assert_allclose(found, expected, atol=1e-14)
    assert resolved == of_scores(jnp.asarray(whole))


def test_the_number_of_hard_points_is_a_value():
    points = jax.random.normal(jax.random.key(0), (30, 4), jnp.float64)
    traces = []

    @jax.jit
    def program(used):
        traces.append(used.shape)
        return largest_similarity(points, points, used, hard_block=8)

    for count in (0, 1, 8, 9, 30):
        found = program(jnp.arange(30) < count)
        expected = np.abs(cosine_similarity(points, points[:count])).max(axis=1) if count else 0
        np.testing.assert_allclose(found, expected, atol=1e-12)
    assert traces == [(30,)]


def test_the_matrix_is_never_formed():
    """The program's own memory is a small part of what n x h similarities would take."""
    n, h, width = 20_000, 4_000, 16
    shapes = [jax.ShapeDtypeStruct((k, width), jnp.float32) for k in (n, h)]
    used = jax.ShapeDtypeStruct((h,), bool)
    analysis = jax.jit(largest_similarity).lower(*shapes, used).compile().memory_analysis()
    assert analysis is not None and analysis.temp_size_in_bytes < 4 * n * h / 20


def test_single_precision_stays_single():
    points = jax.random.normal(jax.random.key(0), (40, 4), jnp.float32)
    assert largest_similarity(points, points).dtype == jnp.float32
    found = detect(jnp.linspace(0, 1, 40, dtype=jnp.float32), points)
    assert found.scores.dtype == found.density.dtype == jnp.float32


@functools.cache
def clean(n=60, seed=0):
    """Points whose regions cannot be mistaken, with the weak model's probabilities."""
    generator = np.random.default_rng(seed)
    regions = generator.integers(0, 3, n)
    sign = generator.choice([-1, 1], n)
    easy = (regions != HARD)[:, None] * (sign[:, None] + 0.1 * generator.normal(size=(n, 2)))
    hard = (regions != EASY)[:, None] * (sign[:, None] + 0.1 * generator.normal(size=(n, 2)))
    probabilities = 1 / (1 + np.exp(-3 * easy.sum(axis=1)))
    return regions, jnp.asarray(probabilities), jnp.asarray(np.hstack([easy, hard]))


@pytest.mark.parametrize("measure", ["cosine", "inner"])
def test_clear_regions_are_found(measure):
    regions, probabilities, features = clean()
    found = detect(probabilities, features, measure=measure)
    assert np.array_equal(found.regions, regions)
    assert float(found.density) == np.mean(regions == OVERLAP)
    np.testing.assert_allclose(found.shares, np.bincount(regions, minlength=3) / len(regions))
    assert np.array_equal(np.isnan(found.scores), regions == HARD)
    both = detect(jnp.stack([probabilities, 1 - probabilities], axis=1), features, measure=measure)
    assert np.array_equal(both.regions, regions)


def test_detection_is_the_two_splits_by_numpy():
    generator = np.random.default_rng(3)
    probabilities, features = generator.uniform(size=80), generator.normal(size=(80, 3))
    found = detect(jnp.asarray(probabilities), jnp.asarray(features))
    sure = np.maximum(probabilities, 1 - probabilities)
    hard = sure < float(change_point(jnp.asarray(sure)).threshold)
    scores = np.abs(cosine_similarity(features, features[hard])).max(axis=1)
    threshold = float(change_point(jnp.asarray(scores[~hard])).threshold)
    expected = np.where(hard, HARD, np.where(scores >= threshold, OVERLAP, EASY))
    assert np.array_equal(found.regions, expected)
    assert float(found.score_split.threshold) == pytest.approx(threshold)


def test_given_thresholds_are_kept():
    regions, probabilities, features = clean()
    found = detect(probabilities, features, confidence_threshold=0.75, score_threshold=0.3)
    assert np.array_equal(found.regions, regions)
    assert found.confidence_split.threshold == 0.75 and found.score_split.threshold == 0.3
    found = detect(probabilities, features, confidence_threshold=0.0)
    assert not np.any(found.regions == HARD) and found.density == 0
    found = detect(probabilities, features, confidence_threshold=2.0)
    assert np.all(found.regions == HARD) and not found.score_split.found


def test_without_a_split_nothing_is_detected():
    _, _, features = clean()
    found = detect(jnp.full(60, 0.7), features)
    assert not found.confidence_split.found and np.all(found.regions == EASY)
    assert found.density == 0
    # All points the same: every score is 1 and no point stands out.
    found = detect(jnp.linspace(0.5, 1, 60), jnp.ones((60, 2)))
    assert not found.score_split.found and found.density == 0


STORED = {
    "half": lambda values: values.astype(np.float16),
    "brain": lambda values: values.astype(jnp.bfloat16),
    "single": lambda values: values.astype(np.float32),
    "double": lambda values: values,
}


@pytest.mark.parametrize("kind", STORED)
@pytest.mark.parametrize("looked_at", [None, np.float32, np.float64])
def test_confidences_that_agree_as_stored_are_one(kind, looked_at):
    """0.9 and 0.1 are one confidence, and 0.6 and 0.4 another, whatever held them; hard points are found."""
    generator = np.random.default_rng(0)
    stored = STORED[kind](np.tile([0.9, 0.1], 300))
    given_ = jnp.asarray(stored if looked_at is None else stored.astype(looked_at))
    features = jnp.asarray(generator.normal(size=(600, 3)))
    found = detect(given_, features)
    assert not found.confidence_split.found and found.density == 0
    two = STORED[kind](np.tile([0.9, 0.1, 0.6, 0.4], 150))
    found = detect(jnp.asarray(two if looked_at is None else two.astype(looked_at)), features)
    assert np.array_equal(found.regions == HARD, np.arange(600) % 4 >= 2)
    assert not found.confidence_split.tied
    classes = np.stack([stored, 1 - stored], axis=1)
    assert not detect(jnp.asarray(classes), features).confidence_split.found


@pytest.mark.parametrize("value", [0.9, 0.7, 0.55, 0.5001, 0.999, 1 / 3])
@pytest.mark.parametrize("kind", STORED)
def test_the_two_of_one_number_are_closer_than_the_resolution(kind, value):
    """Over many numbers near one: p and 1 - q as stored, where q was 1 - p."""
    p = value + np.arange(1000) * 1e-5 % 1e-2 * (1 - value)
    both = [np.asarray(STORED[kind](part)).astype(np.float64) for part in (p, 1 - p)]
    apart = np.abs(confidence(both[0]) - confidence(both[1]))
    assert np.max(apart) < of_confidences(jnp.asarray(np.concatenate(both)))


def test_dense_confidences_in_half_precision_are_split():
    stored = jax.random.uniform(jax.random.key(0), (4000,)).astype(jnp.float16)
    features = jax.random.normal(jax.random.key(1), (4000, 2))
    found = detect(stored, features)
    assert found.confidence_split.found and np.mean(found.regions == HARD) == pytest.approx(
        0.5, abs=0.05
    )


def test_scores_that_agree_as_stored_are_one():
    """Rows along two directions, of many lengths, in single precision: their cosines differ by rounding."""
    generator = np.random.default_rng(0)
    direction = generator.normal(size=(2, 5))
    rows = (direction[np.arange(400) % 2] * generator.uniform(0.1, 9, (400, 1))).astype(np.float32)
    probabilities = np.where(np.arange(400) % 2 == 0, 0.5, 0.9)  # those of one direction are hard
    for features in (rows, rows.astype(np.float64)):
        found = detect(probabilities, features)
        assert not found.score_split.found and found.score_split.tied and found.density == 0
        scores = np.asarray(found.scores)[1::2]
        assert len(np.unique(scores)) > 1 and np.ptp(scores) < of_scores(jnp.asarray(features))
    found = detect(probabilities, rows, measure="inner")
    assert found.score_split.found


def test_lists_and_other_arrays_are_taken():
    regions, probabilities, features = clean()
    for part in (np.asarray, lambda array: array.tolist()):
        found = detect(part(probabilities), part(features))
        assert np.array_equal(found.regions, regions)
        similar = largest_similarity(part(features), part(features))
        assert np.array_equal(similar, largest_similarity(features, features))
    scores, used = [0.0, 1.0] * 20, [True] * 40
    for function in (valley_test, functools.partial(resampled_splits, count=3)):
        lists = function(scores, used, key=jax.random.key(0))
        arrays = function(jnp.asarray(scores), jnp.asarray(used), key=jax.random.key(0))
        assert jax.tree.all(jax.tree.map(np.array_equal, lists, arrays))
        with pytest.raises(ValueError, match="scores: expected finite numbers, got nan at 0"):
            function([np.nan, 1.0], key=jax.random.key(0))
        with pytest.raises(ValueError, match=r"used: expected shape \(40,\), got \(2,\)"):
            function(scores, [True, False], key=jax.random.key(0))


def test_doubles_without_double_precision_are_refused():
    """They would become single without a word; lists have no precision to lose."""
    code = (
        "import numpy as np, w2sjax.overlap as overlap\n"
        "assert overlap.change_point([0.0, 1.0, 5.0]).threshold == 3\n"
        "assert overlap.change_point(np.float32([0, 1, 5])).threshold == 3\n"
        "try: overlap.detect(np.array([0.5, 1]), np.ones((2, 2)))\n"
        "except ValueError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(
        "probabilities: got float64, but double precision is off: jax.config"
    )


def test_batches_and_programs():
    _, probabilities, features = clean()
    shifts = jnp.asarray([0.0, 0.01])
    traces = []

    @jax.jit
    @jax.vmap
    def program(shift):
        traces.append(shift.shape)
        return detect(probabilities, features + shift)

    batch = program(shifts)
    for index, shift in enumerate(shifts):
        one = detect(probabilities, features + shift)
        assert np.array_equal(batch.regions[index], one.regions)
        assert float(batch.density[index]) == float(one.density)
    program(shifts + 1)
    assert traces == [()]


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (np.ones((4, 1)), r"expected shape \(n,\) or \(n, c\)"),
        (np.array([0.5, np.nan]), r"expected numbers in \[0, 1\], got nan at \(1,\)"),
        (np.array([0.5, 1.5]), r"got 1.5 at \(1,\)"),
        (np.full((2, 2), 0.3), "add up to 1, got 0.6 in row 0"),
        (np.array(["0.5"]), "expected an array of real numbers, got <U3"),
    ],
)
def test_probabilities_are_probabilities(probabilities, message):
    with pytest.raises(ValueError, match=message):
        inspect.unwrap(confidence)(probabilities)


def test_bad_input_is_refused():
    _, probabilities, features = clean()
    unchecked = inspect.unwrap(largest_similarity)
    with pytest.raises(ValueError, match=r"features: expected shape \(60, d\)"):
        inspect.unwrap(detect)(probabilities, features[1:])
    with pytest.raises(ValueError, match="measure: expected one of cosine, inner"):
        detect(probabilities, features, measure="euclid")
    with pytest.raises(ValueError, match="points: expected finite numbers"):
        detect(probabilities, features.at[0, 0].set(jnp.nan))
    with pytest.raises(ValueError, match="score_threshold: expected a finite number"):
        detect(probabilities, features, score_threshold=float("nan"))
    with pytest.raises(ValueError, match=r"hard: expected shape \(h, 4\)"):
        unchecked(features, features[:, 1:])
    with pytest.raises(ValueError, match="hard: expected dtype float64"):
        unchecked(features, features.astype(jnp.float32))
    with pytest.raises(ValueError, match="used: expected shape"):
        unchecked(features, features, jnp.ones(3, bool))
    with pytest.raises(ValueError, match="hard_block: expected at least 1"):
        largest_similarity(features, features, hard_block=0)


def test_intervals():
    expected = binomtest(30, 100).proportion_ci(0.95, method="exact")
    assert density_interval(30, 100) == (expected.low, expected.high)
    low, high = density_interval(30, 100, false_positives=0.1, misses=0.2)
    assert low == pytest.approx((expected.low - 0.1) / 0.9)
    assert high == pytest.approx(expected.high / 0.8)
    assert density_interval(0, 10, false_positives=1.0, misses=1.0) == (0, 1)
    for arguments in ((5, 4), (0, 0), (-1, 4)):
        with pytest.raises(ValueError, match="reported"):
            density_interval(*arguments)
    with pytest.raises(ValueError, match="misses"):
        density_interval(1, 2, misses=-0.1)
    with pytest.raises(ValueError, match=r"reported: expected a whole number, got 2\.5"):
        inspect.unwrap(density_interval)(2.5, 4)
    assert density_interval(np.int64(30), np.int32(100)) == density_interval(30, 100)


@pytest.mark.parametrize(("density", "a", "b"), [(0.2, 0.1, 0.3), (0.0, 0.2, 0.5), (1.0, 0.0, 0.4)])
def test_intervals_with_rates_cover(density, a, b):
    """Exact coverage: all counts, at rates anywhere up to their bounds."""
    n = 40
    for share in (0.0, 0.5, 1.0):
        p = density * (1 - share * b) + (1 - density) * share * a
        covered = 0.0
        for count in range(n + 1):
            low, high = density_interval(count, n, level=0.9, false_positives=a, misses=b)
            covered += binom.pmf(count, n, p) * (low <= density <= high)
        assert covered >= 0.9 - 1e-9


@functools.cache
def _tests():
    """One program for all kinds of scores."""
    return jax.jit(jax.vmap(lambda scores, key: valley_test(scores, key=key).p_value))


def p_values(sampler, n=200, repetitions=500):
    """Tests of independent samples."""
    data_key, test_key = jax.random.split(jax.random.key(5))
    data = jax.vmap(lambda key: sampler(key, n))(jax.random.split(data_key, repetitions))
    return np.asarray(_tests()(data, jax.random.split(test_key, repetitions)))


def spiked(key, n):
    """One mode, and a split that explains 88 % of the variance."""
    uniform = jax.random.uniform(key, (2, n), jnp.float64)
    return jnp.where(uniform[0] < 0.9, 0.01 * uniform[1], uniform[1])


@pytest.mark.parametrize(
    "sampler",
    [
        lambda key, n: jax.random.uniform(key, (n,), jnp.float64),
        lambda key, n: jax.random.normal(key, (n,), jnp.float64),
        lambda key, n: jax.random.exponential(key, (n,), jnp.float64),
        spiked,
    ],
    ids=["uniform", "normal", "exponential", "spiked"],
)
def test_one_mode_is_rarely_rejected(sampler):
    """The level holds; false alarm probability of this test below 1e-6."""
    found = p_values(sampler)
    for level in (0.05, 0.2):
        assert np.sum(found <= level) <= binom.ppf(1 - 1e-7, len(found), level)


def test_two_modes_are_seen():
    def two(key, n):
        sign = jnp.where(jnp.arange(n) % 2 == 0, 2.5, -2.5)
        return sign + jax.random.normal(key, (n,), jnp.float64)

    assert np.mean(p_values(two) < 0.01) > 0.9


def test_the_valley_counts_the_second_half():
    scores = jnp.repeat(jnp.asarray([0.0, 1.0]), 50)
    found = valley_test(scores, key=jax.random.key(0))
    assert found.middle == 0 and 30 < found.low + found.high < 70
    least = min(float(found.low), float(found.high))
    assert float(found.p_value) == pytest.approx(0.5**least)
    used = jnp.arange(100) < 50  # all equal: no split
    assert valley_test(scores, used, key=jax.random.key(0)).p_value == 1


def test_resamples_are_those_of_numpy():
    """The same distribution as sorting anew: means within five standard errors."""
    scores = jax.random.gamma(jax.random.key(0), 2.0, (60,), jnp.float64)
    used = jnp.arange(60) < 50
    count = 400
    found = resampled_splits(scores, used, key=jax.random.key(1), count=count)
    generator = np.random.default_rng(0)
    drawn = generator.choice(np.asarray(scores[:50]), (count, 50))
    expected = jax.jit(jax.vmap(change_point))(jnp.asarray(drawn))
    for name in ("threshold", "high_share", "explained"):
        mine, theirs = (np.asarray(getattr(split, name)) for split in (found, expected))
        error = (mine.std() ** 2 + theirs.std() ** 2) ** 0.5 / count**0.5
        assert abs(mine.mean() - theirs.mean()) <= 5 * error
        assert mine.std() == pytest.approx(theirs.std(), rel=0.3)


def test_resamples_depend_on_the_key_and_their_place_alone():
    scores = jax.random.gamma(jax.random.key(0), 2.0, (60,), jnp.float64)
    used = jnp.arange(60) < 50
    few = resampled_splits(scores, used, key=jax.random.key(1), count=3)
    many = resampled_splits(scores, used, key=jax.random.key(1), count=400)
    assert np.array_equal(few.threshold, many.threshold[:3])
    assert len(np.unique(many.threshold)) > 5
    with pytest.raises(ValueError, match="count"):
        resampled_splits(scores, key=jax.random.key(1), count=0)
