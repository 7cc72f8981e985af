"""The search for a counterexample: small exact instances, random ones, ascent; then exact decisions.

Nothing is reported as a counterexample unless `counterexample.confirm` confirms it.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from w2sjax.claims import Claim
from w2sjax.falsification.ascent import climb
from w2sjax.falsification.budget import Budget, Falsification
from w2sjax.falsification.conversion import Converter, exact_set
from w2sjax.falsification.counterexample import Counterexample, confirm
from w2sjax.falsification.decision import PRECISIONS, UNDECIDED
from w2sjax.falsification.exact import decide
from w2sjax.falsification.kinds import KINDS
from w2sjax.falsification.shrinking import SECONDS, shrink
from w2sjax.falsification.statement import Statement
from w2sjax.falsification.statements import STATEMENTS, TWINS
from w2sjax.lookup import claim_named, variants_of
from w2sjax.sets import ConvexSet
from w2sjax.verification import instance, verify

Progress = Callable[[str, int, int], None]


def falsify(
    claim: Claim | str,
    key: int = 0,
    *,
    drop: str | None = None,
    sets: Sequence[str | ConvexSet | type[ConvexSet]] | None = None,
    twin: bool = False,
    statement: Statement | None = None,
    budget: Budget | None = None,
    shrink_seconds: float = SECONDS,
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
        progress: called with a label, the instances done and their number.

    Raises:
        ValueError: for an unknown claim, set or hypothesis. Needs double precision, as `verify`.
    """
    found = claim_named(claim)
    if drop is not None and drop not in found.hypotheses:
        known = ", ".join(found.hypotheses) or "none"
        raise ValueError(f"drop: {found.name} has no hypothesis {drop!r} (it has: {known})")
    if jnp.zeros(()).dtype != jnp.float64:
        raise ValueError(
            "falsify needs double precision: jax.config.update('jax_enable_x64', True)"
        )
    if statement is None:
        statement = found.exact or (TWINS if twin else STATEMENTS).get(found.name)
    if statement is not None and drop is not None:
        statement = statement.without(drop)
    search = _Search(found, statement, key, drop, twin, budget or Budget(), progress)
    return search.run(variants_of(found, sets), shrink_seconds)


