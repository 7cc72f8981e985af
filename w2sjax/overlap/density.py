r"""How precisely a detected share tells the true one.

Of n independent points, each with the pattern with probability o, a fixed rule reports a point that
lacks it with probability at most $\alpha$ and misses one that has it with probability at most $\beta$.
A point is then reported with a probability p with $o(1 - \beta) \le p \le o + (1 - o)\alpha$, and with
Clopper and Pearson's interval $[p_-, p_+]$ of p, which covers it with at least the asked probability,

$$\frac{p_- - \alpha}{1 - \alpha} \le o \le \frac{p_+}{1 - \beta}.$$

With $\alpha = \beta = 0$ this is the interval for the share that the rule reports. A rule that is chosen
on the same points is not fixed: `resampled_splits` shows what the choice adds.

Reference. Clopper and Pearson (1934); the correction for the rates is derived.
"""

from typing import SupportsIndex

from scipy.stats import binomtest

from w2sjax.machine.host import whole_number


def density_interval(
    reported: SupportsIndex,
    n: SupportsIndex,
    *,
    level: float = 0.95,
    false_positives: float = 0.0,
    misses: float = 0.0,
) -> tuple[float, float]:
    """Give an interval for the share of points that carry a pattern.

    Args:
        reported: how many of the points the rule reports.
        n: points.
        level: the probability of covering, at least.
        false_positives, misses: bounds of the two rates.

    Raises:
        ValueError: for counts, a level or rates that are none.
    """
    count, total = whole_number("reported", reported), whole_number("n", n)
    if total < 1 or not 0 <= count <= total:
        raise ValueError(f"reported: expected 0 to n of n >= 1 points, got {count} of {total}")
    if not 0 < level < 1:
        raise ValueError(f"level: expected a probability in (0, 1), got {level}")
    for name, rate in (("false_positives", false_positives), ("misses", misses)):
        if not 0 <= rate <= 1:
            raise ValueError(f"{name}: expected a rate in [0, 1], got {rate}")
    found = binomtest(count, total).proportion_ci(level, method="exact")
    low = (found.low - false_positives) / (1 - false_positives) if false_positives < 1 else 0.0
    high = found.high / (1 - misses) if misses < 1 else 1.0
    return max(0.0, float(low)), min(1.0, float(high))
