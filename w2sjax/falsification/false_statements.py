"""False statements, each a little more than a true one: what a search must refute.

Most are made from the claims: false twins, theorems reversed, assumptions left out, and of claims with a
tight instance all changes that it shows to be false. Few are written out. Needs no JAX.
"""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

from w2sjax.claims import REGISTRY
from w2sjax.falsification.deciding import PRECISIONS, decide, no_exact_side
from w2sjax.falsification.written_out import WRITTEN_OUT
from w2sjax.language.claims import Claim
from w2sjax.language.rewriting import DOUBLE, Mutant, mutants, twin_of
from w2sjax.language.terms import Comparison, is_zero
from w2sjax.settings.projection import CONVEX, EXACT, REALIZABLE

# Assumptions that a claim is as true without, and why: of all claims, or of one.
UNUSED = {
    "symmetry": "the theorems of expansion use an edge in one direction only",
    "any student": "the inequality holds for any function, if its gap is finite",
    "inexact_gain without convexity": "the gap is over the two members, and the target is one of them",
    "bregman_inexact_gain without convexity": "the gap is over the members, and the target is one",
    "sharpened_gain without convexity": "the gap is over the two members, and f_s is one of them",
}
# Changes of terms that are 0 at the tight instance.
ELSEWHERE = (
    "expansion_core: 99/100 of P(R(f)ᶜ | B)",
    "hard_error: 99/100 of P(R(f)ᶜ | H)",
    "coverage_good_side: 99/100 of P(R(f)ᶜ | T)",
    "gain_identity: 101/100 of 2 ⟨f_w - f, f - f*⟩",
    "sharpened_gain: 2 γ(f̂) left out",
    "sharpened_gain: 2 γ(f̂) with the other sign",
    "sharpened_gain: 99/100 of 2 γ(f̂)",
)

# Refuted by the claim's tight instance, and not found among 20,000 small ones.
HARD = ("coverage_expansion: 99/100 of P(f ≠ ỹ | S)", "coverage_expansion: 101/100 of c α")


@functools.cache
def false_statements() -> tuple[Mutant, ...]:
    """List them all."""
    exact = [claim for claim in REGISTRY if claim.setting.exact]
    return (*(one for claim in exact for one in made(claim)), *_written_out())


def made(claim: Claim) -> Iterator[Mutant]:
    """Make false statements of a claim."""
    yield Mutant(f"{claim.name}: the false twin", "twin", twin_of(claim))
    for mutant in mutants(claim):
        if mutant.kind == DOUBLE or mutant.title in HARD:
            continue
        if mutant.title in ELSEWHERE or _broken(mutant, claim.tight):
            yield mutant
    if isinstance(claim.claim, Comparison) and not claim.identity:
        lower, upper = claim.claim.lower, claim.claim.upper
        if not is_zero(lower) and not is_zero(upper):  # what is never negative is at least 0
            yield Mutant(f"{claim.name} reversed", "reversed", _with(claim, claim=upper <= lower))
    for name in claim.droppable:
        title = f"{claim.name} without {name}"
        without = claim.without(name)
        if name not in UNUSED and title not in UNUSED and not no_exact_side(without):
            yield Mutant(title, "dropped", without)


def _broken(mutant: Mutant, tight: Any) -> bool:
    """Whether the tight instance shows that a stronger statement is false."""
    return tight is not None and decide(mutant.claim, tight, PRECISIONS[:1]).violated


def _with(stated: Claim, **fields: Any) -> Claim:
    return dataclasses.replace(stated, **fields, false_twin=None, allowance=None, twin=True)


def _written_out() -> Iterator[Mutant]:
    claims = {claim.name: claim for claim in REGISTRY}
    for title, name, stated in WRITTEN_OUT:
        yield Mutant(title, "written out", _with(claims[name], claim=stated))
    convex = (CONVEX, REALIZABLE, EXACT)
    over_balls = _with(claims["pythagorean_identity"], assumptions=convex, sets=("l2_ball",))
    yield Mutant("Pythagoras on a ball", "written out", over_balls)
