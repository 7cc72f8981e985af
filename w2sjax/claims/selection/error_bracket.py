r"""The error of every student lies between two bounds that weak error, misfit and target give.

Setting. $V$ is closed and convex, $f_s$ the projection of the target $f^*$ on $V$, $\varepsilon =
d(f_s, f^*)$; $f_{sw,j}$ is the student of the weak model $f_{w,j}$ with misfit $m_j = d(f_{sw,j},
f_{w,j})$ and gap $\gamma_j = \sup_{u \in V} \langle f_{w,j} - f_{sw,j}, u - f_{sw,j} \rangle$, which is 0
for the projection. $L_j$ and $U_j$ are the two sides.

Statement. For every j, $\max(0, \sqrt{d(f_{w,j}, f^*)} - \sqrt{m_j})^2 \le d(f_{sw,j}, f^*) \le
d(f_{w,j}, f^*) - m_j + 2\sqrt{\varepsilon\, m_j} + 2\gamma_j$.

Reference. Derived; the sharpened Theorem 2 of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116,
above, and the triangle inequality below.

Numerics. The worst of the inequalities is reported, so one that is violated cannot hide. The gap is the
certificate's upper bound at the computed best member, which may stand for $f_s$.
"""

import jax
import jax.numpy as jnp

from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.selection.study import DOMAIN, SelectionStudy
from w2sjax.rounding import Rounded


def check(study: SelectionStudy) -> Inequality:
    """Compare every student's error with both bounds; the worst of them."""
    bracket = study.bracket()
    return _worst(bracket, bracket.upper)


def false_twin(study: SelectionStudy) -> Inequality:
    """Take the target for realizable: the upper bound without its term in epsilon."""
    bracket = study.bracket()
    return _worst(bracket, bracket.realizable_upper)


def _worst(bracket, upper: Rounded) -> Inequality:
    """Of all the inequalities, the most severe verdict, and of equals the least slack."""
    lhs, rhs = (
        jax.tree.map(lambda *parts: jnp.concatenate(parts), *sides)
        for sides in ((bracket.lower, bracket.error), (bracket.error, upper))
    )
    found = jax.vmap(compare)(lhs, rhs, cancelled=jnp.tile(bracket.size, 2))
    severity = 4 * found.verdict().astype(lhs.value.dtype)
    severity -= jnp.nan_to_num(found.normalised_slack)
    return jax.tree.map(lambda leaf: leaf[jnp.argmax(severity)], found)


CLAIM = Claim(
    name="error_bracket",
    title="Bracket of the students' errors",
    statement=r"\max(0, \sqrt{d(f_{w,j}, f^*)} - \sqrt{m_j})^2 \le d(f_{sw,j}, f^*) \le "
    r"d(f_{w,j}, f^*) - m_j + 2\sqrt{\varepsilon\, m_j} + 2\gamma_j",
    reference="derived; sharpened Theorem 2 of Charikar, Pabbaraju, Shiragur (2024), "
    "arXiv:2405.15116, and the triangle inequality",
    domain=DOMAIN,
    hypotheses={},
    check=check,
    false_twin=false_twin,
    sets=("subspace", "l2_ball", "simplex"),
)
