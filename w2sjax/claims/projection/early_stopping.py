r"""Half-way to the projection three quarters of the gain are certain.

Setting. $V$ is a closed convex class, the target $f^*$ lies in it, and $f_{sw}$ is the projection of the
weak model $f_w$.

$f = (f_w + f_{sw}) / 2$ has $d(f, f^*) \le d(f_w, f^*) - \frac34 d(f_{sw}, f_w)$ in the realizable case.
With a share $\lambda$ of the way the factor is $\lambda (2 - \lambda)$, the best one: a student that is
stopped early, or averaged with its teacher, keeps most of the gain; one that goes past the projection
loses.

Reference. Derived; $2\lambda \langle f_w - f_{sw}, f^* - f_{sw}\rangle \le 0$.

Numerics. The identity of the proof holds for computed projections too: the certificate of
$f_{sw}$ at $f^*$, with its multiplier, and rounding are the tolerance.
"""

from w2sjax import Claim
from w2sjax.settings import projection
from w2sjax.settings.projection import d, slip, student, target, two_points, weak

CLAIM = Claim(
    title="Early stopping: half-way to the projection",
    source="derived",
    setting=projection.SETTING,
    assumptions=(projection.CONVEX, projection.REALIZABLE, projection.EXACT),
    claim=d((weak + student) / 2, target) <= d(weak, target) - 3 * d(student, weak) / 4,
    false_twin=d((weak + student) / 2, target) <= d(weak, target) - d(student, weak),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, student=1),
    allowance=slip(student, target),
)
