"""Files of theorems for Coq, and what Coq says of them."""

import dataclasses
import shutil
import subprocess
from pathlib import Path

from w2sjax.language.claims import Claim
from w2sjax.machine.writable import write_whole
from w2sjax.proving.coq.script import Script
from w2sjax.proving.coq.theorem import Theorem
from w2sjax.proving.proof import PROVED, Proof

LIBRARY = Path(__file__).with_name("Projection.v")
SECONDS = 600  # that a file may take


@dataclasses.dataclass(frozen=True)
class Checked:
    """What Coq says of a file.

    Attributes:
        accepted: whether it accepts it; None where there is no Coq.
        message: its version and what it prints, or why it refuses.
    """

    accepted: bool | None
    message: str


def writable(claim: Claim) -> bool:
    """Whether a proof of it can be written for Coq."""
    return claim.setting.name == "projection"


def text(proof: Proof) -> str:
    """Write a proved claim as a theorem with its proof.

    Raises:
        ValueError: if it is not proved.
    """
    if proof.outcome != PROVED:
        raise ValueError(f"{proof.claim.name} is {proof.outcome}; only a proof goes to Coq")
    if not writable(proof.claim):
        raise ValueError(f"{proof.claim.name}: only proofs about projections go to Coq")
    theorem = Theorem(proof.claim)
    return theorem.text(Script(theorem).lines(proof.certificates))


def write(proof: Proof, folder: Path) -> Path:
    """Write the theorem, and beside it what its proof uses."""
    written = text(proof)
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / LIBRARY.name
    if not library.exists() or library.read_text() != LIBRARY.read_text():
        shutil.copyfile(LIBRARY, library)
        library.with_suffix(".vo").unlink(missing_ok=True)
    path = folder / f"{Theorem(proof.claim).title}.v"
    write_whole(path, written)
    return path


def run(path: Path) -> Checked:
    """Have Coq check a file that `write` wrote, and what it uses."""
    command = shutil.which("coqc")
    if command is None:
        return Checked(None, "not checked: no coqc")
    library = path.with_name(LIBRARY.name)
    files = [path] if library.with_suffix(".vo").exists() else [library, path]
    printed = ""
    for file in files:
        answer = subprocess.run(
            [command, "-Q", ".", "", file.name],
            cwd=path.parent,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        if answer.returncode:
            return Checked(False, f"{file.name} is refused by Coq: {answer.stderr.strip()}")
        printed = answer.stdout.strip()
    version = subprocess.run(
        [command, "--print-version"], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    return Checked(True, f"checked by Coq {version}\n{printed}")
