r"""What choosing the weak model with the least err_w - misfit can cost.

Setting. As in `error_bracket`, with its bounds $L_j \le d(f_{sw,j}, f^*) \le U_j$; the model $j^*$ has the
smallest $d(f_{w,j}, f^*) - d(f_{sw,j}, f_{w,j})$, the heuristic of the paper. The choice is certified where
the right side is 0.

Reference. Derived; the heuristic is that of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116.

Numerics. The bound holds for whichever model is chosen, so near-tied models do no harm.
"""

from w2sjax import Claim
from w2sjax.language import maximum, named, sqrt
from w2sjax.settings import selection
from w2sjax.settings.selection import best, d, lower, misfit, off, student, target, upper

error = d(student, target)
L, U = named("L_j", "L_j", lower), named("U_j", "U_j", upper)
# The same number, and 0 for certain where the best one is chosen.
regret = named(
    r"d(f_{sw,j^*}, f^*) - \min_j d(f_{sw,j}, f^*)",
    "d(f_sw,j*, f*) - min_j d(f_sw,j, f*)",
    maximum(0, selection.chosen(error) - selection.least_other(error)),
)

CLAIM = Claim(
    title="Regret of choosing by weak error less misfit",
    source="derived; heuristic of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116",
    setting=selection.SETTING,
    claim=regret <= maximum(0, selection.chosen(U) - selection.least_other(L)),
    # The heuristic always finds the best student.
    false_twin=regret <= 0,
    sets=("subspace", "l2_ball", "simplex"),
    allowance=2 * off(best) * selection.chosen(sqrt(misfit)),
    tight=selection.two_points((1, 1), (6, -2), target=(4, -4)),
)
