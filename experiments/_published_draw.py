r"""The draw that Charikar et al. (2024) published: their truth, tasks, inputs and shuffles, from their seed.

PyTorch's uniform singles on a CPU are $2^{-24} (w \bmod 2^{24})$ for the 32-bit words $w$ of the Mersenne
Twister that numpy seeds alike; a linear layer draws its weight, row by row, then its bias. Inputs and
shuffles are those of numpy's legacy stream. Everything comes in the order of the notebook of Figure 2b,
whose numbers of epochs decide where on the stream the later points lie.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, UInt16

from experiments._learners import Learner, Learners, Part, Training, in_precision, labelled, trained
from experiments._run import Run
from w2sjax.representations import Heads, Representation, Schedule

SEED = 112233445


class TorchStream:
    """PyTorch's stream of uniform singles after `torch.manual_seed(seed)`."""

    def __init__(self, seed: int):
        self._words = np.random.RandomState(seed)

    def uniform(self, *shape: int) -> np.ndarray:
        """Draw from [0, 1), in single precision."""
        words = np.frombuffer(self._words.bytes(4 * int(np.prod(shape))), "<u4")
        return ((words & 0xFFFFFF) * np.float32(2**-24)).astype(np.float32).reshape(shape)

    def linear(self, inputs: int, outputs: int) -> dict[str, np.ndarray]:
        r"""Start `Linear(inputs, outputs)`, as flax names it: uniform on $\pm 1/\sqrt{inputs}$."""
        bound = np.float32(inputs**-0.5)
        weight, bias = (
            self.uniform(*shape) * (2 * bound) - bound for shape in ((outputs, inputs), (outputs,))
        )
        return {"kernel": weight.T, "bias": bias}

    def network(self, inputs: int, width: int, depth: int) -> dict[str, Any]:
        """Start a network and the head on it, which nobody uses; give the network's parameters."""
        layers = [self.linear(inputs if i == 0 else width, width) for i in range(depth)]
        self.linear(width, 1)
        return {"params": {f"Dense_{i}": layer for i, layer in enumerate(layers)}}

    def heads(self, count: int, width: int) -> Heads:
        """Start heads."""
        drawn = [self.linear(width, 1) for _ in range(count)]
        kernels, biases = (np.stack([one[name] for one in drawn]) for name in ("kernel", "bias"))
        return Heads(jnp.asarray(kernels[..., 0]), jnp.asarray(biases[..., 0]))


@dataclasses.dataclass(frozen=True)
class Draw:
    """What the notebook draws; t tasks for pretraining, m new ones, each with n points of its own.

    Attributes:
        truth: parameters of the true network.
        starts: parameters of `deep` and `shallow` before pretraining.
        heads, new_heads: of the tasks, of the new tasks.
        inputs: of the tasks.
        orders: of their points in every epoch, for `deep` and `shallow`.
        new_inputs: of the new tasks, to fit heads, and fresh ones. (The notebook takes the misfit on
            other fresh points than the errors, which are left out: a theorem speaks of one distribution.)
    """

    truth: Any
    starts: dict[str, Any]
    heads: Heads
    new_heads: Heads
    inputs: Float[np.ndarray, "t n d"]
    orders: dict[str, UInt16[np.ndarray, "epochs t n"]]
    new_inputs: Float[np.ndarray, "m 2 n d"]


def published_draw(config: Learners, tasks: int, points: int, heads: Schedule) -> Draw:
    """Draw as the notebook does, for `tasks` new tasks of so many points, and such a schedule of heads."""
    torch, stream = TorchStream(SEED), np.random.RandomState(SEED)

    def blocks(count: int, size: int) -> np.ndarray:
        drawn = stream.normal(0.0, config.spread, (count, size, config.inputs))
        return drawn.astype(np.float32)

    def shuffles(epochs: int, count: int, size: int) -> np.ndarray:
        orders = np.tile(np.arange(size, dtype=np.uint16), (epochs, count, 1))
        for order in orders.reshape(-1, size):
            stream.shuffle(order)
        return orders

    def skip_fits(count: int) -> None:
        order = np.arange(points)
        for _ in range(count * heads.epochs * tasks):
            stream.shuffle(order)

    truth = torch.network(config.inputs, config.width, config.truth)
    task_heads = torch.heads(config.tasks, config.width)
    names = {"deep": config.deep, "shallow": config.shallow}
    starts = {
        name: torch.network(config.inputs, config.width, depth) for name, depth in names.items()
    }
    inputs = blocks(config.tasks, config.points)
    visits = config.schedule.epochs, config.tasks, config.points
    orders = {name: shuffles(*visits) for name in names}
    fitted = blocks(tasks, points)
    skip_fits(2)
    blocks(tasks, points)
    skip_fits(1)
    fresh = blocks(2 * tasks, points)[::2]
    return Draw(
        truth=truth,
        starts=starts,
        heads=task_heads,
        new_heads=torch.heads(tasks, config.width),
        inputs=inputs,
        orders=orders,
        new_inputs=np.stack([fitted, fresh], axis=1),
    )


def published_parts(run: Run) -> list[Part]:
    """Pretrain on the published draw, by the schedule of the preset; give every new task by itself."""
    config, learners = run.config, run.config.learners
    with run.timed("published draw"):
        draw = published_draw(learners, config.tasks, config.points, config.heads)

    def one_seed(tree: Any) -> Any:
        return jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], tree)

    def double(tree: Any) -> Any:
        return in_precision(tree, jnp.float64)

    truth = Learner(Representation(learners.truth, learners.width), double(one_seed(draw.truth)))
    data = labelled(truth, *double(one_seed((draw.inputs, draw.heads))))
    trainings = {
        name: Training(
            Representation(getattr(learners, name), learners.width),
            learners.schedule,
            data,
            start=one_seed(start),
            orders=draw.orders[name][None],
        )
        for name, start in draw.starts.items()
    }
    made = {"truth": truth} | trained(trainings, run)
    inputs, heads = jax.tree.map(jnp.asarray, double((draw.new_inputs, draw.new_heads)))
    shape = config.tasks, 1, 2, config.points, learners.width
    features = {
        name: learner.features(inputs.reshape(1, -1, learners.inputs)).reshape(shape)
        for name, learner in made.items()
    }
    targets = jax.vmap(lambda head, seen: jax.vmap(head.values)(seen))(
        heads, features["truth"][:, 0]
    )
    return [
        ({name: seen[task] for name, seen in features.items()}, targets[task, None, None])
        for task in range(config.tasks)
    ]
