"""A small population as lines of Markdown, with the samples that break the claim."""

from typing import Any

from flint import arb, ctx, fmpq

from w2sjax.arithmetic.flint_numbers import FLINT, python
from w2sjax.language.claims import Claim
from w2sjax.language.evaluation import plan
from w2sjax.settings.sampling.engine import Engine, Sample
from w2sjax.settings.sampling.instance import REPEATED, Instance
from w2sjax.settings.tables import table

ROWS, BITS = 6, 256


def page(instance: Instance, claim: Claim, evidence: dict[str, Any]) -> list[str]:
    """Give the population, how the sample is drawn, and the samples that break the claim."""
    p, used = instance, {part for data in claim.quantities for part in data}
    chosen_after, aims = p.seen != p.weak, bool(used & {"target", "best"})
    many = max(p.copies) > 1
    points = {"points": p.copies, "mass of each": p.masses}
    columns: dict[str, Any] = points if many else {"point": range(1, p.size + 1), "mass": p.masses}
    weak = {"f_w where drawn": p.seen, "f_w elsewhere": p.weak} if chosen_after else {"f_w": p.weak}
    columns |= {"x": p.features} | weak | ({"f*": p.target} if aims else {})
    drawn = f"The sample is {p.draws} independent draw{'s' * (p.draws > 1)}"
    if p.scheme == REPEATED:
        drawn = f"One point is drawn, and the sample holds it {p.draws} times"
    about = f"The class is θx with |θ| ≤ {p.radius}; B = {p.bound}, δ = {p.failure}."
    rows = zip(*columns.values(), strict=True)
    lines = [*table([*columns], rows), "", f"{about} {drawn} (n = {p.draws})."]
    if chosen_after:
        lines.append("The weak model is chosen after the sample: other values at the points drawn.")
    if "student" in used:
        lines.append("f is the member that fits f_w best on the sample.")
        if 0 in p.features:
            lines.append("Of several, f is the one with the coefficient nearest to 0.")
    return [*lines, "", *_samples(p, claim, evidence["failing"], "student" in used)]


def _samples(p: Instance, claim: Claim, failing: list[Any], student: bool) -> list[str]:
    """Tabulate the samples that break the claim, the most likely ones first."""
    apart = [kind for kind in range(p.size) if p.tells_apart(kind)]
    titles = ["how often each is drawn"] * (p.size > 1) + ["different points drawn"] * bool(apart)
    titles += ["probability"] + ["θ of f"] * student + ["left side", "right side"]
    rows = []
    with ctx.workprec(BITS):
        samples = [one for one in Engine(claim, p, BITS).samples() if one.label in failing]
        samples.sort(key=lambda one: one.probability, reverse=True)
        for one in samples[:ROWS]:
            cells: list[Any] = [", ".join(map(str, one.counts))] * (p.size > 1)
            cells += [", ".join(str(one.distinct[kind]) for kind in apart)] * bool(apart)
            cells += [_short(one.probability), *[python(one.student)] * student]
            rows.append([*cells, *map(_rounded, _sides(claim, one))])
    lines = ["Samples that break it:", "", *table(titles, rows)]
    rest = samples[ROWS:]
    if rest:
        total = sum((one.probability for one in rest), fmpq(0))
        lines += ["", f"and {len(rest)} more, together with probability {_short(total)}."]
    return lines


def _sides(claim: Claim, sample: Sample) -> tuple[Any, Any]:
    """Both sides of the comparison that is broken most."""
    found = []
    for one in claim.comparisons:
        lhs, rhs = plan((one.lhs, one.rhs)).values(FLINT, sample.quantity)
        slack = lhs - rhs if one.relation == ">=" else rhs - lhs
        found.append((float(arb(slack)), (lhs, rhs)))
    return min(found, key=lambda pair: pair[0])[1]


def _rounded(side: Any) -> str:
    """Shorten what is enclosed: the comparison was made with all digits."""
    return str(python(side)) if isinstance(side, fmpq) else f"about {float(side):.7g}"


def _short(probability: fmpq) -> str:
    text = str(python(probability))
    return text if len(text) <= 12 else "about " + arb(probability).str(4, radius=False)
