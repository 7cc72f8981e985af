"""Choose among one's own data sources, batch after batch, by the overlap points that are detected."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, SupportsIndex

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray

from w2sjax.machine.host import whole_number
from w2sjax.overlap.bandits import BanditState, Strategy, require_horizon, strategy_named, toss

SINGLE = 2**24  # rounds that single precision counts
_select = jax.jit(lambda rule, key, state: rule.select(key, state), static_argnums=0)
_update = jax.jit(lambda rule, state, *drawn: rule.update(state, *drawn), static_argnums=0)


@dataclasses.dataclass(frozen=True)
class Selection:
    """The record of a selection.

    Attributes:
        choices: the source of every round.
        rewards: the share of overlap points that was detected in its batch.
        batches: the batches that were bought, in that order.
        state: hand it to `select_data` to go on; its `estimates` are the sources' densities.
    """

    choices: Int[np.ndarray, " t"]
    rewards: Float[np.ndarray, " t"]
    batches: list[Any]
    state: BanditState

    @property
    def density(self) -> float:
        """Mean share of detected overlap points over the rounds."""
        return float(np.mean(self.rewards))


def select_data(
    samplers: Sequence[Callable[[PRNGKeyArray], Any]],
    horizon: SupportsIndex,
    detector: Callable[[Any], Any],
    strategy: Strategy | str,
    key: PRNGKeyArray,
    *,
    rounds: SupportsIndex | None = None,
    state: BanditState | None = None,
) -> Selection:
    """Buy a batch a round from the source that the strategy names.

    What happens in a round depends on the key and the number of the round alone, so that a selection
    which is continued from its state is the same as one without a break.

    Args:
        samplers: one a source, `sampler(key)` gives a batch of any kind.
        horizon: T, the number of rounds in all; more than 2^24 need double precision.
        detector: `detector(batch)` says of each point, or of the whole batch, whether it is an overlap
            point: booleans, or numbers in [0, 1]; their mean is the reward.
        strategy: one of `STRATEGIES`, or its name, or one of your own, which must be hashable.
        key: decides the batches and the strategy's own chances.
        rounds: how many to play now; all that are left by default.
        state: where an earlier selection stopped.

    Raises:
        ValueError: if there are no samplers, a horizon or rounds that are no whole numbers, fewer rounds
            than samplers or more than can be counted, a state of another number of
            sources or another horizon, more rounds than are left, or a detector that answers with
            anything but numbers in [0, 1], or the strategy "best" that was not told a source.
    """
    rule = strategy_named(strategy)
    if not samplers:
        raise ValueError("samplers: expected at least one source, got none")
    widest = jax.dtypes.canonicalize_dtype(jnp.float64)
    total = require_horizon(horizon, len(samplers), widest)
    current = _start(rule, len(samplers), total, state)
    played = int(current.round)
    count = total - played if rounds is None else whole_number("rounds", rounds)
    if not 1 <= count <= total - played:
        raise ValueError(f"rounds: expected 1 to {total - played} that are left, got {count}")
    choices, rewards, batches = [], [], []
    for time in range(played, played + count):
        choice_key, batch_key, toss_key = jax.random.split(jax.random.fold_in(key, time), 3)
        source = _select(rule, choice_key, current)
        batches.append(samplers[int(source)](batch_key))
        reward = _share(detector(batches[-1]))
        learnt = jnp.asarray(reward, current.rewards.dtype)
        if rule.binary:
            learnt = toss(jax.random.uniform(toss_key, (), learnt.dtype), learnt)
        current = _update(rule, current, source, learnt)
        choices.append(int(source))
        rewards.append(reward)
    return Selection(np.asarray(choices), np.asarray(rewards), batches, current)


def _start(rule: Strategy, sources: int, horizon: int, state: BanditState | None) -> BanditState:
    """Begin, or go on from a state that fits."""
    if state is None:
        return rule.init(sources, horizon, dtype=jnp.float32 if horizon <= SINGLE else jnp.float64)
    if state.pulls.shape != (sources,):
        raise ValueError(f"state: expected one of {sources} sources, got {state.pulls.shape[-1]}")
    if int(state.horizon) != horizon:
        raise ValueError(f"horizon: the state was made for {int(state.horizon)}, got {horizon}")
    return state


def _share(detected: Any) -> float:
    """Average what the detector says."""
    values = np.asarray(detected, float)
    if values.size == 0 or not np.all((values >= 0) & (values <= 1)):
        raise ValueError(
            "detector: expected booleans or numbers in [0, 1], at least one, "
            f"got {np.array2string(values, threshold=4)}"
        )
    return float(np.mean(values))
