"""The commands `prove` and `sharpen`: results, files and exit codes."""

import json as json_module
from pathlib import Path
from typing import Any

from w2sjax.falsification.command import replay as decide_again
from w2sjax.language.claims import Claim
from w2sjax.machine.writable import ready_file, ready_folders, write_whole
from w2sjax.reporting.pictures import can_draw, figure, missing
from w2sjax.reporting.terminal import say, show

PROVED, REFUTED, NEITHER = 0, 1, 4
CODES = {"proved": PROVED, "refuted": REFUTED, "neither": NEITHER}


def prove(
    name: str | None,
    *,
    every: bool,
    drop: str | None,
    twin: bool,
    out: Path | None,
    json: Path | None,
    coq: Path | None,
    checkpoint: Path | None = None,
    typed: str = "",
) -> int:
    """Prove or refute one claim, or all of the setting; returns the exit code.

    `typed` is the command that a page says it was made by.

    Raises:
        ValueError: for arguments that do not fit together or name nothing, and for a claim of another kind.
    """
    if every == (name is not None):
        raise ValueError("prove: expected either a claim or --all")
    if every and (drop is not None or twin):
        raise ValueError("prove: --all tries every assumption; it takes no --drop or --twin")
    ready_file("--json", json)
    ready_folders(out=out, coq=coq, checkpoint=checkpoint)
    if every:
        return _all(out, json, coq, checkpoint, typed)
    from w2sjax.proving.pages import text
    from w2sjax.proving.proof import prove as proof_of
    from w2sjax.proving.reports import report

    proof = proof_of(_claim(name or ""), drop=drop, twin=twin, checkpoint=checkpoint)
    say(text(proof))
    if json is not None:
        _write(json, proof.to_json())
    checked, accepted = _coq(proof, coq)
    if out is not None:
        picture = _files(proof, out, checked)
        _page(report(proof, picture, checked, typed), out, "prove", wanted=_drawable(proof))
    return CODES[proof.outcome] if accepted else NEITHER


def _all(out, json, coq, checkpoint, typed: str) -> int:
    """Prove every claim of the registry, and refute it without each assumption."""
    from w2sjax.proving.coq.files import writable
    from w2sjax.proving.reports import report_of_all, table

    rows = _proofs(checkpoint)
    show(table(rows))
    proofs = [proof for _, proof in rows if not isinstance(proof, str)]
    if json is not None:
        _write(json, [proof.to_json() for proof in proofs])
    checks = [_coq(proof, coq if writable(proof.claim) else None) for proof in proofs]
    outside = dict.fromkeys(one.claim.name for one in proofs if not writable(one.claim))
    if coq is not None:
        say(f"only proofs about projections go to Coq: not {', '.join(outside)}")
    if out is not None:
        figures = {
            proof.stem: _files(proof, out, checked)
            for proof, (checked, _) in zip(proofs, checks, strict=True)
        }
        known = {stem: picture for stem, picture in figures.items() if picture is not None}
        wanted = any(map(_drawable, proofs))
        _page(report_of_all(rows, known, typed), out, "prove", wanted=wanted)
    wrong = any(one.outcome != "proved" for one in proofs if one.claim.dropped is None)
    accepted = all(one for _, one in checks)
    return REFUTED if wrong else PROVED if accepted else NEITHER


def _proofs(checkpoint: Path | None) -> list[tuple[Claim, Any]]:
    """Decide every claim of a kind that can be, as it is and without each assumption, or say why not."""
    from w2sjax.claims import REGISTRY
    from w2sjax.proving.expressions import NotOfThisKindError
    from w2sjax.proving.proof import prove as proof_of
    from w2sjax.proving.reading import KINDS
    from w2sjax.verification.report import progress_bar

    rows: list[tuple[Claim, Any]] = []
    claims = [claim for claim in REGISTRY if claim.setting.name in KINDS]
    with progress_bar() as progress:
        for place, claim in enumerate(claims):
            for drop in (None, *claim.droppable):
                try:
                    proof = proof_of(claim, drop=drop, checkpoint=checkpoint)
                    rows.append((claim.without(drop), proof))
                except NotOfThisKindError as error:
                    rows.append((claim.without(drop), str(error)))
            progress("prove", place + 1, len(claims))
    return rows


