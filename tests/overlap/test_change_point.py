"""The split of scores: exact rationals, an exhaustive search by ruptures, two-means, edge cases."""

import inspect
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2sjax.overlap.change_point import change_point, split_at, split_sorted

SIZE = 9
numbers = hnp.arrays(
    np.float64, SIZE, elements=st.floats(-1e6, 1e6, allow_subnormal=False, width=64)
)
few_values = hnp.arrays(np.int64, SIZE, elements=st.integers(-3, 3))
counts = hnp.arrays(np.int64, SIZE, elements=st.integers(0, 3))
found_in = jax.jit(change_point)
check = settings(deadline=None, derandomize=True)


def exact_gain(low, high):
    """By how much parting the scores lowers the sum of squares, in rationals."""

    def squares(part):
        mean = sum(part) / Fraction(len(part))
        return sum((value - mean) ** 2 for value in part)

    return squares(low + high) - squares(low) - squares(high)


def best_exact_gain(scores):
    """The largest gain over all positions in the sorted scores, ties parted or not."""
    ordered = sorted(map(Fraction, scores))
    return max(exact_gain(ordered[:k], ordered[k:]) for k in range(1, len(ordered)))


def gain_of(split, scores):
    """The exact gain of the threshold that was found."""
    threshold = Fraction(float(split.threshold))
    low = [Fraction(s) for s in scores if Fraction(s) < threshold]
    high = [Fraction(s) for s in scores if Fraction(s) >= threshold]
    assert low and high
    return exact_gain(low, high)


def check_optimal(split, scores):
    best = best_exact_gain(scores)
    if len(set(scores)) == 1:
        assert best == 0 and not split.found and split.gain == 0
        assert split.threshold == np.inf and split.high_share == 0
        return
    assert split.found
    attained = gain_of(split, scores)
    assert attained >= best * (1 - Fraction(1, 10**12))
    assert float(split.gain) == pytest.approx(float(attained), rel=1e-11)
    high = np.asarray(scores) >= float(split.threshold)
    assert float(split.high_share) == pytest.approx(high.mean())
    spread = np.ptp(scores)
    for mean, side in ((split.low_mean, ~high), (split.high_mean, high)):
        assert abs(float(mean) - np.mean(np.asarray(scores)[side])) <= 1e-9 * spread + 1e-9


@check
@given(numbers)
def test_no_split_is_better(scores):
    check_optimal(found_in(jnp.asarray(scores)), scores.tolist())


@check
@given(few_values)
def test_equal_scores_are_never_parted(scores):
    scores = scores.astype(float)
    split = found_in(jnp.asarray(scores))
    check_optimal(split, scores.tolist())
    assert not split.found or split.threshold not in scores or np.all(scores != split.low_mean)


@check
@given(few_values, counts)
def test_weights_are_repetitions(scores, weights):
    split = found_in(jnp.asarray(scores, float), jnp.asarray(weights, float))
    repeated = np.repeat(scores.astype(float), weights).tolist()
    if len(repeated) < 2:
        assert not split.found and split.gain == 0
    else:
        check_optimal(split, repeated)


@check
@given(numbers)
def test_scores_left_out_may_be_anything(scores):
    spoiled = np.concatenate([scores, [np.nan, np.inf, -np.inf]])
    used = jnp.arange(SIZE + 3) < SIZE
    alone, beside = found_in(jnp.asarray(scores)), found_in(jnp.asarray(spoiled), used)
    assert alone.found == beside.found and alone.threshold == beside.threshold


@check
@given(numbers, st.integers(1, SIZE - 1))
def test_a_given_split_is_described(scores, place):
    threshold = np.sort(scores)[place]
    split = jax.jit(split_at)(jnp.asarray(scores), jnp.asarray(threshold), jnp.ones(SIZE))
    low = [Fraction(s) for s in scores.tolist() if s < threshold]
    high = [Fraction(s) for s in scores.tolist() if s >= threshold]
    expected = exact_gain(low, high) if low else 0
    size = float(sum(abs(s) for s in scores.tolist())) ** 2
    assert float(split.gain) == pytest.approx(float(expected), rel=1e-9, abs=1e-14 * size)
    assert float(split.high_share) == len(high) / SIZE


