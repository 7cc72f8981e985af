r"""Forward error bounds for floating-point sums, products and roots.

A `Rounded` is a computed number together with a bound on its distance to the exact one. The
exact quantity is the formula evaluated on the given floating-point numbers without rounding.

With unit roundoff $u$ ($2^{-53}$ in double, $2^{-24}$ in single precision) one operation
returns $x(1 + \delta)$, $|\delta| \le u$, or, where the result is subnormal and may be flushed,
an absolute error of at most the smallest normal number $\eta$. A product of $m$ such factors is
$1 + \theta$ with $|\theta| \le \gamma_m = mu / (1 - mu)$. In a sum of $m$ terms every term passes
at most $m - 1$ additions *whatever the order*, so the error is at most
$\gamma_{m-1} \sum |t_i|$; $k$ further operations inside the terms make it $\gamma_{m-1+k}$
(Higham, Accuracy and Stability of Numerical Algorithms, 2002, chapters 3 and 4). Fused
multiply-adds skip roundings and are covered. The bounds are themselves computed in floating
point: `inflate` makes up for what their own roundings could take away. A batched sum is one sum
per instance, so the bounds hold unchanged under `jax.vmap`.

In single precision a bound of $n - 1$ additions says nothing from a million terms on. `total` and
`contract` therefore add in $\sqrt n$ blocks there, and a term passes `additions(n)` of them.
"""

import dataclasses
import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

HIGHEST = jax.lax.Precision.HIGHEST


def unit(dtype) -> float:
    """Unit roundoff of `dtype`: half the distance from 1 to the next number."""
    return float(jnp.finfo(dtype).eps) / 2


def gamma(operations: int, dtype) -> float:
    r"""Relative error $\gamma_m = mu / (1 - mu)$ after `operations` roundings; inf if $mu \ge 1$."""
    product = operations * unit(dtype)
    return product / (1 - product) if product < 1 else float("inf")


def underflow(operations: int, dtype) -> float:
    r"""Absolute error $m\eta$ of `operations` results that may be flushed to zero."""
    return operations * float(jnp.finfo(dtype).tiny)


def inflate(bound: Float[Array, "*any"], operations: int) -> Float[Array, "*any"]:
    """Enlarge a computed nonnegative bound so that its own `operations` roundings cannot lower it.

    The computed bound is at least $(1 - γ_m)$ times the exact one, and $(1 - γ_m)(1 + 2γ_{m+2})
    ≥ 1$ for $γ_m ≤ ¼$, the multiplication here included.
    """
    grown = bound * (1 + 2 * gamma(operations + 2, bound.dtype))
    return grown + underflow(operations + 1, bound.dtype)


PLAIN = 2.0**-19  # the relative error up to which a plain sum will do


