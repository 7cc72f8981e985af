"""Finite worlds, overlap mixtures and bandits."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from w2sjax.mixture.model import OverlapMixture, overlap_mixture
from w2sjax.overlap.regret import regret_bound
from w2sjax.settings.bandits import floats as drawing
from w2sjax.settings.expansion.finite_world import ABSTAINS, FiniteWorld, finite_world
from w2sjax.strategies._numbers import arrays, at_least, shares


@st.composite
def finite_worlds(
    draw: Callable[..., Any], *, points: int, classifiers: int, labels: int = 3, strata: int = 0
) -> FiniteWorld:
    """Draw a finite world: unit masses, right labels and no edges first.

    Point 0 is hard, point 1 an overlap point; both are of class 0 and have mass.
    """
    at_least("points", points, 2)
    at_least("classifiers", classifiers)
    at_least("labels", labels)

    def row(entries, count):
        return draw(st.lists(entries, min_size=count, max_size=count))

    label = st.integers(0, labels - 1)
    mass = st.one_of(st.integers(1, 4), st.integers(0, 64))
    pairs = row(st.booleans(), points * (points - 1) // 2)
    edges = np.zeros((points, points), bool)
    edges[np.triu_indices(points, 1)] = pairs
    first = row(mass, points)
    return finite_world(
        masses=[max(value, 1) for value in first[:2]] + first[2:],
        truth=[0, 0, *row(label, points - 2)],
        teacher=row(st.sampled_from([*range(labels), ABSTAINS]), points),
        hard=[True, False, *row(st.booleans(), points - 2)],
        neighbours=edges | edges.T,
        classifiers=[row(label, points) for _ in range(classifiers)],
        level=draw(st.integers(0, 15)) / 16,
        strata=strata,
    )


@st.composite
def mixtures(
    draw: Callable[..., Any], *, easy: int, hard: int, zeroed: bool = True
) -> OverlapMixture:
    """Draw an overlap mixture with round noise; `easy` and `hard` count coordinates."""
    at_least("easy", easy)
    at_least("hard", hard)
    variances = st.sampled_from([1.0, 4.0, 0.25, 0.0, 9.0])
    return overlap_mixture(
        jnp.asarray(draw(arrays(easy))),
        jnp.asarray(draw(arrays(hard))),
        easy_covariance=draw(variances),
        hard_covariance=draw(variances),
        shares=draw(shares(4)),
        positive=draw(st.sampled_from([0.5, 0.0, 1.0, 0.25, 0.75])),
        zeroed=zeroed,
    )


@st.composite
def bandits(draw: Callable[..., Any], *, largest: int = drawing.LARGEST) -> drawing.RegretInstance:
    """Draw sources with their densities, a horizon of up to `largest` rounds, and seeds."""
    at_least("largest", largest, drawing.SMALLEST)
    sources = draw(st.integers(2, drawing.PLACES))
    density = st.one_of(
        st.sampled_from([0.0, 1.0, 0.5, 0.25, 0.75]),
        st.integers(0, 2**24).map(lambda count: count / drawing.GRID),
    )
    means = draw(st.lists(density, min_size=sources, max_size=sources))
    seeds = draw(st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=2))
    spread = np.arange(2 * drawing.REPETITIONS, dtype=np.uint32).reshape(2, drawing.REPETITIONS)
    horizon = draw(st.integers(drawing.SMALLEST, largest))
    says = "vacuous" if regret_bound(sources, horizon) >= 1 else "informative"
    groups = (f"sources:{sources}", "gaps:spread", f"bound:{says}")
    return drawing.RegretInstance(
        means=jnp.asarray([*means, *[0.0] * (drawing.PLACES - sources)]),
        sources=jnp.asarray(sources, jnp.int32),
        horizon=jnp.asarray(horizon, jnp.int32),
        seeds=jnp.asarray(spread + np.asarray(seeds, np.uint32)[:, None]),
        scale=jnp.ones(()),
        late=jnp.zeros(()),
        strata=jnp.asarray([drawing.STRATA.index(group) for group in groups], jnp.int32),
    )
