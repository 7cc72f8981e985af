"""Columns of lists in Parquet files and in Hugging Face's datasets."""

import json
import weakref
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest

from w2sjax.auditing.classification.data import load_classifiers
from w2sjax.auditing.data import load
from w2sjax.auditing.list_columns import KEPT, grouped_rows
from w2sjax.auditing.pieces import Pieces

ROWS, WIDTH = 12, 3
random = np.random.default_rng(0)
FEATURES = random.normal(size=(ROWS, WIDTH))
CHANCES = random.dirichlet(np.ones(3), size=(2, ROWS))
TRUTH = random.dirichlet(np.ones(3), size=ROWS)
OPTIONS = {"strong_columns": ["embedding"], "weak_columns": ["weak"]}


def lists(values, kind, dtype):
    kind = pa.from_numpy_dtype(dtype) if kind is None else kind
    return pa.array(list(np.asarray(values, dtype)), kind)


def table(dtype=np.float32, kind=None, rows=slice(None), **changes):
    kind = kind or pa.list_(pa.from_numpy_dtype(dtype), WIDTH)
    columns = {
        "embedding": lists(FEATURES, kind, dtype),
        "weak": FEATURES[:, 0],
        "soft": lists(CHANCES[0], pa.list_(pa.float64()), float),
        "student": lists(CHANCES[1], pa.list_(pa.float64()), float),
        "truth": lists(TRUTH, pa.list_(pa.float64()), float),
    }
    whole = pa.table({**columns, **changes})
    return whole.take(pa.array(np.arange(ROWS)[rows]))


def save_parquet(folder, whole):
    (folder / "part=1").mkdir(exist_ok=True)
    for place, rows in enumerate([slice(0, 5), slice(5, 12)]):
        part = whole.slice(rows.start, rows.stop - rows.start)
        file = folder / "part=1" / f"data-{place:05}-of-00002.parquet"
        pyarrow.parquet.write_table(part, file, row_group_size=2)
    return folder


def save_dataset(folder, whole):
    names = [f"data-{place:05}-of-00002.arrow" for place in range(2)]
    for name, part in zip(names, [whole.slice(0, 5), whole.slice(5)], strict=True):
        with pyarrow.ipc.new_stream(folder / name, part.schema) as stream:
            stream.write_table(part, max_chunksize=2)
    (folder / "dataset_info.json").write_text("{}")
    state = {"_data_files": [{"filename": name} for name in names], "_split": "train"}
    (folder / "state.json").write_text(json.dumps(state))
    return folder


SAVERS = [save_parquet, save_dataset]
both = pytest.mark.parametrize("save", SAVERS)


def refused(path, *words, **options):
    with pytest.raises(ValueError) as caught:
        load(path, **{**OPTIONS, **options})
    message = str(caught.value)
    assert "\n" not in message and all(word in message for word in words), message


@both
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("make", [pa.list_, pa.large_list, lambda kind: pa.list_(kind, WIDTH)])
def test_an_embedding_in_one_column_stays_where_it_is(tmp_path, save, dtype, make):
    whole = table(dtype, make(pa.from_numpy_dtype(dtype)))
    data = load(save(tmp_path, whole), **OPTIONS)
    features = data.strong_features
    assert isinstance(features, Pieces) and features.dtype == dtype
    expected = FEATURES.astype(dtype)
    np.testing.assert_array_equal(np.asarray(features), expected)
    for rows in (slice(1, 8), np.array([0, 3, 4, 11])):
        np.testing.assert_array_equal(features[rows], expected[rows])
    np.testing.assert_array_equal(data.weak_predictions[0], FEATURES[:, 0])


@both
def test_soft_labels_of_every_kind(tmp_path, save):
    data = load_classifiers(
        save(tmp_path, table()),
        strong_columns=["embedding"],
        probability_columns=["soft"],
        student_probability_columns=["student"],
        target_probability_columns=["truth"],
        class_names=["a", "b", "c"],
    )
    np.testing.assert_allclose(data.weak_probabilities[0], CHANCES[0])
    assert data.student_probabilities is not None and data.truth is not None
    np.testing.assert_allclose(data.student_probabilities[0], CHANCES[1])
    np.testing.assert_allclose(data.truth, TRUTH)
    assert data.classes == ("a", "b", "c") and data.weak_names == ("soft",)


@both
def test_bad_lists_are_placed(tmp_path, save):
    ragged = [[1.0, 2.0, 3.0]] * ROWS
    kind = pa.list_(pa.float64())
    for value, words in (
        ([1.0], "the list at row {} has 1 numbers, not 3"),
        (None, "empty cell at row {}"),
        ([1.0, None, 2.0], "empty value at row {}, column 1"),
    ):
        bad = [*ragged[:10], value, *ragged[11:]]
        path = save(tmp_path, table(embedding=pa.array(bad, kind)))
        refused(path, words.format(5))  # of the second file
    bad = [*ragged[:10], [1.0, float("nan"), 2.0], *ragged[11:]]
    refused(save(tmp_path, table(embedding=pa.array(bad, kind))), "NaN at row 10, column 1")
    refused(save(tmp_path, table(embedding=pa.array([["a"]] * ROWS))), "not numbers")
    refused(save(tmp_path, table()), "holds lists", weak_columns=["soft"])
    refused(tmp_path, "did you mean 'embedding'?", strong_columns=["embeding"])


@both
def test_missing_and_truncated_files_are_named(tmp_path, save):
    save(tmp_path, table())
    (last,) = tmp_path.rglob("data-00001-of-00002.*")
    content = last.read_bytes()
    for size in (0, 10, len(content) // 2, len(content) - 20):
        last.write_bytes(content[:size])
        refused(tmp_path, last.name)
    last.unlink()
    refused(tmp_path, last.name, "missing")


def test_splits_and_chosen_rows_of_a_dataset_are_refused(tmp_path):
    split = tmp_path / "train"
    split.mkdir()
    save_dataset(split, table())
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train"]}')
    refused(tmp_path, "several splits", "'train'")
    state = json.loads((split / "state.json").read_text())
    (split / "state.json").write_text(json.dumps({**state, "_indices_files": [{"filename": "i"}]}))
    refused(split, "flatten_indices")
    for damaged in (
        "",
        "[]",
        '{"_data_files": 3}',
        '{"_data_files": [{"filename": 3}]}',
        "[" * 10**5,
    ):
        (split / "state.json").write_text(damaged)
        refused(split, "state.json")


def test_only_a_few_row_groups_stay_decoded(tmp_path):
    made = []

    def load(place):
        array = np.full((2, WIDTH), float(place))
        made.append(weakref.ref(array))
        return array

    rows = grouped_rows([(tmp_path, 2, partial(load, place)) for place in range(5)])
    assert np.asarray(rows)[:, 0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert sum(array() is not None for array in made) == KEPT
