"""What is searched for."""

import dataclasses

from w2sjax.falsification.deciding import no_exact_side
from w2sjax.language.claims import Claim
from w2sjax.language.rewriting import twin_of
from w2sjax.verification.lookup import claim_named
from w2sjax.verification.verifying import double_precision


@dataclasses.dataclass(frozen=True)
class Question:
    """What is searched for: an instance that violates a claim.

    Attributes:
        claim: without the dropped assumption, and the false twin if that is meant.
        seed: of everything random.
        reason: why there is no exact side; "" where there is one.
    """

    claim: Claim
    seed: int
    reason: str = ""

    @property
    def exact(self) -> bool:
        """Whether it has an exact side."""
        return not self.reason


def asked(
    claim: Claim | str, seed: int, *, drop: str | None = None, twin: bool = False
) -> Question:
    """Say exactly what is searched for.

    Raises:
        ValueError: for an unknown claim or assumption, or in single precision.
    """
    found = claim_named(claim).decided().without(drop)
    found = twin_of(found) if twin else found
    double_precision("falsify")
    return Question(found, seed, no_exact_side(found))
