"""A softmax-linear head's problem in coordinates that suit it."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.arithmetic.rounding import HIGHEST, gamma, unit

LARGE = 4096  # coefficients from which on no Hessian is formed
product = functools.partial(jnp.matmul, precision=HIGHEST)


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Points:
    r"""A problem in working coordinates: scores are $Z \Psi C^\top$.

    Attributes:
        features: Z: principal directions of the centred features, of mean square 1, then ones if there is an
            intercept.
        labels: probabilities of the classes.
        weights: sum to 1.
        contrasts: C, orthonormal columns that sum to 0.
        held: what the square of each row of $\Psi$ adds to $\|\Theta\|^2$; 0 for the intercept.
        kept: 0 for directions that are lost in rounding, whose features are 0.
        wrong: how much of each row of Z may be rounding.
    """

    features: Float[Array, "n r"]
    labels: Float[Array, "n c"]
    weights: Float[Array, " n"]
    contrasts: Float[Array, "c k"]
    held: Float[Array, " r"]
    kept: Float[Array, " r"]
    wrong: Float[Array, " n"]

    def scores(self, point: Float[Array, "r k"]) -> Float[Array, "n c"]:
        """Scores of the classes."""
        return product(product(self.features, point), self.contrasts.T)

    def gradient(
        self, point: Float[Array, "r k"], chances: Float[Array, "n c"], penalty: Float[Array, ""]
    ) -> Float[Array, "r k"]:
        """Of the objective, where the head's probabilities are `chances`."""
        pull = product((chances - self.labels) * self.weights[:, None], self.contrasts)
        return product(self.features.T, pull) + self.ridge(penalty)[:, None] * point

    def hessian(
        self, chances: Float[Array, "n c"], penalty: Float[Array, ""]
    ) -> Float[Array, "rk rk"]:
        """Of the objective; the identity in directions that are left out."""
        (_, rows), columns = self.features.shape, self.contrasts.shape[1]
        means = product(chances, self.contrasts)
        heavy = self.features * self.weights[:, None]

        def block_row(pair):
            contrast, mean = pair
            moments = product(chances * contrast[None, :], self.contrasts) - mean[:, None] * means
            return product(heavy.T, (self.features[:, :, None] * moments[:, None, :]).reshape(
                len(heavy), -1)).reshape(rows, rows, columns)  # fmt: skip

        blocks = jax.lax.map(block_row, (self.contrasts.T, means.T))
        full = jnp.transpose(blocks, (1, 0, 2, 3)).reshape(rows * columns, rows * columns)
        diagonal = self.ridge(penalty) + (1 - self.kept)
        return (full + full.T) / 2 + jnp.diag(jnp.repeat(diagonal, columns))

    def length(self, point: Float[Array, "r k"]) -> Float[Array, ""]:
        """Euclidean norm of the coefficients."""
        return jnp.sqrt(jnp.sum(self.held[:, None] * point**2))

    def ridge(self, penalty: Float[Array, ""]) -> Float[Array, " r"]:
        """Penalty of each row."""
        return penalty * self.held


def points_of(features, labels, weights, intercept) -> tuple[Points, Array, Array]:
    """Give the problem in working coordinates, and the way back: directions and centre."""
    (n, d), dtype = features.shape, features.dtype
    centre = product(weights, features) * float(intercept)
    moved = jnp.where(weights[:, None] > 0, features - centre[None, :], 0)
    _, sizes, turn = jnp.linalg.svd(jnp.sqrt(weights)[:, None] * moved, full_matrices=False)
    kept = sizes > max(n, d) * 2 * unit(dtype) * sizes[0]
    sizes = jnp.where(kept, sizes, 1)
    turn = jnp.where(kept[:, None], turn / sizes[:, None], 0).T
    turned = product(moved, turn)
    wrong = gamma(d + 2, dtype) * product(jnp.abs(moved) + jnp.abs(centre)[None, :], jnp.abs(turn))
    ones = jnp.ones((n, int(intercept)), dtype)
    classes = labels.shape[1]
    return (
        Points(
            features=jnp.concatenate([turned, ones], axis=1),
            labels=labels,
            weights=weights,
            contrasts=jnp.asarray(np.linalg.qr(np.eye(classes)[:, :-1] - 1 / classes)[0], dtype),
            held=jnp.concatenate([jnp.where(kept, sizes**-2.0, 0), 1 - ones[0]]),
            kept=jnp.concatenate([kept.astype(dtype), ones[0]]),
            wrong=jnp.sqrt(jnp.sum(wrong**2, axis=1)),
        ),
        turn,
        centre,
    )
