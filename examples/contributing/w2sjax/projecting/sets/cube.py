r"""A cube of coefficients, $|\theta_j| \le r$."""

import dataclasses

from w2sjax.projecting.sets._registered import registered
from w2sjax.projecting.sets._uniform import uniform
from w2sjax.projecting.sets.box import Box


@registered
@dataclasses.dataclass(frozen=True)
class Cube(Box):
    r"""$C = \{\theta : |\theta_j| \le r\}$, by its ends $-r$ and $r$."""

    name = "cube"
    parameters = "RADIUS"

    @classmethod
    def random(cls, key, dimension, dtype):
        """Draw the radius log-uniformly from 1/10 to 10."""
        radius = 10 ** (2 * uniform(key, (), dtype) - 1)
        return cls(-radius, radius)
