"""The search for a counterexample: small exact instances, random ones, ascent; then exact decisions.

Nothing is reported as a counterexample unless `counterexample.confirm` confirms it.
"""

import dataclasses
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from w2sjax.claims import Claim
from w2sjax.falsification import phases
from w2sjax.falsification.budget import COUNTS, PHASES, Budget, Clock, Falsification
from w2sjax.falsification.checkpoint import Outcome, Record
from w2sjax.falsification.claim_source import source_of
from w2sjax.falsification.counterexample import Counterexample, confirm
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.opinion import RefusedError
from w2sjax.falsification.own import contradiction
from w2sjax.falsification.phases import Progress
from w2sjax.falsification.question import Question, asked
from w2sjax.falsification.shrinking import SECONDS, shrink
from w2sjax.falsification.statement import Statement
from w2sjax.lookup import variants_of
from w2sjax.sets import ConvexSet
from w2sjax.tally import Verification
from w2sjax.verification import verify
from w2sjax.versions import versions

Sets = Sequence[str | ConvexSet | type[ConvexSet]]


def falsify(
    claim: Claim | str,
    key: int = 0,
    *,
    drop: str | None = None,
    sets: Sets | None = None,
    twin: bool = False,
    statement: Statement | None = None,
    budget: Budget | None = None,
    shrink_seconds: float = SECONDS,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
) -> Falsification:
    """Search for a counterexample to a claim, decide it exactly and shrink it.

    Args:
        claim: by name or as an object.
        key: an integer seed.
        drop: a hypothesis to do without.
        sets: where to search, as in `verify`; all sets that the claim is stated for by default.
        twin: search the claim's false twin.
        statement: the claim in exact numbers; by default that of its name. Where there is none,
            violations in floating point are counted as unconfirmed.
        budget: limits of the search.
        shrink_seconds: limit of shrinking.
        checkpoint: a folder where every phase over every set is recorded, and from where a killed
            search goes on; one that ran out of time goes on with more seconds.
        progress: called with a label, the instances done and their number.

    Raises:
        ValueError: for an unknown claim, set or hypothesis. Needs double precision, as `verify`.
    """
    question = asked(claim, key, drop=drop, twin=twin, statement=statement)
    variants = variants_of(question.claim, sets)
    search = Search(question, variants, budget or Budget(), checkpoint, progress)
    for _ in range(2):  # again: with the time that later phases left unused
        for phase in PHASES:
            search.run(phase)
    return search.answer(shrink_seconds)


