"""Pictures: outlines against the exact membership tests, what is shown, and which files are written."""

import dataclasses
import itertools
import random
import re
from fractions import Fraction

import numpy as np
import pytest
from falsification_samples import claim, counterexample, fraction, small, twin
from scipy.spatial import ConvexHull

from docs.generate.results import COUNTEREXAMPLES
from docs.places import RESULTS
from w2sjax.arithmetic.flint_numbers import rationals
from w2sjax.falsification import pictures
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.counterexample import load
from w2sjax.falsification.files import matrix_row, write_all, write_matrix, write_pages
from w2sjax.falsification.pictures import distances, matrix, plane, region, worlds
from w2sjax.falsification.rendering import markdown
from w2sjax.falsification.search import falsify
from w2sjax.settings.projection.projecting import project
from w2sjax.settings.projection.sets import SHAPES, contains
from w2sjax.verification.lookup import REGISTRY

PLAIN, UNREAL = claim("misfit_gain"), claim("misfit_gain", "realizability")
NAMES = [known.name for known in REGISTRY if known.setting.name == "projection"]


def flat(name):
    """A counterexample to a false twin that has a picture."""
    kind = "l2_ball" if name in ("inexact_gain", "convex_values") else "subspace"
    return counterexample(twin(name), kind, fits=plane.fits)


def inside(outline, point, room):
    """Whether a point is in the convex hull of an outline, up to `room`."""
    if len(outline) == 1:
        return np.linalg.norm(outline[0] - point) < room
    if len(outline) == 2:
        along = outline[1] - outline[0]
        share = np.clip((point - outline[0]) @ along / (along @ along), 0, 1)
        return np.linalg.norm(outline[0] + share * along - point) < room
    hull = ConvexHull(outline)
    return bool((hull.equations[:, :2] @ point + hull.equations[:, 2] < room).all())


@pytest.mark.parametrize("kind", SHAPES)
def test_the_outline_is_the_class(kind):
    """Far labels project on its boundary; members are inside of it."""
    source = random.Random(kind)
    stream = (
        p
        for p in small(PLAIN, kind, 3)
        if plane.fits(p) and p.size == 2 and contains(p.set, p.parameters, p.truth)
    )
    for problem in itertools.islice(stream, 12):
        outline, curved = region.region(problem)
        size = 1 + np.abs(outline).max()
        room = 1e-3 * size if curved else 1e-6 * size
        assert inside(
            outline,
            region.coordinates(problem, problem.values(problem.truth, problem.truth_intercept)),
            room,
        )
        label = [50 * fraction(source), 50 * fraction(source)]
        answer = project(problem, rationals(label), 128)
        if answer is None:
            continue
        nearest = np.array([float(value) for value in answer.values])
        found = region.coordinates(problem, nearest)
        assert inside(outline, found, room)
        # No corner is nearer to the label than the projection.
        place = region.coordinates(problem, label)
        assert np.linalg.norm(outline - place, axis=1).min() >= np.linalg.norm(found - place) - room


def test_hull():
    square = np.array([[0, 0], [1, 0], [0.5, 0.5], [1, 1], [0, 1], [0.5, 0], [1, 0]], float)
    assert {tuple(row) for row in region.hull(square).tolist()} == {(0, 0), (1, 0), (1, 1), (0, 1)}
    assert len(region.hull(np.array([[0, 0], [2, 2], [1, 1.0]]))) == 2
    assert len(region.hull(np.zeros((3, 2)))) == 1


@pytest.mark.parametrize("name", NAMES)
def test_distances_in_the_plane_are_those_of_the_engine(name):
    """The drawn points have the squared distances that stand beside them."""
    found = flat(name)
    sides = distances.shown(found)
    assert sides and len({frozenset(side.ends) for side in sides}) == len(sides)
    for side in sides:
        ends = [distances.functions(found, [end])[end] for end in side.ends]
        places = [region.coordinates(found.instance, end) for end in ends]
        assert np.linalg.norm(np.subtract(*places)) ** 2 == pytest.approx(float(side.square))


@pytest.mark.parametrize("name", NAMES)
def test_picture_and_page_use_the_same_letters(tmp_path, name):
    found = flat(name)
    sides = distances.shown(found)
    with plane.drawing(tmp_path / "any", 3, 3) as figure:
        axes = figure.subplots()
        ends = dict.fromkeys(end for side in sides for end in side.ends)
        places = {end: np.array([i, i**2], float) for i, end in enumerate(ends)}
        plane._sides(axes, places, sides)
        plane._points(axes, places, found.claim)
        legend = [line.get_label() for line in axes.lines if "$d" in line.get_label()]
        letters = {text.get_text().strip("$") for text in axes.texts if "$" in text.get_text()}
    assert legend == [side.label for side in sides]
    pairs = [re.split(r"(?<!\\), ", label[3:].split(")$")[0]) for label in legend]
    assert letters == {end for pair in pairs for end in pair}
    plain = {re.sub(r"\\hat f", "f̂", letter).replace("^", "") for letter in letters}
    page = markdown(found)
    single = (letter for letter in plain if "frac" not in letter)  # combinations are in the claim
    assert all(re.sub(r"[{}]", "", letter) in page for letter in single)


