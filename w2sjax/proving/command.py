"""The commands `prove` and `sharpen`: results, files and exit codes."""

import json as json_module
from pathlib import Path
from typing import Any

from rich.console import Console

from w2sjax.falsification.command import replay as decide_again
from w2sjax.falsification.command import say
from w2sjax.language.claims import Claim
from w2sjax.machine.writable import ready_file, ready_folder

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
) -> int:
    """Prove or refute one claim, or all of the setting; returns the exit code.

    Raises:
        ValueError: for arguments that do not fit together or name nothing, and for a claim of another kind.
    """
    if every == (name is not None):
        raise ValueError("prove: expected either a claim or --all")
    if every and (drop is not None or twin):
        raise ValueError("prove: --all tries every assumption; it takes no --drop or --twin")
    if json is not None:
        ready_file("--json", json)
    for option, folder in (("--out", out), ("--coq", coq)):
        if folder is not None:
            ready_folder(option, folder)
    if every:
        return _all(out, json, coq)
    from w2sjax.proving.pages import text
    from w2sjax.proving.proof import prove as proof_of

    proof = proof_of(_claim(name or ""), drop=drop, twin=twin)
    say(text(proof))
    if json is not None:
        _write(json, proof.to_json())
    accepted = _files(proof, out, coq)
    return CODES[proof.outcome] if accepted else NEITHER


def _all(out: Path | None, json: Path | None, coq: Path | None) -> int:
    """Prove every claim of the registry, and refute it without each assumption."""
    from w2sjax.claims import REGISTRY
    from w2sjax.proving.expressions import NotOfThisKindError
    from w2sjax.proving.pages import table
    from w2sjax.proving.proof import prove as proof_of
    from w2sjax.verification.report import progress_bar

    rows: list[tuple[Claim, Any]] = []
    claims = [claim for claim in REGISTRY if claim.setting.name == "projection"]
    with progress_bar() as progress:
        for place, claim in enumerate(claims):
            for drop in (None, *claim.droppable):
                try:
                    rows.append((claim.without(drop), proof_of(claim, drop=drop)))
                except NotOfThisKindError as error:
                    rows.append((claim.without(drop), str(error)))
            progress("prove", place + 1, len(claims))
    Console().print(table(rows))
    proofs = [proof for _, proof in rows if not isinstance(proof, str)]
    if json is not None:
        _write(json, [proof.to_json() for proof in proofs])
    accepted = [_files(proof, out, coq) for proof in proofs]
    wrong = any(one.outcome != "proved" for one in proofs if one.claim.dropped is None)
    return REFUTED if wrong else PROVED if all(accepted) else NEITHER


def sharpen(name: str, *, out: Path | None, json: Path | None) -> int:
    """Find the best constant of a bound, or the curve of two; returns the exit code.

    Raises:
        ValueError: for a claim without unknown constants, or of another kind.
    """
    from w2sjax.proving.sharpening import NONE, curve
    from w2sjax.proving.sharpening import sharpen as best_of

    if json is not None:
        ready_file("--json", json)
    if out is not None:
        ready_folder("--out", out)
    claim = _claim(name)
    if len(claim.unknowns) == 2:
        found: Any = curve(claim)
        kinds = {best.kind for _, best in found.points}
        Console().print(found)
        if out is not None:
            from w2sjax.proving.pictures import draw

            for path in draw(found, out):
                say(f"wrote {path}")
    else:
        found = best_of(claim)
        kinds = {found.kind}
        say(found.__rich__())
    if json is not None:
        _write(json, found.to_json())
    return REFUTED if kinds == {NONE} else PROVED


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


def _files(proof: Any, out: Path | None, coq: Path | None) -> bool:
    """Write a theorem for Coq, and a page with what `replay` checks; whether Coq does not refuse it."""
    checked, accepted = "", True
    if coq is not None and proof.outcome == "proved":
        from w2sjax.proving.coq import files

        path = files.write(proof, coq)
        answer = files.run(path)
        say(f"{path}: {answer.message}")
        checked, accepted = (
            f"{answer.message.partition(chr(10))[0]}: {path.name}",
            answer.accepted is not False,
        )
    if out is not None:
        _page(proof, out, checked)
    return accepted


def _page(proof: Any, folder: Path, checked: str) -> None:
    from w2sjax.falsification import pictures
    from w2sjax.proving.pages import markdown

    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / proof.stem
    found, picture = proof.counterexample, None
    (proof if found is None else found).save(stem.with_suffix(".json"))
    if found is not None and pictures.can_draw():
        picture = pictures.draw(found, stem)
    stem.with_suffix(".md").write_text(markdown(proof, picture and picture.name, checked))


def _write(path: Path, found: Any) -> None:
    path.write_text(json_module.dumps(found, indent=1) + "\n")
