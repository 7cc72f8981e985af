"""Audits of arrays, and splits; what counts as an array is in test_arrays.py, files in test_files.py."""

import dataclasses

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax.auditing import checks
from w2sjax.auditing.data import AuditData, audit_data, load, split
from w2sjax.auditing.pieces import Pieces
from w2sjax.projecting.hypothesis import hypothesis_class
from w2sjax.projecting.projection import project
from w2sjax.projecting.rows import Rows
from w2sjax.projecting.sets import Affine
from w2sjax.projecting.stored_rows import StoredRows

ROWS, WIDTH, MODELS = 12, 3, 2


def arrays(**changes):
    generator = np.random.default_rng(0)
    given = {
        "strong_features": generator.normal(size=(ROWS, WIDTH)),
        "weak_predictions": generator.normal(size=(MODELS, ROWS)),
        "weak_names": ["small", "tiny"],
        "target": generator.normal(size=ROWS),
        "weights": generator.uniform(1, 2, size=ROWS),
        "student_predictions": generator.normal(size=(MODELS, ROWS)),
    }
    return {**given, **changes}


def spoiled(name, place, value):
    """The arrays, with one entry of one of them replaced."""
    changed = arrays()[name].copy()
    changed[place] = value
    return {name: changed}


def refused(*words, **changes):
    with pytest.raises(checks.DataError) as caught:
        audit_data(**arrays(**changes), source="here")
    message = str(caught.value)
    assert "\n" not in message
    for word in ("here", *words):
        assert word in message, message


def test_float64_arrays_are_shared():
    given = arrays()
    data = audit_data(**given)
    for name, array in given.items():
        if name != "weak_names":
            assert getattr(data, name) is array
    assert data.weak_names == ("small", "tiny")
    assert data.source == "arrays"
    assert data.warnings == ()


def test_only_two_arrays_are_required():
    data = audit_data(arrays()["strong_features"], arrays()["weak_predictions"])
    assert data.target is None and data.weights is None and data.student_predictions is None
    assert data.weak_names == ("weak_0", "weak_1")


def test_one_weak_model_may_be_a_vector():
    given = arrays()
    weak, student = given["weak_predictions"][0], given["student_predictions"][0]
    data = audit_data(
        **arrays(weak_predictions=weak, weak_names="small", student_predictions=student)
    )
    assert data.student_predictions is not None
    np.testing.assert_array_equal(data.weak_predictions, weak[None])
    np.testing.assert_array_equal(data.student_predictions, student[None])
    assert data.weak_names == ("small",)


@pytest.mark.parametrize(
    "dtype", [bool, np.int8, np.uint16, np.int64, np.float16, np.float32, ">f4", ">f8", "bfloat16"]
)
def test_narrow_dtypes_are_widened_exactly(dtype):
    dtype = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    narrow = (np.arange(ROWS * WIDTH).reshape(ROWS, WIDTH) % 100).astype(dtype)
    data = audit_data(**arrays(strong_features=narrow, target=narrow[:, 0]))
    assert data.target is not None
    for array, expected in ((data.strong_features, narrow), (data.target, narrow[:, 0])):
        assert array.dtype == np.float64 and array.dtype.isnative
        np.testing.assert_array_equal(array, expected.astype(np.float64))


@given(st.integers(0, 2**16 - 1))
@settings(derandomize=True, deadline=None)
def test_bfloat16_is_widened_bit_by_bit(bits):
    value = np.full((1, 1), bits, np.uint16).view(ml_dtypes.bfloat16)
    if np.isfinite(value.astype(np.float64)).all():
        for array in (value, value.view("V2")):
            data = audit_data(array, np.zeros(1))
            np.testing.assert_array_equal(data.strong_features, value.astype(np.float64))


NUMERIC = ["strong_features", "weak_predictions", "target", "weights", "student_predictions"]


@pytest.mark.parametrize("name", NUMERIC)
@pytest.mark.parametrize(("value", "reason"), [(np.nan, "NaN"), (np.inf, "inf"), (-np.inf, "inf")])
def test_nonfinite_values_are_placed(name, value, reason):
    flat = arrays()[name].ndim == 1
    place = 7 if flat else (1, 2)
    words = ["row 7"] if flat else ["row 1", "column 2"]
    refused(name, reason, *words, **spoiled(name, place, value))


def test_the_first_bad_row_is_named_across_blocks():
    array = np.ones((50, 3))
    array[[17, 40], 1] = np.nan
    blocks = list(checks.row_blocks(array, size=10))
    assert [start for start, _ in blocks] == list(range(0, 50, 3))
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), array)
    with pytest.raises(checks.DataError, match="NaN at row 17, column 1"):
        checks.require_finite("x", array)
    array[17, 0] = -np.inf
    with pytest.raises(checks.DataError, match="infinity at row 17, column 0"):
        checks.require_finite("x", array)