def sharpen(
    name: str,
    *,
    out: Path | None,
    json: Path | None,
    checkpoint: Path | None = None,
    typed: str = "",
) -> int:
    """Find the best constant of a bound, or the curve of two; returns the exit code.

    `typed` is the command that a page says it was made by.

    Raises:
        ValueError: for a claim without unknown constants, or of another kind.
    """
    from w2sjax.proving.curves import curve
    from w2sjax.proving.pages import sharpened_text
    from w2sjax.proving.reports import curve_report, curve_table, sharpened_report
    from w2sjax.proving.sharpening import NONE
    from w2sjax.proving.sharpening import sharpen as best_of

    ready_file("--json", json)
    ready_folders(out=out, checkpoint=checkpoint)
    claim = _claim(name)
    if len(claim.unknowns) == 2:
        found: Any = curve(claim, checkpoint=checkpoint)
        kinds = {best.kind for _, best in found.points}
        show(curve_table(found))
    else:
        found = best_of(claim, checkpoint)
        kinds = {found.kind}
        say(sharpened_text(found))
    if json is not None:
        _write(json, found.to_json())
    if out is not None and len(claim.unknowns) == 2:
        picture = _drawn_curve(found, out) if can_draw() else None
        _page(curve_report(found, picture, typed), out, "sharpen", wanted=True)
    elif out is not None:
        _page(sharpened_report(found, typed), out, "sharpen", wanted=False)
    return REFUTED if kinds == {NONE} else PROVED


def _drawn_curve(found: Any, folder: Path) -> Any:
    from w2sjax.proving.pictures import draw

    for path in draw(found, folder):
        say(f"wrote {path}")
    return figure(folder / found.claim.name)


def replay(path: Path) -> int:
    """Check a proof's file again, in `fractions` alone, or decide a counterexample's; returns the exit code.

    Raises:
        ValueError: if it is no such file.
        OSError: if it cannot be read.
    """
    from w2sjax.proving.certificate import WrongCertificateError
    from w2sjax.proving.pages import text
    from w2sjax.proving.proof import from_file, is_proof

    if not is_proof(path):
        return decide_again(path)
    proof = from_file(path)
    try:
        proof.check()
    except WrongCertificateError as error:
        say(f"{proof.claim.name}: the certificate proves nothing: {error}")
        return NEITHER
    say(text(proof))
    say("\nthe multipliers are checked: the sum is the claim, in exact arithmetic")
    return PROVED


def _claim(name: str) -> Claim:
    from w2sjax.verification.claim_files import find_claims
    from w2sjax.verification.lookup import claim_named

    found = [claim_named(one) for one in find_claims([name])]
    if len(found) != 1:
        raise ValueError(f"{name}: expected one claim, got {len(found)}; write FILE.py::NAME")
    return found[0]


def _coq(proof: Any, folder: Path | None) -> tuple[str, bool]:
    """Write a theorem for Coq; what Coq says of it, and whether it does not refuse it."""
    if folder is None or proof.outcome != "proved":
        return "", True
    from w2sjax.proving.coq import files

    path = files.write(proof, folder)
    answer = files.run(path)
    say(f"{path}: {answer.message}")
    first = answer.message.partition("\n")[0]
    return f"{first}: {path.name}", answer.accepted is not False


def _files(proof: Any, folder: Path, checked: str) -> Any:
    """Write a page with what `replay` checks, and a picture, which it returns if there is one."""
    from w2sjax.falsification import pictures
    from w2sjax.proving.pages import markdown

    stem = folder / proof.stem
    found, picture = proof.counterexample, None
    (proof if found is None else found).save(stem.with_suffix(".json"))
    if found is not None and can_draw():
        picture = pictures.draw(found, stem)
    write_whole(stem.with_suffix(".md"), markdown(proof, picture and picture.name, checked))
    return None if picture is None else figure(stem, "The counterexample.")


def _drawable(proof: Any) -> bool:
    return proof.counterexample is not None


def _page(found: Any, folder: Path, name: str, *, wanted: bool) -> None:
    """Write a page; say what it lacks of the pictures that are wanted."""
    from w2sjax.reporting.pages import write

    say(f"wrote {write(found, folder / f'{name}.html')}")
    if wanted and not can_draw():
        say(missing())


def _write(path: Path, found: Any) -> None:
    write_whole(path, json_module.dumps(found, indent=1) + "\n")
