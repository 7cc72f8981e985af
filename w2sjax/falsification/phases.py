"""The phases of a search over one set: small exact instances, random ones, ascent, what is left open.

Each looks for an exact instance that violates the claim; a violation in floating point is only a
reason to decide exactly.
"""

import dataclasses
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import jax

from w2sjax.falsification.ascent import climb
from w2sjax.falsification.budget import Budget
from w2sjax.falsification.deciding import PRECISIONS, UNDECIDED, decide
from w2sjax.falsification.outcome import Outcome
from w2sjax.falsification.question import Question
from w2sjax.falsification.redecide import unsettled
from w2sjax.language.claims import Claim
from w2sjax.verification.tally import Verification
from w2sjax.verification.verifying import instance

Progress = Callable[[str, int, int], None]
LOOK = 100  # small instances between two looks at the clock
TRIED = 4  # ends of the ascent that are decided exactly


def silent(label: str, done: int, total: int) -> None:
    """Show no progress."""
    del label, done, total


@dataclasses.dataclass(frozen=True)
class Site:
    """Where a phase looks: a question over a set, or over none.

    Attributes:
        question: what is searched for.
        label, variant: the set or kind of set, and how it is written.
        budget: the limits.
        expired: whether time is up.
        progress: what is told how far it is.
    """

    question: Question
    label: str
    variant: Any
    budget: Budget
    expired: Callable[[], bool]
    progress: Progress

    @property
    def claim(self) -> Claim:
        """What is searched."""
        return self.question.claim

    @property
    def setting(self) -> Any:
        """What it speaks of."""
        return self.claim.setting

    @property
    def spec(self) -> Any:
        """Name the set as the verification of its instances does."""
        named = self.variant is None or isinstance(self.variant, type)
        return self.label if named else self.variant

    def tell(self, phase: str, done: int, total: int) -> None:
        """Tell how far a phase is."""
        self.progress(f"{self.label}: {phase}", done, total)

    def exactly(self, raw: Any) -> Any:
        """Make a random instance exact; None where it does not violate the claim exactly."""
        candidates = self.setting.part("conversion").exact_instances(raw, self.claim)
        return next((one for one in candidates if decide(self.claim, one).violated), None)

    def over(self, what: str) -> str:
        """Say over which set something is, if there is one."""
        return what if self.variant is None else f"{what} over {self.label}"

    def place(self, index: int) -> str:
        """Name a random instance."""
        return self.over(f"random instance {index}") + f", seed {self.question.seed}"


def small(site: Site) -> Outcome:
    """Decide small instances exactly, without floating point."""
    count, undecided, constants, total = 0, 0, "", site.budget.small
    for candidate in islice(_candidates(site), total):
        if count % LOOK == 0:
            site.tell("small", count, total)
            if site.expired():
                return Outcome(count, undecided=undecided, finished=False)
        count += 1
        decision = decide(site.claim, candidate, PRECISIONS[:1])
        undecided += decision.outcome == UNDECIDED
        constants = constants or decision.constants
        if decision.violated:
            place = site.over(f"instance {count} of the small ones")
            return Outcome(count, undecided=undecided, hit=candidate, place=place)
    return Outcome(count, undecided=undecided, constants=constants)


def _candidates(site: Site) -> Iterator[Any]:
    """List small instances, of the given set if there is one; none where no engine knows the set."""
    kind, parameters = getattr(site.variant, "name", None), None
    if site.variant is not None and not isinstance(site.variant, type):
        from w2sjax.projecting.sets.dimension import dimension_of
        from w2sjax.settings.projection.conversion import exact_set

        given = exact_set(site.variant, dimension_of(site.variant) or 1)
        if given is None:
            return iter(())
        kind, parameters = given
    return site.setting.part("search").small(site.claim, kind, parameters, site.question.seed)


def random(site: Site, answer: Verification) -> Outcome:
    """Decide the instance of a verification that has the least slack."""
    looked = Outcome(
        answer.instances,
        answer.least_slack,
        finished=answer.instances >= site.budget.instances,
        invalid=answer.invalid,
        open=answer.instances - answer.holds,
    )
    if not answer.refuted:
        return looked
    hit, index = None, answer.least_slack_index
    if site.question.exact and site.setting.has("conversion"):
        hit = site.exactly(instance(site.claim, site.question.seed, site.spec, index))
    if hit is None:
        return dataclasses.replace(looked, unconfirmed=answer.violated)
    return dataclasses.replace(looked, hit=hit, place=site.place(index))


def left_open(site: Site, found: Outcome) -> Outcome:
    """Decide the random instances that floating point does not settle, least slack first."""
    most = min(found.open, site.budget.exact)
    if most == 0 or not site.setting.has("conversion"):
        return Outcome(finished=found.finished)
    seed, spec = site.question.seed, site.spec
    places = unsettled(site.claim, seed, spec, found.instances, stop=site.expired)[:most]
    draw = jax.jit(lambda place: instance(site.claim, seed, spec, place))
    for count, place in enumerate(places):
        site.tell("open", count, len(places))
        if site.expired():
            return Outcome(decided=count, finished=False)
        hit = site.exactly(draw(place))
        if hit is not None:
            return Outcome(decided=count + 1, hit=hit, place=site.place(place))
    return Outcome(decided=len(places), finished=found.finished and not site.expired())


def walks_of(claim: Claim) -> Callable[..., Iterator[tuple[Any, float]]] | None:
    """Give the local search of its setting, if it has one."""
    return getattr(claim.setting.part("search"), "walks", None)


def ascent(site: Site) -> Outcome:
    """Climb: by gradients where instances have them, by single changes where they are discrete."""
    restarts, seed = site.budget.restarts, site.question.seed
    if restarts == 0:
        return Outcome()
    walks = walks_of(site.claim)
    if walks is not None:
        return _walked(site, walks(site.claim, seed, restarts))
    if not site.setting.has("climbing"):
        return Outcome()
    site.tell("ascent", 0, 1)
    raws, slacks = climb(site.claim, jax.random.key(seed), site.variant, restarts=restarts)
    looked = Outcome(restarts, float(slacks[0]))
    for raw, slack in islice(zip(raws, slacks, strict=True), TRIED):
        hit = site.exactly(raw) if slack < 0 else None
        if hit is not None:
            place = site.over("gradient ascent") + f", seed {seed}"
            return dataclasses.replace(looked, hit=hit, place=place)
    return looked


def _walked(site: Site, steps: Iterator[tuple[Any, float]]) -> Outcome:
    count = 0
    for candidate, slack in steps:
        count += 1
        if site.expired():
            return Outcome(count, finished=False)
        if slack < 0:
            return Outcome(count, hit=candidate, place=f"instance {count} of the local search")
    return Outcome(count)
