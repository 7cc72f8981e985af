"""The commands `falsify` and `replay`: searches, files and exit codes."""

import json as json_module
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from w2sjax.machine.writable import ready_file, ready_folders, write_whole
from w2sjax.reporting.terminal import say, show

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
    checkpoint: Path | None = None,
    typed: str = "",
) -> int:
    """Search one claim, or all claims and assumptions; returns the exit code.

    `typed` is the command that a page says it was made by.

    Raises:
        ValueError: for arguments that do not fit together, or name nothing.
    """
    from w2sjax.claims import REGISTRY
    from w2sjax.falsification.budget import Budget
    from w2sjax.falsification.files import write_all
    from w2sjax.falsification.report import as_json, matrix
    from w2sjax.verification.claim_files import find_claims
    from w2sjax.verification.lookup import claim_named, left_out
    from w2sjax.verification.unjudged import UNJUDGED, tell

    if every == (name is not None):
        raise ValueError("falsify: expected either a claim or --all")
    if every and (drop is not None or twin):
        raise ValueError("falsify: --all tries every assumption; it takes no --drop or --twin")
    budget = Budget(instances=instances, small=small, restarts=restarts, seconds=seconds)
    if not (instances or small or restarts):
        raise ValueError("falsify: --budget, --small and --restarts are all 0: nothing is searched")
    ready_file("--json", json)
    ready_folders(out=out, checkpoint=checkpoint)
    common = {"sets": sets, "budget": budget, "checkpoint": checkpoint}
    claims = list(REGISTRY) if name is None else find_claims([name])
    results, reasons = _search(claims, every, seed, drop, twin, common)
    # Shown first: a disk that has filled up since must not lose it.
    if every:
        show(matrix(results))
    else:
        _show(results)
    # A claim without a set is searched whatever the sets are.
    over_sets = [claim for claim in claims if not claim_named(claim).stated_for(None)]
    remarks = left_out(over_sets, sets) if results else []
    tell(reasons)
    if json is not None and results:
        write_whole(json, json_module.dumps([as_json(r) for r in results], indent=1) + "\n")
    if out is not None and results:
        remarks += write_all(results, out, every=every, command=typed)
    for remark in remarks:
        say(remark)
    if reasons:
        return UNJUDGED
    return FOUND if not every and any(result.refuted for result in results) else NONE


def _search(
    claims, every: bool, seed: int, drop, twin: bool, common: dict[str, Any]
) -> tuple[list[Any], list[str]]:
    """Search claims one by one; also says why some could not be searched."""
    from w2sjax.falsification.all_claims import falsify_all
    from w2sjax.falsification.search import falsify
    from w2sjax.machine.processes import at_a_time
    from w2sjax.verification.report import progress_bar
    from w2sjax.verification.unjudged import judge_each

    with progress_bar() as progress:
        if every:
            common |= {"progress": progress, "processes": at_a_time()}
            return falsify_all(key=seed, **common), []
        return judge_each(
            [[claim] for claim in claims],
            lambda one: [falsify(one[0], seed, drop=drop, twin=twin, progress=progress, **common)],
        )


def _show(results: Sequence[Any]) -> None:
    """Print what was found, each counterexample on its page."""
    from w2sjax.falsification.rendering import markdown
    from w2sjax.falsification.report import summary

    for result in results:
        say(summary(result))
        if result.counterexample is not None:
            say("\n" + markdown(result.counterexample))


def settle(
    results: Sequence[Any],
    claims: Sequence[Any],
    drop: str | None,
    checkpoint: Path | None,
    tell: Callable[[str], None],
) -> tuple[bool, list[str]]:
    """Decide exactly what verifications left open; claims of a user's file are given as objects.

    Returns whether a claim is refuted: by exact arithmetic, and where that does not settle it, by
    floating point; and why some could not be decided. What is decided is told, a line a set.
    """
    from w2sjax.verification.lookup import claim_named
    from w2sjax.verification.unjudged import judge_each

    def refutations(group) -> list[bool]:
        (claim,) = group
        name = claim_named(claim).name
        mine = [one for one in results if one.claim == name]
        return _settled(claim, mine, {"drop": drop, "checkpoint": checkpoint}, tell)

    refuted, reasons = judge_each([[claim] for claim in claims], refutations)
    return any(refuted), reasons


def _settled(claim: Any, results: Sequence[Any], how: dict[str, Any], tell: Any) -> list[bool]:
    """Tell for each verification of a claim whether it is refuted."""
    from w2sjax.falsification.redecide import redecide, why_not
    from w2sjax.verification.lookup import NO_SET, claim_named

    left = [result for result in results if result.undecided + result.invalid + result.violated]
    reason = why_not(claim_named(claim).without(how["drop"])) if left else ""
    if reason:
        tell(f"{claim_named(claim).name}: not decided exactly ({reason})")
        return [result.refuted for result in results]
    refuted = []
    for result in left:
        sets = None if result.set == NO_SET else [result.set]
        (again,) = redecide(claim, result.seed or 0, sets=sets, instances=result.instances, **how)
        refuted.append(again.violated > 0 or (again.undecided > 0 and result.refuted))
        settled = f"{again.holds} hold, {again.violated} are violated"
        tell(
            f"{again.claim}, {again.set}: of {again.open} that floating point does not settle, "
            f"exactly {settled}, {again.undecided} stay undecided"
        )
    return refuted


def replay(path: Path) -> int:
    """Decide a counterexample file again, without JAX; returns the exit code.

    Raises:
        ValueError: if it is no such file.
        OSError: if it cannot be read.
    """
    from w2sjax.falsification.counterexample import replay as decide_again
    from w2sjax.falsification.rendering import claimed, title, turned

    again = decide_again(path)
    claim = again.claim
    say(f"{title(claim)}: {claimed(claim)}")
    likely = claim.failure is not None
    names = ("probability of failure", "δ") if likely else ("left side", "right side")
    values = (again.rhs, again.lhs) if turned(claim) else (again.lhs, again.rhs)
    sides = zip(names, values, strict=True)
    say(", ".join(f"{name} {value or 'unknown'}" for name, value in sides))
    for name, note in again.notes.items():
        say(f"  {name}: {note}")
    if again.counterexample:
        say("a counterexample, confirmed by both exact engines")
        return FOUND
    say(f"no counterexample: {again.reason}")
    return NONE
