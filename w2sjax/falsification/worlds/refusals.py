"""The second opinion on the hypotheses of a statement about a finite world; `fractions` alone."""

from fractions import Fraction

from w2sjax.falsification.opinion import RefusedError
from w2sjax.falsification.worlds.book import Book


def check_hypotheses(book: Book) -> dict[str, str]:
    """Check every hypothesis that is not there by construction.

    Raises:
        RefusedError: if one fails.
    """
    world, statement = book.world, book.statement
    claim = statement.claim
    conditions = {}
    if statement.dropped != "symmetry":
        transposed = [list(column) for column in zip(*world.neighbours, strict=True)]
        conditions["symmetry"] = transposed == [list(row) for row in world.neighbours]
    if claim not in ("expansion_core", "hard_error", "hard_error_payback"):
        silent = {x for x in range(world.size) if world.teacher[x] == -1}
        hard = {x for x in range(world.size) if world.hard[x]}
        absent = {x for x in range(world.size) if world.masses[x] == 0}
        conditions["hard is where the teacher abstains"] = (silent ^ hard) <= absent
    if claim in ("hard_error", "coverage_good_side"):
        conditions["some right labels"] = bool(book.O & book.right)
    if claim == "hard_error_payback" and statement.dropped != "agreement":
        conditions["agreement"] = book.agreement() > world.q
    if claim.startswith("pseudolabel") or claim == "coverage_expansion":
        conditions["0 < alpha < 1/2"] = 0 < book.alpha and 2 * book.alpha < 1
    if world.c is not None:
        conditions["c is less than every ratio"] = _expanding(book, world.c)
    for name, met in conditions.items():
        if not met:
            raise RefusedError(f"{name}: fails")
    for name, met in _of_the_theorem(book).items():
        if not met:
            raise RefusedError(f"{name}: fails")
        conditions[name] = met
    return dict.fromkeys(conditions, "exact")


def _expanding(book: Book, c: Fraction) -> bool:
    """Whether the definition, strict, holds for the stated c on all pairs that the claim names."""
    good, bad = book.O & book.right, book.O - book.right
    found = {
        "expansion_core": [(book.O, book.H, True)],
        "hard_error": [(good, book.H, True)],
        "coverage_good_side": [(good, book.H, True)],
        "hard_error_payback": [(book.H - book.right, book.O, False)],
        "pseudolabel_correction": [(bad, good, False)],
        "pseudolabel_correction_tight": [(bad, good, False)],
        "coverage_expansion": [(good, book.H, True), (bad, book.H, False)],
    }[book.statement.claim]
    ratios = [book.largest(target, source, wrong=wrong) for target, source, wrong in found]
    return all(ratio is None or c < ratio for ratio in ratios)


def _of_the_theorem(book: Book) -> dict[str, bool]:
    """What single theorems ask for, once alpha is known to be in (0, 1/2)."""
    world, claim = book.world, book.statement.claim
    alpha, q = book.alpha, world.q
    lost = book.p(book.disagreeing | book.shaky, book.O)
    if claim == "pseudolabel_correction_tight":
        prime = None if world.c is None else world.c / (1 - alpha + world.c * alpha)
        return {
            "agreement with the teacher": lost + q + alpha <= 1,
            "1 - 2 c' alpha > 0": prime is None or 2 * prime * alpha < 1,
        }
    if claim not in ("pseudolabel_correction", "coverage_expansion"):
        return {}
    if book.statement.dropped == "moderate constant" and world.c is None:
        return {"c is stated": False}
    c = book.chosen()
    checks = {}
    if book.statement.dropped != "moderate constant":
        checks["moderate constant"] = c <= book.top()
    if claim == "pseudolabel_correction":
        checks["small q"] = 4 * q < 3 - 6 * alpha
        checks["agreement with the teacher"] = lost <= (1 - alpha * (1 - 3 * c)) / 4
    else:
        spent = book.p(book.disagreeing, book.O) + book.p(book.shaky, book.H)
        checks["agreement with the teacher"] = c > 0 and spent / c < 1 - q - alpha
    return checks
