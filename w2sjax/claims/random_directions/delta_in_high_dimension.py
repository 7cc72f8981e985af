r"""Delta learning in high dimension: the criterion is the difference of the teachers, but for $O(1/\sqrt d)$.

Setting. Student, chosen and rejected teacher have cosines $\alpha_0, \alpha_c, \alpha_r$ to the truth, and
independent random errors in the $d - 1$ other coordinates, uniform on the sphere or signs of one size.
$g = \alpha_c - \alpha_r - \alpha_0 \langle \theta_0, \theta_c - \theta_r \rangle$ is the derivative of the
student's cosine (`delta_step`).

So with probability at least $1 - \delta$ a small step improves the student if $(\alpha_c - \alpha_r)
\sqrt{1 - \alpha_0^2} > \lvert \alpha_0 \rvert \sqrt{2 (2 - \alpha_c^2 - \alpha_r^2) \log(1/\delta) / (d -
1)}$.

Reference. Derived, constant included; delta learning is of Geng et al. (2025), arXiv:2507.06187. With $X
= \langle u_0, u_c \rangle$ and $Y = \langle u_0, u_r \rangle$ the two sides differ by $\alpha_0 \sqrt{1 -
\alpha_0^2}$ times $\sqrt{1 - \alpha_c^2} X - \sqrt{1 - \alpha_r^2} Y$. Given $u_0$, X and Y are
independent and $E e^{\lambda X} \le e^{\lambda^2 / (2m)}$, $m = d - 1$. On the sphere that is so as $E
X^{2k} = (2k - 1)!! / (m (m + 2) \cdots (m + 2k - 2)) \le (2k - 1)!! / m^k$, which are the moments of
$N(0, 1/m)$; of signs it is $\cosh(\lambda / m)^m$. So the difference is sub-Gaussian, and Chernoff's
bound is the claim.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import absolute, log, named, sqrt
from w2sjax.settings import random_directions
from w2sjax.settings.random_directions import (
    alpha_0,
    alpha_c,
    alpha_r,
    d,
    delta,
    to_chosen,
    to_rejected,
)

away = 1 - alpha_0**2
error = sqrt(1 - alpha_c**2) * to_chosen - sqrt(1 - alpha_r**2) * to_rejected
expected = away * (alpha_c - alpha_r)
g = named("g", "g", expected - alpha_0 * sqrt(away) * error)
spread = 2 * away * (2 - alpha_c**2 - alpha_r**2) * log(1 / delta)

CLAIM = Claim(
    title="Delta learning in high dimension",
    source="derived; delta learning of Geng et al. (2025), arXiv:2507.06187",
    setting=random_directions.SETTING,
    assumptions=(random_directions.INDEPENDENT, random_directions.EVERYWHERE),
    claim=g >= expected - absolute(alpha_0) * sqrt(spread / (d - 1)),
    # The deviation falls like 1/d.
    false_twin=g >= expected - absolute(alpha_0) * sqrt(spread) / (d - 1),
    failure=Fraction(1, 10),
)
