r"""Random finite worlds, of several kinds, with a teacher and a family of classifiers.

Whether an expansion bound says anything depends on the classifier's being constant on neighbourhoods,
so half of the labellings are drawn for points and half for whole connected components.
"""

import dataclasses
import itertools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from w2sjax.settings.expansion.finite_world import ABSTAINS, FiniteWorld
from w2sjax.settings.random_instances import strata

Graph = Bool[Array, "n n"]
POINTS, CLASSIFIERS, LABELS = 10, 5, 3

KINDS = {
    "graph": ("sparse", "dense", "crossing", "blocks", "pairs"),
    "teacher": ("good", "even", "bad on hard", "abstaining", "like f"),
    "classifier": ("like truth", "like teacher", "random"),
    "labels": ("by point", "by component"),
    "masses": ("unit", "small", "powers", "gaps"),
}
STRATA = strata(**KINDS)
OFFSETS = tuple(itertools.accumulate([0, *map(len, KINDS.values())]))[:-1]


def draw(key: PRNGKeyArray, variant: None = None) -> FiniteWorld:
    """Draw a world with H and O in which f and the teacher agree often enough on O.

    Where they do not, f becomes constant on components, right on that of point 1, and the teacher right on
    the overlap points: what they disagree on are then the mistakes of f there.
    """
    world = draw_world(key)
    overlap = (world.truth == 0) & ~world.hard
    lost = (world.teacher != world.truth, _disagrees(world), ~world.robust()[0])
    rare = sum(_mass(world, overlap & points) for points in lost) >= _mass(world, overlap)
    by_component = STRATA.index("labels:by component")
    return dataclasses.replace(
        world,
        classifiers=world.classifiers.at[0].set(_smoothed(world, rare)),
        teacher=jnp.where(rare & ~world.hard, world.truth, world.teacher),
        strata=world.strata.at[3].set(jnp.where(rare, by_component, world.strata[3])),
    )


def draw_abstaining(key: PRNGKeyArray, variant: None = None) -> FiniteWorld:
    r"""Draw a world with T, S, $0 < \alpha < ½$, $P(f \ne \tilde y$ or f not robust$|S) \le 1 - \alpha$."""
    world_key, edge_key = jax.random.split(key)
    world = draw_world(world_key)
    fourth = jnp.arange(world.masses.shape[0]) == 3
    silent = (world.hard | (world.teacher == ABSTAINS)) & ~fourth
    world = dataclasses.replace(
        world,
        masses=jnp.maximum(world.masses, fourth.astype(world.masses.dtype)),
        truth=jnp.where(fourth, 0, world.truth),
        # A wrong label in S, so that there is something to correct.
        teacher=jnp.where(silent, ABSTAINS, jnp.where(fourth, 1, world.teacher)),
        hard=silent,
    )
    return _agreeing(_linked(world, edge_key))


def _place(group: str, kind: str) -> int:
    return KINDS[group].index(kind)


def _mass(world: FiniteWorld, points: Bool[Array, " n"]) -> Float[Array, ""]:
    return jnp.sum(jnp.where(points, world.masses, 0))


def _disagrees(world: FiniteWorld) -> Bool[Array, " n"]:
    return world.classifiers[0] != world.teacher


def _smoothed(world: FiniteWorld, rare: Bool[Array, ""]) -> Int[Array, " n"]:
    """Make f constant on components and right on that of point 1, if asked to."""
    component, f = components(world.neighbours), world.classifiers[0]
    return jnp.where(rare, jnp.where(component == component[1], 0, f[component]), f)


def _linked(world: FiniteWorld, key: PRNGKeyArray) -> FiniteWorld:
    """In two thirds of the worlds, give points with right labels a neighbour with a wrong one."""
    covered = (world.truth == 0) & world.present & ~world.hard
    right = world.teacher == world.truth
    good, bad = covered & right, covered & ~right
    count = good.shape[0]
    uniform = jax.random.uniform(key, (count + 1, count), jnp.float32).astype(world.masses.dtype)
    edges = bridges(world.neighbours, good[:, None] & bad[None, :], uniform[:count])
    linked = world.neighbours | ((uniform[count, 0] < 2 / 3) & edges)
    return dataclasses.replace(world, neighbours=linked)


def _agreeing(world: FiniteWorld) -> FiniteWorld:
    """Where needed make f constant on components, right at point 1, and that point heavy enough."""
    covered = (world.truth == 0) & ~world.hard
    bad, total = _mass(world, covered & (world.teacher != world.truth)), _mass(world, covered)

    def spoilt(world: FiniteWorld) -> Float[Array, ""]:
        return bad + _mass(world, covered & (_disagrees(world) | ~world.robust()[0]))

    rare = (spoilt(world) > total) | (2 * bad >= total)
    f = _smoothed(world, rare)
    world = dataclasses.replace(world, classifiers=world.classifiers.at[0].set(f))
    heavier = world.masses.at[1].add(spoilt(world))
    return dataclasses.replace(world, masses=jnp.where(rare, heavier, world.masses))


