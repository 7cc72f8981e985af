r"""Without convexity a student's error is at most four times its teacher's.

Setting. $V$ is any class that contains the target $f^*$, and $f_{sw}$ a member next to the weak model
$f_w$.

The constant 4 is the best one: it is approached where the student is only just nearer to the teacher than
the target is.

Reference. Derived; the triangle inequality
$\sqrt{d(f_{sw}, f^*)} \le \sqrt{d(f_{sw}, f_w)} + \sqrt{d(f_w, f^*)}$, whose first root is at most the
second.
"""

from w2sjax import Claim
from w2sjax.settings import projection
from w2sjax.settings.projection import d, student, target, two_points, weak

CLAIM = Claim(
    title="Error without convexity",
    source="derived",
    setting=projection.SETTING,
    assumptions=(projection.REALIZABLE, projection.EXACT),
    claim=d(student, target) <= 4 * d(weak, target),
    false_twin=d(student, target) <= 2 * d(weak, target),
    tight=two_points("subspace", weak=(1, 1), truth=1),
)
