"""Claims that cannot be judged: each is told with its reason, and the others are judged."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.console import Console

from w2sjax.language.claims import Claim
from w2sjax.machine.where import described

UNJUDGED = 2  # the exit code where a claim could not be judged
MENDABLE = (ValueError, OSError, ImportError)  # what a user can mend, whoever wrote the claim


def judge_each(
    groups: Iterable[Sequence[Claim | str]], judge: Callable[[list[Claim | str]], Sequence[Any]]
) -> tuple[list[Any], list[str]]:
    """Judge groups of claims; one that cannot be judged does not end the others.

    Args:
        groups: claims that are judged together; a group that fails is judged again in halves.
        judge: gives the results of a group.

    Returns the results in order, and in a line each why claims could not be judged. Where no claim is
    a user's own, an error is raised as it is.
    """
    waiting = [list(group) for group in groups]
    ours = not any(isinstance(claim, Claim) for group in waiting for claim in group)
    results: list[Any] = []
    reasons: dict[str, None] = {}
    while waiting:
        group = waiting.pop(0)
        try:
            results += judge(group)
        except Exception as error:
            half = len(group) // 2
            if half > 0 and not ours:
                waiting = [group[:half], group[half:], *waiting]
            elif ours or (isinstance(group[0], str) and not isinstance(error, MENDABLE)):
                raise
            else:
                reasons[_reason(group[0], error)] = None
    return results, list(reasons)


def _reason(claim: Claim | str, error: Exception) -> str:
    """Name the claim where the error is of a kind that does not speak to people."""
    name = claim if isinstance(claim, str) else claim.name
    return described(error) if isinstance(error, MENDABLE) else f"{name}: {described(error)}"


def tell(reasons: Sequence[str]) -> None:
    """Print each reason as a line on standard error."""
    console = Console(stderr=True)
    for reason in reasons:
        console.print(f"error: {reason}", markup=False, highlight=False, soft_wrap=True)
