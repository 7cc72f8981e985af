r"""The misfit is at most twice the teacher's error and the best error together.

$d(f_{sw}, f_w) \le 2 (d(f_w, f^*) + \varepsilon)$: a large misfit, which needs no true label, proves that the
teacher errs or the class cannot express the target. V need not be convex. The constant 2 is the best one.

Reference. Derived; $d(f_{sw}, f_w) \le d(f_s, f_w)$, and $d(f_s, f_w) \le 2 d(f_w, f^*) + 2 d(f_s, f^*)$.
"""

from w2sjax import Claim
from w2sjax.settings.projection import (
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
    title="What a large misfit proves",
    source="derived",
    setting=PROJECTION,
    assumptions=(EXACT,),
    claim=d(student, weak) <= 2 * (d(weak, target) + d(best, target)),
    false_twin=d(student, weak) <= d(weak, target) + d(best, target),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, offset=(1, 1)),
)
