r"""What a source pays for one draw, made of one uniform number: the inverse distribution function.

A reward rule is a function `rule(uniform, mean, source, tries)` with values in [0, 1]: `mean` is the density
of the source, which was tried `tries` times before. The user may give any other; it is compiled in.
"""

import dataclasses

import jax.numpy as jnp

from w2sjax.overlap.bandits.arms import Numbers, Places


def indicator(uniform: Numbers, mean: Numbers, source: Places, tries: Numbers) -> Numbers:
    """Pay 1 where the point is an overlap point."""
    return (uniform < mean).astype(mean.dtype)


@dataclasses.dataclass(frozen=True)
class Detected:
    r"""Pay 1 where the detector calls the point an overlap point.

    The mean is $o (1 - \text{miss}) + (1 - o) \cdot \text{false positive}$: the order of the sources is kept
    while miss + false positive < 1, and their gaps shrink by the factor 1 - miss - false positive.
    """

    false_positive: float
    miss: float

    def __post_init__(self):
        for name in ("false_positive", "miss"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: expected a rate in [0, 1], got {getattr(self, name)}")

    def __call__(self, uniform: Numbers, mean: Numbers, source: Places, tries: Numbers) -> Numbers:
        """Detect or not."""
        rate = mean * (1 - self.miss) + (1 - mean) * self.false_positive
        return indicator(uniform, rate, source, tries)


@dataclasses.dataclass(frozen=True)
class PartlyConstant:
    """Pay the mean itself, without chance, from some sources; an indicator from the others.

    As a source does whose batches are so large that each shows its density.
    """

    constant: tuple[int, ...]

    def __call__(self, uniform: Numbers, mean: Numbers, source: Places, tries: Numbers) -> Numbers:
        """Pay the mean or an indicator."""
        paid = indicator(uniform, mean, source, tries)
        for k in self.constant:
            paid = jnp.where(source == k, mean, paid)
        return paid
