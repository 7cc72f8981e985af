r"""The overlap points that the theorem's index buys fall short of the best source's by little.

Setting. As in `bandit_regret`; $X_t$ is the reward of round t.

Reference. Derived; a form with probability of Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881.
All intervals hold but with probability $2K/T^3$, and the rewards fall short of the densities of their
sources by more than the last term with probability at most $\delta'$ (Azuma and Hoeffding: $X_t$ lies in
[0, 1], a range of length 1).

Numerics. One repetition an instance; failures are counted.
"""

from fractions import Fraction

from w2sjax import Claim
from w2sjax.language import less, log, named, sqrt
from w2sjax.settings.bandits import BANDITS, BOUNDED, INDEPENDENT, K, T, best, delta, paid

left = named(r"\delta'", "δ'", delta - 2 * K / T**3)
chance = sqrt(log(1 / left) / (2 * T))

CLAIM = Claim(
    title="Regret of selecting sources, with probability",
    source="derived; Shin, Cooper, Sala (2025), Theorem 4.3, arXiv:2412.03881",
    setting=BANDITS,
    assumptions=(INDEPENDENT, BOUNDED),
    where=(less(0, left),),
    claim=best - paid <= sqrt(8 * K * log(T) / T) + K / T + chance,
    # Only chance costs anything, and exploring nothing.
    false_twin=best - paid <= chance,
    failure=Fraction(1, 10),
)
