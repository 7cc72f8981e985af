"""Proofs and best constants as text, and proofs as Markdown with LaTeX."""

from collections.abc import Sequence
from fractions import Fraction

from w2sjax.falsification import rendering
from w2sjax.language.claims import Claim
from w2sjax.language.printing import LATEX, UNICODE, Style, abbreviations, statement
from w2sjax.proving.certificate import Certificate
from w2sjax.proving.proof import PROVED, REFUTED, Proof
from w2sjax.proving.sharpening import EVERY, LEAST, NONE, Sharpened
from w2sjax.proving.writing import last_line, lines


def summary(proof: Proof) -> str:
    """Say in a line what is known."""
    claim = rendering.title(proof.claim)
    if proof.outcome == PROVED:
        return f"{claim}: proved"
    return f"{claim}: refuted" if proof.outcome == REFUTED else f"{claim}: neither ({proof.note})"


def assumed(claim: Claim) -> str:
    """Say what a claim assumes."""
    return "; ".join(one.description or one.name for one in claim.assumptions) or "nothing"


def text(proof: Proof) -> str:
    """Write a proof for a terminal."""
    found, parts = proof.statement, [summary(proof), "", rendering.claimed(proof.claim)]
    parts += [f"Assumed: {assumed(proof.claim)}."]
    for place, certificate in enumerate(proof.certificates):
        parts += ["", *_used(lines(found, certificate, UNICODE))]
        parts += ["", "  " + last_line(found, place, certificate, UNICODE)]
    if proof.counterexample is not None:
        parts = [summary(proof), "", rendering.markdown(proof.counterexample)]
    return "\n".join(parts)


def _used(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    width = max((len(multiplier) for multiplier, _, _ in rows), default=0)
    wide = max((len(inequality) for _, inequality, _ in rows), default=0)
    return [f"  {m:>{width}} × ({i}){' ' * (wide - len(i))}  {why}" for m, i, why in rows] or [
        "  nothing: both sides are the same"
    ]


def markdown(proof: Proof, picture: str | None = None, checked: str = "") -> str:
    """Write a proof, or a counterexample, as a page; `checked` is what a proof assistant says of it."""
    if proof.counterexample is not None:
        return rendering.markdown(proof.counterexample, picture)
    claim, found = proof.claim, proof.statement
    parts = [
        f"# {claim.title_with_drop}: {proof.outcome}",
        "",
        f"$${statement(claim, LATEX)}$$",
        "",
    ]
    meanings = abbreviations(claim, LATEX)
    joined = r",\quad ".join(meanings)
    parts += [f"with ${joined}$.", ""] if meanings else []
    parts += [f"Assumed: {assumed(claim)}.", ""]
    parts += [proof.note, ""] if proof.note else []
    for place, certificate in enumerate(proof.certificates):
        parts += _table(found, certificate, LATEX)
        parts += [
            "",
            "They add up to",
            "",
            f"$${last_line(found, place, certificate, LATEX)}$$",
            "",
        ]
    parts += [f"Machine-checked: {checked}.", ""] if checked else []
    return "\n".join(parts)


def _table(found, certificate: Certificate, style: Style) -> list[str]:
    rows = lines(found, certificate, style)
    if not rows:
        return ["Nothing is used: both sides are the same."]
    head = ["| multiplier | | because |", "| --- | --- | --- |"]
    return head + [f"| ${m}$ | ${i}$ | {why} |" for m, i, why in rows]


def multipliers(proof: Proof) -> str:
    """Write the multipliers of a proof in one line."""
    found, shown = proof.statement, []
    for certificate in proof.certificates[:1]:
        rows = lines(found, certificate, UNICODE)
        shown += [f"{m} × ({i})" for m, i, _ in rows]
    return ", ".join(shown) or "both sides are the same"


def sharpened_text(found: Sharpened) -> str:
    """Say what the best constant of a bound is."""
    claim, c = found.claim, found.name
    lines = [f"{claim.name}: {rendering.claimed(claim)}", f"Assumed: {assumed(claim)}.", ""]
    if found.kind in (NONE, EVERY):
        lines.append(f"It holds for {'no' if found.kind == NONE else 'every'} {c}.")
        lines += [f"({found.note})"] * bool(found.note)
        if found.counterexample is not None:
            lines += ["", f"Whatever {c} is, it fails here:", ""]
            lines += claim.setting.part("page").page(found.counterexample.instance, claim, {})
        return "\n".join(lines)
    lines.append(f"The {found.kind} {c} is {value_text(found)}.")
    if found.proof is not None:
        at = found.constant if found.constant is not None else _outer(found)
        lines += ["", f"Proved for {c} = {at}:", f"  {multipliers(found.proof)}"]
    if found.tight is not None:
        lines += ["", f"Both sides are equal, and a better {c} fails, at:", ""]
        lines += claim.setting.part("page").page(found.tight, claim, {})
    if found.counterexample is not None:
        shown = found.counterexample
        lines += ["", f"Refuted for {c} = {_inner(found)} by {shown.instance.described()}."]
    return "\n".join([*lines, *([f"({found.note})"] if found.note else [])])


def value_text(found: Sharpened) -> str:
    """Write a constant, or what contains it."""
    if found.constant is not None:
        return str(found.constant)
    assert found.interval is not None
    low, high = (f"{float(end):.8g}" for end in found.interval)
    near = f", apparently {found.algebraic}" if found.algebraic else ""
    return f"between {low} and {high}{near}"


def _outer(found: Sharpened) -> Fraction:
    assert found.interval is not None
    return found.interval[1 if found.kind == LEAST else 0]


def _inner(found: Sharpened) -> Fraction:
    assert found.interval is not None
    return found.interval[0 if found.kind == LEAST else 1]