@pytest.mark.parametrize("name", NUMERIC)
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda x: x.astype(complex), "complex"),
        (lambda x: x.astype(str).astype(object), "Python objects (str at row 0"),
        (lambda x: {"x": x}, "type dict"),
        (lambda x: x.astype(str), "strings"),
        (lambda x: x.astype(bytes), "strings"),
        (lambda x: x.astype("M8[s]"), "dates"),
        (lambda x: x.astype("m8[s]"), "time spans"),
        pytest.param(
            lambda x: x.astype(np.longdouble),
            "at most 64 bits",
            marks=pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="is a double"),
        ),
        (lambda x: x.astype([("a", float)]), "unsupported"),
        (lambda x: x.astype(ml_dtypes.float8_e4m3fn), "unsupported"),
        (lambda x: np.ma.masked_less(x, np.median(x)), "masked"),
        (lambda x: x[None, None], "dimensions"),
        (lambda x: x.sum(), "0 dimensions"),
        (lambda x: x[..., :0], "is empty"),
        (lambda x: [[1.0], [1.0, 2.0]], "is not an array"),
    ],
)
def test_unusable_arrays_are_refused(name, make, reason):
    refused(name, reason, **{name: make(arrays()[name])})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strong_features": np.ones(ROWS)}, ["strong_features", "1 dimensions", "(n, d)"]),
        ({"strong_features": np.ones((0, 3))}, ["strong_features", "empty", "(0, 3)"]),
        ({"strong_features": np.ones((9, 3))}, ["weak_predictions", "12", "9"]),
        ({"strong_features": None}, ["strong_features", "NoneType"]),
        ({"weak_predictions": np.ones((2, 9))}, ["weak_predictions", "9", "12"]),
        ({"weak_predictions": np.ones((ROWS, 2))}, ["weak_predictions", "transpose"]),
        ({"weak_predictions": np.ones(9)}, ["weak_predictions", "9", "12"]),
        ({"target": np.ones(9)}, ["target", "9", "12"]),
        ({"target": np.ones((ROWS, 1))}, ["target", "2 dimensions", "(n,)"]),
        ({"weights": np.ones(9)}, ["weights", "9", "12"]),
        ({"weights": np.zeros(ROWS)}, ["weights", "zero"]),
        ({"weights": np.full(ROWS, 1e308)}, ["weights", "overflows"]),
        (spoiled("weights", 4, -0.5), ["weights", "negative", "-0.5", "row 4"]),
        (
            {"student_predictions": np.ones((3, ROWS))},
            ["student_predictions", "(3, 12)", "(2, 12)"],
        ),
        ({"student_predictions": np.ones(ROWS)}, ["student_predictions", "(12,)", "(2, 12)"]),
        ({"weak_names": ["a"]}, ["weak_names", "1 names", "2 weak models"]),
        ({"weak_names": ["a", "a"]}, ["weak_names", "'a'", "row 1", "repeats row 0"]),
        ({"weak_names": [1, 2]}, ["weak_names", "1", "row 0", "not a string"]),
        ({"weak_names": [["a", "b"]]}, ["weak_names", "2 dimensions"]),
        ({"weak_names": [["a"], ["b", "c"]]}, ["weak_names", "['a'] at row 0", "not a string"]),
        ({"weak_names": ["a", 3]}, ["weak_names", "3 at row 1 is not a string"]),
        ({"weak_names": ["a", np.nan]}, ["weak_names", "nan at row 1 is not a string"]),
    ],
)
def test_disagreements_are_refused(changes, words):
    refused(*words, **changes)


def test_names_may_be_bytes_or_objects():
    for names in (np.array([b"a", b"b"]), np.array(["a", "b"], object), ("a", "b")):
        assert audit_data(**arrays(weak_names=names)).weak_names == ("a", "b")


def test_warnings_say_what_is_odd():
    weights = np.ones(ROWS)
    constant = audit_data(**arrays(target=np.full(ROWS, 2.5)))
    assert constant.warnings == ("target is constant: it is 2.5 in every row",)
    wide = audit_data(**arrays(strong_features=np.ones((ROWS, 64))))
    assert len(wide.warnings) == 1
    assert wide.warnings[0].startswith(
        "n = 12 is less than d = 64: the strong class can fit any labels, so misfit is 0"
    )
    square = audit_data(**arrays(strong_features=np.ones((ROWS, ROWS))))
    assert square.warnings[0].startswith("n = 12 equals d = 12")
    weights[:1] = 0
    assert audit_data(**arrays(weights=weights)).warnings == (
        "1 weight is zero: n = 11 rows count",
    )
    weights[:10] = 0
    target = np.r_[np.arange(10), 1, 1]
    zeros, same, few = audit_data(**arrays(weights=weights, target=target)).warnings
    assert zeros == "10 weights are zero: n = 2 rows count"
    assert same == "target is constant: it is 1.0 in every row"
    assert few.startswith("n = 2 is less than d = 3")


def assert_partition(data: AuditData, fit: AuditData, held: AuditData, rows: np.ndarray):
    """The held-out rows are `rows`, the others are fitted on, both in the order of the data."""
    for part, chosen in ((fit, np.setdiff1d(np.arange(ROWS), rows)), (held, np.sort(rows))):
        assert part.weak_names == data.weak_names
        for name in NUMERIC:
            expected = getattr(data, name)
            axis = 1 if name in ("weak_predictions", "student_predictions") else 0
            np.testing.assert_array_equal(getattr(part, name), expected.take(chosen, axis))