def draw_world(key: PRNGKeyArray) -> FiniteWorld:
    """Draw a world; its strata are the five kinds, in the order above.

    Points 0 and 2 are hard-only, point 1 is an overlap point on which the teacher is right; they are of
    class 0. In four of five worlds the teacher is wrong on point 2.
    """
    points, classifiers = POINTS, CLASSIFIERS
    size = 11 + 5 * points + points**2 + classifiers * (3 + 2 * points)
    uniform = jax.random.uniform(key, (size,), jnp.float32).astype(jnp.float64)
    ends = [11, 11 + 5 * points, 11 + 5 * points + points**2]
    single, of_points, of_pairs, of_labels = jnp.split(uniform, ends)
    of_points = of_points.reshape(5, points)
    counts = list(map(len, KINDS.values()))
    kinds = jnp.floor(single[:5] * jnp.asarray(counts, single.dtype)).astype(jnp.int32)
    first, second, third = (jnp.arange(points) == i for i in range(3))
    fixed = first | second | third
    other = of_points[0] > 0.5 + 0.5 * single[5]
    truth = jnp.where(fixed | ~other, 0, 1 + (of_points[0] > 0.9).astype(jnp.int32))
    hard = (first | third | (of_points[1] < 0.5)) & ~second
    pairs = of_pairs.reshape(points, points)
    graph = _graph(kinds[0], pairs, of_points[2], hard)
    # Seven in ten worlds have no edge between classes, seven in ten none between two halves, and in
    # seven in ten every point has a neighbour in the other region.
    allowed = (truth[:, None] == truth[None, :]) | (single[6] > 0.7)
    half = of_points[2] < 0.5
    allowed &= (half[:, None] == half[None, :]) | (single[9] > 0.7)
    across = allowed & (hard[:, None] != hard[None, :])
    graph = (graph & allowed) | ((single[10] < 0.7) & bridges(graph, across, pairs))
    chance = jnp.where(third, single[8], of_points[3])
    teacher = jnp.where(second, 0, _teacher(kinds[1], chance, truth, hard, third))
    family = _family(kinds, of_labels.reshape(classifiers, -1), truth, teacher, graph)
    copied = (kinds[1] == _place("teacher", "like f")) & ~second & (chance < 0.6)
    teacher = jnp.where(copied, family[0], teacher)
    return FiniteWorld(
        masses=jnp.maximum(_masses(kinds[4], of_points[4]), jnp.where(fixed, 1.0, 0.0)),
        truth=truth,
        teacher=teacher,
        hard=hard,
        neighbours=graph,
        classifiers=family,
        level=single[7] ** 2,
        strata=kinds + jnp.asarray(OFFSETS, jnp.int32),
    )


def _masses(kind, uniform) -> Float[Array, " n"]:
    small, powers = 1 + jnp.floor(4 * uniform), 2 ** jnp.floor(6 * uniform)
    gaps = jnp.floor(jnp.maximum(5 * uniform - 1, 0))
    return jnp.stack([jnp.ones_like(uniform), small, powers, gaps])[kind]


def _graph(kind, uniform, place, hard):
    """Draw edges: few, many, only between the regions, inside blocks, and pairs across the regions."""
    upper = jnp.triu(uniform, 1)
    uniform = upper + upper.T
    crossing = hard[:, None] != hard[None, :]
    block, pair = jnp.floor(4 * place), jnp.floor(0.6 * place.shape[0] * place)
    sparse, dense, blocks = uniform < 0.2, uniform < 0.4, block[:, None] == block[None, :]
    pairs = crossing & (pair[:, None] == pair[None, :])
    graph = jnp.stack([sparse, dense, crossing & dense, blocks, pairs])[kind]
    return graph & ~jnp.eye(place.shape[0], dtype=bool)


def bridges(graph: Graph, across: Graph, uniform: Float[Array, "n n"]) -> Graph:
    """Edges that link every point without a neighbour across to a random one there, if any."""
    alone = ~jnp.any(graph & across, axis=1)
    partner = jnp.argmax(jnp.where(across, uniform, -1), axis=1)
    chosen = jax.nn.one_hot(partner, across.shape[0], dtype=bool)
    edges = alone[:, None] & chosen & across
    return edges | edges.T


def _teacher(kind, uniform, truth, hard, third):
    rates = [[0.1, 0.3, 0.7, 0.4, 0.1], [0.1, 0.3, 0.1, 0.2, 0.1]]
    on_hard, on_overlap = jnp.asarray(rates, uniform.dtype)[:, kind]
    error = uniform < jnp.where(third, 0.8, jnp.where(hard, on_hard, on_overlap))
    wrong = jnp.where(kind == _place("teacher", "abstaining"), ABSTAINS, (truth + 1) % LABELS)
    return jnp.where(error, wrong, truth)


def _family(kinds, uniform, truth, teacher, graph):
    """Draw f of the instance's kind and others of random kinds, with some labels changed."""
    count = truth.shape[0]
    component = components(graph)
    # The teacher's silence is no label.
    bases = jnp.stack([truth, jnp.where(teacher == ABSTAINS, 1, teacher), jnp.zeros_like(truth)])

    def one(kind, smooth, numbers):
        """Draw one classifier."""
        rate, flip, label = numbers[0], numbers[1 : 1 + count], numbers[1 + count :]
        rate = jnp.where(kind == _place("classifier", "random"), 0.5, 0.1 + 0.4 * rate)
        # Mostly two labels: a third makes few mistakes worse.
        drawn = jnp.where(label < 0.2, 2, (label < 0.8).astype(jnp.int32))
        labels = jnp.where(flip < rate, drawn, bases[kind])
        return jnp.where(smooth, labels[component], labels)

    choice, numbers = uniform[:, :2], uniform[:, 2:]
    kind = jnp.floor(choice[:, 0] * len(KINDS["classifier"])).astype(jnp.int32).at[0].set(kinds[2])
    smooth = (choice[:, 1] < 0.7).at[0].set(kinds[3] == _place("labels", "by component"))
    return jax.vmap(one)(kind, smooth, numbers)


def components(graph: Bool[Array, "n n"]) -> Int[Array, " n"]:
    """Name every point's connected component by its lowest point."""
    reach = graph | jnp.eye(graph.shape[0], dtype=bool)
    for _ in range(max(graph.shape[0] - 1, 1).bit_length()):
        reach = jnp.any(reach[:, :, None] & reach[None, :, :], axis=1)
    return jnp.argmax(reach, axis=1)
