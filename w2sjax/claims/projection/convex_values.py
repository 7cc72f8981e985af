r"""A convex set of coefficients makes a convex class of functions.

Setting. $F_s$ is convex, $V = \{f \circ h_s : f \in F_s\}$; $u, v \in V$ and $0 < \lambda < 1$.

Reference. Charikar, Pabbaraju, Shiragur (2024), Claim 3, arXiv:2405.15116: $\lambda u + (1 - \lambda) v$
is the function of the combined coefficients. What lies beyond $u$ need not be in $V$.

Numerics. The distance from $V$ is that to the computed projection, which its gap allows to be positive.
"""

from w2sjax import Claim
from w2sjax.settings import projection
from w2sjax.settings.projection import between, member, other, outside, two_points

CLAIM = Claim(
    title="Claim 3: the class of functions is convex",
    source="Charikar, Pabbaraju, Shiragur (2024), Claim 3, arXiv:2405.15116",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX,),
    claim=outside(between) <= 0,
    false_twin=outside(2 * member - other) <= 0,
    tight=two_points("subspace", weak=(3, 1), truth=2),
)
