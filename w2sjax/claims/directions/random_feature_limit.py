r"""The error of a student of random features is at least three quarters of its teacher's, squared.

Setting. The teacher $f_t$ is the projection of the target $f^*$, $\lVert f^* \rVert = 1$, on its features,
with error $L_T = \lVert f_t - f^* \rVert^2$. The student is $f_s = S f_t$ with $0 \preceq S \preceq I$, as
ridge regression and gradient descent stopped at any time make it of any features. Its error is $L_S$.

One direction for each says it all. $f_t$ is also the projection of $f^*$ on its own direction t. And $f_s =
S f_t$ for some $0 \preceq S \preceq I$ exactly if $\lVert f_s \rVert^2 \le \langle f_s, f_t \rangle$: so
$f_s$ is $\eta$ times the projection of $f_t$ on a direction w, $0 \le \eta \le 1$. Here b stands for $f^*$.

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

# Products of cosines that are rational, of roots that need not be.
share = inner(teacher, truth) ** 2 / (inner(teacher, teacher) * inner(truth, truth))
passed = inner(teacher, student) / inner(student, student) / inner(teacher, teacher)
right = named(
    r"\cos(t, b) \cos(t, w) \cos(w, b)",
    "cos(t, b) cos(t, w) cos(w, b)",
    passed * inner(teacher, truth) * inner(student, truth) / inner(truth, truth),
)
size = named(
    r"\cos^2(t, b) \cos^2(t, w)",
    "cos²(t, b) cos²(t, w)",
    passed * inner(teacher, student) * share,
)
L_T = named("L_T", "L_T", 1 - named(r"\cos^2(t, b)", "cos²(t, b)", share))
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
    claim=(Fraction(3, 4) * L_T**2 <= limit, limit <= L_S),
    # The constant is 1.
    false_twin=L_T**2 <= L_S,
    tight=directions.vectors(1, student=(4, 1, 1), truth=(1, 0, 0), teacher=(1, 1, 1)),
)
