r"""A step along a teacher helps exactly where the teacher is better than the student's cosine to it predicts.

Setting. w, b, t are student, truth and teacher, of length 1 in the formula; $w' = w + \eta t$ is the student
after a step. $\alpha = \cos(w, b)$, $\tau = \cos(t, b)$, $\kappa = \cos(t, w)$ and $g = \tau - \alpha\kappa$.

The rise of the cosine is $g$ to first order, and never more than that: where $g \le 0$ no step of any length
helps. Where $g > 0$ every step up to $2g/\alpha$ does. So a teacher that is worse than the student,
$0 < \tau < \alpha$, improves it if it agrees with the student by less than $\kappa = \tau / \alpha$.

Reference. Derived; finite steps for the criterion of Geng, Hansen, Li (2026), arXiv:2605.05742.
$(\cos(w', b) - \alpha) \lVert w' \rVert = \eta g + \alpha (1 + \eta\kappa - \lVert w' \rVert)$, and
$1 + \eta\kappa = \langle w', w \rangle \le \lVert w' \rVert = \sqrt{1 + 2\eta\kappa + \eta^2} \le
1 + \eta\kappa + \eta^2/2$.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import named, sqrt
from w2sjax.settings import directions
from w2sjax.settings.directions import cos, eta, student, teacher, truth

alpha = named(r"\alpha", "α", cos(student, truth))
tau = named(r"\tau", "τ", cos(teacher, truth))
kappa = named(r"\kappa", "κ", cos(teacher, student))
g = named("g", "g", tau - alpha * kappa)
rise = named(
    r"(\cos(w', b) - \alpha) \lVert w' \rVert",
    "(cos(w', b) - α) ‖w'‖",
    alpha + eta * tau - alpha * sqrt(1 + 2 * eta * kappa + eta**2),
)

CLAIM = Claim(
    title="Improvement by a step along a teacher",
    source="derived; criterion of Geng, Hansen, Li (2026), arXiv:2605.05742, for finite steps",
    setting=directions.SETTING,
    assumptions=(directions.BETTER_THAN_CHANCE,),
    claim=(eta * g - alpha * eta**2 / 2 <= rise, rise <= eta * g),
    # The curvature is half as large.
    false_twin=(eta * g - alpha * eta**2 / 4 <= rise, rise <= eta * g),
    # A teacher of cosine 7/25 takes the student from 3/5 to 117/125.
    tight=directions.vectors(Fraction(6, 5), student=(1, 0), truth=(3, 4), teacher=(-3, 4)),
)
