r"""Play thousands of bandits at once: the same choices, whatever the size of a block or the devices.

Bandit i uses its own random words (`bandits.stream`), which depend on the key, i and the round. One step
of a block is elementwise over its bandits, which stand last in every array, so that a block stays in
cache and in vector registers through all rounds.
"""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any, SupportsIndex

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from w2sjax.machine.compilation import compile_quickly
from w2sjax.machine.host import concrete, floating
from w2sjax.machine.scale import over_devices
from w2sjax.overlap.bandits import BanditState, Strategy, require_horizon, strategy_named, stream
from w2sjax.overlap.bandits.arms import once, pick
from w2sjax.overlap.bandits.strategy import record, toss
from w2sjax.overlap.regret import regret
from w2sjax.overlap.rewards import indicator

BLOCK = 8192  # bandits that are played together
LITTLE_WORK = 50_000_000  # sources tried, below which compiling takes longer


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Simulation:
    """What the bandits did up to each of some rounds.

    Attributes:
        rounds: after how many rounds.
        pulls: how often each source had been chosen then.
        rewards: what each had paid.
        regret: the best density less the mean density of the sources chosen.
    """

    rounds: Int[Array, " c"]
    pulls: Float[Array, "b c k"]
    rewards: Float[Array, "b c k"]
    regret: Float[Array, "b c"]


