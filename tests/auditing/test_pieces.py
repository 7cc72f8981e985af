"""Rows that are stored in pieces are those of the array that they make."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2sjax.auditing.data import audit_data
from w2sjax.auditing.pieces import Chosen, Pieces, chosen

WIDTH = 3


@st.composite
def places(draw, rows):
    """A slice, or an array of places in any order."""
    ends = st.none() | st.integers(-rows - 2, rows + 2)
    if draw(st.booleans()):
        return slice(draw(ends), draw(ends), draw(st.sampled_from([None, 1, 2])))
    return np.array(draw(st.lists(st.integers(0, rows - 1), max_size=9)), int)


@given(st.data(), st.lists(st.integers(0, 4), min_size=1, max_size=5).filter(sum))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_pieces_are_the_whole(draws, counts):
    whole = np.arange(WIDTH * sum(counts), dtype=np.float32).reshape(-1, WIDTH)
    pieces = Pieces(np.split(whole, np.cumsum(counts)[:-1]))
    assert (pieces.shape, pieces.size, len(pieces)) == (whole.shape, whole.size, len(whole))
    np.testing.assert_array_equal(np.asarray(pieces, np.float64), whole)
    rows = draws.draw(places(len(whole)))
    np.testing.assert_array_equal(pieces[rows], whole[rows])
    kept = draws.draw(places(len(whole)).filter(lambda r: not isinstance(r, slice) or not r.step))
    some, expected = chosen(pieces, kept), whole[kept]
    assert isinstance(some, Chosen) and some.shape == expected.shape
    np.testing.assert_array_equal(np.asarray(some), expected)
    if len(expected):
        again = draws.draw(places(len(expected)))
        np.testing.assert_array_equal(some[again], expected[again])


def test_pieces_are_audited_where_they_are():
    whole = np.random.default_rng(0).normal(size=(9, WIDTH)).astype(np.float16)
    pieces = Pieces(np.split(whole, [2, 7]))
    assert audit_data(pieces, np.ones(9)).strong_features is pieces
    whole[8, 1] = np.nan
    with pytest.raises(ValueError, match="NaN at row 8, column 1"):
        audit_data(pieces, np.ones(9))
