"""The proof of a claim on its page, and its theorem for Coq."""

from collections.abc import Iterable
from pathlib import Path

from docs.generate.markdown import Lines, piped
from docs.generate.results import Results, stem
from docs.places import THEOREMS
from w2sjax.language.claims import Claim
from w2sjax.proving.coq import files
from w2sjax.proving.expressions import NotOfThisKindError
from w2sjax.proving.pages import assumed, markdown
from w2sjax.proving.proof import Proof
from w2sjax.proving.reading import KINDS, read

SCRIPTS = "coq"


def proof_lines(claim: Claim, results: Results) -> Lines:
    """Write what is known of a proof; nothing where statements of this kind cannot be proved."""
    if claim.setting.name not in KINDS:
        return []
    proof, lines = results.proof(claim), ["## Proof", ""]
    if proof is None:
        return [*lines, _why_not(claim, results), ""]
    return [*lines, *_coq(claim, results, proof), *_body(proof)]


def _why_not(claim: Claim, results: Results) -> str:
    try:
        read(claim)
    except NotOfThisKindError as error:
        return f"None by `w2sjax prove`: {error}."
    attempt = results.attempt(claim)
    if attempt is None:
        return f"Not searched yet; `python -m docs --refresh {claim.name}` does."
    return f"None: {attempt['outcome']}{' (' + attempt['note'] + ')' if attempt['note'] else ''}."


def scripts(claims: Iterable[Claim], results: Results) -> dict[Path, str]:
    """Give the theorems for Coq, and the file that all of them use."""
    proofs = filter(None, (results.proof(one) for one in claims if files.writable(one)))
    library = {THEOREMS / SCRIPTS / files.LIBRARY.name: files.LIBRARY.read_text()}
    return library | {script_of(proof): files.text(proof) for proof in proofs}


def script_of(proof: Proof) -> Path:
    """Say where the theorem for Coq is written."""
    return THEOREMS / SCRIPTS / f"{stem(proof.claim)}.v"


def _coq(claim: Claim, results: Results, proof: Proof) -> Lines:
    if not files.writable(claim):
        return []
    script = files.text(proof)
    accepted = results.accepted_by_coq(claim, script)
    path = script_of(proof)
    said = f"Proved and machine-checked by Coq {accepted}" if accepted else "Proved"
    script_link = f"{{download}}`{path.name} <{SCRIPTS}/{path.name}>`"
    library_link = f"{{download}}`{files.LIBRARY.name} <{SCRIPTS}/{files.LIBRARY.name}>`"
    return [f"{said}: {script_link} with {library_link} is the theorem for Coq.", ""]


def _body(proof: Proof) -> Lines:
    """Take the tables and sums from the proof's own page; its head is on this page already."""
    text = markdown(proof).partition(f"Assumed: {assumed(proof.claim)}.")[2]
    lines = text.strip().splitlines()
    return [piped(line) if line.startswith("| $") else line for line in lines] + [""]
