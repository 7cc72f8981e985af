r"""Delta learning: a step along the difference of two teachers helps exactly by their delta's criterion.

Setting. w, b are student and truth, c and r the chosen and the rejected teacher, all of length 1 in the
formula; $w' = w + \eta (c - r)$ is the student after a step on the linear preference loss. $\alpha_0$,
$\alpha_c$, $\alpha_r$ are the cosines of w, c and r to the truth, and $g = \alpha_c - \alpha_r - \alpha_0
\langle w, c - r \rangle$.

The rise of the cosine is $g$ to first order, and never more: a step of some length helps only if
$\alpha_c - \alpha_r > \alpha_0 \langle w, c - r \rangle$, and then every step up to
$g / (\alpha_0 (1 - \cos(c, r)))$ does. Neither teacher need be better than the student.

Reference. Derived; finite steps for the criterion of delta learning, Geng et al. (2025), arXiv:2507.06187.
$(\cos(w', b) - \alpha_0) \lVert w' \rVert = \eta g + \alpha_0 (1 + \eta \langle w, c - r \rangle - \lVert w'
\rVert)$, and $1 + \eta \langle w, c - r \rangle = \langle w', w \rangle \le \lVert w' \rVert \le
1 + \eta \langle w, c - r \rangle + \eta^2 (1 - \cos(c, r))$, as $\lVert c - r \rVert^2 = 2 - 2\cos(c, r)$.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import named, sqrt
from w2sjax.settings import directions
from w2sjax.settings.directions import chosen, cos, eta, rejected, student, truth

alpha = named(r"\alpha_0", "α_0", cos(student, truth))
better = named(r"\alpha_c", "α_c", cos(chosen, truth))
worse = named(r"\alpha_r", "α_r", cos(rejected, truth))
along = named(
    r"\langle w, c - r \rangle", "⟨w, c - r⟩", cos(chosen, student) - cos(rejected, student)
)
g = named("g", "g", better - worse - alpha * along)
apart = 1 - cos(chosen, rejected)
rise = named(
    r"(\cos(w', b) - \alpha_0) \lVert w' \rVert",
    "(cos(w', b) - α_0) ‖w'‖",
    alpha + eta * (better - worse) - alpha * sqrt(1 + 2 * eta * along + 2 * eta**2 * apart),
)

CLAIM = Claim(
    title="Delta learning: improvement by a step along the difference of two teachers",
    source="derived; criterion of Geng et al. (2025), arXiv:2507.06187, for finite steps",
    setting=directions.SETTING,
    assumptions=(directions.BETTER_THAN_CHANCE,),
    claim=(eta * g - alpha * eta**2 * apart <= rise, rise <= eta * g),
    # The curvature is half as large.
    false_twin=(eta * g - alpha * eta**2 * apart / 2 <= rise, rise <= eta * g),
    # Teachers of cosines 7/25 and -4/5 take the student from 3/5 to 24/25.
    tight=directions.vectors(
        Fraction(1, 3), student=(1, 0), truth=(3, 4), chosen=(-3, 4), rejected=(0, -1)
    ),
)
