r"""How well overlap points are detected, against separation and noise, beside closed-form rates.

The detection study: 10 easy and 10 hard coordinates, as many easy-only, hard-only and overlap points,
the easy coordinates scaled by 3 after sampling, a weak model that is a logistic regression on easy
coordinates, trained on other points. Two cases: coordinates of an absent pattern are 0, or noise.
Measured on fresh points for each repetition: precision, recall and density error of the
algorithm; its two rates; those of a fixed direction (the hard mean, threshold half way), which have
closed forms, on the same points; the algorithm's largest score where the hard-only points
are known; and the density that the default search of `ruptures` (every fifth position) would give.

Run `python -m experiments detection [--preset quick|paper] [--seed S] [--out DIR]`.
"""

import dataclasses
import itertools
from collections import OrderedDict
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr
from jaxtyping import Array, PRNGKeyArray

from experiments._run import Run, Table, averages, experiment, table_of
from w2sjax.machine.compilation import jit_quickly
from w2sjax.mixture.logistic import fit
from w2sjax.mixture.model import EASY, HARD, OVERLAP, OverlapMixture, layout, sample
from w2sjax.overlap import detect, largest_similarity

CASES = {"zeroed": True, "noise kept": False}
EASY_SCALE = 3.0


@dataclasses.dataclass(frozen=True)
class Config:
    """Sizes: points of each kind, coordinates a pattern, lengths of the means, deviations of the noise."""

    separations: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
    noises: tuple[float, ...] = (1.0, 2.0)
    points: int = 500
    dimension: int = 10
    repetitions: int = 100
    compared: int = 20  # repetitions that ruptures searches too


PRESETS = {
    "paper": Config(),
    "quick": Config(separations=(1.0, 4.0, 16.0), noises=(1.0,), repetitions=4, compared=1),
}


@experiment(PRESETS)
def main(run: Run) -> tuple[Any, ...]:
    """Measure, write data, draw, print."""
    search = default_search()
    with run.timed("measure"):
        rows, searched = measure(run, search)
    run.write(data=rows)
    if searched:
        run.write(search=searched)
    run.facts["ruptures"] = search is not None
    return _table(rows), _comparison(searched)


def default_search(jump: int = 5, min_size: int = 2) -> Any | None:
    """The change-point search of `ruptures` (Binseg), if installed; by default with its defaults."""
    try:
        import ruptures
    except ImportError:
        return None

    def position(ordered: np.ndarray) -> int:
        search = ruptures.Binseg(model="l2", jump=jump, min_size=min_size).fit(ordered)
        return search.predict(n_bkps=1)[0]

    return position


def draw_study(
    key: PRNGKeyArray, separation: Array, noise: Array, zeroed: Array, config: Config
) -> tuple[OverlapMixture, Array, Array, Array]:
    """Draw a mixture, the weak model's probabilities on fresh points, their features and regions.

    Whether absent patterns are zeroed is a value here, so that both cases share a program.
    """
    mean_key, train_key, test_key = jax.random.split(key, 3)
    means = jax.random.uniform(mean_key, (2, config.dimension), jnp.float64)
    means *= separation * noise / jnp.linalg.norm(means, axis=1, keepdims=True)
    mixture = OverlapMixture(
        easy_mean=means[0],
        hard_mean=means[1],
        easy_noise=noise,
        hard_noise=noise,
        shares=jnp.asarray([1 / 3, 1 / 3, 1 / 3, 0.0]),
        positive=jnp.asarray(0.5),
        zeroed=False,
    )
    counts = jnp.full(4, config.points).at[3].set(0)
    regions = layout(counts, 3 * config.points)
    easy = jnp.arange(2 * config.dimension) < config.dimension
    lacking = jnp.where(easy[None, :], regions[:, None] == HARD, regions[:, None] == EASY)
    scale = jnp.where(easy[None, :], EASY_SCALE, 1.0) * jnp.where(lacking & zeroed, 0.0, 1.0)
    keys = jnp.stack([train_key, test_key])
    both = jax.vmap(lambda key: sample(key, mixture, regions))(keys)
    train, test = scale * both.features[0], scale * both.features[1]
    weak = fit(train[:, : config.dimension], both.labels[0].astype(jnp.float64))
    chances = jax.nn.sigmoid(weak.scores(test[:, : config.dimension]))
    return mixture, chances, test, regions


