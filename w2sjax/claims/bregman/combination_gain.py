r"""A mixture of k predictors gains its misfit less an error that falls with k.

Setting. As in `combination_error`, with the target in the hull and $v_k, v_\infty \ge \nu > 0$ at every
point and class; $\delta_k = D(v_k, f_w) - D(v_\infty, f_w)$.

Reference. Derived: the constants of Mulgund, Pabbaraju (2025), arXiv:2501.19105. $v_\infty$ gains its
misfit; $D(f^*, v_k) - D(f^*, v_\infty) \le \mathbb{E} \max_c |\log(v_k / v_\infty)| \le \mathbb{E}\,
TV(v_k, v_\infty) / \nu$, and Pinsker bounds this by $\sqrt{\delta_k / 2} / \nu$, as $D(v_k, v_\infty) \le
\delta_k$.

Numerics. Any member of the hull may take the place of $v_k$, and any $\hat v$ with certificate $\gamma$ that
of $v_\infty$, if $\nu$ is the least value of $v_k$ and $\hat v$ themselves: $D(f^*, f_w) \ge D(f^*, \hat v) +
D(\hat v, f_w) - \gamma$ and $D(v_k, \hat v) \le D(v_k, f_w) - D(\hat v, f_w) + \gamma$, by the definition of
$\gamma$ at $f^*$ and at $v_k$, and the rest is as above. So a computed $\nu$ needs no allowance, and what is
lost is at most $\gamma + \sqrt{\gamma / 2} / \nu$. What rounding takes $v_k$ off the hull counts in the slip.
"""

from w2sjax import Claim
from w2sjax.language import maximum, named, sqrt
from w2sjax.settings import bregman
from w2sjax.settings.bregman import D, combination, hull, least, slip, target, weak

misfit = D(combination, weak)
delta = named(r"\delta_k", "δ_k", maximum(0, misfit - D(hull, weak)))
gain = D(target, weak) - D(target, combination)

CLAIM = Claim(
    title="Gain of k-combinations",
    source="Mulgund, Pabbaraju (2025), arXiv:2501.19105; constants derived",
    setting=bregman.SETTING,
    assumptions=(bregman.REALIZABLE, bregman.RELATIVE_ENTROPY),
    claim=gain >= misfit - delta - sqrt(delta / 2) / least,
    # Combinations gain as convex classes do.
    false_twin=gain >= misfit,
    allowance=slip + sqrt(slip) / least,
)
