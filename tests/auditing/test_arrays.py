"""What is read as an array of doubles, what is refused, and which lost digits are told."""

import decimal
import fractions

import numpy as np
import pyarrow as pa
import pytest

from w2sjax.auditing import checks
from w2sjax.auditing.data import audit_data, split

ROWS = 12


def arrays(**changes):
    given = {
        "strong_features": np.arange(2.0 * ROWS).reshape(ROWS, 2),
        "weak_predictions": np.zeros((2, ROWS)),
    }
    return {**given, **changes}


def refused(name, given, *words):
    with pytest.raises(checks.DataError) as caught:
        audit_data(**arrays(**{name: given}))
    message = str(caught.value)
    assert message.startswith(f"arrays: {name}: ") and "\n" not in message
    for word in words:
        assert word in message, message


class Column:
    """A frame's column, of which numpy makes `array`."""

    def __init__(self, values, dtype):
        self.array = np.array(values, dtype)

    def __array__(self, dtype=None, copy=None):
        return self.array if dtype is None else self.array.astype(dtype)


class Frame(dict):
    """A frame as numpy sees those of pandas: columns of several types become one."""

    def __init__(self, **columns):
        super().__init__({name: Column(*column) for name, column in columns.items()})
        self.columns = list(columns)
        self.dtypes = [f"{name}'s" for name in columns]

    def __array__(self, dtype=None, copy=None):
        return np.stack([column.array for column in self.values()], axis=1)


def test_frames_are_read_column_by_column():
    clock = 1_700_000_000_000_000_001
    frame = Frame(
        whole=([*range(1, ROWS), clock], object),  # a nullable column, nothing missing
        truth=([True, False] * 6, bool),
        clock=([2**53 + 1] * ROWS, np.int64),
        x=(np.arange(ROWS) / 2, np.float64),
    )
    data = audit_data(**arrays(strong_features=frame))
    expected = [*range(1, ROWS), clock - 1], [1, 0] * 6, [2**53] * ROWS, np.arange(ROWS) / 2
    np.testing.assert_array_equal(data.strong_features, np.stack(expected, axis=1))
    whole, large = data.warnings
    assert whole.startswith("strong_features: column 'whole': integers beyond 2^53 are rounded")
    assert f"{clock} at row 11 becomes {clock - 1};" in whole
    assert "column 'clock'" in large and "9007199254740993 at row 0 becomes 90071992547409" in large
    # A frame of one type, such as one transposed, is one array.
    many = Frame(a=(np.arange(ROWS), object), b=(np.arange(ROWS), object))
    many.dtypes = ["Int64", "Int64"]
    assert audit_data(**arrays(strong_features=many)).strong_features[5].tolist() == [5, 5]


@pytest.mark.parametrize("missing", [None, type("NAType", (), {"__repr__": lambda _: "<NA>"})()])
def test_missing_values_are_placed(missing):
    values = [*range(7), missing, *range(8, ROWS)]
    place = "missing value at row 7"
    refused("target", values, place)
    refused("weak_predictions", [[0] * ROWS, values], "missing value at row 1, column 7")
    frame = Frame(a=(np.arange(ROWS), int), b=(values, object))
    refused("strong_features", frame, "column 'b'", place)
    refused("target", frame, "2 dimensions")
    dates = Frame(a=(np.arange(ROWS), int), b=(np.arange(ROWS), "M8[s]"))
    refused("strong_features", dates, "column 'b': holds dates")


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, ">i8", object, decimal.Decimal])
def test_integers_that_are_no_doubles_are_told(dtype):
    top = 2**63 - 1 if dtype in (np.int64, ">i8") else 2**64 - 1
    exact = [0, 1, 2**53, 2**53 + 2, 2**60 + 2**8, 2**62 + 2**40, 2**63 - 2**10, 7]
    inexact = [2**53 + 1, 2**62 + 2**8, 1_700_000_000_000_000_001, top]

    def notes(values):
        kind = object if dtype is decimal.Decimal else dtype
        cells = [decimal.Decimal(value) if dtype is decimal.Decimal else value for value in values]
        data = audit_data(np.ones((len(cells), 1)), np.array(cells, kind))
        assert data.weak_predictions.tolist() == [[float(value) for value in values]]
        return data.notes

    assert notes(exact) == ()
    for value in inexact:
        (note,) = notes([*exact, value, value])
        assert note.startswith("weak_predictions: integers beyond 2^53 are rounded to doubles: ")
        assert f" {value} at row 8 becomes {int(float(value))};" in note
        if dtype in (np.int64, ">i8", object):
            assert f" {-value} at row 0 " in notes([-value, *exact])[0]
            assert notes([-number for number in exact]) == ()


