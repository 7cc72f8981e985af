"""Functions in Bregman geometry as lines of Markdown."""

from typing import Any

from w2sjax.arithmetic.rationals import numbers
from w2sjax.language.claims import Claim
from w2sjax.settings import bregman as symbols
from w2sjax.settings.bregman.instance import Instance
from w2sjax.settings.tables import table

DIVERGENCES = {
    "squared": "‖u - v‖²/2",
    "kl": "KL(u ‖ v)",
    "logistic": "KL of independent events, summed",
    "itakura-saito": "Σ u/v - log(u/v) - 1",
}


def page(instance: Instance, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give the divergence, and the functions as a table."""
    del evidence
    combined = any(symbols.combination in data for data in claim.quantities)
    functions = {
        symbols.LETTERS[symbols.weak][1]: instance.weak,
        symbols.LETTERS[symbols.combination if combined else symbols.student][1]: instance.student,
        symbols.LETTERS[symbols.target][1]: instance.target,
        **{f"member {i}": one for i, one in enumerate(instance.others, 1)},
    }
    titles = ["point", "mass", *["h"] * bool(instance.features), *functions]
    rows = []
    for i, mass in enumerate(instance.weights()):
        features = [numbers(instance.features[i])] if instance.features else []
        values = [numbers(instance.values(one)[i]) for one in functions.values()]
        rows.append([i + 1, mass, *features, *values])
    lines = [f"D(u, v) = {DIVERGENCES[instance.kind]}.", "", *table(titles, rows)]
    if instance.mixture:
        shares = [share / sum(instance.mixture) for share in instance.mixture]
        lines += ["", f"Near v_∞: the mixture of v_k, f* and the members by {numbers(shares)}."]
    return lines
