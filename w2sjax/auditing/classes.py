"""The strong class of an audit: which set, over which features, with or without intercept."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from w2sjax.auditing.data import AuditData
from w2sjax.projecting.sets import Affine, Box, ConvexSet, RKHSBall, Simplex, Subspace, ValueSet
from w2sjax.projecting.sets.convex_set import members
from w2sjax.projecting.sets.ellipsoid import Ellipsoid
from w2sjax.projecting.sets.parse import parse_set
from w2sjax.projecting.sets.polyhedron import Polyhedron


@dataclasses.dataclass(frozen=True, eq=False)
class Choice:
    """A set and the data it is audited on.

    Attributes:
        set: in double precision.
        label: as the user wrote it, or the set's name.
        intercept: whether the class has a free constant.
        data: with the kernel's feature maps in place of features where the set brings a kernel.
        own_features: whether the class is over the user's features.
    """

    set: ConvexSet
    label: str
    intercept: bool
    data: AuditData
    own_features: bool

    @property
    def of_values(self) -> bool:
        """Whether the class constrains function values and has no features."""
        return isinstance(self.set, ValueSet)


def choose(convex_set: ConvexSet | str, data: AuditData, intercept: bool | None) -> Choice:
    """Settle the class of an audit.

    `affine` without intercept is `subspace`. The kernel of an `rkhs_ball` becomes feature maps, so
    that rows can be held out and weighted.

    Raises:
        ValueError: for an unknown set or parameter, one that is missing, a dimension that is not
            that of the features, or an intercept for a set of values.
    """
    label = convex_set if isinstance(convex_set, str) else getattr(convex_set, "name", "?")
    found = _instance(convex_set)
    if isinstance(found, ValueSet):
        if intercept:
            raise ValueError(f"intercept: the set of values {label!r} takes none")
        return Choice(found, label, False, data, own_features=False)
    if isinstance(found, Affine) and intercept is False:
        found, label = Subspace(), Subspace.name
    free = found.intercept if intercept is None else intercept
    rows, width = data.strong_features.shape
    if isinstance(found, RKHSBall) and found.kernel is not None:
        if found.kernel.shape != (rows, rows):
            raise ValueError(
                f"set: the kernel of {label!r} has shape {found.kernel.shape}, "
                f"but {data.source} has {rows} rows"
            )
        features = np.asarray(jax.jit(RKHSBall.features)(found))
        found = RKHSBall(found.radius)
        data = dataclasses.replace(data, strong_features=features)
        return Choice(found, label, free, data, own_features=False)
    for dimension in _dimensions(found):
        if dimension != width:
            raise ValueError(
                f"set: {label!r} has {dimension} coefficients, "
                f"but strong_features of {data.source} has {width} columns"
            )
    return Choice(found, label, free, data, own_features=True)


def _instance(convex_set: ConvexSet | str) -> ConvexSet:
    if isinstance(convex_set, str):
        parsed = parse_set(convex_set)
        if not isinstance(parsed, type):
            convex_set = parsed
        elif parsed is Simplex:
            convex_set = Simplex(jnp.ones(()))
        elif parsed.parameters == "":
            convex_set = parsed()
        else:
            raise ValueError(
                f"set: {convex_set!r} needs a parameter: {convex_set}:{parsed.parameters}"
            )
    if not isinstance(convex_set, ConvexSet):
        raise ValueError(f"set: expected a ConvexSet or its name, got {convex_set!r}")

    def doubled(leaf):
        number = jnp.issubdtype(jnp.asarray(leaf).dtype, jnp.number)
        return jnp.asarray(leaf, float) if number else leaf

    return jax.tree.map(doubled, convex_set)


def _dimensions(convex_set: ConvexSet) -> list[int]:
    """List the numbers of coefficients that the arrays of a set fix."""
    match convex_set:
        case Box():
            ends = (jnp.asarray(convex_set.lower), jnp.asarray(convex_set.upper))
            return [end.shape[0] for end in ends if end.ndim]
        case Polyhedron():
            return [convex_set.matrix.shape[1]]
        case Ellipsoid():
            return [convex_set.centre.shape[0]]
        case RKHSBall() if convex_set.kernel is not None:
            raise ValueError("set: an rkhs_ball inside an intersection cannot bring its kernel")
    if convex_set.name == "intersection":
        return [size for part in members(convex_set) for size in _dimensions(part)]
    return []
