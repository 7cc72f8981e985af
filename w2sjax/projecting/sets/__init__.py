"""Convex sets of coefficients or of function values; `SETS` is the registry."""

from w2sjax.projecting.sets.balls import L1Ball as L1Ball
from w2sjax.projecting.sets.balls import L2Ball as L2Ball
from w2sjax.projecting.sets.box import Box as Box
from w2sjax.projecting.sets.box import Orthant as Orthant
from w2sjax.projecting.sets.convex_set import CoefficientSet as CoefficientSet
from w2sjax.projecting.sets.convex_set import ConvexSet as ConvexSet
from w2sjax.projecting.sets.convex_set import Support as Support
from w2sjax.projecting.sets.convex_set import ValueSet as ValueSet
from w2sjax.projecting.sets.ellipsoid import Ellipsoid as Ellipsoid
from w2sjax.projecting.sets.function_values import BoundedValues as BoundedValues
from w2sjax.projecting.sets.function_values import Monotone as Monotone
from w2sjax.projecting.sets.intersection import Intersection as Intersection
from w2sjax.projecting.sets.intersection import intersect as intersect
from w2sjax.projecting.sets.polyhedron import Polyhedron as Polyhedron
from w2sjax.projecting.sets.rkhs_ball import RKHSBall as RKHSBall
from w2sjax.projecting.sets.simplex import Simplex as Simplex
from w2sjax.projecting.sets.subspace import Affine as Affine
from w2sjax.projecting.sets.subspace import Subspace as Subspace

_KINDS = [Subspace, Affine, L2Ball, L1Ball, Simplex, Orthant, Box, Polyhedron, Ellipsoid]
_KINDS += [Monotone, RKHSBall, BoundedValues, Intersection]
SETS: dict[str, type[ConvexSet]] = {kind.name: kind for kind in _KINDS}
