r"""A strong hypothesis class: a convex set of coefficients over features, or of values directly.

$V = \{H\theta + c : \theta \in C\}$ (with $c = 0$ or free), in $L^2(w)$. The class owns one
factorisation of its weighted, centred features, which every projection, certificate, bootstrap
target and distance $\varepsilon$ of a target shares.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from w2sjax.machine.host import floating, seen
from w2sjax.machine.sharded import spread
from w2sjax.projecting.centring import means, times
from w2sjax.projecting.decomposition import factorise
from w2sjax.projecting.factorisation import Factorisation
from w2sjax.projecting.row_factorisation import factorise_rows
from w2sjax.projecting.rows import STREAMED, Rows
from w2sjax.projecting.sets.convex_set import CoefficientSet, ConvexSet, ValueSet
from w2sjax.projecting.sets.rkhs_ball import RKHSBall
from w2sjax.projecting.stored_rows import StoredRows


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class HypothesisClass:
    r"""The functions a strong model can express on n weighted points.

    Attributes:
        set: the convex set of coefficients, or of values where there are no features.
        features: $H$, one point a row; None for a set of values.
        weights: masses $w_i \ge 0$; they sum to one as `hypothesis_class` makes them.
        centre: means of the features, for the sake of the intercept; None without one.
        factorisation: of the weighted, centred, scaled features; None for a set of values.
        intercept: whether a free constant is added.
    """

    set: ConvexSet
    features: Float[Array, "*batch n d"] | Rows | None
    weights: Float[Array, "*batch n"]
    centre: Float[Array, "*batch d"] | None
    factorisation: Factorisation | None
    intercept: bool = dataclasses.field(metadata={"static": True})

    @property
    def size(self) -> int:
        """Number of points."""
        return self.weights.shape[-1]

    def values(
        self, coefficients: Float[Array, " d"], intercept: Float[Array, ""] | None = None
    ) -> Float[Array, " n"]:
        """Evaluate the function with these coefficients at the points."""
        if self.features is None:
            return coefficients
        values = times(self.features, coefficients)
        return values if intercept is None else values + intercept


def hypothesis_class(
    set: ConvexSet,
    features: Float[Array, "n d"] | Rows | StoredRows | None = None,
    weights: Float[Array, " n"] | None = None,
    *,
    intercept: bool | None = None,
    method: str = "qr",
) -> HypothesisClass:
    r"""Build a class and its factorisation.

    Args:
        set: a convex set; one of coefficients needs features, one of values must have none
            (for a set of coefficients used on values directly, pass `jnp.eye(n)`).
        features: $H$; not for an `RKHSBall` with a kernel, which brings its own. Those that `w2sjax.load`
            left in a file become doubles: in memory, or from 2**24 numbers on as `Rows`, block by block.
        weights: masses of the points, equal by default; normalised to sum one.
        intercept: whether to add a free constant; by default only where the set has one (`affine`).
        method: "qr" (Householder, accurate up to a condition number of about 1e8 in float64) or
            "gram" (the Gram matrix, several times faster for n >> d, certified up to about 1e4).

    Raises:
        ValueError: for shapes, dtypes or options that do not fit. Outside of `jit` also for
            NaN or infinite features and for weights that are negative or sum to zero.
    """
    if method not in ("qr", "gram"):
        raise ValueError(f"method: expected 'qr' or 'gram', got {method!r}")
    if isinstance(set, RKHSBall) and set.kernel is not None:
        if features is not None:
            raise ValueError("features: an rkhs_ball with a kernel brings its own features")
        features = set.features()
    if isinstance(set, ValueSet):
        if features is not None:
            raise ValueError(
                f"features: the set {set.name!r} constrains values and takes no features, "
                f"got an array of shape {features.shape}"
            )
        if intercept:
            raise ValueError(f"intercept: the set of values {set.name!r} takes none")
        if weights is None:
            raise ValueError(f"weights: the set of values {set.name!r} needs them (for n points)")
        return HypothesisClass(set, None, _normalised(weights), None, None, intercept=False)
    if not isinstance(set, CoefficientSet):
        raise ValueError(f"set: expected a ConvexSet, got {type(set).__name__}")
    if features is None:
        raise ValueError(f"features: the set {set.name!r} constrains coefficients and needs them")
    if isinstance(features, StoredRows):
        features = Rows(features) if features.size >= STREAMED else _doubles(features)
    if not isinstance(features, Rows):
        features = floating("features", features)
        _refuse(features, "features", lambda a, of: ~of.isfinite(a), "not finite")
    if len(features.shape) != 2 or 0 in features.shape:
        raise ValueError(f"features: expected shape (n, d) with n, d >= 1, got {features.shape}")
    count = features.shape[0]
    weights = jnp.ones(count, features.dtype) if weights is None else floating("weights", weights)
    if weights.shape != (count,):
        raise ValueError(
            f"weights: expected shape ({count},) like the features, got {weights.shape}"
        )
    weights = _normalised(jnp.asarray(weights, features.dtype))
    free = set.intercept if intercept is None else intercept
    if set.intercept and not free:
        raise ValueError(f"intercept: the set {set.name!r} always has one; use 'subspace'")
    if isinstance(features, Rows):
        how = {"free": free, "linear": set.linear}
        features, factorisation = factorise_rows(features, weights, **how)
        centre = None if features.centre is None else jnp.asarray(features.centre)
        return HypothesisClass(set, features, weights, centre, factorisation, intercept=free)
    centre = means(features, weights) if free else None
    factorisation = factorise(features, weights, centre, method=method)
    return HypothesisClass(set, features, weights, centre, factorisation, intercept=free)


def derived_again(hypothesis: HypothesisClass) -> HypothesisClass:
    """Build the class again from its set, features and weights.

    For a class that another program returned: that program may have factored features that differ in
    their last bits from those it returned.
    """
    if hypothesis.features is None:
        return hypothesis
    kernel = isinstance(hypothesis.set, RKHSBall) and hypothesis.set.kernel is not None
    features = None if kernel else hypothesis.features
    free = hypothesis.intercept
    return hypothesis_class(hypothesis.set, features, hypothesis.weights, intercept=free)


def _doubles(features: StoredRows) -> Any:
    return np.asarray(features, np.float64)


def _normalised(weights: Float[Array, " n"]) -> Float[Array, " n"]:
    weights = floating("weights", weights)
    if weights.ndim != 1 or weights.shape[0] == 0:
        raise ValueError(f"weights: expected shape (n,) with n >= 1, got {weights.shape}")
    _refuse(weights, "weights", lambda a, of: ~of.isfinite(a) | (a < 0), "negative or not finite")
    known = seen(weights)
    if known is not None and not known.any():
        raise ValueError("weights: all are zero")
    largest = jnp.max(weights)
    scaled = weights / jnp.where(largest > 0, largest, 1)
    normalised = scaled / jnp.sum(scaled)
    left = seen(normalised)
    if known is not None and left is not None:
        smallest = np.finfo(left.dtype).tiny
        lost = (known > 0) & (left < smallest)
        if lost.any():
            first = int(lost.argmax())
            raise ValueError(
                f"weights[{first}]: {known[first]} is lost beside {known.max()}; put it to 0 or make "
                "it larger"
            )
    return normalised


def _refuse(array, name, bad, reason) -> None:
    """Raise for the first bad entry of a concrete array; under a trace statuses do the talking."""
    known = seen(array)
    if known is None:
        return
    wrong = bad(known, known.__array_namespace__())
    if wrong.any():
        index = tuple(map(int, np.unravel_index(int(wrong.argmax()), wrong.shape)))
        entry = f" {known[index]} is" if spread(array) is None else ""
        raise ValueError(f"{name}{list(index)}:{entry} {reason}")
