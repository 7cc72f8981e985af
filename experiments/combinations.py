r"""Mixtures of k strong models: how fast their error falls with k and with the number of classes.

Theory: with $v_\infty$ the reverse-KL projection of the weak model on the hull of the strong models, the best
mixture of k of them has $0 \le \delta_k \le (c - 1)/k$ (`combination_error`). Here strong models are random
softmax-linear heads; mixtures of k are grown greedily, weights of all chosen ones refitted, which bounds
$\delta_k$ from above; beside it the plain average of k heads that are drawn from $v_\infty$, as in the proof.

Below it one run of the synthetic experiment of Mulgund and Pabbaraju (2025): a single head (k = 1) on the
target's representation, trained by gradient descent with KL(student ‖ weak).

Run `python -m experiments combinations [--preset full] [--out DIR]`.
"""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from experiments._run import Run, Table, experiment, table_of
from w2sjax.bregman.divergences import KullbackLeibler
from w2sjax.bregman.hulls import Mixture, project
from w2sjax.projecting.certificate import Status
from w2sjax.representations.network import Representation, uniform_by_fan_in

KL = KullbackLeibler()
PUBLISHED = {
    "KL(target ‖ weak)": 1.18716,
    "KL(target ‖ student)": 0.95352,
    "KL(student ‖ weak)": 0.23497,
    "gain": 0.23364,
}


@dataclasses.dataclass(frozen=True)
class Config:
    """Sizes: of the mixtures, and of the synthetic run."""

    classes: tuple[int, ...] = (2, 4, 8)
    heads: int = 48
    points: int = 64
    features: int = 8
    sharpness: float = 4.0
    largest: int = 12
    draws: int = 200
    inputs: int = 16
    width: int = 50
    labels: int = 10
    head_scale: float = 10.0
    stretch: float = 6**0.5  # of the target's layers, which then keep the size of their inputs
    samples: int = 1000
    steps: int = 400
    rate: float = 0.01


PRESETS = {
    "quick": Config(),
    "full": Config(
        classes=(2, 4, 8, 16), heads=128, points=256, largest=32, samples=10_000, steps=4000
    ),
}


@experiment(PRESETS)
def main(run: Run) -> tuple[Table, Table]:
    """Grow mixtures, train the synthetic student, write both, draw."""
    config, rows = run.config, []
    with run.timed("combinations"):
        for place, c in enumerate(config.classes):
            key = jax.random.fold_in(run.key, place)
            grow = functools.partial(_grown, key, config, c)
            rows += run.once(
                f"{c} classes",
                lambda grow=grow: grow(lambda k: run.progress("mixtures", k, config.largest)),
            )
    with run.timed("synthetic"):
        key = jax.random.fold_in(run.key, 99)
        found = run.once("synthetic", functools.partial(_synthetic, key, config))
    found["gain"] = found["KL(target ‖ weak)"] - found["KL(target ‖ student)"]
    compared = [
        {"quantity": name, "published": PUBLISHED[name], "here": float(found[name])}
        for name in PUBLISHED
    ]
    run.write(combinations=rows, synthetic=compared)
    run.facts["slopes"] = slopes = {c: _slope(rows, c, config) for c in config.classes}
    shown = [row for row in rows if row["k"] in (1, 2, 4, 8, 16, 32)]
    columns = {
        "classes": "{classes}",
        "k": "{k}",
        "δ_k, greedy": "{greedy:.4f}",
        "δ_k, drawn": "{drawn:.4f}",
        "(c - 1)/k": "{bound:.4f}",
        "gain - misfit": "{excess:+.4f}",
    }
    title = "Mixtures of k heads; slopes of log δ_k drawn: "
    title += ", ".join(f"{slope:.2f} (c = {c})" for c, slope in slopes.items())
    kinds = {"quantity": "{quantity}", "published": "{published:.5f}", "here": "{here:.5f}"}
    return (
        table_of(title, columns, shown),
        table_of("A head trained with KL(student ‖ weak)", kinds, compared),
    )


def _slope(rows: list[dict[str, Any]], c: int, config: Config) -> float:
    """Fit the power of k, over the larger half of sizes."""
    kept = [row for row in rows if row["classes"] == c and row["k"] >= config.largest / 4]
    sizes, errors = (np.log([row[name] for row in kept]) for name in ("k", "drawn"))
    return float(np.polyfit(sizes, errors, 1)[0])


def _grown(key: Any, config: Config, c: int, progress: Any) -> list[dict[str, Any]]:
    """Grow mixtures of 1, 2, ... heads for c classes; the other classes have probability 0."""
    members, weak, target, alone, choosing = _drawn(key, config, c)
    hull = _fit(members, weak)
    size = config.draws, config.largest
    picked = jax.random.choice(choosing, config.heads, size, p=hull.coefficients)
    chosen, rows = [int(jnp.argmin(alone))], []
    for k in range(1, config.largest + 1):
        # One shape for all k; a head that is named twice changes no hull.
        row = jnp.asarray(chosen + chosen[:1] * (config.heads - k))
        grown = _fit(members[row], weak)
        drawn, gain, pulled = _about(members, weak, target, grown.values, picked, k)
        rows.append({
            "classes": c,
            "k": k,
            "greedy": float(grown.divergence - hull.divergence),
            "drawn": float(drawn - hull.divergence),
            "bound": (c - 1) / k,
            "excess": float(gain - grown.divergence),
            "gap": float(jnp.maximum(grown.gap, hull.gap)),
            "status": Status(int(jnp.maximum(grown.status, hull.status))).name,
        })  # fmt: skip
        new = np.array(pulled)
        new[chosen] = -np.inf
        chosen.append(int(np.argmax(new)))
        progress(k)
    return rows


