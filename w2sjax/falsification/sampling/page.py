"""A small population as lines of Markdown, and its quantities in words."""

from typing import Any

from flint import arb, fmpq

from w2sjax.falsification.decision import PRECISIONS
from w2sjax.falsification.flint_numbers import python
from w2sjax.falsification.projection.page import WORDS as PROJECTION
from w2sjax.falsification.sampling.deciding import Judged, decide_samples
from w2sjax.falsification.sampling.population import REPEATED, Population
from w2sjax.falsification.sampling.statements import FIRST
from w2sjax.falsification.statement import Statement

ROWS = 6
STUDENT = {"student_error", "misfit", "gap"}
TARGET = {"weak_error", "student_error", "epsilon"}
WORDS = {
    **PROJECTION,
    "largest_difference": "sup_v |d(v, f_w) - d_n(v, f_w)|",
    "complexity": "B²/√n",
    "confidence_one": "B² √(log(1/δ)/(2n))",
    "confidence_two": "B² √(log(2/δ)/(2n))",
    "fast_complexity": "B²/n",
    "fast_confidence_one": "B² √(log(1/δ)/2)/n",
    "fast_confidence_two": "B² √(log(2/δ)/2)/n",
}


def page(population: Population, statement: Statement, students: dict[str, Any]) -> list[str]:
    """Give the population, how the sample is drawn, and the samples that break the statement."""
    del students
    p, used = population, set(statement.quantities())
    chosen_after, aims = p.seen != p.weak, bool(used & TARGET)
    many = max(p.copies) > 1
    titles = ["points" if many else "point", "mass of each" if many else "mass", "x"]
    titles += ["f_w where drawn", "f_w elsewhere"] if chosen_after else ["f_w"]
    titles += ["f*"] * aims
    lines = [*_row(titles), *_row(["---"] * len(titles))]
    for kind in range(p.size):
        weak = [p.seen[kind]] * chosen_after + [p.weak[kind]]
        first = p.copies[kind] if many else kind + 1
        lines += _row([first, p.masses[kind], p.features[kind], *weak, *[p.target[kind]] * aims])
    lines += [
        "",
        f"The class is θx with |θ| ≤ {p.radius}; B = {p.bound}, δ = {p.delta}. {_drawn(p)}",
    ]
    if statement.dropped == FIRST and chosen_after:
        lines.append("The weak model is chosen after the sample: other values at the points drawn.")
    if used & STUDENT:
        lines.append("f is the member that fits f_w best on the sample.")
        if 0 in p.features:
            lines.append("Of several, f is the one with the coefficient nearest to 0.")
    if "excess" in used:
        lines.append("κ = 2 (8 B²/√n + 4 B² √(log(2/δ)/(2n))).")
    return [*lines, "", *_samples(population, statement)]


def _drawn(population: Population) -> str:
    n = population.draws
    if population.scheme == REPEATED:
        return f"One point is drawn, and the sample holds it {n} times (n = {n})."
    return f"The sample is {n} independent draw{'s' * (n > 1)} (n = {n})."


def _samples(population: Population, statement: Statement) -> list[str]:
    """Tabulate the samples that break the statement, the most likely ones first."""
    failing = [j for j in decide_samples(statement, population, PRECISIONS) if j.violated]
    failing.sort(key=lambda judged: judged.outcome.probability, reverse=True)
    apart = [kind for kind in range(population.size) if population.tells_apart(kind)]
    student = bool(set(statement.quantities()) & STUDENT)
    alone = population.size == 1
    titles = [] if alone else ["how often each is drawn"]
    titles += ["different points drawn"] * bool(apart) + ["probability"]
    titles += ["θ of f"] * student + ["left side", "right side"]
    lines = ["Samples that break the inequality:", "", *_row(titles), *_row(["---"] * len(titles))]
    for judged in failing[:ROWS]:
        lines += _row(_cells(judged, apart, alone=alone, student=student))
    rest = failing[ROWS:]
    if rest:
        total = sum((judged.outcome.probability for judged in rest), fmpq(0))
        lines += ["", f"and {len(rest)} more, together with probability {_short(total)}."]
    return lines


def _cells(judged: Judged, apart: list[int], *, alone: bool, student: bool) -> list[Any]:
    outcome = judged.outcome
    cells: list[Any] = [] if alone else [", ".join(map(str, outcome.counts))]
    if apart:
        cells.append(", ".join(str(outcome.distinct[kind]) for kind in apart))
    cells.append(_short(outcome.probability))
    sides = [_rounded(side) for side in (judged.lhs, judged.rhs)]
    return [*cells, *[python(judged.student)] * student, *sides]


def _rounded(side: Any) -> str:
    """Shorten what is enclosed: the comparison was made with all digits."""
    return str(python(side)) if isinstance(side, fmpq) else f"about {float(side):.7g}"


def _short(probability: fmpq) -> str:
    text = str(python(probability))
    return text if len(text) <= 12 else "about " + arb(probability).str(4, radius=False)


def _row(cells: list[Any]) -> list[str]:
    return ["| " + " | ".join(map(str, cells)) + " |"]


def words(statement: Statement) -> dict[str, str]:
    """Name the quantities as in docs/theorem2.md, f for the student of the sample."""
    del statement
    return WORDS
