"""The instances of a verification that floating point does not settle."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax._compilation import compile_quickly
from w2sjax.arithmetic.inequality import Verdict
from w2sjax.language.claims import Claim
from w2sjax.settings.random_instances import compared, prepare
from w2sjax.verification import BLOCK, instance

OPEN = (Verdict.UNDECIDED, Verdict.INVALID, Verdict.VIOLATED)


def unsettled(
    claim: Claim,
    key: int,
    spec: Any,
    instances: int,
    verdicts: Sequence[Verdict] = (Verdict.EQUAL, *OPEN),
    *,
    stop: Callable[[], bool] = lambda: False,
) -> list[int]:
    """List the instances with one of these verdicts: least normalised slack first, as computed.

    Within its tolerance a slack is not known; among those the computed one is the order. `stop` is
    asked after every block whether to end early.
    """

    def judged(place):
        side = compared(prepare(instance(claim, key, spec, place), (claim,)), claim)
        size = jnp.abs(side.lhs) + jnp.abs(side.rhs)
        computed = side.slack / jnp.where(size > 0, size, 1)
        return side.verdict(), side.normalised_slack, computed

    places = jnp.arange(BLOCK)
    program = compile_quickly(jax.jit(jax.vmap(judged)).lower(places))
    blocks = []
    for start in range(0, instances, BLOCK):
        blocks.append(jax.device_get(program(start + places)))
        if stop():
            break
    if not blocks:
        return []
    outcomes, known, computed = (
        np.concatenate(part)[:instances] for part in zip(*blocks, strict=True)
    )
    order = np.lexsort((computed, known))  # NaN comes last
    return order[np.isin(outcomes, verdicts)[order]].tolist()
