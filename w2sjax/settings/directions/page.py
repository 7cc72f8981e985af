"""Directions as lines of Markdown."""

from typing import Any

from w2sjax.arithmetic.rationals import numbers
from w2sjax.language.claims import Claim
from w2sjax.settings.directions import VECTORS, eta
from w2sjax.settings.directions.instance import Instance


def page(instance: Instance, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give the vectors and the number."""
    del evidence
    lines = [f"* {name}: {VECTORS[name]} = {numbers(v)}" for name, v in instance.vectors.items()]
    return [*lines, f"* η = {instance.eta}"] if eta.data in claim.quantities else lines
