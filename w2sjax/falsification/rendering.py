"""A counterexample on one page of Markdown, for a person to check by hand."""

from fractions import Fraction

from w2sjax.falsification.counterexample import Counterexample, is_registered, known_as
from w2sjax.language.claims import Claim
from w2sjax.language.printing import UNICODE, abbreviations, formula, statement


def claimed(claim: Claim) -> str:
    """Write what is claimed as a formula, with its abbreviations and what is dropped."""
    likely = "with probability at least 1 - δ, " if claim.failure else ""
    meanings = abbreviations(claim, UNICODE)
    where = f", where {', '.join(meanings)}" if meanings else ""
    dropped = f", without the assumption “{claim.dropped}”" if claim.dropped else ""
    return likely + statement(claim, UNICODE) + where + dropped


def variant(claim: Claim) -> str:
    """Say in brackets where it is no claim of the registry, apart from a dropped assumption."""
    if known_as(claim) is None:
        return " (the false twin of a user’s claim)" if claim.twin else " (a user’s claim)"
    if not is_registered(claim):
        return " (a variant of the claim)"
    return " (the claim’s false twin)" if claim.twin else ""


def title(claim: Claim) -> str:
    """Name a claim."""
    return claim.title_with_drop + variant(claim)


def stem(name: str, twin: bool, dropped: str | None) -> str:
    """Name the files of what is said of a statement."""
    parts = (name, "twin" * twin, dropped or "")
    return "_".join(filter(None, parts)).replace(" ", "_").replace(".", "")


def sides(claim: Claim, lhs: str, rhs: str, *, shortened: bool = False) -> str:
    """Write how both sides compare, in the direction in which the claim is written."""
    lower, upper = map(short, (lhs, rhs)) if shortened else (lhs, rhs)
    if claim.failure is None and claim.identity:
        return f"{lower} ≠ {upper}"
    return f"{upper} < {lower}" if turned(claim) else f"{lower} > {upper}"


def turned(claim: Claim) -> bool:
    """Whether it is written with the larger side first."""
    return claim.failure is None and all(one.relation == ">=" for one in claim.comparisons)


def markdown(found: Counterexample, picture: str | None = None) -> str:
    """Render the counterexample; `picture` is the name of a file beside the page."""
    claim = found.claim
    lines = [f"# A counterexample: {claim.name}{variant(claim)}", "", f"Claimed: {claimed(claim)}"]
    conditions = [formula(one, UNICODE, claim.setting.writer(claim)) for _, one in claim.conditions]
    if conditions:
        lines += ["", f"Given: {', '.join(conditions)}"]
    here = "it fails with probability" if claim.failure else "the sides are"
    lines += ["", f"Here {here} **{sides(claim, found.lhs, found.rhs)}**.", ""]
    lines += claim.setting.part("page").page(found.instance, claim, found.evidence)
    if picture is not None:
        lines += ["", f"![The counterexample]({picture})"]
    lines += ["", "Checked in exact arithmetic by two independent programs:", "", "* both sides"]
    lines += [f"* {name}: {note}" for name, note in found.checks.items()]
    if found.found:
        lines += ["", f"Found by: {found.found}."]
    return "\n".join(lines) + "\n"


def short(side: str) -> str:
    """Shorten a side as the engine writes it, a rational number or a decimal with its error.

    Of a number that is 0 within its error only the error is written.
    """
    if len(side) <= 12:
        return side
    number = side.strip("[]").split(" ")[0]
    return "0" if number == "+/-" else f"{float(Fraction(number)):.4g}"