class Search:
    """One search: phases in order of cost, each over every set, until one finds something."""

    def __init__(
        self,
        question: Question,
        variants: list[tuple[str, Any]],
        budget: Budget,
        checkpoint: str | Path | None = None,
        progress: Progress | None = None,
    ):
        self.question, self.variants, self.budget = question, variants, budget
        self.tell = progress or phases.silent
        self.outcomes: dict[str, dict[int, Outcome]] = {phase: {} for phase in PHASES}
        self.asked: set[tuple[str, int]] = set()
        self.hit: Outcome | None = None
        statement = question.statement
        read = KINDS[statement.domain].read if statement is not None else lambda fields: fields
        self.record = Record(checkpoint, self._identity(), read)
        self.clock = Clock(budget.seconds, self.record.spent)

    def _identity(self) -> dict[str, Any]:
        question, budget = self.question, self.budget
        return {
            "claim": question.claim.name,
            "source": source_of(question.claim),
            "statement": None if question.statement is None else question.statement.to_json(),
            "drop": question.drop,
            "twin": question.twin,
            "sets": [[label, *_numbers(variant)] for label, variant in self.variants],
            "seed": question.seed,
            "budget": {name: getattr(budget, name) for name in COUNTS},
            "versions": versions(),
        }

    def run(
        self,
        phase: str,
        given: Mapping[int, tuple[Verification, float]] | None = None,
        *,
        only: Any = None,
    ) -> None:
        """Run a phase over every set, unless it is recorded, something was found or time is up.

        `given` holds, by the place of the set, verifications that the random phase need not run, and
        what each took; where one is missing, time ran out. `only` names the sets of this phase.
        """
        with self.clock.part(self._phases_left(phase)):
            places = self.places(phase, only)
            self.asked |= {(phase, place) for place in places}
            for done, place in enumerate(places):
                if self.hit is not None:
                    return
                with self.clock.part(len(places) - done):
                    self._run(phase, place, given)

    def _run(self, phase: str, place: int, given: Any) -> None:
        """Run a phase over a set, unless it is recorded or time is up."""
        label, variant = self.variants[place]
        name = f"{phase} {place} {label}"
        outcome = self.record.outcome(name)
        if outcome is None:
            if given is None and self.clock.expired():
                return
            start = self.clock.spent()
            with self.clock.running():
                outcome = self._look(phase, place, label, variant, given)
            spent = self.clock.spent()
            outcome = dataclasses.replace(outcome, seconds=outcome.seconds + spent - start)
            if outcome.finished:
                self.record.keep(name, outcome, spent)
        before = self.outcomes[phase].get(place, Outcome(finished=False))
        outcome = max(before, outcome, key=_reach)
        self.outcomes[phase][place] = outcome
        self.hit = outcome if outcome.hit is not None else None

    def _phases_left(self, phase: str) -> int:
        """Count the phases from this one on that have something to do."""
        later = PHASES[PHASES.index(phase) + 1 :]
        return 1 + sum(not self.done(other) for other in later)

    def places(self, phase: str, only: Any = None) -> list[int]:
        """Give the places of the sets of these names, of all by default; an ascent may need one."""
        known = self.variants[:1] if phase == "ascent" and self._walks() else self.variants
        return [i for i, (name, _) in enumerate(known) if only is None or name in only]

    def done(self, phase: str, only: Any = None) -> bool:
        """Whether nothing is left to do in a phase: all of it is recorded, or something was found."""
        names = [f"{phase} {place} {self.variants[place][0]}" for place in self.places(phase, only)]
        return self.hit is not None or all(self.record.outcome(name) for name in names)

    def seconds_for(self, phase: str) -> float:
        """Give the share of a phase in the time that is left."""
        return self.clock.left() / self._phases_left(phase)

    def unconfirmed(self) -> bool:
        """Whether floating point found violations and no exact instance is found."""
        return self.hit is None and any(o.unconfirmed for o in self.outcomes["random"].values())

    def _walks(self) -> bool:
        statement = self.question.statement
        return statement is not None and KINDS[statement.domain].walks is not None

    def _look(self, phase: str, place: int, label: str, variant: Any, given: Any) -> Outcome:
        question, budget, expired = self.question, self.budget, self.clock.expired
        if phase == "small":
            return phases.small(question, label, variant, budget, expired, self.tell)
        if phase == "ascent":
            return phases.ascent(question, label, variant, budget, expired, self.tell)
        if phase == "open":
            random = self.outcomes["random"].get(place, Outcome(finished=False))
            return phases.left_open(question, label, variant, budget, random, expired, self.tell)
        wanted = budget.instances
        if wanted == 0:
            return Outcome()
        if given is not None and place not in given:
            return Outcome(finished=False)
        if given is not None:
            answer, took = given[place]
            self.clock.charge(took)
        else:
            (answer,) = verify(
                question.claim,
                question.seed,
                sets=None if variant is None else [label if isinstance(variant, type) else variant],
                instances=wanted,
                drop=question.drop,
                twin=question.twin,
                progress=self.tell,
                stop=expired,
            )
        return phases.settled(question, label, variant, answer, wanted)

    def answer(self, shrink_seconds: float) -> Falsification:
        """Shrink what was found, and report."""
        start = time.monotonic()
        counterexample, statement = None, self.question.statement
        # What only one of the two engines can compute is never confirmed.
        lacking = "" if statement is None else KINDS[statement.domain].lacking(statement)
        refusal = f"the second exact engine has no {lacking}" if lacking else ""
        note = refusal or self.question.reason
        if self.hit is not None and statement is not None:
            if not lacking:
                counterexample, refusal = self._shrunk(statement, self.hit, shrink_seconds)
            if counterexample is None:
                note = f"found by one engine, the second refuses: {refusal}"
        shrinking = time.monotonic() - start
        found = {phase: list(outcomes.values()) for phase, outcomes in self.outcomes.items()}
        every = [outcome for outcomes in found.values() for outcome in outcomes]
        if counterexample is None:
            note = note or next((o.constants for o in every if o.constants), "")
        each = {phase: sum(o.seconds for o in outcomes) for phase, outcomes in found.items()}
        ended = all(
            place in self.outcomes[phase] and self.outcomes[phase][place].finished
            for phase, place in self.asked
        )
        return Falsification(
            claim=self.question.claim.name,
            drop=self.question.drop,
            twin=self.question.twin,
            counterexample=counterexample,
            instances={p: sum(o.instances for o in found[p]) for p in PHASES if p != "open"},
            least_slack=min((outcome.least_slack for outcome in every), default=float("inf")),
            unconfirmed=sum(outcome.unconfirmed for outcome in every),
            undecided=sum(outcome.undecided for outcome in every),
            invalid=sum(outcome.invalid for outcome in every),
            open=sum(outcome.open for outcome in every),
            decided=sum(outcome.decided for outcome in every),
            one_engine=int(self.hit is not None and counterexample is None),
            seconds={"search": sum(each.values()), **each, "shrink": shrinking},
            sets=tuple(label for label, _ in self.variants),
            exact=statement is not None and not lacking,
            complete=ended or self.hit is not None,
            note=note,
        )

    def _shrunk(
        self, statement: Statement, found: Outcome, seconds: float
    ) -> tuple[Counterexample | None, str]:
        """Shrink what was found and confirm it; also returns who refuses it and why, if any does."""
        small = self.record.shrunk()
        if small is None:
            small = shrink(statement, found.hit, seconds=seconds)
            self.record.keep_shrunk(small)
        reason = ""
        for instance in (small, found.hit):
            try:
                answer = confirm(statement, instance, found.place)
            except RefusedError as error:
                reason = str(error)
                continue
            if answer is None:
                continue
            twin = self.question.twin
            reason = contradiction(self.question.claim, statement, instance, twin=twin)
            if not reason:
                return answer, ""
        if not reason:
            raise AssertionError("what was found is not violated: please report this as a bug")
        return None, reason


def _reach(outcome: Outcome) -> tuple[bool, bool, int]:
    """Order two tries of a phase over a set: with a hit, to its end, over more instances."""
    return outcome.hit is not None, outcome.finished, outcome.instances + outcome.decided


def _numbers(variant: Any) -> list[int]:
    """Tell the parameters of sets of the same name apart."""
    if variant is None or isinstance(variant, type):
        return []
    return [zlib.crc32(np.asarray(leaf).tobytes()) for leaf in jax.tree.leaves(variant)]
