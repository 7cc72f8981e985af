r"""A student of random features cannot beat its teacher by more than the square of the teacher's error.

Setting. The teacher $f_t$ is the projection of the target $f^*$, $\lVert f^* \rVert = 1$, on its features,
with error $L_T = \lVert f_t - f^* \rVert^2$. The student is $f_s = S f_t$ with $0 \preceq S \preceq I$, as
ridge regression and gradient descent stopped at any time make it of any features. Its error is $L_S$.

One direction for each says it all. $f_t$ is also the projection of $f^*$ on its own direction t. And $f_s =
S f_t$ for some $0 \preceq S \preceq I$ exactly if $\lVert f_s \rVert^2 \le \langle f_s, f_t \rangle$: so
$f_s$ is $\eta$ times the projection of $f_t$ on a direction w, $0 \le \eta \le 1$.

Reference. Derived, after Medvedev et al. (2025), arXiv:2503.02877. $f_s$ lies in the ball around $f_t / 2$
of radius $\sqrt{1 - L_T} / 2$, and $f^*$ is $\sqrt{1 + 3 L_T} / 2$ from its centre. The difference of the
roots is $4 L_T$ over their sum, which is at most $4 / \sqrt 3$: it is that at $L_T = 2/3$.
"""

from fractions import Fraction

from w2sjax import Assumption, Claim
from w2sjax.language import named, sqrt
from w2sjax.settings import directions
from w2sjax.settings.directions import eta, inner, student, teacher, truth

SHRINKING = Assumption(
    "shrinking", "the student keeps a share of what it learns, 0 ≤ η ≤ 1", eta * (1 - eta) >= 0
)

share = inner(teacher, truth) ** 2 / (inner(teacher, teacher) * inner(truth, truth))
# Both with lengths divided out: <f_s, f*> and |f_s|^2 for the whole projection.
learnt = (
    inner(teacher, truth)
    * inner(teacher, student)
    / (inner(teacher, teacher) * inner(truth, truth))
)
right = learnt * inner(student, truth) / inner(student, student)
size = learnt**2 * inner(truth, truth) / inner(student, student)
L_T = named("L_T", "L_T", 1 - share)
L_S = named("L_S", "L_S", 1 - 2 * eta * right + eta**2 * size)
# Rational where the product of the roots is.
limit = named(
    r"\frac14 (\sqrt{1 + 3 L_T} - \sqrt{1 - L_T})^2",
    "¼ (√(1 + 3 L_T) - √(1 - L_T))²",
    (1 + L_T - sqrt((1 + 3 * L_T) * (1 - L_T))) / 2,
)

CLAIM = Claim(
    title="Limit of random-feature students",
    source="derived, after Medvedev et al. (2025), arXiv:2503.02877",
    setting=directions.SETTING,
    assumptions=(SHRINKING,),
    claim=(limit <= L_S, Fraction(3, 4) * L_T**2 <= limit),
    # The constant is 1.
    false_twin=(L_T**2 <= L_S, Fraction(3, 4) * L_T**2 <= limit),
    tight=directions.vectors(1, student=(4, 1, 1), truth=(1, 0, 0), teacher=(1, 1, 1)),
)
