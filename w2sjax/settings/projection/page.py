"""A projection problem as lines of Markdown."""

from typing import Any

from w2sjax.arithmetic.rationals import numbers, parse
from w2sjax.language.claims import Claim
from w2sjax.settings.projection import letters_of
from w2sjax.settings.projection.meaning import LABELS, meaning_of
from w2sjax.settings.projection.problem import Problem

# What the coefficients of a problem are those of, and their first letter.
STANDS = {"truth": ("member",), "other": ("other",), "student": ("stated", "sampled")}
FIRST = {"truth": "u", "other": "v"}
LONG = 10**9  # a denominator beyond which values are shown as decimals


def page(problem: Problem, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give the instance as a table and sentences."""
    lines = ["| point | mass | features | f_w | f* |", "| --- | --- | --- | --- | --- |"]
    target = problem.function("target")
    for i in range(problem.size):
        features = "its own value" if problem.features is None else numbers(problem.features[i])
        cells = i + 1, problem.masses[i], features, problem.weak[i], target[i]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    meaning = meaning_of(claim)
    letter = {symbol: text for symbol, (_, text) in letters_of(claim).items()}
    sentences = [f"The set of coefficients is {_set(problem)}."]
    if meaning.pair and "other" in meaning.members:
        sentences.append("The class V is {u, v}.")
    for symbol, stands in meaning.named.items():
        if stands in LABELS:
            given = letter[LABELS[stands]]
            near = f"the member that is nearer to {given}"
            what = near if meaning.pair else f"the exact projection of {given} on V"
            sentences.append(f"{letter[symbol]} is {what}.")
    lines += ["", " ".join(sentences)]
    for name, stands in STANDS.items():
        if name in meaning.members or "stated" in meaning.used & set(stands):
            alike = [letter[symbol] for symbol, what in meaning.named.items() if what in stands]
            letters = " = ".join(dict.fromkeys([*FIRST.get(name, ()), *alike]))
            coefficients, values = numbers(getattr(problem, name)), numbers(problem.function(name))
            lines.append(f"Coefficients of {letters}: {coefficients}, values {values}.")
    if "between" in meaning.used:
        lines.append(f"Share of the first member in the combination h: {problem.mixture}.")
    for name, (theta, constant, _) in evidence.get("projections", {}).items():
        values = problem.values(parse(theta), parse(constant))
        shown = f"values {numbers(values)}"
        if max(value.denominator for value in values) > LONG:
            shown = f"about {[float(value) for value in values]}"
        lines.append(f"Projection of {letter.get(name, name)}: {shown}.")
    return lines


def _set(problem: Problem) -> str:
    parts = []
    for name, value in problem.parameters.items():
        rows = value if isinstance(value, list) else [value]
        flat = [numbers(v) if isinstance(v, list) else str(v) for v in rows]
        parts.append(f"{name} {', '.join(flat) or 'none'}")
    return problem.set + (f" with {'; '.join(parts)}" if parts else "")
