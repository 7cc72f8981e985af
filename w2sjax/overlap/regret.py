r"""How much overlap density a choice of sources loses, and the bounds on it.

The regret after t rounds is $o_{\max} - \frac1t \sum_k n_k o_k$, where source k of density $o_k$ was chosen
$n_k$ times. With the theorem's index at horizon T, K sources and rewards in [0, 1],

$$\mathbb{E}[\text{regret after } t \le T \text{ rounds}] \le \sqrt{\frac{8K \log T}{t}} + \frac Kt +
\frac{2K}{T^3}.$$

Derived; Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881, has $O(\sqrt{K \log T / T})$ for t = T.
Proof: docs/explanation/data_sources.md, which also shows that K - 1 may stand for K under the root and
in the second term, and K for 2K in the third.
"""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float


def regret(
    pulls: Float[Array, "*#batch k"], means: Float[Array, "*#batch k"]
) -> Float[Array, "*#batch"]:
    """Compute the best density less the mean density of what was chosen.

    The sum is over what each choice loses, so that only the best gives exactly 0.
    """
    lost = jnp.max(means, axis=-1, keepdims=True) - means
    return jnp.sum(pulls * lost, axis=-1) / jnp.sum(pulls, axis=-1)


def regret_bound(sources: Any, horizon: Any, rounds: Any = None) -> Any:
    """Bound the expected regret of the theorem's index; `rounds` is the horizon by default."""
    rounds = horizon if rounds is None else rounds
    return exploration(sources, horizon, rounds) + unlucky(sources, horizon)


def sharper_regret_bound(sources: Any, horizon: Any, rounds: Any = None) -> Any:
    """Bound it by the same proof without its slack: K - 1 sources can be wrong, on one side each."""
    rounds = horizon if rounds is None else rounds
    return exploration(sources - 1, horizon, rounds) + unlucky(sources, horizon) / 2


def exploration(sources: Any, horizon: Any, rounds: Any) -> Any:
    """Compute what trying costs while all intervals hold."""
    return jnp.sqrt(8 * sources * jnp.log(horizon) / rounds) + sources / rounds


def unlucky(sources: Any, horizon: Any) -> Any:
    """Compute the probability that not all intervals hold, as bounded by Hoeffding."""
    return 2 * sources / (1.0 * horizon) ** 3
