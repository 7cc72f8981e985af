r"""What choosing the weak model with the least err_w - misfit can cost.

Setting. As in `error_bracket`, with its bounds $L_j \le d(f_{sw,j}, f^*) \le U_j$; the model $j^*$ has the
smallest $d(f_{w,j}, f^*) - d(f_{sw,j}, f_{w,j})$, the heuristic of the paper.

Statement. $d(f_{sw,j^*}, f^*) - \min_j d(f_{sw,j}, f^*) \le \max(0, U_{j^*} - \min_{j \ne j^*} L_j)$. The
choice is certified where the right side is 0.

Reference. Derived; the heuristic is that of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116.

Numerics. The bound holds for whichever model is chosen, so near-tied models do no harm; the regret of the
best model is exactly 0.
"""

import jax
import jax.numpy as jnp

from w2sjax import rounding
from w2sjax.claims.claim import Claim
from w2sjax.claims.inequality import Inequality, compare
from w2sjax.claims.selection.study import DOMAIN, Bracket, SelectionStudy, largest
from w2sjax.rounding import Rounded


def check(study: SelectionStudy) -> Inequality:
    """Compare the regret of the choice with what the bounds leave open."""
    bracket = study.bracket()
    return _compare(bracket, _excess(bracket, bracket.upper, bracket.lower))


def false_twin(study: SelectionStudy) -> Inequality:
    """Let the heuristic always find the best student."""
    bracket = study.bracket()
    return _compare(bracket, rounding.exact(jnp.zeros_like(bracket.size[0])))


def _compare(bracket: Bracket, bound: Rounded) -> Inequality:
    regret = _excess(bracket, bracket.error, bracket.error)
    return compare(regret, bound, cancelled=bracket.size[bracket.choice])


def _excess(bracket: Bracket, chosen: Rounded, others: Rounded) -> Rounded:
    """By how much the choice's entry of `chosen` exceeds the least other one of `others`, if at all."""
    choice = bracket.choice
    difference = jax.tree.map(lambda leaf: leaf[choice], chosen) - others
    return largest(jax.tree.map(lambda leaf: leaf.at[choice].set(0), difference))


CLAIM = Claim(
    name="selection_regret",
    title="Regret of choosing by weak error less misfit",
    statement=r"d(f_{sw,j^*}, f^*) - \min_j d(f_{sw,j}, f^*) \le "
    r"\max(0, U_{j^*} - \min_{j \ne j^*} L_j)",
    reference="derived; heuristic of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116",
    domain=DOMAIN,
    hypotheses={},
    check=check,
    false_twin=false_twin,
    sets=("subspace", "l2_ball", "simplex"),
)
