"""The whole space of coefficients and a free constant: ordinary linear heads with intercept."""

import dataclasses

from w2sjax.sets._registered import registered
from w2sjax.sets.subspace import Subspace


@registered
@dataclasses.dataclass(frozen=True)
class Affine(Subspace):
    r"""All coefficients with an unpenalised intercept: $f(x) = \langle \theta, h(x) \rangle + c$."""

    name = "affine"
    intercept = True
