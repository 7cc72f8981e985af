"""The whole space of coefficients and a free constant: ordinary linear heads with intercept."""

import dataclasses

import jax

from w2sjax.sets.subspace import Subspace


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Affine(Subspace):
    r"""All coefficients with an unpenalised intercept: $f(x) = \langle \theta, h(x) \rangle + c$."""

    name = "affine"
    intercept = True
