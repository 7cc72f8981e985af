r"""The error of every student lies between two bounds that weak error, misfit and target give.

Setting. $V$ is closed and convex, $f_s$ the projection of the target $f^*$ on $V$, $\varepsilon =
d(f_s, f^*)$; $f_{sw,j}$ is the student of the weak model $f_{w,j}$ with misfit $m_j = d(f_{sw,j},
f_{w,j})$ and gap $\gamma_j = \sup_{u \in V} \langle f_{w,j} - f_{sw,j}, u - f_{sw,j} \rangle$, which is 0
for the projection.

Reference. Derived; the sharpened Theorem 2 of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116,
above, and the triangle inequality below.

Numerics. The worst of the inequalities is reported, so one that is violated cannot hide. The gap is the
certificate's upper bound at the computed best member, which may stand for $f_s$.
"""

from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings import selection
from w2sjax.settings.selection import best, d, gamma, lower, misfit, student, target, upper, weak

error = d(student, target)

CLAIM = Claim(
    title="Bracket of the students' errors",
    source="derived; sharpened Theorem 2 of Charikar, Pabbaraju, Shiragur (2024), "
    "arXiv:2405.15116, and the triangle inequality",
    setting=selection.SETTING,
    claim=(lower <= error, error <= upper),
    # The target is taken for realizable.
    false_twin=(lower <= error, error <= d(weak, target) - misfit + 2 * gamma),
    sets=("subspace", "l2_ball", "simplex"),
    allowance=2 * selection.off(best) * sqrt(misfit),
    tight=selection.two_points((1, -1), target=(1, -1)),
)
