r"""A mixture of k predictors gains its misfit less an error that falls with k.

Setting. As in `combination_error`, with the target in the hull and $v_k, v_\infty \ge \nu > 0$ at every
point and class; $\delta_k = D(v_k, f_w) - D(v_\infty, f_w)$.

Reference. Derived: the constants of Mulgund, Pabbaraju (2025), arXiv:2501.19105. $v_\infty$ gains its
misfit; $D(f^*, v_k) - D(f^*, v_\infty) \le \mathbb{E} \max_c |\log(v_k / v_\infty)| \le \mathbb{E}\,
TV(v_k, v_\infty) / \nu$, and Pinsker bounds this by $\sqrt{\delta_k / 2} / \nu$, as $D(v_k, v_\infty) \le
\delta_k$.

Numerics. The bound holds for any member of the hull in place of $v_k$; that $v_\infty$ is computed changes
$\delta_k$ by its certificate $\gamma$, which counts with the slope of the bound at most.
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
    allowance=slip + 2 * sqrt(slip) / least,
)
