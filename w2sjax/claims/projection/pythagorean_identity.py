r"""On affine classes the gain equals the misfit.

Setting. $V$ is a subspace of functions, with or without a free constant (unconstrained linear
heads), $f^* \in V$, and the student is the projection of $f_w$ on $V$.

Reference. Derived: the case of equality of Charikar, Pabbaraju, Shiragur (2024), Theorem 1,
arXiv:2405.15116 (Pythagoras).

Numerics. The defect $2\langle f_w - f, f - f^* \rangle$ of the computed student is at most twice its
certificate's bound at $f^*$, in both signs, because $2f - f^*$ lies in $V$ too.
"""

from w2sjax import Claim
from w2sjax.language import equal
from w2sjax.settings import projection
from w2sjax.settings.projection import d, slip, student, target, two_points, weak

CLAIM = Claim(
    title="Pythagorean misfit identity",
    source="derived; equality case of Charikar, Pabbaraju, Shiragur (2024), Theorem 1, arXiv:2405.15116",
    setting=projection.SETTING,
    assumptions=(projection.AFFINE, projection.REALIZABLE, projection.EXACT),
    claim=equal(d(weak, target), d(weak, student) + d(student, target)),
    false_twin=equal(d(weak, target), d(weak, student) / 2 + d(student, target)),
    tight=two_points("subspace", weak=(3, 1), truth=1, student=2),
    allowance=2 * slip(student, target),
)
