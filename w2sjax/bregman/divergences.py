r"""Bregman divergences of vectors, along the last axis.

$$D(u, v) = \varphi(u) - \varphi(v) - \langle \nabla\varphi(v), u - v \rangle$$

with a strictly convex generator $\varphi$; $D \ge 0$, and 0 at $u = v$ alone.

On the boundary of a domain there is always an answer, which is never NaN: $0 \log 0 = 0$, a divergence is 0
where both arguments are 0, and infinite where it has no bound, as KL is where the second argument vanishes
and the first does not. Outside of the domain it is infinite. Automatic derivatives take a coordinate at which
the divergence is infinite, or its slope is, for one that does not move.

Source: Bregman (1967); the names are those of Banerjee, Merugu, Dhillon, Ghosh (2005), Table 1.
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from w2sjax.machine.host import concrete, floating

Vectors = Float[Array | np.ndarray, "*#batch c"]
Numbers = Float[Array | np.ndarray, "*#batch"]


class Divergence:
    """What all divergences have; vectors lie along the last axis."""

    def generator(self, u: Vectors) -> Numbers:
        r"""$\varphi(u)$."""
        raise NotImplementedError

    def gradient(self, u: Vectors) -> Vectors:
        r"""$\nabla\varphi(u)$, infinite where it is so at the boundary."""
        raise NotImplementedError

    def conjugate_gradient(self, x: Vectors) -> Vectors:
        r"""$\nabla\varphi^*(x)$, the inverse of the gradient.

        Raises:
            ValueError: for a generator whose conjugate is not known.
        """
        raise ValueError(f"{type(self).__name__}: the conjugate of its generator is not known")

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        """$D(u, v)$."""
        raise NotImplementedError

    def inside(self, u: Vectors) -> Bool[Array, "*#batch"]:
        """Whether a vector lies in the domain, boundary included."""
        return jnp.all(jnp.isfinite(u), axis=-1)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Squared(Divergence):
    r"""$\|u - v\|^2 / 2$, from $\varphi = \|u\|^2 / 2$ on all vectors; its own conjugate."""

    def generator(self, u: Vectors) -> Numbers:
        r"""$\|u\|^2 / 2$."""
        return jnp.sum(u * u, axis=-1) / 2

    def gradient(self, u: Vectors) -> Vectors:
        """The vector itself."""
        return u

    def conjugate_gradient(self, x: Vectors) -> Vectors:
        """The vector itself."""
        return x

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        r"""$\|u - v\|^2 / 2$."""
        return self.generator(u - v)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Mahalanobis(Divergence):
    r"""$(u - v)^\top A (u - v) / 2$ with A symmetric and positive definite; the conjugate has $A^{-1}$.

    Attributes:
        matrix: A; `mahalanobis` checks one.
        inverse: $A^{-1}$ as computed.
    """

    matrix: Float[Array, "c c"]
    inverse: Float[Array, "c c"]

    def generator(self, u: Vectors) -> Numbers:
        r"""$u^\top A u / 2$."""
        return jnp.sum(u * self.gradient(u), axis=-1) / 2

    def gradient(self, u: Vectors) -> Vectors:
        """$A u$."""
        return jnp.matmul(u, self.matrix, precision=jax.lax.Precision.HIGHEST)

    def conjugate_gradient(self, x: Vectors) -> Vectors:
        """$A^{-1} x$."""
        return jnp.matmul(x, self.inverse, precision=jax.lax.Precision.HIGHEST)

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        r"""$(u - v)^\top A (u - v) / 2$."""
        return self.generator(u - v)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class KullbackLeibler(Divergence):
    r"""$\sum_i u_i \log (u_i / v_i) - u_i + v_i$, of probabilities: KL(u ‖ v).

    $\varphi = \sum_i u_i \log u_i$. On the simplex the conjugate is $\log \sum_i e^{x_i}$ with softmax as its
    gradient, and gradients are given up to a constant. The formula is the divergence of nonnegative vectors
    also where they sum to anything, so that a sum which misses 1 by rounding breaks no theorem.
    """

    def generator(self, u: Vectors) -> Numbers:
        r"""$\sum_i u_i \log u_i$."""
        return jnp.sum(jnp.where(u < 0, jnp.inf, _times_log(u, u)), axis=-1)

    def gradient(self, u: Vectors) -> Vectors:
        r"""$\log u$."""
        return _log(u)

    def conjugate_gradient(self, x: Vectors) -> Vectors:
        """Softmax."""
        return jax.nn.softmax(x, axis=-1)

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        """KL(u ‖ v)."""
        return jnp.sum(_relative_entropy(u, v), axis=-1)

    def inside(self, u: Vectors) -> Bool[Array, "*#batch"]:
        """Whether no coordinate is negative."""
        return super().inside(u) & jnp.all(u >= 0, axis=-1)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class BinaryLogistic(Divergence):
    r"""KL of independent events with probabilities $u_i$ and $v_i$, summed.

    $\varphi = \sum_i u_i \log u_i + (1 - u_i) \log(1 - u_i)$; the conjugate is $\sum_i \log(1 +
    e^{x_i})$, with the logistic function as its gradient.
    """

    def generator(self, u: Vectors) -> Numbers:
        """Minus the entropy of the events."""
        outside = (u < 0) | (u > 1)
        found = _times_log(u, u) + _times_log(1 - u, 1 - u)
        return jnp.sum(jnp.where(outside, jnp.inf, found), axis=-1)

    def gradient(self, u: Vectors) -> Vectors:
        r"""$\log(u / (1 - u))$."""
        return _log(u) - _log(1 - u)

    def conjugate_gradient(self, x: Vectors) -> Vectors:
        """The logistic function."""
        return jax.nn.sigmoid(x)

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        """KL of events."""
        return jnp.sum(_relative_entropy(u, v) + _relative_entropy(1 - u, 1 - v), axis=-1)

    def inside(self, u: Vectors) -> Bool[Array, "*#batch"]:
        """Whether all coordinates are probabilities."""
        return super().inside(u) & jnp.all((u >= 0) & (u <= 1), axis=-1)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class ItakuraSaito(Divergence):
    r"""$\sum_i u_i / v_i - \log(u_i / v_i) - 1$, of positive vectors such as spectra.

    $\varphi = -\sum_i \log u_i$; the conjugate's gradient is $-1/x$ for $x < 0$.
    """

    def generator(self, u: Vectors) -> Numbers:
        r"""$-\sum_i \log u_i$."""
        return jnp.sum(jnp.where(u < 0, jnp.inf, -_log(u)), axis=-1)

    def gradient(self, u: Vectors) -> Vectors:
        """$-1/u$."""
        positive = u > 0
        return jnp.where(positive, -1 / jnp.where(positive, u, 1), -jnp.inf)

    def conjugate_gradient(self, x: Vectors) -> Vectors:
        """$-1/x$."""
        return -1 / x

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        """The divergence of Itakura and Saito."""
        positive = (u > 0) & (v > 0)
        ratio = jnp.where(positive, u, 1) / jnp.where(positive, v, 1)
        far = jnp.where((u == 0) & (v == 0), 0.0, jnp.inf)
        return jnp.sum(jnp.where(positive, ratio - jnp.log(ratio) - 1, far), axis=-1)

    def inside(self, u: Vectors) -> Bool[Array, "*#batch"]:
        """Whether no coordinate is negative."""
        return super().inside(u) & jnp.all(u >= 0, axis=-1)


def mahalanobis(matrix: Float[Array | np.ndarray, "c c"]) -> Mahalanobis:
    """Give the divergence of a matrix.

    Raises:
        ValueError: unless it is square, symmetric and, as far as it is known outside of `jax.jit`, positive
            definite.
    """
    given = floating("matrix", matrix)
    if given.ndim != 2 or given.shape[0] != given.shape[1]:
        raise ValueError(f"matrix: expected shape (c, c), got {given.shape}")
    known = concrete(given)
    if known is not None and not (
        np.all(np.isfinite(known))
        and np.array_equal(known, known.T)
        and np.linalg.eigvalsh(known)[0] > 0
    ):
        raise ValueError("matrix: expected one that is finite, symmetric and positive definite")
    return Mahalanobis(given, jnp.linalg.inv(given))


def _log(u: Vectors) -> Vectors:
    positive = u > 0
    return jnp.where(positive, jnp.log(jnp.where(positive, u, 1)), -jnp.inf)


def _times_log(u: Vectors, v: Vectors) -> Vectors:
    """Give u log v, 0 where u is."""
    positive = (u > 0) & (v > 0)
    found = jnp.where(positive, u, 0) * jnp.log(jnp.where(positive, v, 1))
    return jnp.where((u > 0) & (v <= 0), -jnp.inf, found)


def _relative_entropy(u: Vectors, v: Vectors) -> Vectors:
    """Give the terms of the generalised KL."""
    positive = (u > 0) & (v > 0)
    first, second = jnp.where(positive, u, 1), jnp.where(positive, v, 1)
    found = first * jnp.log(first / second) - first + second
    return jnp.where(positive, found, jnp.where((u == 0) & (v >= 0), v, jnp.inf))