def simulate(
    key: PRNGKeyArray,
    means: Float[Array | np.ndarray, "b k"] | Sequence[Sequence[float]],
    strategy: Strategy | str,
    horizon: SupportsIndex,
    *,
    rounds: Sequence[int] | np.ndarray | None = None,
    rewards: Callable[..., Any] = indicator,
    used: int | None = None,
    block: int = BLOCK,
) -> Simulation:
    """Let a strategy choose among sources of known means, one bandit a row of `means`.

    Args:
        key: decides all rewards; the same for every strategy, so that they can be compared.
        means: densities of the sources, in [0, 1]. Their precision counts the rounds, single up to 2^24.
        strategy: one of `STRATEGIES`, or its name.
        horizon: T, which the index knows.
        rounds: after which rounds to look, ascending; the horizon by default.
        rewards: what a draw pays, `rule(uniform, mean, source, tries)`.
        used: how many of the columns are sources, so that one program serves several numbers.
        block: bandits that are played together; changes no result.

    Raises:
        ValueError: if the means are no table of densities, the horizon is no whole number, shorter than
            one try of each source or longer than can be counted, or the rounds are not ascending whole
            numbers up to the horizon.
    """
    means = floating("means", means)
    sources = _check(means, used, block)
    total = require_horizon(horizon, sources, means.dtype)
    looks = jnp.asarray(_looks(total, rounds), jnp.int32)
    bandits, columns = means.shape
    width = min(block, -(-bandits // jax.device_count()))
    blocks = -(-bandits // width)
    blocks = -(-blocks // jax.device_count()) * jax.device_count()
    padded = jnp.pad(means, ((0, blocks * width - bandits), (0, 0)), mode="edge")
    numbers = jnp.asarray(total, means.dtype), jnp.asarray(sources, jnp.int32)
    given = jnp.arange(blocks, dtype=jnp.int32), padded, key, looks, *numbers
    program = _program(strategy_named(strategy), rewards, width, jax.device_count())
    if bandits * columns * total < LITTLE_WORK:
        program = _quickly(program, tuple((part.shape, part.dtype) for part in given))
    pulls, paid = (
        jnp.moveaxis(part, -1, 1).reshape(blocks * width, looks.size, columns)[:bandits]
        for part in program(*given)
    )
    densities = jnp.where(jnp.arange(columns) < sources, means, 0)[:, None, :]
    return Simulation(looks, pulls, paid, regret(pulls, densities))


@functools.cache
def _program(strategy: Strategy, rewards: Callable[..., Any], width: int, devices: int) -> Any:
    """Return the compiled loop over blocks, spread over devices; compiled again only for other shapes."""

    def block(index, means, key, looks, horizon, used):
        own = lax.dynamic_slice_in_dim(means, index * width, width).T
        seed = stream.seeds(key, index * width + jnp.arange(width, dtype=jnp.int32))
        state = play(strategy, rewards, seed, own, horizon, looks, used)
        return state.pulls, state.rewards

    return over_devices(block)


@functools.cache
def _quickly(program: Any, given: tuple[Any, ...]) -> Any:
    """Compile the loop for short runs with these arguments."""
    return compile_quickly(program.lower(*(jax.ShapeDtypeStruct(*one) for one in given)))


def play(
    strategy: Strategy,
    rewards: Callable[..., Any],
    seed: UInt32[Array, "2 b"],
    means: Float[Array, "k b"],
    horizon: Float[Array, ""],
    looks: Int[Array, " c"],
    used: Int[Array, ""] | None = None,
) -> BanditState:
    """Play a block of bandits, and return their states after each of some rounds, in front.

    `used` says how many of the means are those of sources. After the horizon nothing is played.
    """
    start = strategy.init(
        means.shape[0], horizon, used=used, bandits=(means.shape[1],), dtype=means.dtype
    )
    told = strategy.told(jnp.where(jnp.isneginf(start.memory[0]), -jnp.inf, means))
    one = functools.partial(_round, told, rewards, seed, means)

    def until(state, bounds):
        state = lax.fori_loop(bounds[0], bounds[1], one, state)
        return state, state

    begins = jnp.concatenate([jnp.zeros(1, looks.dtype), looks[:-1]])
    return lax.scan(until, start, jnp.stack([begins, looks], axis=1))[1]


def _round(strategy, rewards, seed, means, time, state: BanditState) -> BanditState:
    """Play one round: two words a bandit for the reward, others made of them for the choice."""
    two = once(time, lambda: stream.pair(seed, time))

    def decide():
        source = strategy.decide(stream.expand(two, strategy.words(means.shape[0])), state)
        return jnp.where(time.astype(state.horizon.dtype) < state.horizon, source, -1)

    source = once(time, decide)

    def draw():
        chance, tries = stream.uniform(two[0], means.dtype), pick(state.pulls, source)
        reward = rewards(chance, pick(means, source), source, tries)
        if strategy.binary:
            reward = toss(stream.uniform(two[1], means.dtype), reward)
        return reward, strategy.learn(state, source, reward)

    return record(state, source, *once(time, draw))


def _check(means, used: int | None, block: int) -> int:
    """Refuse what cannot be played; return the number of sources."""
    if means.ndim != 2 or 0 in means.shape:
        raise ValueError(f"means: expected shape (bandits, sources), got {means.shape}")
    values = concrete(means)
    if values is not None and not np.all((values >= 0) & (values <= 1)):
        raise ValueError("means: expected densities in [0, 1], got NaN or a number outside")
    sources = means.shape[1] if used is None else used
    if not 1 <= sources <= means.shape[1]:
        raise ValueError(f"used: expected 1 to {means.shape[1]} columns of means, got {used}")
    if block < 1:
        raise ValueError(f"block: expected at least 1, got {block}")
    return sources


def _looks(horizon: int, rounds: Any) -> np.ndarray:
    """The rounds to look after."""
    looks = np.asarray([horizon] if rounds is None else rounds)
    if not np.issubdtype(looks.dtype, np.integer):
        raise ValueError(f"rounds: expected whole numbers, got {rounds}")
    if looks.ndim != 1 or looks.size == 0 or looks[0] < 1 or looks[-1] > horizon:
        raise ValueError(f"rounds: expected numbers from 1 to the horizon {horizon}, got {rounds}")
    if np.any(np.diff(looks) <= 0):
        raise ValueError(f"rounds: expected ascending numbers, got {rounds}")
    return looks
