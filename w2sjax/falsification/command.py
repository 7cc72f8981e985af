"""The commands `falsify` and `replay`: searches, files and exit codes."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

FOUND, NONE = 1, 0


def run(
    name: str | None,
    *,
    every: bool,
    drop: str | None,
    sets: Sequence[str] | None,
    twin: bool,
    instances: int,
    small: int,
    restarts: int,
    seconds: float,
    seed: int,
    json: Path | None,
    out: Path | None,
) -> int:
    """Search one claim, or every claim and hypothesis; returns the exit code.

    Raises:
        ValueError: for arguments that do not fit together, or name nothing.
    """
    from w2sjax.claim_files import find_claims
    from w2sjax.claims import REGISTRY
    from w2sjax.falsification.budget import Budget
    from w2sjax.falsification.rendering import markdown
    from w2sjax.falsification.report import as_json, matrix, summary
    from w2sjax.falsification.search import falsify
    from w2sjax.falsification.statements import STATEMENTS
    from w2sjax.lookup import claim_named
    from w2sjax.report import progress_bar

    if every == (name is not None):
        raise ValueError("falsify: expected either a claim or --all")
    if every and (drop is not None or twin):
        raise ValueError("falsify: --all tries every hypothesis; it takes no --drop or --twin")
    if json is not None and (json.is_dir() or not json.parent.is_dir()):
        raise ValueError(f"--json: {json} is a folder, or its folder is missing")
    budget = Budget(instances=instances, small=small, restarts=restarts, seconds=seconds)
    if name is not None:
        claims = find_claims([name])
        tasks = [(claim_named(claim), drop) for claim in claims]
    else:
        known = [claim for claim in REGISTRY if claim.name in STATEMENTS]
        tasks = [(claim, lost) for claim in known for lost in (None, *claim.hypotheses)]
    results = []
    with progress_bar() as progress:
        for claim, lost in tasks:
            chosen = sets
            if every and sets is not None:
                chosen = [s for s in sets if claim.sets is None or s in claim.sets] or None
            results.append(
                falsify(claim, seed, drop=lost, sets=chosen, twin=twin, budget=budget,
                        progress=progress)
            )  # fmt: skip
    if json is not None:
        json.write_text(json_module.dumps([as_json(r) for r in results], indent=1) + "\n")
    console = Console()
    if every:
        console.print(matrix(results))
    for result in results:
        if not every:
            console.print(summary(result), markup=False, highlight=False, soft_wrap=True)
        if result.counterexample is None:
            continue
        page = markdown(result.counterexample)
        if not every:
            console.print("\n" + page, markup=False, highlight=False, soft_wrap=True)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            stem = "_".join(filter(None, (result.claim, "twin" * twin, result.drop or "")))
            stem = stem.replace(" ", "_")
            result.counterexample.save(out / f"{stem}.json")
            (out / f"{stem}.md").write_text(page)
    refuted = any(r.found or (r.unconfirmed and r.claim not in STATEMENTS) for r in results)
    return FOUND if refuted and not every else NONE


def settle(results: Sequence[Any], claims: Sequence[Any], drop: str | None) -> None:
    """Decide exactly what verifications left open; claims of a user's file are given as objects."""
    from w2sjax.falsification.redecide import redecide
    from w2sjax.falsification.statements import STATEMENTS
    from w2sjax.lookup import NO_SET

    own = {claim.name: claim for claim in claims if not isinstance(claim, str)}
    console = Console()
    for result in results:
        left = result.undecided + result.invalid + result.violated
        claim = own.get(result.claim, result.claim)
        if left == 0 or (result.claim not in STATEMENTS and getattr(claim, "exact", None) is None):
            continue
        sets = None if result.set == NO_SET else [result.set]
        for again in redecide(
            claim, result.seed or 0, sets=sets, instances=result.instances, drop=drop
        ):
            console.print(
                f"{again.claim}, {again.set}: of {again.open} that floating point does not settle, "
                f"exactly {again.holds} hold, {again.violated} are violated, {again.undecided} "
                "stay undecided",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )


def replay(path: Path) -> int:
    """Decide a counterexample file again, without JAX; returns the exit code.

    Raises:
        ValueError: if it is no such file.
        OSError: if it cannot be read.
    """
    from w2sjax.falsification.counterexample import replay as decide_again
    from w2sjax.falsification.rendering import formula

    again = decide_again(path)
    console = Console()

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    statement = again.statement
    dropped = f" without {statement.dropped}" if statement.dropped else ""
    variant = "" if again.registered else " (a variant of the claim)"
    say(f"{statement.claim}{dropped}{variant}: {formula(statement)}")
    say(f"left side {again.lhs or 'unknown'}, right side {again.rhs or 'unknown'}")
    for name, note in again.notes.items():
        say(f"  {name}: {note}")
    if again.counterexample:
        say("a counterexample, confirmed by both exact engines")
        return FOUND
    say(f"no counterexample: {again.reason}")
    return NONE
