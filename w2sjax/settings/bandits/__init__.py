r"""The choice of data sources: the symbols and assumptions that claims about it are written in.

Each of K sources pays rewards, the density of a source is their mean. In the first rounds each source is
tried once, then the one with the largest $\hat o_k + \sqrt{2 \log T / n_k}$, the first among equals, where
$\hat o_k$ is the mean of its $n_k$ rewards so far. After T rounds `regret` is what the choices have lost:
the best density less the mean density of what was chosen, in expectation; `paid` is the mean reward.
"""

from w2sjax.language.claims import Assumption
from w2sjax.language.printing import PRODUCT, SUM
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

SYMBOLS = {
    "K": ("K", "K"),
    "T": ("T", "T"),
    "delta": (r"\delta", "δ"),
    "best": (r"o_{\max}", "o_max"),
    "paid": (r"\frac1T \sum_t X_t", "Σ X_t / T", PRODUCT),
    "regret": (r"o_{\max} - \mathbb{E} \frac1T \sum_t o_{\pi(t)}", "o_max - E[Σ o_π(t)] / T", SUM),
}
BANDITS = SETTING = Setting("bandits", symbols=SYMBOLS)
K, T, delta, best, paid, regret = map(quantity, SYMBOLS)

INDEPENDENT = Assumption("independence", "the points of a source are independent draws")
BOUNDED = Assumption("boundedness", "rewards lie in [0, 1]")


def fixed(data: tuple[str, ...]) -> bool:
    """Whether a quantity is the same whatever happens."""
    return data != paid.data
