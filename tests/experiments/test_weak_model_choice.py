"""The choice of a weak model on a small study: its files, its numbers, and the theorems behind it."""

import jax
import numpy as np
import pytest

from experiments import weak_model_choice
from experiments._run import read
from w2sjax.machine.records import Record

SMALL = weak_model_choice.Config(tasks=300)
RULE, WEAK, MISFIT, CHANCE = range(4)
SUBSPACE, BALL = range(2)


@pytest.fixture(scope="module")
def found():
    """Every task of a small study."""
    return weak_model_choice.choose(jax.random.key(0), SMALL, Record(None, "", {}).once)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, found):
    """The files of the same study, by its main program."""
    out = tmp_path_factory.mktemp("choice")
    patch = pytest.MonkeyPatch()
    patch.setitem(weak_model_choice.PRESETS, "quick", SMALL)
    try:
        assert weak_model_choice.main(["--out", str(out)]) == 0
    finally:
        patch.undo()
    return out


def test_the_data_have_the_promised_columns(folder):
    choices, certified = read(folder / "choices.csv"), read(folder / "certified.csv")
    places = ["class", "setting"]
    numbers = ["best", "best_stderr", "regret", "regret_stderr", "regret_largest"]
    assert list(choices) == [*places, "strategy", "tasks", *numbers]
    assert list(certified) == [*places, "tasks", "epsilon", "certified", "certified_right"]
    places = 2 * len(weak_model_choice.SETTINGS)
    assert len(certified["class"]) == places
    assert len(choices["class"]) == places * len(weak_model_choice.STRATEGIES)
    assert (folder / "manifest.json").exists()
    assert (folder / "weak_model_choice.png").read_bytes().startswith(b"\x89PNG")


def test_a_second_run_gives_the_same_numbers(folder, found):
    """The files, from a second run of the same seed, against the arrays of the first."""
    again = weak_model_choice.summary(found)
    for name, values in read(folder / "choices.csv").items():
        assert values == [row[name] for row in again]


def test_the_rule_is_exact_on_realizable_tasks_over_a_subspace(found):
    assert np.all(found["best"][:, SUBSPACE, 0, RULE])
    assert np.all(found["regret"][:, SUBSPACE, 0, RULE] == 0)
    assert found["best"][:, BALL, 0, RULE].mean() > found["best"][:, BALL, 0, WEAK].mean()


def test_certified_choices_are_right(found):
    certified = found["certified"]
    assert certified.sum() > 10
    assert np.all(found["best"][..., RULE][certified])
    assert np.all(found["regret"] >= 0)


def test_settings_are_what_they_say(found):
    epsilon = found["epsilon"].mean(axis=0)
    assert np.all(epsilon[SUBSPACE, 0] < 1e-20)
    for place, (outside, *_) in enumerate(weak_model_choice.SETTINGS.values()):
        share = 1 - SMALL.features / SMALL.points
        assert epsilon[SUBSPACE, place] == pytest.approx(share * outside, rel=0.05)
    names = list(weak_model_choice.SETTINGS)
    equal = names.index("equal error")
    # With errors equal up to rounding, the rule is the largest misfit.
    assert np.array_equal(found["best"][:, :, equal, RULE], found["best"][:, :, equal, MISFIT])
    chance = found["best"][:, :, :, CHANCE].mean(axis=0)
    assert np.all(np.abs(chance - 1 / SMALL.models) < 5 * (5 / 36 / SMALL.tasks) ** 0.5)
    tied = found["regret"][:, SUBSPACE, names.index("near-tied"), CHANCE]
    assert tied.mean() < 0.1 * found["regret"][:, SUBSPACE, 0, CHANCE].mean()


def test_the_sentence_names_the_worst_setting(found):
    choices = weak_model_choice.summary(found)
    rule = [row for row in choices if row["strategy"] == weak_model_choice.STRATEGIES[RULE]]
    worst = min(rule, key=lambda row: row["best"])
    sentence = weak_model_choice.conclusion(choices)
    assert f"'{worst['setting']}' ({worst['class']})" in sentence
    assert f"{worst['best']:.1%}" in sentence and sentence.endswith(".")
