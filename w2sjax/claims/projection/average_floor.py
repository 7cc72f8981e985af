r"""The average of teacher and student loses at most a third of the best error.

Setting. $V$ is a closed convex class, $f_{sw}$ and $f_s$ are the projections of the weak model $f_w$ and
of the target $f^*$ on it; $\varepsilon = d(f_s, f^*)$.

$d((f_w + f_{sw}) / 2, f^*) \le d(f_w, f^*) + \varepsilon / 3$, where the student alone may lose all of
$\varepsilon$. With a share $\lambda$ of the student the factor is $\lambda / (2 - \lambda)$, the best
one: averaging protects against a class that cannot express the target.

Reference. Derived; $\langle f_w - f_{sw}, f_s - f_{sw}\rangle \le 0$ and one square.

Numerics. The identity of the proof holds for computed projections too: the certificate of
$f_{sw}$ at $f_s$, with its multiplier, and rounding are the tolerance.
"""

from w2sjax import Claim
from w2sjax.language import sqrt
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, off, slip, student, target, two_points, weak

CLAIM = Claim(
    title="The average of teacher and student",
    source="derived",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.EXACT),
    claim=d((weak + student) / 2, target) <= d(weak, target) + d(best, target) / 3,
    false_twin=d((weak + student) / 2, target) <= d(weak, target),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, offset=(3, 3)),
    allowance=slip(student, best) + off(best) * sqrt(d(student, weak)),
)
