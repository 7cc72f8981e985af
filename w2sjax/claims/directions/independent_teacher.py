r"""Any teacher that is better than chance helps, if its errors do not agree with the student's.

Setting. w, b, t are student, truth and teacher, of length 1 in the formula; $w' = w + \eta t$ is the student
after a step. $\alpha = \cos(w, b)$ and $\tau = \cos(t, b)$. The errors of w and t, their parts orthogonal
to b, have a product that is not positive, $\cos(t, w) \le \alpha\tau$. Where they are random in dimension d
that is so but for $O(1/\sqrt d)$.

A teacher with $\tau > 0$, however small, raises the cosine of every student with $0 < \alpha < 1$, by every
step up to $2\tau(1 - \alpha^2)/\alpha$.

Reference. Derived, after Geng, Hansen, Li (2026), arXiv:2605.05742: the lower bound of `teacher_step`, where
$g = \tau - \alpha \cos(t, w) \ge \tau (1 - \alpha^2)$.
"""

from fractions import Fraction

from w2sjax import Assumption, Claim
from w2sjax.claims.directions.teacher_step import alpha, rise, tau
from w2sjax.settings import directions
from w2sjax.settings.directions import eta, inner, student, teacher, truth

FORWARD = Assumption("forward", "the step is along the teacher, not against it", eta >= 0)
INDEPENDENT = Assumption(
    "independent errors",
    "the errors of student and teacher do not agree",
    inner(teacher, student) * inner(truth, truth) <= inner(student, truth) * inner(teacher, truth),
)

CLAIM = Claim(
    title="Improvement by any teacher that is better than chance",
    source="derived, after Geng, Hansen, Li (2026), arXiv:2605.05742",
    setting=directions.SETTING,
    assumptions=(directions.BETTER_THAN_CHANCE, INDEPENDENT, FORWARD),
    claim=rise >= eta * tau * (1 - alpha**2) - alpha * eta**2 / 2,
    # The curvature is half as large.
    false_twin=rise >= eta * tau * (1 - alpha**2) - alpha * eta**2 / 4,
    tight=directions.vectors(Fraction(3, 4), student=(1, 0, 0), truth=(0, 1, 0), teacher=(0, 3, 4)),
)
