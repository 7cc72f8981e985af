"""The command `verify`: results, what was left out, files and exit codes."""

import json as json_module
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from w2sjax.machine.writable import ready_file, ready_folders, write_whole
from w2sjax.reporting.terminal import say

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
    each_set: bool = False,
    out: Path | None = None,
    typed: str = "",
) -> int:
    """Verify claims, all of the registry without names; returns the exit code.

    `typed` is the command that a page says it was made by.

    Raises:
        ValueError: for arguments that name nothing or do not fit together.
    """
    from w2sjax.claims import REGISTRY
    from w2sjax.falsification.command import settle
    from w2sjax.verification.claim_files import find_claims
    from w2sjax.verification.lookup import claim_named, left_out
    from w2sjax.verification.pages import write_files
    from w2sjax.verification.report import progress_bar, verification_json
    from w2sjax.verification.unjudged import UNJUDGED, judge_each, tell
    from w2sjax.verification.verifying import verify

    ready_file("--json", json)
    ready_folders(out=out, checkpoint=checkpoint)
    chosen = find_claims(names) if names else list(REGISTRY)
    began = time.monotonic()
    with progress_bar() as progress:
        common = {"sets": sets, "instances": instances, "drop": drop, "checkpoint": checkpoint}
        results, reasons = judge_each(
            [chosen], lambda group: verify(group, seed, progress=progress, **common)
        )
    settled: list[str] = []
    if results:
        _show(results, left_out(chosen, sets), each_set)
        count, seconds = len(chosen), time.monotonic() - began
        if count > 1:
            say(f"{count} claims in {seconds:.0f} s, about {seconds / count:.1f} s for each")
        if json is not None:
            write_whole(json, json_module.dumps(verification_json(results), indent=1) + "\n")
    refuted = any(result.refuted for result in results)
    if exact:
        refuted, more = settle(results, chosen, drop, checkpoint, settled.append)
        reasons += more
    for line in settled:
        say(line)
    if out is not None and results:
        stated = [claim_named(claim).without(drop) for claim in chosen]
        for path in write_files(results, stated, settled, out, typed):
            say(f"wrote {path}")
    tell(reasons)
    return UNJUDGED if reasons else REFUTED if refuted else FINE


def _show(results: Sequence[Any], omitted: Sequence[str], each_set: bool) -> None:
    """Print a table, and in a line each what is not fine and what was left out."""
    from w2sjax.reporting.terminal import output, show
    from w2sjax.verification.tables import WIDE, by_claim, by_set, chances, not_fine

    wide = output().width >= WIDE
    show(by_set(results) if each_set else by_claim(results, where=wide))
    for line in [*not_fine(results), *chances(results), *omitted]:
        say(line)
