"""Random instances of a claim's setting in floating point, and what a claim says of one."""

from collections.abc import Callable, Iterable
from typing import Any

from w2sjax.arithmetic.inequality import Inequality
from w2sjax.arithmetic.measured import judge
from w2sjax.language.claims import Claim


def _floats(claim: Claim) -> Any:
    return claim.setting.part("floats")


def strata(**groups: Iterable[str]) -> tuple[str, ...]:
    """Name kinds of instances, by group."""
    return tuple(f"{group}:{kind}" for group, kinds in groups.items() for kind in kinds)


def draw_of(claim: Claim) -> Callable[..., Any]:
    """Give the function that draws its instances; claims that have the same one share them."""
    floats = _floats(claim)
    return floats.draw_for(claim) if hasattr(floats, "draw_for") else floats.draw


def strata_of(claim: Claim) -> tuple[str, ...]:
    """Name the kinds of its instances."""
    return _floats(claim).STRATA


def failure_of(claim: Claim) -> float | None:
    """Give the probability with which an instance may violate it: its own, or that of an estimate's error."""
    allowed = claim.failure
    if allowed is None:
        allowed = getattr(_floats(claim), "estimated", lambda _: None)(claim)
    return None if allowed is None else float(allowed)


def prepare(raw: Any, claims: tuple[Claim, ...]) -> Any:
    """Derive from a raw instance what claims that share it need."""
    return _floats(claims[0]).prepare(raw, claims)


def compared(prepared: Any, claim: Claim) -> Inequality:
    """Compute both sides of a claim, without what it drops."""
    return judge(claim, _floats(claim).study(prepared, claim).quantity)
