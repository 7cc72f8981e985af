r"""The conjugate of a divergence: the geometry of its gradients.

Where an argument of $D_\varphi$ is a convex combination of gradients, such as the logits of a log-linear
mixture, $D_{\varphi^*}$ has it as its first argument, and everything about hulls applies.
"""

import dataclasses

import jax
import jax.numpy as jnp

from w2sjax.bregman.divergences import Divergence, Numbers, Vectors


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Conjugate(Divergence):
    r"""The one of $\varphi^*$: $D_{\varphi^*}(x, y) = D_\varphi(\nabla\varphi^*(y), \nabla\varphi^*(x))$.

    Attributes:
        of: the divergence of $\varphi$.
    """

    of: Divergence

    def generator(self, u: Vectors) -> Numbers:
        r"""$\varphi^*(x) = \langle x, \nabla\varphi^*(x) \rangle - \varphi(\nabla\varphi^*(x))$."""
        point = self.gradient(u)
        return jnp.sum(u * point, axis=-1) - self.of.generator(point)

    def gradient(self, u: Vectors) -> Vectors:
        r"""$\nabla\varphi^*$."""
        return self.of.conjugate_gradient(u)

    def conjugate_gradient(self, x: Vectors) -> Vectors:
        r"""$\nabla\varphi$."""
        return self.of.gradient(x)

    def between(self, u: Vectors, v: Vectors) -> Numbers:
        """The divergence of the points, in the other order."""
        return self.of.between(self.gradient(v), self.gradient(u))
