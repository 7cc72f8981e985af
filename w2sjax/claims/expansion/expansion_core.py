r"""Mistakes spread: where f is robustly wrong, the neighbours inherit the mistake.

Setting. A and B are sets of points of one true label (here O and H), $m_A = P(f \ne y | A)$; R(f) are the
points with no neighbour that f labels otherwise; the robust mistakes in B, $\{x \in B : g(x) \ne y\} \cap
R(g)$ for g in a family F that contains f, satisfy (c, q)-expansion on (A, B).

Reference. Derived; the step under Theorems 4.1 and 4.2 of Lang, Sontag, Vijayaraghavan (2024),
arXiv:2405.16043. Let U be the robust mistakes of f in B. All of N(U) in A is labelled as U is,
wrongly, so $m_A \ge P(N(U)|A) \ge c P(U|B)$ unless $P(U|B) \le q$. Symmetry of N is not used.

Numerics. All masses are integers: a side is a few quotients of exact numbers.
"""

from w2sjax import Claim
from w2sjax.language import maximum, named
from w2sjax.settings import expansion
from w2sjax.settings.expansion import FRAGILE, WRONG, A, B, P, c, q, world

m_A = named("m_A", "m_A", P(WRONG, A))

CLAIM = Claim(
    title="Core lemma of expansion",
    source="derived; the step under Theorems 4.1 and 4.2 of Lang, Sontag, Vijayaraghavan (2024), "
    "arXiv:2405.16043",
    setting=expansion.SETTING,
    assumptions=(expansion.expands(expansion.MISTAKES, B, A), *expansion.SHARED),
    claim=P(WRONG, B) <= maximum(q, m_A / c) + P(FRAGILE, B),
    false_twin=P(WRONG, B) <= maximum(q, m_A / c),
    # Two hard points, paired with two overlap points; f is wrong on one pair: 1/2 = 1/2.
    tight=world(hard=(1, 1, 0, 0), teacher=(0, 0, 0, 0), f=(1, 0, 1, 0), edges=((0, 2), (1, 3))),
)
