r"""What every strategy of data selection shares: its state, the first round of tries, the interface.

`init(sources, horizon)` makes a state of plain arrays, `select(key, state)` names a source, and
`update(state, source, reward)` records what it paid, a number in [0, 1]. All are pure and for one bandit,
and `jax.vmap` makes thousands of them; the same code also takes arrays with bandits in last place, which
run faster (`simulate`). Each source is tried once first, in order.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from w2sjax.machine.host import concrete, whole_number
from w2sjax.overlap.bandits.arms import Counts, Numbers, Places, chosen, once, pick


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class BanditState:
    """All that a strategy remembers: save its arrays, and selection goes on where it stopped.

    Attributes:
        pulls: how often each source was chosen.
        rewards: the sum of what each has paid.
        memory: what the strategy derives from these, per source (index, or a posterior).
        round: how many rounds have been played.
        horizon: how many there will be.
        sources: how many of the places are sources; the others are never chosen.
    """

    pulls: Float[Array, "k *b"]
    rewards: Float[Array, "k *b"]
    memory: Float[Array, "m k *b"]
    round: Int[Array, ""]
    horizon: Float[Array, ""]
    sources: Int[Array, ""]

    @property
    def estimates(self) -> Float[Array, "k *b"]:
        """Mean reward of each source; 0 where it was never tried."""
        return self.rewards / jnp.maximum(self.pulls, 1)


@dataclasses.dataclass(frozen=True)
class Strategy:
    """A rule for choosing sources; a subclass gives `choose` and what it remembers.

    Attributes:
        name: what the registry calls it.
        binary: whether rewards must be 0 or 1; `toss` makes such a reward of a fraction.
    """

    name: str
    binary: bool = False

    def words(self, sources: int) -> int:
        """How many random words a choice among so many sources takes."""
        return 0

    def told(self, means: Float[Array, "k *b"]) -> "Strategy":
        """Let the strategy know the sources' means; only a benchmark makes use of them."""
        return self

    def init(
        self,
        sources: int,
        horizon: Any,
        *,
        used: Any = None,
        bandits: tuple[int, ...] = (),
        dtype: Any = jnp.float32,
    ) -> BanditState:
        """Start without any knowledge.

        Args:
            sources: how many there are (or places for them).
            horizon: T, the number of rounds.
            used: how many of the places are sources; all by default.
            bandits: the shape of a batch of bandits, in last place; one by default.
            dtype: of the state; single precision counts up to 2^24 rounds.

        Raises:
            ValueError: if there are no sources, and, where the horizon can be seen, for what
                `require_horizon` refuses.
        """
        if sources < 1:
            raise ValueError(f"sources: expected at least 1, got {sources}")
        count = jnp.asarray(sources if used is None else used, jnp.int32)
        known, least = concrete(horizon), concrete(count)
        if known is not None:
            # A state holds it in floating point.
            whole = int(known) if known.shape == () and float(known).is_integer() else horizon
            require_horizon(whole, 1 if least is None else int(least), dtype)
        zeros, rounds = jnp.zeros((sources, *bandits), dtype), jnp.asarray(horizon, dtype)
        first = jnp.stack(self.memory(zeros, zeros, rounds))
        # A place without a source has a memory that never wins.
        never = jnp.zeros_like(first).at[0].set(-jnp.inf)
        places = jnp.arange(sources, dtype=jnp.int32).reshape(1, sources, *(1,) * len(bandits))
        memory = jnp.where(places < count, first, never)
        return BanditState(zeros, zeros, memory, jnp.zeros((), jnp.int32), rounds, count)

    def memory(self, pulls: Counts, rewards: Counts, horizon: Any) -> tuple[Counts, ...]:
        """Derive what `choose` needs of a source from its counts, a number or several."""
        return (jnp.zeros_like(pulls),)

    def choose(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Places:
        """Choose a source after the first tries."""
        raise NotImplementedError

    def decide(self, bits: UInt32[Array, "w *b"], state: BanditState) -> Places:
        """Try each source once, then choose."""
        return jnp.where(state.round < state.sources, state.round, self.choose(bits, state))

    def select(self, key: PRNGKeyArray, state: BanditState) -> Places:
        """Name the source to draw from."""
        shape = (self.words(state.pulls.shape[0]), *state.pulls.shape[1:])
        return self.decide(jax.random.bits(key, shape, jnp.uint32), state)

    def learn(self, state: BanditState, source: Places, reward: Numbers) -> tuple[Numbers, ...]:
        """Derive the source's new memory."""

        def counts():
            return pick(state.pulls, source) + 1, pick(state.rewards, source) + reward

        pulls, rewards = once(state.round, counts)
        return self.memory(pulls, rewards, state.horizon)

    def update(self, state: BanditState, source: Places, reward: Numbers) -> BanditState:
        """Record what the source paid; -1 is no source, and records nothing."""
        return record(state, source, reward, self.learn(state, source, reward))


def record(
    state: BanditState, source: Places, reward: Numbers, memory: tuple[Numbers, ...]
) -> BanditState:
    """Enter a reward and the source's new memory."""
    mark = chosen(source, state.pulls.shape[0])
    return dataclasses.replace(
        state,
        pulls=state.pulls + mark.astype(state.pulls.dtype),
        rewards=jnp.where(mark, state.rewards + reward[None], state.rewards),
        memory=jnp.where(mark[None], jnp.stack(memory)[:, None], state.memory),
        round=state.round + jnp.int32(1),
    )


def toss(uniform: Float[Array, "*b"], reward: Float[Array, "*b"]) -> Float[Array, "*b"]:
    """Turn a reward in [0, 1] into 0 or 1 of the same mean (Agrawal, Goyal (2012), algorithm 2)."""
    return (uniform < reward).astype(reward.dtype)


def require_horizon(horizon: Any, sources: int, dtype: Any) -> int:
    """Return a horizon as a number that a state of this dtype counts up to.

    Raises:
        ValueError: for no whole number, fewer rounds than sources, and more than can be counted.
    """
    rounds = whole_number("horizon", horizon)
    if rounds < sources:
        raise ValueError(
            f"horizon: expected at least as many rounds as sources ({sources}), got {rounds}"
        )
    limit = min(2 ** (jnp.finfo(dtype).nmant + 1), 2**31 - 1)
    if rounds > limit:
        raise ValueError(
            f"horizon: {jnp.dtype(dtype).name} counts up to {limit} rounds, got {rounds}; use double "
            f"precision, up to {2**31 - 1} (jax.config.update('jax_enable_x64', True))"
        )
    return rounds
