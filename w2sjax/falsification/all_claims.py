"""All claims without each of their assumptions in turn: what does each one buy?

The phases run over all questions, one after another. Small exact instances come first: they need no
compilation, and most dropped assumptions end there. What is left is verified in floating point by
programs that the claims share, a set at a time; ascent, with a program for each claim and set, is
tried over a few sets that stand for the others.
"""

import dataclasses
import functools
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from w2sjax.claims import REGISTRY
from w2sjax.falsification.budget import Budget, Falsification
from w2sjax.falsification.phases import Progress, silent
from w2sjax.falsification.question import asked
from w2sjax.falsification.search import Search, Sets
from w2sjax.falsification.shrinking import SECONDS
from w2sjax.language.claims import Claim
from w2sjax.machine.processes import mapping
from w2sjax.verification.lookup import NO_SET, variant_named, variants_of
from w2sjax.verification.tally import Verification
from w2sjax.verification.verifying import verify

# Flat, with corners, round; and the claims that are about no set.
CLIMBED = ("subspace", "simplex", "l2_ball", NO_SET)


def falsify_all(
    claims: Sequence[Claim] = REGISTRY,
    key: int = 0,
    *,
    sets: Sets | None = None,
    budget: Budget | None = None,
    shrink_seconds: float = SECONDS,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
    processes: int = 1,
) -> list[Falsification]:
    """Search every claim as it is, and without each of its assumptions.

    Args:
        claims: all of the registry by default, also those without an exact side: there violations
            in floating point are counted, and none is confirmed.
        key: an integer seed.
        sets: where to search; by default all sets a claim is stated for, and `CLIMBED` for ascent.
            Claims that are stated for none of them are left out.
        budget: limits for each question. Its small instances are spread over the sets; time that
            several questions share counts for each in equal parts.
        shrink_seconds: limit of shrinking for each question.
        checkpoint: a folder, as in `falsify`.
        progress: called with a label, what is done and how much there is.
        processes: how many work at a time; more than one for claims of the registry alone.

    Raises:
        ValueError: as `falsify`.
    """
    budget, tell = budget or Budget(), progress or silent
    searches = []
    for claim, variants in _stated(claims, sets):
        # The small instances are divided among the sets.
        each = dataclasses.replace(budget, small=-(-budget.small // len(variants)))
        for drop in (None, *claim.droppable):
            question = asked(claim, key, drop=drop)
            searches.append(Search(question, variants, each, checkpoint, progress))
    with mapping(processes) as work:
        each = functools.partial(_each, work, tell)
        searches = each("small exact instances", searches, _run, "small")
        _verify_together(work, searches, sets, budget, key, checkpoint, tell)
        only = CLIMBED if sets is None else None
        searches = each("ascent", searches, _run, "ascent", only)
        searches = each("violations that are open", searches, _run_open)
        return each("shrinking", searches, Search.answer, shrink_seconds)


def _run(search: Search, phase: str, only: Any = None) -> Search:
    search.run(phase, only=only)
    return search


def _run_open(search: Search) -> Search:
    return _run(search, "open") if search.unconfirmed() else search


def _stated(claims: Sequence[Claim], sets: Sets | None) -> list[tuple[Claim, list[Any]]]:
    """List the claims that are about some of the sets, or about none at all, with their sets."""
    if sets is not None:
        asked_for = [None, *(variant_named(spec)[1] for spec in sets)]
        claims = [claim for claim in claims if any(map(claim.stated_for, asked_for))]
    return [(claim, variants_of(claim, sets)) for claim in claims]


def _each(work, tell: Progress, label: str, pieces: Sequence[Any], act, *given) -> list[Any]:
    """Do something with every piece; what works elsewhere gives back another one."""
    found: list[Any] = []
    tell(label, 0, len(pieces))
    for answer in work(act, pieces, *([one] * len(pieces) for one in given)):
        found.append(answer)
        tell(label, len(found), len(pieces))
    return found


def _verify_together(work, searches, sets, budget: Budget, key: int, checkpoint, tell) -> None:
    """Run the random phase of what is left: claims of a setting that lack the same assumption at once.

    A claim that is one assumption short and has an exact side has been searched over every set
    already: a few sets have to do.
    """
    if budget.instances == 0:
        return
    groups: dict[Any, list[Search]] = {}
    for search in searches:
        claim = search.question.claim
        few = sets is None and claim.dropped is not None and search.question.exact
        groups.setdefault((claim.setting.name, claim.dropped, few), []).append(search)
    only = {name: CLIMBED if name[-1] else None for name in groups}
    left = {
        name: [search for search in group if not search.done("random", only[name])]
        for name, group in groups.items()
    }
    parts = [(group, only[name]) for name, group in left.items() if group]
    given = _each(work, tell, "random instances", parts, _verified, sets, budget, key, checkpoint)
    found = {name: answers for part in given for name, answers in part.items()}
    for name, group in groups.items():
        for search in group:
            search.run("random", found.get(_named(search)), only=only[name])


def _named(search: Search) -> tuple[str, str | None]:
    claim = search.question.claim
    return claim.name, claim.dropped


def _verified(part, sets, budget: Budget, key: int, checkpoint) -> dict[Any, dict[int, Any]]:
    """Verify claims together; returns, by question and place of the set, what was found and what it took."""
    group, only = part
    start = time.monotonic()
    allowed = sum(search.seconds_for("random") for search in group)
    claims, chosen = [search.question.claim for search in group], only or sets
    unset = [NO_SET] * any(claim.stated_for(None) for claim in claims)
    answers: list[Verification] = verify(
        claims,
        key,
        sets=None if chosen is None else [*(s for s in chosen if s != NO_SET), *unset],
        instances=budget.instances,
        checkpoint=checkpoint,
        stop=lambda: time.monotonic() - start > allowed,
    )
    share = (time.monotonic() - start) / len(answers)
    found = {}
    for search in group:
        name = _named(search)
        taken = [(answer, share) for answer in answers if answer.claim == name[0]]
        # A set that was not begun for lack of time is missing at the end.
        found[name] = dict(zip(search.places("random", only), taken, strict=False))
    return found
