"""Claims, small exact instances and counterexamples, for tests of both exact engines."""

import itertools
import random
from fractions import Fraction

from w2sjax.falsification.counterexample import confirm
from w2sjax.falsification.deciding import decide
from w2sjax.language.rewriting import twin_of
from w2sjax.verification.lookup import claim_named

SEARCHED = 20_000  # small instances


def claim(name, drop=None):
    """A claim of the registry, without an assumption."""
    return claim_named(name).without(drop)


def twin(name):
    """The false twin of a claim."""
    return twin_of(claim_named(name))


def small(claim, kind="subspace", seed=0):
    """Small exact instances of a claim; over a kind of set, if it is about sets."""
    search = claim.setting.part("search")
    return search.small(claim, kind if claim.over_sets else None, None, seed)


def violating(claim, kind="subspace", *, seed=0, fits=lambda instance: True):
    """The first small instance that violates a claim."""
    for instance in itertools.islice(small(claim, kind, seed), SEARCHED):
        if fits(instance) and decide(claim, instance, (128,)).violated:
            return instance
    raise AssertionError(f"{claim.name}: none found")


def counterexample(claim, kind="subspace", *, seed=0, fits=lambda instance: True):
    """The first small instance that violates a claim, confirmed."""
    answer = confirm(claim, violating(claim, kind, seed=seed, fits=fits), "a test")
    assert answer is not None
    return answer


def fraction(source: random.Random, size: int = 6) -> Fraction:
    return Fraction(source.randint(-size, size), source.randint(1, 3))
