r"""The average of teacher and student loses at most a third of the best error.

$d((f_w + f_{sw}) / 2, f^*) \le d(f_w, f^*) + \varepsilon / 3$, where the student alone may lose all of
$\varepsilon$. With a share $\lambda$ of the student the factor is $\lambda / (2 - \lambda)$, the best one:
averaging protects against a class that cannot express the target.

Reference. Derived; $\langle f_w - f_{sw}, f_s - f_{sw}\rangle \le 0$ and one square.
"""

from w2sjax import Claim
from w2sjax.settings.projection import (
    CONVEX,
    EXACT,
    PROJECTION,
    best,
    d,
    student,
    target,
    two_points,
    weak,
)

CLAIM = Claim(
    title="The average of teacher and student",
    source="derived",
    setting=PROJECTION,
    assumptions=(CONVEX, EXACT),
    claim=d((weak + student) / 2, target) <= d(weak, target) + d(best, target) / 3,
    false_twin=d((weak + student) / 2, target) <= d(weak, target),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, offset=(3, 3)),
)