def additions(size: int, dtype) -> int:
    """Most additions that a term passes in `total` and `contract` of `size` terms."""
    width = _width(size, dtype)
    return size if width == size else width + -(-size // width)


def _width(size: int, dtype) -> int:
    return size if size * unit(dtype) <= PLAIN else math.isqrt(size - 1) + 1


def total(terms: Float[Array, "n *rest"]) -> Float[Array, "*rest"]:
    """Sum over the first axis; every term passes at most `additions(n)` additions."""
    if _width(terms.shape[0], terms.dtype) == terms.shape[0]:
        return jnp.sum(terms, axis=0)
    # Without the barrier XLA may merge the two sums into one.
    return jnp.sum(jax.lax.optimization_barrier(jnp.sum(_blocks(terms), axis=1)), axis=0)


def contract(
    left: Float[Array, "n d"], right: Float[Array, "n *columns"]
) -> Float[Array, "d *columns"]:
    r"""$A^\top B$; every product passes at most `additions(n)` additions."""
    if _width(left.shape[0], left.dtype) == left.shape[0]:
        return jnp.matmul(left.T, right, precision=HIGHEST)
    blocks = jnp.einsum("kbd,kb...->kd...", _blocks(left), _blocks(right), precision=HIGHEST)
    return jnp.sum(jax.lax.optimization_barrier(blocks), axis=0)


def _blocks(terms: Float[Array, "n *rest"]) -> Float[Array, "k b *rest"]:
    size = terms.shape[0]
    width = _width(size, terms.dtype)
    padded = jnp.pad(terms, ((0, -size % width),) + ((0, 0),) * (terms.ndim - 1))
    return padded.reshape(-1, width, *terms.shape[1:])


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Rounded:
    """A computed number and a bound on its distance to the exact one; arrays of any one shape."""

    value: Float[Array, "*any"]
    error: Float[Array, "*any"]

    def __add__(self, other: "Rounded") -> "Rounded":
        """Sum: the errors add, and one rounding."""
        value = self.value + other.value
        return _rounded(value, self.error + other.error, 1, 4)

    def __sub__(self, other: "Rounded") -> "Rounded":
        """Difference: the errors add, and one rounding."""
        return self + (-other)

    def __neg__(self) -> "Rounded":
        """Negation is exact."""
        return Rounded(-self.value, self.error)

    def __mul__(self, other: "Rounded") -> "Rounded":
        """Product: $|ab - âb̂| ≤ |â|e_b + |b̂|e_a + e_a e_b$, and one rounding."""
        value = self.value * other.value
        error = jnp.abs(self.value) * other.error + jnp.abs(other.value) * self.error
        return _rounded(value, error + self.error * other.error, 1, 8)

    def scaled(self, factor: float) -> "Rounded":
        """Multiply by a constant that the dtype represents exactly."""
        return _rounded(self.value * factor, self.error * abs(factor), 1, 4)

    def sqrt(self) -> "Rounded":
        r"""Square root of a nonnegative quantity: $|\sqrt a - \sqrt{â}| ≤ \min(\sqrt e, e/\sqrt{â})$."""
        value = jnp.sqrt(jnp.maximum(self.value, 0))
        spread = jnp.sqrt(self.error)
        error = jnp.where(
            self.value > self.error,
            jnp.minimum(spread, self.error / jnp.where(value > 0, value, 1)),
            # The exact quantity lies in [0, 2e], and so does the value where it is positive.
            jnp.sqrt(2 * self.error),
        )
        return _rounded(value, error, 1, 8)

    def upper(self) -> Float[Array, "*any"]:
        """Give an upper bound on the exact quantity."""
        return self.value + inflate(self.error + unit(self.value.dtype) * jnp.abs(self.value), 4)

    def perturbed(self, error: Float[Array, "*any"]) -> "Rounded":
        """Widen the error by `error`, which the caller has bounded."""
        return Rounded(self.value, inflate(self.error + error, 2))


def _rounded(value, error, roundings, operations) -> Rounded:
    own = roundings * unit(value.dtype) * jnp.abs(value)
    return Rounded(value, inflate(error + own, operations))


def exact(value: Float[Array, "*any"]) -> Rounded:
    """A number taken as given."""
    return Rounded(value, jnp.zeros_like(value))


def weighted_dot(
    weights: Float[Array, " n"], left: Float[Array, " n"], right: Float[Array, " n"]
) -> Rounded:
    r"""$\sum_i w_i a_i b_i$ of given numbers: $n - 1$ additions and two products a term.

    Where the first product of a term is flushed, the second makes $\eta |b_i|$ of it.
    """
    size, count = weights.shape[0], additions(weights.shape[0], weights.dtype)
    value = total(weights * left * right)
    magnitude = total(weights * jnp.abs(left) * jnp.abs(right))
    flushed = underflow(size + 2, value.dtype) + underflow(1, value.dtype) * total(jnp.abs(right))
    bound = gamma(count + 1, value.dtype) * magnitude + flushed
    return Rounded(value, inflate(bound, count + 4))


def mean_square(
    weights: Float[Array, " n"], left: Float[Array, " n"], right: Float[Array, " n"]
) -> Rounded:
    r"""$d(f, g) = \sum_i w_i (f_i - g_i)^2$ of given numbers: $\gamma_{n+2}$ as all terms are positive.

    A term carries the difference twice, two products and at most $n - 1$ additions.
    """
    size, count = weights.shape[0], additions(weights.shape[0], weights.dtype)
    difference = jnp.where(weights > 0, left - right, 0)
    value = total(weights * difference * difference)
    lost = underflow(size + 3, value.dtype) * (1 + jnp.max(jnp.abs(difference)))
    return Rounded(value, inflate(gamma(count + 3, value.dtype) * value + lost, 4))


def length(vector: Float[Array, " n"], roundings: int = 0) -> Rounded:
    """Euclidean norm of a vector whose entries were rounded so often; exactly 0 for the zero vector."""
    value = jnp.sqrt(jnp.sum(vector * vector))
    found = Rounded(value, jnp.where(jnp.any(vector != 0), norm(vector) - value, 0))
    return found.perturbed(2 * roundings * unit(vector.dtype) * value) if roundings else found


def norm(vector: Float[Array, " n"], weights: float | Float[Array, " n"] = 1.0) -> Float[Array, ""]:
    r"""Bound $(\sum_i w_i v_i^2)^{1/2}$ of given numbers from above, also where squares underflow.

    Weights are at most 1.
    """
    size = vector.shape[0]
    squares = total(weights * vector**2) + underflow(2 * size + 1, vector.dtype)
    return inflate(jnp.sqrt(squares), additions(size, vector.dtype) + 4)