def test_large_offsets_cost_no_accuracy():
    scores = np.array([0.0, 1.0, 2.0, 10.0, 11.0])
    near, far = found_in(jnp.asarray(scores)), found_in(jnp.asarray(scores + 2.0**40))
    assert float(far.gain) == pytest.approx(float(near.gain), rel=1e-12)
    assert float(far.threshold) == 2.0**40 + 6


def test_sizes_near_the_end_of_the_range():
    scores = np.array([0.0, 1.0, 2.0, 10.0, 11.0])
    tiny, huge = found_in(jnp.asarray(scores * 1e-300)), found_in(jnp.asarray(scores * 1e290))
    reference = found_in(jnp.asarray(scores))
    for split, scale in ((tiny, 1e-300), (huge, 1e290)):
        assert float(split.threshold) == pytest.approx(6 * scale)
        assert float(split.explained) == pytest.approx(float(reference.explained))


def test_neighbouring_numbers_are_told_apart():
    scores = np.array([1.0, np.nextafter(1.0, 2)])
    split = found_in(jnp.asarray(scores))
    assert split.found and split.threshold == scores[1] and split.high_share == 0.5


SPACE = 2.0**-20
resolved = jax.jit(lambda scores: change_point(scores, resolution=2.5 * SPACE))


@check
@given(hnp.arrays(np.int64, 6, elements=st.integers(0, 12)))
def test_scores_within_the_resolution_are_one(places):
    """Linked neighbours are a tie if their ends agree; every cut that parts none is tried, in rationals."""
    ordered = np.sort(places)
    links = np.diff(ordered) <= 2
    allowed = []
    for k in np.flatnonzero(np.diff(ordered) > 0):
        low, high = k, k + 1
        while low > 0 and links[low - 1]:
            low -= 1
        while high < 5 and links[high]:
            high += 1
        if not links[k] or ordered[high] - ordered[low] > 2:
            allowed.append(k + 1)
    scores = [Fraction(float(place * SPACE)) for place in ordered]
    split = resolved(jnp.asarray(places * SPACE))
    assert bool(split.found) == bool(allowed) and split.resolution == 2.5 * SPACE
    plain = found_in(jnp.asarray(places * SPACE))
    if allowed:
        best = max(exact_gain(scores[:k], scores[k:]) for k in allowed)
        assert float(gain_of(split, scores)) == pytest.approx(float(best), rel=1e-11)
        assert bool(split.tied) == (float(best) < float(plain.gain) * (1 - 1e-9))
    else:
        assert bool(split.tied) == bool(plain.found) and split.threshold == np.inf


def test_scores_that_lie_densely_are_parted():
    """Half precision has 512 confidences: all are linked, and they are not one."""
    scores = jnp.linspace(0.5, 1, 513)
    split = change_point(scores, resolution=2.0**-9)
    assert split.found and not split.tied and split.high_share == pytest.approx(0.5, abs=0.01)


def test_lists_and_other_arrays_are_taken():
    expected = change_point(jnp.asarray([0.0, 1.0, 5.0, 9.0]), jnp.asarray([1.0, 2.0, 1.0, 0.0]))
    for scores in ([0, 1, 5, 9], (0.0, 1.0, 5.0, 9.0), np.asarray([0, 1, 5, 9])):
        for weights in ([1, 2, 1, 0], np.asarray([1.0, 2.0, 1.0, 0.0], np.float32)):
            found = change_point(scores, weights)
            assert found.threshold == expected.threshold and found.gain == expected.gain
    assert change_point([0, 1, 5, 9], [True, True, True, False]).threshold == 3


def test_half_precision_does_not_count():
    """In half precision the sum of 70,000 ones is infinite, and that of single ones ends at 2,048."""
    scores = jnp.where(jnp.arange(70_000) < 50_000, 0.25, 0.75).astype(jnp.float16)
    split = change_point(scores)
    assert split.threshold == 0.5 and split.high_share == pytest.approx(2 / 7)