def row_numbers(**changes):
    """Data whose first feature is the number of the row."""
    features = np.c_[np.arange(ROWS), np.ones((ROWS, 2))]
    return audit_data(**arrays(strong_features=features, **changes))


@pytest.mark.parametrize(("how", "held_rows"), [("0.25", 3), ("0.5", 6), ("0.9", 11), (".1", 1)])
def test_random_split_partitions_and_repeats(how, held_rows):
    data = row_numbers()
    fit, held = split(data, how, seed=5)
    rows = held.strong_features[:, 0].astype(int)
    assert len(rows) == held_rows
    assert_partition(data, fit, held, rows)
    again = split(data, how, seed=5)[1]
    np.testing.assert_array_equal(again.strong_features, held.strong_features)
    others = [split(data, how, seed=seed)[1].strong_features for seed in range(20)]
    assert any(not np.array_equal(other, held.strong_features) for other in others)
    assert f"held-out part of {how}" in held.source and "fit part" in fit.source


def test_last_split_keeps_the_order_and_views():
    data = row_numbers()
    fit, held = split(data, "last:0.25")
    assert_partition(data, fit, held, np.arange(9, 12))
    assert np.shares_memory(fit.strong_features, data.strong_features)
    assert np.shares_memory(held.strong_features, data.strong_features)


def test_split_without_optional_arrays():
    data = audit_data(arrays()["strong_features"], arrays()["weak_predictions"])
    for part in split(data, "0.5", seed=0):
        assert part.target is None and part.weights is None and part.student_predictions is None


@pytest.mark.parametrize("how", ["0.3", "last:0.3"])
def test_split_of_mapped_single_features(tmp_path, how):
    features = arrays()["strong_features"].astype(np.float32)
    np.save(tmp_path / "strong_features.npy", features)
    np.save(tmp_path / "weak_predictions.npy", arrays()["weak_predictions"])
    np.save(tmp_path / "target.npy", np.arange(12.0))
    data = load(tmp_path)
    for part in split(data, how, seed=0):
        kept = part.strong_features
        assert isinstance(kept, StoredRows)
        assert kept.dtype == np.float32
        rows = np.flatnonzero(np.isin(np.arange(12), np.asarray(part.target)))
        np.testing.assert_array_equal(np.asarray(kept, np.float64), features[rows])


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ("", "expected a share"),
        ("half", "expected a share"),
        ("0", "expected a share"),
        ("1", "expected a share"),
        ("-0.3", "expected a share"),
        ("nan", "expected a share"),
        ("first:0.3", "expected a share"),
        (":0.3", "expected a share"),
        ("last:", "expected a share"),
        ("last", "expected a share"),
        ("0.01", "no held-out row of the 12 rows"),
        ("last:0.01", "no held-out row of the 12 rows"),
        ("0.99", "no fit row of the 12 rows"),
    ],
)
def test_bad_splits_are_refused(how, word):
    with pytest.raises(checks.DataError, match="split") as caught:
        split(row_numbers(), how, seed=0)
    assert word in str(caught.value) and repr(how) in str(caught.value)


def test_random_split_needs_a_seed():
    with pytest.raises(checks.DataError, match="needs a seed"):
        split(row_numbers(), "0.3")


def test_split_refuses_a_side_without_weight():
    weights = np.r_[np.ones(6), np.zeros(6)]
    with pytest.raises(checks.DataError, match="held-out part of last:0.5: weights: .* zero"):
        split(row_numbers(weights=weights), "last:0.5")


def test_data_is_frozen():
    data = row_numbers()
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.source = "elsewhere"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("dtype", [jnp.float64, jnp.bfloat16])
def test_arrays_that_are_sharded_over_devices(dtype):
    mesh = jax.make_mesh((4,), ("rows",))
    sharded = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("rows"))
    given = arrays()
    features = jnp.asarray(given["strong_features"], dtype)
    target = jax.device_put(jnp.asarray(given["target"]), sharded)
    data = audit_data(jax.device_put(features, sharded), given["weak_predictions"], target=target)
    np.testing.assert_array_equal(data.strong_features, np.asarray(features, np.float64))
    np.testing.assert_array_equal(np.asarray(data.target), given["target"])


def test_projections_of_sharded_and_of_stored_features_are_those_of_one_array():
    mesh = jax.sharding.Mesh(np.array(jax.devices()[:4]), ("rows",))
    sharded = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("rows"))
    features, target = arrays()["strong_features"], jnp.asarray(arrays()["target"])
    answer = project(hypothesis_class(Affine(), jnp.asarray(features)), target)
    spread = jax.device_put(jnp.asarray(features), sharded)
    stored = Rows(Pieces(np.split(features, [5, 7])))
    for held, y in ((spread, jax.device_put(target, sharded)), (stored, target)):
        found = project(hypothesis_class(Affine(), held), y)
        error = np.linalg.norm(np.asarray(found.values) - np.asarray(answer.values)) / ROWS**0.5
        assert error <= np.sqrt(float(found.gap)) + np.sqrt(float(answer.gap))
