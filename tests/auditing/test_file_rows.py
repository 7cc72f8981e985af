"""Rows that are read from a file are those of its memory map, and a file that changes is named."""

import jax.numpy as jnp
import numpy as np
import pyarrow as pa
import pytest
import test_arrow_files
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from test_pieces import places

from w2sjax import Status, audit, audit_data, hypothesis_class, project
from w2sjax.auditing import file_rows
from w2sjax.auditing import students as module
from w2sjax.auditing.data import load
from w2sjax.auditing.file_rows import unmapped
from w2sjax.projecting import hypothesis, rows
from w2sjax.projecting.sets import Affine

ROWS, WIDTH = 40, 3


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    """By rows and by columns."""
    folder = tmp_path_factory.mktemp("mapped")
    table = np.arange(ROWS * WIDTH, dtype=np.float32).reshape(ROWS, WIDTH)
    for order in "CF":
        np.save(folder / f"{order}.npy", table if order == "C" else np.asfortranarray(table))
    return {order: np.load(folder / f"{order}.npy", mmap_mode="r") for order in "CF"}


@given(st.data(), st.sampled_from("CF"), st.sampled_from([0, 20, 2**16]), st.integers(1, 200))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_rows_are_those_of_the_map(mapped, draws, order, apart, most):
    stored, chosen = unmapped(mapped[order]), draws.draw(places(ROWS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_rows, "APART", apart)
        patch.setattr(file_rows, "MOST", most)
        found, expected = stored[chosen], mapped[order][chosen]
    assert found.dtype == expected.dtype and found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)


def rewrite(file):
    """Other numbers in as many bytes."""
    content = file.read_bytes()
    file.write_bytes(content[:-8] + bytes(8))


CHANGES = {
    "shrinks": lambda file: file.write_bytes(file.read_bytes()[:100]),
    "grows": lambda file: file.write_bytes(file.read_bytes() + bytes(8)),
    "is written anew": rewrite,
    "goes away": lambda file: file.unlink(),
}


def save_npy(folder, features):
    np.save(folder / "strong_features-1-of-1.npy", features)
    np.save(folder / "weak_predictions.npy", features[:, 0])
    return folder, {}


def save_safetensors(folder, features):
    tensors = {"strong_features": features, "weak_predictions": features[:, 0].copy()}
    save_file(tensors, folder / "data-00001-of-00001.safetensors")
    return folder, {}


def save_table(save):
    def saved(folder, features):
        columns = {"embedding": features.tolist(), "weak": features[:, 0]}
        return save(folder, pa.table(columns)), test_arrow_files.OPTIONS

    return saved


SAVERS = {
    "npy": save_npy,
    "safetensors": save_safetensors,
    "parquet": save_table(test_arrow_files.save_parquet),
    "dataset": save_table(test_arrow_files.save_dataset),
}
FEATURES = np.random.default_rng(0).normal(size=(2000, WIDTH))  # several pages of a map


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("save", SAVERS.values(), ids=SAVERS)
def test_a_file_that_changes_after_it_was_loaded_is_named(tmp_path, save, change):
    path, options = save(tmp_path, FEATURES)
    features = load(path, **options).strong_features
    file = next(file for file in path.rglob("*1-of-*"))
    change(file)
    whole, some = slice(None), np.array([5])
    for read in (lambda: features[whole], lambda: features[some], features.require_unchanged):
        with pytest.raises(ValueError, match=f"{file.name}: changed while it was read"):
            read()


def test_a_class_over_a_file_is_that_over_its_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "BLOCK", 900)
    data = load(save_npy(tmp_path, FEATURES)[0])
    target = jnp.asarray(np.cos(5 * data.weak_predictions[0]))
    stored, whole = (
        project(hypothesis_class(Affine(), rows.Rows(features)), target)
        for features in (data.strong_features, FEATURES)
    )
    assert stored.status == whole.status == Status.CERTIFIED
    np.testing.assert_array_equal(stored.values, whole.values)
    small = hypothesis_class(Affine(), data.strong_features)
    monkeypatch.setattr(hypothesis, "STREAMED", FEATURES.size)
    large = hypothesis_class(Affine(), data.strong_features)
    assert isinstance(large.features, rows.Rows) and not isinstance(small.features, rows.Rows)
    np.testing.assert_array_equal(project(large, target).values, whole.values)
    np.testing.assert_allclose(project(small, target).values, whole.values, atol=1e-14)


def test_so_is_one_that_changes_between_two_passes(tmp_path, monkeypatch):
    path, _ = save_npy(tmp_path, FEATURES)
    data, each, passes = load(path), rows.Rows.each, []

    def counted(*given):
        passes.append(given)
        if len(passes) == 3:
            rewrite(path / "strong_features-1-of-1.npy")
        return each(*given)

    monkeypatch.setattr(module, "STREAMED", 1)
    monkeypatch.setattr(rows.Rows, "each", counted)
    with pytest.raises(ValueError, match="strong_features-1-of-1.npy: changed while it was read"):
        audit(data)
    with pytest.raises(ValueError, match="changed"):
        audit_data(data.strong_features, data.weak_predictions)