@pytest.mark.parametrize(
    "mixed",
    [
        [[1, 0.5, 2**60 + 1, 2**60]],
        [np.array([1, 7, 2**60 + 1, 2**60]), np.ones(4)],
        ([1, 7, 2**60 + 1, 2**60], [2**63, -1, 1e300, 4]),
    ],
)
def test_digits_that_a_mixed_list_loses_are_told(mixed):
    (note,) = audit_data(np.ones((4, 1)), mixed).notes
    assert f" {2**60 + 1} at row 0, column 2 becomes {2**60};" in note
    doubles = [np.array(2.0**60)] * 3 + [1e300]
    assert audit_data(np.ones((4, 1)), doubles).notes == ()


def test_lost_digits_are_told_across_blocks_and_splits():
    rows = checks.BLOCK_SIZE // 2 + 9
    features = np.zeros((rows, 2), np.int64)
    features[rows - 1, 1] = -(2**53) - 1
    data = audit_data(features, np.ones(rows))
    assert f"-9007199254740993 at row {rows - 1}, column 1 becomes" in data.warnings[0]
    assert all(part.warnings[:1] == data.warnings[:1] for part in split(data, "last:0.5"))


def test_numbers_of_python_are_read():
    values = [fractions.Fraction(1, 3), decimal.Decimal("0.1"), np.bool_(True), np.float32(0.5)]
    data = audit_data(np.ones((4, 1)), values, target=[10**30, 1, 2, 3.0])
    assert data.weak_predictions.tolist() == [[1 / 3, 0.1, 1.0, 0.5]]
    assert data.target is not None and data.target[0] == 1e30
    assert "1000000000000000000000000000000 at row 0 becomes 1000000000000000019" in data.notes[0]
    for value, word in (
        (10**400, "no double"),
        (decimal.Decimal("sNaN"), "no double"),
        (decimal.Decimal("NaN"), "NaN at row 3"),
        (2j, "complex"),
        ("2", "str"),
    ):
        refused("target", np.array([0, 1, 2, value] + [0] * 8, object), word)


def test_a_mask_is_seen_wherever_it_is():
    masked = np.ma.masked_array(np.ones(ROWS), np.arange(ROWS) == 3)
    whole = np.ma.masked_array(np.ones(ROWS))
    for values in (
        [masked, masked],
        (np.ones(ROWS), masked),
        [list(masked), list(masked)],
        [[masked], [masked]],
        type("Tensor", (), {"__array__": lambda *_, **__: masked})(),
    ):
        refused("weak_predictions", values, "masked entries")
    objects = np.empty(2, object)
    objects[:] = [masked, masked]
    refused("weak_predictions", objects, "MaskedArray at row 0")
    refused("weak_names", np.ma.masked_array(["a", "b"], [False, True]), "masked")
    data = audit_data(**arrays(weak_predictions=[whole, np.zeros(ROWS)]))
    assert data.weak_predictions.tolist() == [[1.0] * ROWS, [0.0] * ROWS]


def test_nulls_of_arrow_are_refused():
    nulls = pa.array([*range(11), None])
    refused("target", nulls, "NaN at row 11")
    refused("weak_predictions", [pa.array(range(12)), nulls], "row 1, column 11")
    nested = pa.array([list(range(12)), nulls.to_pylist()])
    refused("weak_predictions", nested, "ndarray at row 0")


@pytest.mark.parametrize("error", [RuntimeError, TypeError, NotImplementedError, KeyError])
@pytest.mark.parametrize("name", ["strong_features", "weak_predictions", "target", "weak_names"])
def test_what_numpy_cannot_read_is_named(name, error):
    def fails(*_, **__):
        raise error("Can't call numpy() on\nTensor that requires grad.")

    tensor = type("Tensor", (), {"__array__": fails})()
    advice = [] if name == "weak_names" else ["tensor.detach().cpu().numpy()"]
    for values in (tensor, [tensor] * ROWS):
        refused(name, values, "numpy() on", *advice)
