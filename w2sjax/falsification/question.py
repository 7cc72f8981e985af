"""What is searched for."""

import dataclasses

import jax.numpy as jnp

from w2sjax.claims import Claim
from w2sjax.falsification.stated import possible_statement
from w2sjax.falsification.statement import Statement
from w2sjax.lookup import claim_named


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


def asked(
    claim: Claim | str,
    seed: int,
    *,
    drop: str | None = None,
    twin: bool = False,
    statement: Statement | None = None,
) -> Question:
    """Say exactly what is searched for.

    Raises:
        ValueError: for an unknown claim or hypothesis, or in single precision.
    """
    found = claim_named(claim)
    if drop is not None and drop not in found.hypotheses:
        known = ", ".join(found.hypotheses) or "none"
        raise ValueError(f"drop: {found.name} has no hypothesis {drop!r} (it has: {known})")
    if jnp.zeros(()).dtype != jnp.float64:
        raise ValueError(
            "falsify needs double precision: jax.config.update('jax_enable_x64', True)"
        )
    reason = ""
    if statement is None:
        statement, reason = possible_statement(found, drop=drop, twin=twin)
    elif drop is not None:
        statement = statement.without(drop)
    return Question(found, statement, seed, drop, twin, reason)