def test_the_sides_are_sums_of_what_is_shown():
    found = counterexample(UNREAL, fits=plane.fits)
    student, weak, misfit = (side.square for side in distances.shown(found))
    assert (Fraction(found.lhs), Fraction(found.rhs)) == (student, weak - misfit)


def test_what_is_not_flat_has_no_picture(tmp_path):
    found = counterexample(UNREAL, fits=lambda p: p.size == 3)
    assert pictures.draw(found, tmp_path / "none") is None and not list(tmp_path.iterdir())


@pytest.mark.parametrize("dropped", ["one label", "agreement"])
def test_worlds(tmp_path, dropped):
    found = counterexample(claim("hard_error_payback", dropped))
    path = pictures.draw(found, tmp_path / "world")
    assert path is not None and path == tmp_path / "world.png" and path.stat().st_size > 5000
    places = worlds._places(found.instance)
    assert len({tuple(place) for place in places}) == found.instance.size
    assert {place[0] for place, hard in zip(places, found.instance.hard, strict=True) if hard} == {
        0
    }


def result(name, drop):
    sets = ["subspace"] if claim(name).over_sets else None
    return falsify(name, drop=drop, sets=sets, budget=Budget(0, 300, 0), shrink_seconds=1)


@pytest.fixture(scope="module")
def results():
    cases = [
        ("misfit_gain", None),
        ("misfit_gain", "realizability"),
        ("expansion_core", "membership"),
    ]
    return [result(*case) for case in cases]


def test_pages_show_their_pictures(tmp_path, results):
    pictures = write_pages(results, tmp_path)
    assert list(pictures) == ["misfit_gain_realizability", "expansion_core_membership"]
    for stem in ("misfit_gain_realizability", "expansion_core_membership"):
        assert f"![The counterexample]({stem}.png)" in (tmp_path / f"{stem}.md").read_text()
        assert all(
            (tmp_path / f"{stem}.{ending}").exists() for ending in ("png", "pdf", "svg", "json")
        )
    assert len(list(tmp_path.iterdir())) == 10


def test_without_matplotlib_it_says_so(tmp_path, results, monkeypatch):
    monkeypatch.setattr("w2sjax.falsification.files.can_draw", lambda: False)
    wrote, missing = write_all(results, tmp_path, every=True)
    assert wrote == f"wrote {tmp_path / 'falsify.html'}"
    assert "matplotlib is not installed; pip install 'w2sjax[experiments]'" in missing
    assert {path.suffix for path in tmp_path.iterdir()} == {".md", ".json", ".csv", ".html"}
    assert "![" not in (tmp_path / "misfit_gain_realizability.md").read_text()


def test_whatever_was_found_has_a_place_in_the_matrix(tmp_path, results):
    """The counterexamples of the theorems' pages, of all settings that have exact ones."""
    shown = [load(path) for path in sorted((RESULTS / COUNTEREXAMPLES).iterdir())]
    assert {found.claim.setting.name for found in shown} == {
        claim.setting.name for claim in REGISTRY if claim.setting.exact
    }
    rows = [dataclasses.replace(results[1], counterexample=found) for found in shown]
    assert write_matrix(rows, tmp_path) is not None


def test_the_matrix_file_draws_again(tmp_path, results):
    from figures.falsification import draw

    assert write_matrix(results, tmp_path) is not None
    first = (tmp_path / "matrix.png").read_bytes()
    (tmp_path / "matrix.png").unlink()
    draw(tmp_path)
    assert (tmp_path / "matrix.png").read_bytes() == first
    lines = (tmp_path / "matrix.csv").read_text().splitlines()
    assert len(lines) == 4 and lines[2].startswith("misfit_gain,realizability,counterexample,2,")


def test_columns_and_cells(results):
    rows = [matrix_row(answer) for answer in results]
    rows += [
        {"claim": "a", "dropped": "i.i.d. sample", "outcome": "unconfirmed", "exact": "no"},
        {"claim": "b", "dropped": "i.i.d. points", "outcome": "none found", "exact": "no"},
    ]
    assert matrix.columns(rows) == ["", "i.i.d.", "realizability", "membership"]
    styles = [matrix._style(matrix._kind(row)) for row in rows]
    assert styles[1]["facecolor"] != "white" == styles[0]["facecolor"]
    assert "hatch" in styles[3] and "linestyle" in styles[4] and "linestyle" not in styles[0]
    assert len(matrix._legend(rows)) == 4
