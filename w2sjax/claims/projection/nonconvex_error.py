r"""Without convexity a student's error is at most four times its teacher's.

V is any class that contains the target and a member nearest to the weak model. The constant 4 is the best
one: it is approached where the student is only just nearer to the teacher than the target is.

Reference. Derived; the triangle inequality $\sqrt{d(f_{sw}, f^*)} \le \sqrt{d(f_{sw}, f_w)} + \sqrt{d(f_w,
f^*)}$, whose first root is at most the second.
"""

from w2sjax import Claim
from w2sjax.settings.projection import (
    EXACT,
    PROJECTION,
    REALIZABLE,
    d,
    student,
    target,
    two_points,
    weak,
)

CLAIM = Claim(
    title="Error without convexity",
    source="derived",
    setting=PROJECTION,
    assumptions=(REALIZABLE, EXACT),
    claim=d(student, target) <= 4 * d(weak, target),
    false_twin=d(student, target) <= 3 * d(weak, target),
    tight=two_points("subspace", weak=(1, 1), truth=1),
)
