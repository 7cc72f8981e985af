r"""A fully connected ReLU representation $h : \mathbb{R}^d \to \mathbb{R}^k$, as PyTorch would start it.

$h = \rho \circ A_m \circ \dots \circ \rho \circ A_1$ with affine maps $A_i$ and $\rho(t) = \max(t, 0)$;
weights and biases of a layer with $p$ inputs start uniform on $\pm 1/\sqrt p$ (the default of
PyTorch's `Linear`).
"""

import flax.linen as nn
import jax
from jaxtyping import Array, Float


class Representation(nn.Module):
    """Network of `depth` layers, each `width` wide and followed by a ReLU.

    `init(key, inputs)` draws parameters in the dtype of the inputs, `apply(parameters, inputs)`
    maps inputs (..., d) to features (..., width).
    """

    depth: int
    width: int = 16

    @nn.compact
    def __call__(self, inputs: Float[Array, "*n d"]) -> Float[Array, "*n k"]:
        """Compute the features of the inputs."""
        features = inputs
        for _ in range(self.depth):
            start = uniform_by_fan_in(features.shape[-1])
            layer = nn.Dense(
                self.width, kernel_init=start, bias_init=start, param_dtype=features.dtype
            )
            features = nn.relu(layer(features))
        return features


def uniform_by_fan_in(inputs: int):
    r"""Make an initialiser uniform on $\pm 1/\sqrt{\text{inputs}}$."""
    bound = inputs**-0.5

    def start(key, shape, dtype):
        return jax.random.uniform(key, shape, dtype, -bound, bound)

    return start
