"""Labels from real numbers: nearest values, cuts without a target, and what has no labels."""

import numpy as np
import pytest

from w2sjax.auditing.data import audit_data
from w2sjax.auditing.labels import MOST, cuts, labels


def data(weak, target=None):
    return audit_data(np.ones((len(weak), 1)), np.asarray(weak), target=target)


def test_nearest_value_of_the_target():
    values, between = cuts(data([9.0, 9.0, 9.0], [3.0, 0.0, 1.0]))
    given = np.linspace(-2, 5, 141)
    expected = [max(values, key=lambda value: (-abs(value - one), value)) for one in given]
    assert values[labels(given, between)].tolist() == expected
    assert between.tolist() == [0.5, 2.0]
    assert labels(np.array([[-1.0, 2.0]]), between).tolist() == [[0, 2]]


@pytest.mark.parametrize(
    ("weak", "cut"),
    [([3.0, 7.0, 3.0], 5.0), ([-0.1, 4.0, 0.5], 0.0), ([0.1, 0.0, 0.9], 0.5), ([0.0, 1.0], 0.5)],
)
def test_cuts_without_a_target(weak, cut):
    assert cuts(data(weak))[1].tolist() == [cut]


def test_huge_values_have_a_middle():
    assert cuts(data([1.0, 2.0], [1.7e308, 1.5e308]))[1].tolist() == [1.6e308]


@pytest.mark.parametrize(
    ("weak", "target", "message"),
    [
        ([0.0, 1.0], [2.0, 2.0], "target: has 1 different values"),
        (np.ones(MOST + 1), np.arange(MOST + 1.0), "target: has 21 different values; .* 2 to 20 "),
        ([0.5, 1.5, 2.0], None, "weak_predictions: .* between 0.5 and 2.0; expected two values"),
        ([0.5, 0.5], None, "weak_predictions: .* between 0.5 and 0.5"),
    ],
)
def test_numbers_that_are_no_labels(weak, target, message):
    with pytest.raises(ValueError, match=f"arrays: {message}"):
        cuts(data(weak, target))
