"""The search for a counterexample: small exact instances, random ones, ascent; then exact decisions.

Nothing is reported as a counterexample unless `counterexample.confirm` confirms it.
"""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from w2sjax.falsification import phases
from w2sjax.falsification.budget import COUNTS, PHASES, Budget, Clock, Falsification
from w2sjax.falsification.claim_source import source_of
from w2sjax.falsification.counterexample import Counterexample, confirm
from w2sjax.falsification.outcome import Outcome
from w2sjax.falsification.phases import Progress, Site
from w2sjax.falsification.question import Question, asked
from w2sjax.falsification.shrinking import SECONDS, shrink
from w2sjax.language.claims import Claim
from w2sjax.language.files import to_json
from w2sjax.machine.records import Record
from w2sjax.projecting.sets import ConvexSet
from w2sjax.settings.exact import RefusedError
from w2sjax.verification.lookup import variants_of
from w2sjax.verification.tally import Verification
from w2sjax.verification.verifying import fingerprints, verify

Sets = Sequence[str | ConvexSet | type[ConvexSet]]


def falsify(
    claim: Claim | str,
    key: int = 0,
    *,
    drop: str | None = None,
    sets: Sets | None = None,
    twin: bool = False,
    budget: Budget | None = None,
    shrink_seconds: float = SECONDS,
    checkpoint: str | Path | None = None,
    progress: Progress | None = None,
) -> Falsification:
    """Search for a counterexample to a claim, decide it exactly and shrink it.

    Args:
        claim: by name or as an object. Where it has no exact side, violations in floating point are
            counted as unconfirmed.
        key: an integer seed.
        drop: an assumption to do without.
        sets: where to search, as in `verify`; all sets that the claim is stated for by default.
        twin: search the claim's false twin.
        budget: limits of the search.
        shrink_seconds: limit of shrinking.
        checkpoint: a folder where every phase over every set is recorded, and from where a killed
            search goes on; one that ran out of time goes on with more seconds.
        progress: called with a label, the instances done and their number.

    Raises:
        ValueError: for an unknown claim, set or assumption. Needs double precision, as `verify`.
    """
    question = asked(claim, key, drop=drop, twin=twin)
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
        setting = question.claim.setting
        self.read = setting.part("instance").Instance.from_json if question.exact else dict
        self.record = Record(checkpoint, "falsify", self._work())
        known = (unit.get("spent", 0.0) for unit in self.record.units.values())
        self.clock = Clock(budget.seconds, max(known, default=0.0))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out whom to tell: a copy in another process has nobody."""
        return self.__dict__ | {"tell": phases.silent}

    def _work(self) -> dict[str, Any]:
        return {
            "claim": to_json(self.question.claim),
            "source": source_of(self.question.claim),
            "sets": [[label, *fingerprints(variant)] for label, variant in self.variants],
            "seed": self.question.seed,
            "budget": {name: getattr(self.budget, name) for name in COUNTS},
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
        name = self._name(phase, place)
        known = self.record.units.get(name)
        if known is not None:
            outcome = Outcome.from_json(known["outcome"], self.read)
        else:
            if given is None and self.clock.expired():
                return
            start = self.clock.spent()
            with self.clock.running():
                outcome = self._look(phase, place, given)
            spent = self.clock.spent()
            outcome = dataclasses.replace(outcome, seconds=outcome.seconds + spent - start)
            if outcome.finished:
                self.record.keep(name, {"outcome": outcome.to_json(), "spent": spent})
        outcome = max(self._known(phase, place), outcome, key=_reach)
        self.outcomes[phase][place] = outcome
        self.hit = outcome if outcome.hit is not None else None

    def _known(self, phase: str, place: int) -> Outcome:
        return self.outcomes[phase].get(place, Outcome(finished=False))

    def _name(self, phase: str, place: int) -> str:
        return f"{phase} {place} {self.variants[place][0]}"

    def _phases_left(self, phase: str) -> int:
        """Count the phases from this one on that have something to do."""
        later = PHASES[PHASES.index(phase) + 1 :]
        return 1 + sum(not self.done(other) for other in later)

    def places(self, phase: str, only: Any = None) -> list[int]:
        """Give the places of the sets of these names, of all by default; a local search has one."""
        once = phase == "ascent" and self.question.exact and phases.walks_of(self.question.claim)
        known = self.variants[:1] if once else self.variants
        return [i for i, (name, _) in enumerate(known) if only is None or name in only]

    def done(self, phase: str, only: Any = None) -> bool:
        """Whether nothing is left to do in a phase: all of it is recorded, or something was found."""
        names = [self._name(phase, place) for place in self.places(phase, only)]
        return self.hit is not None or all(name in self.record.units for name in names)

    def seconds_for(self, phase: str) -> float:
        """Give the share of a phase in the time that is left."""
        return self.clock.left() / self._phases_left(phase)

    def unconfirmed(self) -> bool:
        """Whether floating point found violations and no exact instance is found."""
        return self.hit is None and any(o.unconfirmed for o in self.outcomes["random"].values())

    def _look(self, phase: str, place: int, given: Any) -> Outcome:
        limits = self.budget, self.clock.expired
        site = Site(self.question, *self.variants[place], *limits, self.tell)
        if phase == "random":
            return self._verified(site, place, given)
        if not self.question.exact:
            return Outcome()
        if phase == "open":
            found = phases.left_open(site, self._known("random", place))
        else:
            found = (phases.small if phase == "small" else phases.ascent)(site)
        site.tell(phase, 1, 1)
        return found

    def _verified(self, site: Site, place: int, given: Any) -> Outcome:
        """Verify random instances, unless that is done already."""
        if self.budget.instances == 0:
            return Outcome()
        if given is not None and place not in given:
            return Outcome(finished=False)
        if given is not None:
            answer, took = given[place]
            self.clock.charge(took)
        else:
            (answer,) = verify(
                self.question.claim,
                self.question.seed,
                sets=[site.spec],
                instances=self.budget.instances,
                progress=self.tell,
                stop=self.clock.expired,
            )
        return phases.random(site, answer)

    def answer(self, shrink_seconds: float) -> Falsification:
        """Shrink what was found, and report."""
        start = time.monotonic()
        question, counterexample, note = self.question, None, self.question.reason
        if self.hit is not None:
            counterexample, note = self._shrunk(self.hit, shrink_seconds)
        shrinking = time.monotonic() - start
        found = {phase: list(outcomes.values()) for phase, outcomes in self.outcomes.items()}
        together = [outcome for outcomes in found.values() for outcome in outcomes]
        if counterexample is None:
            note = note or next((o.constants for o in together if o.constants), "")
        each = {phase: sum(o.seconds for o in outcomes) for phase, outcomes in found.items()}
        ended = all(self._known(phase, place).finished for phase, place in self.asked)
        counts = ("unconfirmed", "undecided", "invalid", "open", "decided")
        return Falsification(
            claim=question.claim.name,
            drop=question.claim.dropped,
            twin=question.claim.twin,
            counterexample=counterexample,
            instances={p: sum(o.instances for o in found[p]) for p in PHASES if p != "open"},
            least_slack=min((outcome.least_slack for outcome in together), default=float("inf")),
            one_engine=int(self.hit is not None and counterexample is None),
            seconds={"search": sum(each.values()), **each, "shrink": shrinking},
            sets=tuple(label for label, _ in self.variants),
            exact=question.exact,
            complete=ended or self.hit is not None,
            note=note,
            **{name: sum(getattr(outcome, name) for outcome in together) for name in counts},
        )

    def _shrunk(self, found: Outcome, seconds: float) -> tuple[Counterexample | None, str]:
        """Shrink what was found and confirm it; if the second engine refuses it, also returns the reason."""
        claim = self.question.claim

        def smallest() -> dict[str, Any]:
            return shrink(claim, found.hit, seconds=seconds).to_json()

        small = self.read(self.record.once("shrunk", smallest))
        refusals = []
        for instance in (small, found.hit):
            try:
                answer = confirm(claim, instance, found.place)
                if answer is not None:
                    return answer, ""
            except RefusedError as error:
                refusals.append(f"found by one engine, the second refuses: {error}")
        if not refusals:
            raise AssertionError("what was found is not violated: please report this as a bug")
        return None, refusals[-1]


def _reach(outcome: Outcome) -> tuple[bool, bool, int]:
    """Order two tries of a phase over a set: with a hit, to its end, over more instances."""
    return outcome.hit is not None, outcome.finished, outcome.instances + outcome.decided