def study(
    key: PRNGKeyArray, separation: Array, noise: Array, zeroed: Array, config: Config
) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
    """Detect once, and measure; also give the rates, and the scores, for other searches."""
    mixture, probabilities, features, regions = draw_study(key, separation, noise, zeroed, config)
    overlap, easy, hard = (regions == code for code in (OVERLAP, EASY, HARD))
    # A weak model that is unsure of the hard-only points and of no others tells which they are.
    both = jnp.stack([probabilities, jnp.where(hard, 0.5, 1.0)])
    detected = jax.vmap(lambda chances: detect(chances, features))(both)
    found, known = (jax.tree.map(lambda leaf, i=i: leaf[i], detected) for i in range(2))
    reported, apart = found.regions == OVERLAP, found.regions == HARD
    known_high = known.regions == OVERLAP
    along = features[:, config.dimension :] @ mixture.hard_mean
    length = jnp.linalg.norm(mixture.hard_mean)
    threshold = length**2 / 2
    high = jnp.abs(along) >= threshold
    half = threshold / (noise * length)
    measured = OrderedDict(
        precision=_share(overlap, reported),
        recall=_share(reported, overlap),
        density_error=found.density - jnp.mean(overlap.astype(jnp.float64)),
        hard_precision=_share(hard, apart),
        false_positives=_share(reported, easy),
        misses=_share(~reported, overlap),
        known_false_positives=_share(known_high, easy),
        known_misses=_share(~known_high, overlap),
        direction_false_positives=_share(high, easy),
        direction_misses=_share(~high, overlap),
    )
    rates = OrderedDict(
        rate_false_positives=jnp.where(zeroed, 0.0, 2 * ndtr(-half)), rate_misses=ndtr(-half)
    )
    scores = {name: getattr(found, name) for name in ("density", "scores", "confidence")}
    return measured, rates, scores | {"features": features}


def _share(event: Array, among: Array) -> Array:
    """Share of the points of one kind that are of another; 0 where there are none."""
    return jnp.sum(event & among) / jnp.maximum(jnp.sum(among), 1)


def measure(run: Run, search: Any) -> tuple[list, list]:
    """Give a row for each case, noise and separation, and one for each search by ruptures."""
    config = run.config
    rows, searched = [], []
    keys = jax.random.split(run.key, config.repetitions)

    @jit_quickly
    def program(keys, separation, noise, zeroed):
        return jax.lax.map(lambda key: study(key, separation, noise, zeroed, config), keys)

    cases = list(itertools.product(CASES, config.noises, config.separations))
    for case, noise, separation in cases:
        given = jnp.asarray(separation), jnp.asarray(noise), jnp.asarray(CASES[case])
        kept = config.compared if search is not None else 0
        measured, rates, found = run.once(
            f"{case}, noise {noise}, separation {separation}, {kept} compared",
            lambda given=given, kept=kept: _judged(program(keys, *given), kept),
        )
        names = {"case": case, "noise": noise, "separation": separation}
        row = names | averages(measured) | {name: values[0] for name, values in rates.items()}
        absolute = np.abs(measured["density_error"]).mean()
        rows.append(row | {"absolute_density_error": absolute})
        for index in range(kept):
            one = {name: values[index] for name, values in found.items()}
            searched.append(names | search_again(one, search))
        run.progress("cases, noises, separations", len(rows), len(cases))
    return rows, searched


def _judged(found: Any, kept: int) -> Any:
    """Keep of the scores of all repetitions those that another search is given."""
    measured, rates, scores = found
    return measured, rates, {name: values[:kept] for name, values in scores.items()}


def search_again(found: dict[str, np.ndarray], search) -> dict[str, float]:
    """Densities with the exact search, and with another for both splits or the second one.

    `hard_moved` is by how many points the first split differs.
    """
    n = found["confidence"].size
    order = np.argsort(found["confidence"])
    hard = search(found["confidence"][order])
    used = np.zeros(n, bool)
    used[order[:hard]] = True
    features = jnp.asarray(found["features"])
    similar = np.asarray(largest_similarity(features, features, jnp.asarray(used)))
    ordered = np.sort(similar[~used])
    scores = np.sort(found["scores"][~np.isnan(found["scores"])])
    return {
        # The share of a count, whose mean another division may have rounded.
        "exact": round(n * float(found["density"])) / n,
        "ruptures": (ordered.size - search(ordered)) / n,
        "ruptures_second_split": (scores.size - search(scores)) / n,
        "hard_moved": int(hard - (n - scores.size)),
    }


def _table(rows) -> Table:
    names = {
        "precision": "preci-\nsion",
        "density_error": "density\nerror",
        "false_positives": "false\npos.",
        "known_false_positives": "hard\nknown",
        "rate_false_positives": "fixed\ndir.",
        "misses": "misses",
        "known_misses": "hard\nknown",
        "rate_misses": "fixed\ndir.",
    }
    cells = [
        (row["case"], f"{row['noise']:g}", f"{row['separation']:g}")
        + tuple(f"{row[name]:.3f}" for name in names)
        for row in rows
    ]
    caption = (
        "hard known: the same algorithm, told which points are hard-only; fixed dir.: closed-form rates of "
        "one direction, the second of them a bound"
    )
    columns = ("case", "σ", "|μ|/σ", *names.values())
    return table_of("Overlap detection", columns, cells, caption=caption)


def _comparison(searched) -> str:
    if not searched:
        return "ruptures is not installed (extra bench): its default search is not compared."
    both = np.array([abs(row["ruptures"] - row["exact"]) for row in searched])
    second = np.array([abs(row["ruptures_second_split"] - row["exact"]) for row in searched])
    return (
        f"Density by the default search of ruptures in {both.size} detections: it differs from the exact "
        f"one in {np.mean(both > 0):.0%} of them, by {both.mean():.4f} on average and {both.max():.4f} "
        f"at most; by {second.mean():.4f} and {second.max():.4f} where only the second split is its."
    )
