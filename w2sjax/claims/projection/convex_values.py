r"""A convex set of coefficients makes a convex class of functions.

Setting. $F_s$ is convex, $V = \{f \circ h_s : f \in F_s\}$; $u, v \in V$ and $0 < \lambda < 1$.

Statement. $g = \lambda u + (1 - \lambda) v \in V$, that is $d(g, V) = 0$; compared as $d(u, v) +
d(g, V) \le d(u, v)$, so that the slack is relative to the distance of the two members.

Reference. Charikar, Pabbaraju, Shiragur (2024), Claim 3, arXiv:2405.15116.

Numerics. $d(g, V)$ is the distance to the computed projection, which the gap allows to be positive.
"""

import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.projection.study import CONVEX, DOMAIN, Study
from w2sjax.claims.projection.tight import orthogonal_weak


def check(study: Study) -> Inequality:
    """Compare the distance of the convex combination from the class with zero."""
    combination = study.combination
    outside = study.distance(combination, study.mixed.values)
    apart = study.distance(study.member, study.other)
    error = 4 * study.member_error()
    length = jnp.sqrt(outside.upper())
    return compare(
        apart + outside,
        apart,
        allowance=4 * study.mixed.gap + error * (2 * length + error),
        cancelled=study.distance(combination, 0 * combination).value,
    )


def false_twin(study: Study) -> Inequality:
    """Claim it for the class of the two members alone, which is not convex."""
    return check(CONVEX.drop(study))


CLAIM = Claim(
    name="convex_values",
    title="Claim 3: the class of functions is convex",
    statement=r"\lambda u + (1 - \lambda) v \in V",
    reference="Charikar, Pabbaraju, Shiragur (2024), Claim 3, arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={"convexity": CONVEX},
    check=check,
    false_twin=false_twin,
    tight_at=orthogonal_weak,
    needs=("projection", "mixed"),
)
