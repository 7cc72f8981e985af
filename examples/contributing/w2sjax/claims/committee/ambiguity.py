"""A committee is better than its members on average, by their spread.

Reference. Krogh, Vedelsby (1995), the ambiguity decomposition.
"""

from w2sjax import Claim
from w2sjax.settings import committee
from w2sjax.settings.committee import error, mean_error, spread

CLAIM = Claim(
    title="A committee gains its spread",
    source="Krogh, Vedelsby (1995)",
    setting=committee.SETTING,
    claim=error <= mean_error - spread,
    false_twin=error <= mean_error - 2 * spread,
)
