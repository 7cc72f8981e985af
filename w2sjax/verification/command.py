"""The command `verify`: results, what was left out, files and exit codes."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from w2sjax.machine.writable import ready_file

FINE, REFUTED = 0, 1


def run(
    names: Sequence[str],
    *,
    sets: Sequence[str] | None,
    instances: int,
    seed: int,
    drop: str | None,
    exact: bool,
    json: Path | None,
    checkpoint: Path | None,
) -> int:
    """Verify claims, all of the registry without names; returns the exit code.

    Raises:
        ValueError: for arguments that name nothing or do not fit together.
    """
    from w2sjax.claims import REGISTRY
    from w2sjax.falsification.command import settle
    from w2sjax.verification.claim_files import find_claims
    from w2sjax.verification.lookup import left_out
    from w2sjax.verification.report import progress_bar, verification_json, verification_table
    from w2sjax.verification.unjudged import UNJUDGED, judge_each, tell
    from w2sjax.verification.verifying import verify

    if json is not None:
        ready_file("--json", json)
    chosen = find_claims(names) if names else list(REGISTRY)
    with progress_bar() as progress:
        common = {"sets": sets, "instances": instances, "drop": drop, "checkpoint": checkpoint}
        results, reasons = judge_each(
            [chosen], lambda group: verify(group, seed, progress=progress, **common)
        )
    console = Console()
    if results:
        console.print(verification_table(results))
        for line in left_out(chosen, sets):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        if json is not None:
            json.write_text(json_module.dumps(verification_json(results), indent=1) + "\n")
    refuted = any(result.refuted for result in results)
    if exact:
        refuted, more = settle(results, chosen, drop)
        reasons += more
    tell(reasons)
    return UNJUDGED if reasons else REFUTED if refuted else FINE
