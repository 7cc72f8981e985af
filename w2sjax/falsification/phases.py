"""The phases of a search over one set: small exact instances, random ones, ascent.

Each looks for an exact instance that violates the statement; a violation in floating point is only a
reason to decide exactly.
"""

import dataclasses
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import jax

from w2sjax.claims import Claim
from w2sjax.falsification.ascent import climb
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.checkpoint import Outcome
from w2sjax.falsification.conversion import Converter, exact_set
from w2sjax.falsification.decision import PRECISIONS, UNDECIDED
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.statement import Statement
from w2sjax.sets.dimension import dimension_of
from w2sjax.tally import Verification
from w2sjax.verification import instance

Progress = Callable[[str, int, int], None]
Expired = Callable[[], bool]
LOOK = 100  # small instances between two looks at the clock
TRIED = 4  # ends of the ascent that are decided exactly


@dataclasses.dataclass(frozen=True)
class Question:
    """What is searched for: an instance that violates a claim without one of its hypotheses.

    Attributes:
        claim: in floating point.
        statement: in exact numbers; None where it has no exact side.
        seed: of everything random.
        drop: the hypothesis done without.
        twin: whether the false twin is meant.
        reason: why there is no exact side.
    """

    claim: Claim
    statement: Statement | None
    seed: int
    drop: str | None = None
    twin: bool = False
    reason: str = ""

    @property
    def title(self) -> str:
        """Name it for people."""
        return self.claim.name + (f" without {self.drop}" if self.drop else "")


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
    )
    if not answer.refuted:
        return looked
    spec = None if variant is None else label if isinstance(variant, type) else variant
    raw = instance(question.claim, question.seed, spec, answer.least_slack_index)
    hit = next(_exactly(question, raw), None)
    if hit is None:
        return dataclasses.replace(looked, unconfirmed=answer.violated)
    place = f"random instance {answer.least_slack_index} over {label}, seed {question.seed}"
    return dataclasses.replace(looked, hit=hit, place=place)


def _exactly(question: Question, raw: Any) -> Iterator[Any]:
    """Convert a raw instance and keep what is violated exactly."""
    if question.statement is None:
        return
    for problem in Converter(question.claim, question.statement)(raw):
        if decide(question.statement, problem).violated:
            yield problem


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
    for raw, slack in islice(zip(raws, slacks, strict=True), TRIED):
        hit = next(_exactly(question, raw), None) if slack < 0 else None
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
