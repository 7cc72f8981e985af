r"""A student loses at most what the target keeps out of its reach.

$d(f_{sw}, f^*) \le d(f_w, f^*) + \varepsilon$ with $\varepsilon = d(f_s, f^*)$, for every closed convex V.
No assumption on the weak model: a strong student is never worse than its teacher by more than its own best
error. The constant 1 is the best one; equality holds where the teacher is right, $f_w = f^*$.

Reference. Derived. $2\langle f_w - f_{sw}, f_s - f_{sw}\rangle \le 0$, and the square of
$(f_w - f_{sw}) - (f^* - f_s)$.
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
    title="The gain is at least minus the best error",
    source="derived",
    setting=PROJECTION,
    assumptions=(CONVEX, EXACT),
    claim=d(student, target) <= d(weak, target) + d(best, target),
    false_twin=d(student, target) <= d(weak, target) + d(best, target) / 2,
    tight=two_points("l2_ball", weak=(3, 3), truth=1, offset=(2, 2)),
)
