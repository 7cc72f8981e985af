"""Proofs and best constants as reports, and the table of all claims."""

from collections.abc import Mapping, Sequence

from w2sjax.falsification import pages as falsification
from w2sjax.falsification import rendering
from w2sjax.falsification.report import NOTHING_DROPPED
from w2sjax.language.claims import Claim
from w2sjax.language.printing import UNICODE
from w2sjax.proving.curves import Curve
from w2sjax.proving.pages import assumed, multipliers, sharpened_text, summary, value_text
from w2sjax.proving.proof import PROVED, REFUTED, Proof
from w2sjax.proving.sharpening import GREATEST, LEAST, Sharpened
from w2sjax.proving.writing import last_line, lines
from w2sjax.reporting.blocks import (
    FORMULA,
    HEADING,
    Block,
    Figure,
    Folded,
    Heading,
    Report,
    Row,
    Table,
    Words,
)
from w2sjax.reporting.markdown import blocks

CERTAIN = (
    "A proof is an identity: the claim is a sum, with rational multipliers, of what its assumptions give "
    "and of squares. It was checked in exact arithmetic, and anyone can expand it by hand. It holds for "
    "every instance that satisfies the assumptions, and says nothing of others. w2sjax replay FILE checks "
    "it again from its file."
)
TIGHT = (
    "A rational best constant is exact: the bound is proved with it, and at the instance shown both sides "
    "are equal. Of another one an interval is given: the bound is proved at its outer end, and refuted at "
    "its inner one."
)


def report(
    proof: Proof, picture: Figure | None = None, checked: str = "", command: str = ""
) -> Report:
    """Give a proof, or a counterexample, as a report; `checked` is what a proof assistant says of it."""
    said = (f"Machine-checked: {checked}.",) * bool(checked)
    return Report(
        summary(proof),
        proof.note and f"{proof.note}.",
        _body(proof, picture),
        (),
        (*_certain([proof]), *said),
        command,
    )


def report_of_all(
    rows: Sequence[tuple[Claim, Proof | str]],
    figures: Mapping[str, Figure],
    command: str = "",
) -> Report:
    """Give what is known of every claim as a report; figures are named by their proofs' files."""
    proofs = [proof for _, proof in rows if isinstance(proof, Proof)]
    count = {one: sum(proof.outcome == one for proof in proofs) for one in (PROVED, REFUTED)}
    details = [Folded(summary(one), _body(one, figures.get(one.stem))) for one in proofs]
    return Report(
        "What can be proved of claims about projections and Bregman geometry",
        f"{len(rows)} statements: {count[PROVED]} proved, {count[REFUTED]} refuted.",
        (table(rows), Heading("Every statement"), *details),
        (),
        _certain(proofs),
        command,
    )


def _certain(proofs: Sequence[Proof]) -> tuple[str, ...]:
    outcomes = {proof.outcome for proof in proofs}
    return (CERTAIN,) * (PROVED in outcomes) + (falsification.FOUND,) * (REFUTED in outcomes)


def _body(proof: Proof, picture: Figure | None = None) -> tuple[Block, ...]:
    """Give what is claimed and assumed, what is used, and the line that adds it up."""
    if proof.counterexample is not None:
        return falsification.body(proof.counterexample, picture)
    found = proof.statement
    parts: list[Block] = [Words(rendering.claimed(proof.claim), FORMULA, True)]
    parts.append(Words(f"Assumed: {assumed(proof.claim)}.", formulas=True))
    for place, certificate in enumerate(proof.certificates):
        used = [Row((f"{m} ×", f"({i})", why)) for m, i, why in lines(found, certificate, UNICODE)]
        nothing = Words("Nothing is used: both sides are the same.")
        parts.append(Table((), tuple(used), left=(1, 2), formulas=(1, 2)) if used else nothing)
        parts.append(Words("They add up to"))
        parts.append(Words(last_line(found, place, certificate, UNICODE), FORMULA, True))
    return tuple(parts)


def table(rows: Sequence[tuple[Claim, Proof | str]]) -> Table:
    """Show what is known of every claim; a text says why nothing can be."""
    found, previous = [], None
    for claim, proof in rows:
        if claim.name != previous:
            found.append(Row((claim.name,), HEADING))
        previous = claim.name
        label = f"  {claim.dropped or NOTHING_DROPPED}"
        found.append(Row((label, *_known(claim, proof))))
    columns = ("claim and what is dropped", "", "by")
    what = "by: multipliers of what is used, or the counterexample, with what it says of both sides"
    return Table(columns, tuple(found), caption=what, left=(0, 1, 2), formulas=(2,))


def _known(claim: Claim, proof: Proof | str) -> tuple[str, str]:
    if isinstance(proof, str):
        return "not of this kind", proof
    shown = proof.counterexample
    if shown is None:
        return proof.outcome, multipliers(proof) if proof.outcome == PROVED else proof.note
    sides = rendering.sides(claim, shown.lhs, shown.rhs, shortened=True)
    return proof.outcome, f"{shown.instance.described()}: {sides}"


def sharpened_report(found: Sharpened, command: str = "") -> Report:
    """Give a best constant as a report."""
    text = sharpened_text(found).splitlines()
    title = f"The best constant of {found.claim.name}"
    return Report(title, "", blocks(text), (), (TIGHT,), command)


def curve_report(found: Curve, picture: Figure | None = None, command: str = "") -> Report:
    """Give best pairs of constants as a report."""
    parts: tuple[Block, ...] = (
        Words(rendering.claimed(found.claim), FORMULA, True),
        curve_table(found),
    )
    parts += (picture,) if picture is not None else ()
    title = f"The best pairs of constants of {found.claim.name}"
    return Report(title, "", parts, (), (TIGHT,), command)


def curve_table(found: Curve) -> Table:
    """Show best pairs of constants."""
    rows = []
    for at, best in found.points:
        known = best.kind in (LEAST, GREATEST)
        rows.append(Row((str(at), value_text(best) if known else "", best.kind)))
    first, second = found.names
    what = f"{second}: the best one for this {first}"
    return Table((first, second, ""), tuple(rows), caption=what, left=(1, 2))
