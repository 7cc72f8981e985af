r"""A student inherits its teacher's variance in the shared directions, and shrinks it in all others.

Setting. Weak and strong features are jointly Gaussian and white, $C = E \phi_s \phi_w^\top$, $d_{sw} =
\lVert C \rVert_F^2$; the truth is linear in $\phi_w$. The teacher is the least-squares fit to n labels with
noise of variance $\sigma^2$, the student to its labels of N other points, $n > d_w + 3$ and $N > d_s + 3$.
$\bar V$ is the mean over R pairs of samples of the student's variance over the noise, for given points.

Of the teacher's variance $\sigma^2 d_w / (n - d_w - 1)$ the student keeps the share $d_{sw} / d_w$, and of
the rest $d_s / (N - d_s - 1)$, which vanishes as its sample grows.

Reference. Derived, exact for Gaussian features; after Dong et al. (2025), arXiv:2502.05075. The teacher's
error has covariance $\sigma^2 G^{-1}$, $E G^{-1} = I / (n - d_w - 1)$. It reaches the student by
$B = C + A Z$ with $A A^\top = S^{-1}$, S the student's Gram matrix, and rows of Z with covariance $\Sigma =
I - C^\top C$: so $E \lVert B \rVert_F^2 = \mu$. The probability is Chebyshev's. $\mathrm{Var} \lVert B
\rVert_F^2$ is $E [2\, \mathrm{tr} S^{-2}\, \mathrm{tr} \Sigma^2 + 4\, \mathrm{tr}(C^\top S^{-1} C \Sigma)] +
(\mathrm{tr} \Sigma)^2\, \mathrm{Var}\, \mathrm{tr} S^{-1}$ by the moments of an inverse Wishart matrix, and
for $M = B^\top B$ they give $E (\mathrm{tr} M G^{-1})^2 \le E (\mathrm{tr} M)^2 / ((n - d_w - 1)(n - d_w -
3))$, as $\mathrm{tr} M^2 \le (\mathrm{tr} M)^2$.

Numerics. The variance for given points is a trace; its rounding is followed operation by operation.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import absolute, named, sqrt
from w2sjax.settings import regression
from w2sjax.settings.regression import (
    N,
    R,
    d_s,
    d_w,
    delta,
    mean_variance,
    n,
    shared,
    sigma,
    squared,
)

m = N - d_s
teachers = sigma**2 / (n - d_w - 1)
others = d_w - shared
V = teachers * (shared + d_s / (m - 1) * others)

mu = named(r"\mu", "μ", shared + d_s * others / (m - 1))
wishart = m * (m - 1) * (m - 3)
square_of_trace = d_s * (d_s * (m - 2) + 2) / wishart
trace_of_square = d_s * (N - 1) / wishart
# Of the squared norm of B.
spread = named(
    r"\mathrm{Var} \lVert B \rVert_F^2",
    "Var ‖B‖_F²",
    2 * trace_of_square * (d_w - 2 * shared + squared)
    + 4 * (shared - squared) / (m - 1)
    + others**2 * (square_of_trace - d_s**2 / (m - 1) ** 2),
)
second_moment = sigma**4 * (mu**2 + spread) / ((n - d_w - 1) * (n - d_w - 3))
variance = named("v", "v", second_moment - (teachers * mu) ** 2)

CLAIM = Claim(
    title="Students inherit and shrink their teacher's variance",
    source="derived, after Dong et al. (2025), arXiv:2502.05075",
    setting=regression.SETTING,
    assumptions=(regression.GAUSSIAN, regression.WHITE),
    claim=absolute(mean_variance - V) <= sqrt(variance / (R * delta)),
    # The student inherits all of it.
    false_twin=absolute(mean_variance - teachers * d_w) <= sqrt(variance / (R * delta)),
    failure=Fraction(1, 10),
)
