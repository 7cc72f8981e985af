r"""The choice of data sources: the symbols and assumptions that claims about it are written in.

Each of K sources pays rewards, the density of a source is their mean. In the first rounds each source is
tried once, then the one with the largest $\hat o_k + \sqrt{2 \log T / n_k}$, the first among equals, where
$\hat o_k$ is the mean of its $n_k$ rewards so far. After T rounds `regret` is what the choices have lost:
the best density less the mean density of what was chosen, in expectation; `paid` is the mean reward.
"""

from w2sjax.language.claims import Assumption
from w2sjax.language.printing import ATOM, PRODUCT, SUM, Style, Text
from w2sjax.language.terms import quantity
from w2sjax.settings.setting import Setting

BANDITS = SETTING = Setting("bandits")

K, T, delta = quantity("K"), quantity("T"), quantity("delta")
best, paid, regret = quantity("best"), quantity("paid"), quantity("regret")

INDEPENDENT = Assumption("independence", "the points of a source are independent draws")
BOUNDED = Assumption("boundedness", "rewards lie in [0, 1]")

_WRITTEN = {
    "K": ("K", "K", ATOM),
    "T": ("T", "T", ATOM),
    "delta": (r"\delta", "δ", ATOM),
    "best": (r"o_{\max}", "o_max", ATOM),
    "paid": (r"\frac1T \sum_t X_t", "Σ X_t / T", PRODUCT),
    "regret": (
        r"o_{\max} - \mathbb{E} \frac1T \sum_t o_{\pi(t)}",
        "o_max - E[Σ o_π(t)] / T",
        SUM,
    ),
}


def written(data: tuple[str, ...], style: Style, *arguments: str) -> Text:
    """Write a quantity."""
    latex, unicode, binds = _WRITTEN[data[0]]
    return style.choose(latex, unicode), binds


def fixed(data: tuple[str, ...]) -> bool:
    """Whether a quantity is the same whatever happens."""
    return data != ("paid",)
