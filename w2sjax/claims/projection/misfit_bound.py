r"""The misfit is at most twice the teacher's error and the best error together.

Setting. $V$ is any class, $f_{sw}$ and $f_s$ are members next to the weak model $f_w$ and to the target
$f^*$.

$d(f_{sw}, f_w) \le 2 (d(f_w, f^*) + \varepsilon)$: a large misfit, which needs no true label, proves that
the teacher errs or the class cannot express the target. The constant 2 is the best one.

Reference. Derived; $d(f_{sw}, f_w) \le d(f_s, f_w)$, and $d(f_s, f_w) \le 2 d(f_w, f^*) + 2 d(f_s, f^*)$.
"""

from w2sjax import Claim
from w2sjax.settings import projection
from w2sjax.settings.projection import best, d, student, target, two_points, weak

CLAIM = Claim(
    title="What a large misfit proves",
    source="derived",
    setting=projection.SETTING,
    assumptions=(projection.EXACT,),
    claim=d(student, weak) <= 2 * (d(weak, target) + d(best, target)),
    false_twin=d(student, weak) <= d(weak, target) + d(best, target),
    tight=two_points("l2_ball", weak=(3, 3), truth=1, offset=(1, 1)),
)