@dataclasses.dataclass
class _Search:
    """One search: phases in order of cost, until one finds something."""

    claim: Claim
    statement: Statement | None
    seed: int
    drop: str | None
    twin: bool
    budget: Budget
    progress: Progress | None

    def __post_init__(self):
        self.counts = {"small": 0, "random": 0, "ascent": 0}
        self.least, self.unconfirmed, self.undecided = float("inf"), 0, 0
        if self.statement is not None:
            self.convert = Converter(self.claim, self.statement)
        self.start = time.monotonic()

    def run(self, variants: list[tuple[str, Any]], shrink_seconds: float) -> Falsification:
        """Search and report."""
        hit, how = next(self._hits(variants), (None, ""))
        searched = time.monotonic() - self.start
        counterexample = None
        if hit is not None and self.statement is not None:
            counterexample = self._shrunk(hit, how, shrink_seconds)
        return Falsification(
            claim=self.claim.name,
            drop=self.drop,
            twin=self.twin,
            counterexample=counterexample,
            instances=self.counts,
            least_slack=self.least,
            unconfirmed=self.unconfirmed,
            undecided=self.undecided,
            seconds={"search": searched, "shrink": time.monotonic() - self.start - searched},
            sets=tuple(label for label, _ in variants),
        )

    def _shrunk(self, hit: Any, how: str, seconds: float) -> Counterexample:
        assert self.statement is not None
        small = shrink(self.statement, hit, seconds=seconds)
        answer = confirm(self.statement, small, how) or confirm(self.statement, hit, how)
        if answer is None:
            raise AssertionError("the two exact engines disagree: please report this as a bug")
        return answer

    def _hits(self, variants) -> Iterator[tuple[Any, str]]:
        """Yield exact instances that violate the statement, and how they were found."""
        for phase in (self._small, self._random, self._ascent):
            for label, variant in variants:
                if self._expired():
                    return
                yield from phase(label, variant)

    def _expired(self) -> bool:
        return time.monotonic() - self.start > self.budget.seconds

    def _tell(self, label: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(label, done, total)

    def _small(self, label, variant) -> Iterator[tuple[Any, str]]:
        """Decide small instances exactly, without floating point."""
        if self.statement is None:
            return
        total = self.budget.small
        for done, candidate in enumerate(self._candidates(label, variant)):
            if done % 500 == 0:
                self._tell(f"{label}: small", done, total)
                if self._expired():
                    return
            if done >= total:
                break
            self.counts["small"] += 1
            decision = decide(self.statement, candidate, PRECISIONS[:1])
            self.undecided += decision.outcome == UNDECIDED
            if decision.violated:
                yield candidate, f"instance {done + 1} of the small ones over {label}"
        self._tell(f"{label}: small", total, total)

    def _candidates(self, label, variant) -> Iterator[Any]:
        assert self.statement is not None
        kind, parameters = getattr(variant, "name", label), None
        if variant is not None and not isinstance(variant, type):
            given = exact_set(variant, _dimension(variant))
            if given is None:
                return iter(())
            kind, parameters = given
        return KINDS[self.statement.domain].small(self.statement, kind, parameters, self.seed)

    def _random(self, label, variant) -> Iterator[tuple[Any, str]]:
        """Check random instances in floating point; decide the one with the least slack."""
        if self.budget.instances == 0:
            return
        answer = verify(
            self.claim,
            self.seed,
            sets=None if variant is None else [label if isinstance(variant, type) else variant],
            instances=self.budget.instances,
            drop=self.drop,
            twin=self.twin,
            progress=self.progress,
        )[0]
        self.counts["random"] += answer.instances
        self.least = min(self.least, answer.least_slack)
        if not answer.refuted:
            return
        spec = None if variant is None else (label if isinstance(variant, type) else variant)
        raw = instance(self.claim, self.seed, spec, answer.least_slack_index)
        place = f"random instance {answer.least_slack_index} over {label}, seed {self.seed}"
        confirmed = list(self._exactly(raw))
        self.unconfirmed += 0 if confirmed else answer.violated
        for problem in confirmed:
            yield problem, place

    def _exactly(self, raw) -> Iterator[Any]:
        """Convert a raw instance and keep what is violated exactly."""
        if self.statement is None:
            return
        for problem in self.convert(raw):
            if decide(self.statement, problem).violated:
                yield problem

    def _ascent(self, label, variant) -> Iterator[tuple[Any, str]]:
        """Climb: by gradients for projections, by single changes where instances are discrete."""
        if self.budget.restarts == 0 or self.statement is None:
            return
        walks = KINDS[self.statement.domain].walks
        if walks is not None:
            for candidate, slack in walks(self.statement, self.seed, self.budget.restarts):
                self.counts["ascent"] += 1
                if self._expired():
                    return
                if slack < 0:
                    yield candidate, f"instance {self.counts['ascent']} of the local search"
            return
        if self.claim.domain.name != "projection" or not isinstance(variant, type):
            return
        self._tell(f"{label}: ascent", 0, 1)
        raws, slacks = climb(
            self.claim, jax.random.key(self.seed), variant, drop=self.drop, twin=self.twin,
            restarts=self.budget.restarts,
        )  # fmt: skip
        self._tell(f"{label}: ascent", 1, 1)
        self.counts["ascent"] += self.budget.restarts
        self.least = min(self.least, float(slacks[0]))
        for raw, slack in list(zip(raws, slacks, strict=True))[:4]:
            if slack < 0:
                for problem in self._exactly(raw):
                    yield problem, f"gradient ascent over {label}, seed {self.seed}"


def _dimension(convex_set) -> int:
    """Give the number of coefficients that a set shows, else 1."""
    sizes = [leaf.shape[-1] for leaf in jax.tree.leaves(convex_set) if jnp.ndim(leaf)]
    return max(sizes, default=1)
