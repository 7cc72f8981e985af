"""The phases of a search over one set: small exact instances, random ones, ascent, what is left open.

Each looks for an exact instance that violates the statement; a violation in floating point is only a
reason to decide exactly.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import jax

from w2sjax.falsification.ascent import climb
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.checkpoint import Outcome
from w2sjax.falsification.conversion import CONVERTED, Converter, exact_set
from w2sjax.falsification.decision import PRECISIONS, UNDECIDED
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.question import Question
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.unsettled import unsettled
from w2sjax.sets.dimension import dimension_of
from w2sjax.tally import Verification
from w2sjax.verification import instance

Progress = Callable[[str, int, int], None]
Expired = Callable[[], bool]
LOOK = 100  # small instances between two looks at the clock
TRIED = 4  # ends of the ascent that are decided exactly


def silent(label: str, done: int, total: int) -> None:
    """Show no progress."""
    del label, done, total


def small(
    question: Question, label: str, variant: Any, budget: Budget, expired: Expired, tell: Progress
) -> Outcome:
    """Decide small instances exactly, without floating point."""
    count, undecided, constants = 0, 0, ""
    statement = question.statement
    if statement is None:
        return Outcome()
    for candidate in islice(_candidates(statement, label, variant, question.seed), budget.small):
        if count % LOOK == 0:
            tell(f"{label}: small", count, budget.small)
            if expired():
                tell(f"{label}: small", budget.small, budget.small)
                return Outcome(count, undecided=undecided, finished=False)
        count += 1
        decision = decide(statement, candidate, PRECISIONS[:1])
        undecided += decision.outcome == UNDECIDED
        constants = constants or decision.constants
        if decision.violated:
            place = f"instance {count} of the small ones over {label}"
            tell(f"{label}: small", budget.small, budget.small)
            return Outcome(count, undecided=undecided, hit=candidate, place=place)
    tell(f"{label}: small", budget.small, budget.small)
    return Outcome(count, undecided=undecided, constants=constants)


def _candidates(statement: Statement, label: str, variant: Any, seed: int) -> Iterator[Any]:
    kind, parameters = getattr(variant, "name", label), None
    if variant is not None and not isinstance(variant, type):
        given = exact_set(variant, dimension_of(variant) or 1)
        if given is None:
            return iter(())
        kind, parameters = given
    return KINDS[statement.domain].small(statement, kind, parameters, seed)


def settled(
    question: Question, label: str, variant: Any, answer: Verification, wanted: int
) -> Outcome:
    """Decide the instance of a verification that has the least slack."""
    looked = Outcome(
        answer.instances,
        answer.least_slack,
        finished=answer.instances >= wanted,
        invalid=answer.invalid,
        open=answer.instances - answer.holds,
    )
    if not answer.refuted:
        return looked
    if question.statement is None:
        return dataclasses.replace(looked, unconfirmed=answer.violated)
    index = answer.least_slack_index
    raw = instance(question.claim, question.seed, _spec(label, variant), index)
    convert = Converter(question.claim, question.statement)
    hit = next(_exactly(question.statement, convert(raw)), None)
    if hit is None:
        return dataclasses.replace(looked, unconfirmed=answer.violated)
    return dataclasses.replace(looked, hit=hit, place=_place(question, label, index))


def left_open(
    question: Question,
    label: str,
    variant: Any,
    budget: Budget,
    random: Outcome,
    expired: Expired,
    tell: Progress,
) -> Outcome:
    """Decide the random instances that floating point does not settle, least slack first."""
    statement = question.statement
    if (
        statement is None
        or statement.domain not in CONVERTED
        or min(random.open, budget.exact) == 0
    ):
        return Outcome(finished=random.finished)
    spec = _spec(label, variant)
    places = unsettled(
        question.claim, question.seed, spec, random.instances,
        drop=question.drop, twin=question.twin, stop=expired,
    )  # fmt: skip
    draw = jax.jit(lambda place: instance(question.claim, question.seed, spec, place))
    convert = Converter(question.claim, statement)
    places = places[: budget.exact]
    for count, place in enumerate(places):
        tell(f"{label}: open", count, len(places))
        if expired():
            return Outcome(decided=count, finished=False)
        hit = next(_exactly(statement, convert(draw(place))), None)
        if hit is not None:
            return Outcome(decided=count + 1, hit=hit, place=_place(question, label, place))
    tell(f"{label}: open", len(places), len(places))
    return Outcome(decided=len(places), finished=random.finished and not expired())


def _spec(label: str, variant: Any) -> Any:
    """Name the set as the verification of its instances did."""
    return None if variant is None else label if isinstance(variant, type) else variant


def _place(question: Question, label: str, place: int) -> str:
    return f"random instance {place} over {label}, seed {question.seed}"


def _exactly(statement: Statement, candidates: Iterable[Any]) -> Iterator[Any]:
    """Keep what is violated exactly."""
    return (candidate for candidate in candidates if decide(statement, candidate).violated)


def ascent(
    question: Question, label: str, variant: Any, budget: Budget, expired: Expired, tell: Progress
) -> Outcome:
    """Climb: by gradients for projections, by single changes where instances are discrete."""
    if budget.restarts == 0 or question.statement is None:
        return Outcome()
    if KINDS[question.statement.domain].walks is not None:
        return _walked(question, budget, expired)
    if question.claim.domain.name != "projection" or variant is None:
        return Outcome()
    tell(f"{label}: ascent", 0, 1)
    raws, slacks = climb(
        question.claim, jax.random.key(question.seed), variant, drop=question.drop,
        twin=question.twin, restarts=budget.restarts,
    )  # fmt: skip
    tell(f"{label}: ascent", 1, 1)
    looked = Outcome(budget.restarts, float(slacks[0]))
    convert = Converter(question.claim, question.statement)
    for raw, slack in islice(zip(raws, slacks, strict=True), TRIED):
        hit = next(_exactly(question.statement, convert(raw)), None) if slack < 0 else None
        if hit is not None:
            place = f"gradient ascent over {label}, seed {question.seed}"
            return dataclasses.replace(looked, hit=hit, place=place)
    return looked


def _walked(question: Question, budget: Budget, expired: Expired) -> Outcome:
    statement = question.statement
    assert statement is not None
    walks = KINDS[statement.domain].walks
    assert walks is not None
    count = 0
    for candidate, slack in walks(statement, question.seed, budget.restarts):
        count += 1
        if expired():
            return Outcome(count, finished=False)
        if slack < 0:
            return Outcome(count, hit=candidate, place=f"instance {count} of the local search")
    return Outcome(count)