@functools.partial(jax.jit, static_argnums=1)
def _drawn(key: Any, config: Config, c: Any) -> Any:
    """Draw heads, a weak model and a target of c classes; how far each head is; and a key that is left."""
    keys = jax.random.split(key, 5)
    used = jnp.where(jnp.arange(max(config.classes)) < c, 0.0, -jnp.inf)
    features = jax.random.normal(keys[0], (config.points, config.features))
    thetas = jax.random.normal(keys[1], (config.heads, config.features, len(used)))
    scale = config.sharpness / config.features**0.5
    members = jax.nn.softmax(scale * jnp.einsum("nd,mdc->mnc", features, thetas) + used[None, None])
    weak = jax.nn.softmax(jax.random.normal(keys[2], (config.points, len(used))) + used[None])
    shares = jax.random.dirichlet(keys[3], jnp.ones(config.heads))
    target = jnp.einsum("m,mnc->nc", shares, members)
    alone = jnp.mean(KL.between(members, weak[None]), axis=1)
    return members, weak, target, alone, keys[4]


@jax.jit
def _fit(members: Any, weak: Any) -> Mixture:
    return project(KL, members, weak)


@jax.jit
def _about(members: Any, weak: Any, target: Any, values: Any, picked: Any, k: Any) -> Any:
    """Give the divergence of averages of k drawn heads, the gain of a mixture, and its pulls."""
    counted = jnp.arange(picked.shape[1]) < k
    heads = jnp.where(counted[None, :, None], jax.nn.one_hot(picked, len(members)), 0)
    counts = jnp.sum(heads, axis=1) / k
    drawn = jnp.mean(KL.between(jnp.einsum("rm,mnc->rnc", counts, members), weak[None]))
    gain = jnp.mean(KL.between(target, weak) - KL.between(target, values))
    # How fast the objective falls towards a head; in classes without probability nothing moves.
    apart = jnp.log(jnp.where(weak > 0, weak / jnp.where(weak > 0, values, 1), 1))
    pulled = jnp.mean(jnp.sum(apart[None] * (members - values[None]), axis=2), axis=1)
    return drawn, gain, pulled


@functools.partial(jax.jit, static_argnums=1)
def _synthetic(key: Any, config: Config) -> dict[str, Any]:
    """Train a weak model on half of the inputs, and a student head on the target's representation."""
    keys = jax.random.split(key, 5)
    inputs = jax.random.normal(keys[0], (2, config.samples, config.inputs))
    network = Representation(depth=2, width=config.width)
    strong: Any = jax.tree.map(lambda a: config.stretch * a, network.init(keys[1], inputs[0]))
    start = uniform_by_fan_in(config.width)
    shape, half = (config.width, config.labels), config.inputs // 2
    truth = config.head_scale * start(keys[2], shape, inputs.dtype)
    features: Any = jax.vmap(lambda x: network.apply(strong, x))(inputs)
    target = jax.nn.softmax(features @ truth, axis=-1)
    first: Any = {
        "network": network.init(keys[3], inputs[0, :, :half]),
        "head": start(keys[4], shape, inputs.dtype),
    }

    def weak(parameters, x):
        hidden: Any = network.apply(parameters["network"], x[:, :half])
        return jax.nn.softmax(hidden @ parameters["head"], axis=-1)

    def error(parameters):
        return jnp.mean(KL.between(target[0], weak(parameters, inputs[0])))

    trained = _trained(error, first, config)
    taught = jax.vmap(lambda x: weak(trained, x))(inputs)

    def misfit(head):
        return jnp.mean(KL.between(jax.nn.softmax(features[0] @ head, axis=-1), taught[0]))

    head = _trained(misfit, jnp.zeros(shape), config)
    student = jax.nn.softmax(features[1] @ head, axis=-1)
    return {
        "KL(target ‖ weak)": jnp.mean(KL.between(target[1], taught[1])),
        "KL(target ‖ student)": jnp.mean(KL.between(target[1], student)),
        "KL(student ‖ weak)": jnp.mean(KL.between(student, taught[1])),
    }


def _trained(loss: Any, start: Any, config: Config) -> Any:
    """Run Adam on all points at once."""
    optimizer = optax.adam(config.rate)

    def step(state, _):
        parameters, memory = state
        slope = jax.grad(loss)(parameters)
        with jax.numpy_dtype_promotion("standard"):  # optax counts its steps in integers
            changes, memory = optimizer.update(slope, memory)
        return (optax.apply_updates(parameters, changes), memory), None

    return jax.lax.scan(step, (start, optimizer.init(start)), length=config.steps)[0][0]