def test_agrees_with_an_exhaustive_search():
    ruptures = pytest.importorskip("ruptures")
    generator = np.random.default_rng(0)
    for size in (2, 3, 10, 200):
        scores = np.sort(generator.gamma(1.5, size=size))
        search = ruptures.Binseg(model="l2", jump=1, min_size=1).fit(scores)
        place = search.predict(n_bkps=1)[0]
        split = change_point(jnp.asarray(scores))
        assert np.count_nonzero(scores < float(split.threshold)) == place


def test_agrees_with_two_means():
    from sklearn.cluster import KMeans

    generator = np.random.default_rng(1)
    scores = np.concatenate([generator.normal(0, 1, 300), generator.normal(4, 1, 200)])
    clusters = KMeans(2, random_state=0).fit(scores[:, None])
    split = change_point(jnp.asarray(scores))
    means = sorted(clusters.cluster_centers_.ravel())
    assert [float(split.low_mean), float(split.high_mean)] == pytest.approx(means)


def test_normal_and_uniform_scores_explain_what_theory_says():
    """Two thirds of a normal sample, three quarters of a uniform one: a split is always good."""
    keys = jax.random.split(jax.random.key(0))
    normal = found_in(jax.random.normal(keys[0], (100_000,), jnp.float64))
    uniform = found_in(jax.random.uniform(keys[1], (100_000,), jnp.float64))
    assert float(normal.explained) == pytest.approx(2 / np.pi, abs=0.005)
    assert float(uniform.explained) == pytest.approx(3 / 4, abs=0.005)


def test_batches_are_single_calls():
    scores = jax.random.normal(jax.random.key(0), (5, SIZE), jnp.float64)
    batch = jax.vmap(change_point)(scores)
    for index in range(5):
        one = change_point(scores[index])
        assert batch.threshold[index] == one.threshold
        assert float(batch.gain[index]) == pytest.approx(float(one.gain))


def test_single_precision_stays_single():
    split = change_point(jnp.asarray([0.0, 1.0, 5.0], jnp.float32))
    assert split.threshold.dtype == split.gain.dtype == jnp.float32 and split.threshold == 3


def test_bad_input_is_refused_on_the_host_and_marked_inside_jit():
    with pytest.raises(ValueError, match="scores: expected a vector of 2 or more"):
        change_point(jnp.ones(1))
    with pytest.raises(ValueError, match="scores: expected finite numbers, got nan at 1"):
        change_point(jnp.asarray([1.0, jnp.nan]))
    with pytest.raises(ValueError, match=r"weights: expected shape \(3,\)"):
        inspect.unwrap(change_point)(jnp.arange(3.0), jnp.ones(2))
    with pytest.raises(ValueError, match="weights: expected finite numbers of at least 0"):
        change_point(jnp.arange(3.0), jnp.asarray([1.0, -1.0, 1.0]))
    unchecked = inspect.unwrap(change_point)
    for bad, message in (
        ([[1.0], [2.0, 3.0]], "scores: expected an array of numbers, got rows of unequal length"),
        (["a", "b"], "scores: expected an array of real numbers, got <U1"),
        ([1j, 2j], "scores: expected an array of real numbers, got complex128"),
        ([], r"scores: expected a vector of 2 or more, got shape \(0,\)"),
        (
            np.ma.masked_array([1.0, 2.0], [False, True]),
            "scores: expected numbers, got a masked array",
        ),
        ([1.0, np.inf], "scores: expected finite numbers, got inf at 1"),
    ):
        with pytest.raises(ValueError, match=message):
            unchecked(bad)
    with pytest.raises(
        ValueError, match="resolution: expected a finite number of at least 0, got -1"
    ):
        change_point(jnp.arange(3.0), resolution=-1.0)
    split = found_in(jnp.asarray([1.0, jnp.nan, 2.0]))
    assert not split.found and np.isnan(split.threshold) and np.isnan(split.gain)


def test_one_program_serves_all_scores():
    traces = []

    @jax.jit
    def program(values, weights):
        traces.append(values.shape)
        return split_sorted(values, weights)

    for seed in range(3):
        program(jnp.sort(jax.random.normal(jax.random.key(seed), (7,))), jnp.ones(7))
    assert traces == [(7,)]
