"""Proofs and best constants: seconds a statement, beside PEPit where it can state it, and what both return.

Run `python -m experiments.speed.proofs`. Without PEPit its columns stay empty.
"""

import importlib.util
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console

from experiments._run import table_of
from experiments.speed._timing import fastest
from w2sjax import Claim, prove, sharpen, unknown
from w2sjax.settings.projection import (
    CONVEX,
    EXACT,
    PROJECTION,
    best,
    between,
    d,
    inner,
    member,
    other,
    sampled,
    student,
    target,
    weak,
)

c = unknown("c")
# The least c with the first at most c times the second, for all convex classes.
PAIRS = {
    "loss ≤ c ε": (
        lambda d, w, t, s, b: d(s, t) - d(w, t),
        lambda d, w, t, s, b: d(b, t),
    ),
    "d(s, b) ≤ c d(w, t)": (
        lambda d, w, t, s, b: d(s, b),
        lambda d, w, t, s, b: d(w, t),
    ),
    "misfit ≤ c (err_w + ε)": (
        lambda d, w, t, s, b: d(s, w),
        lambda d, w, t, s, b: d(w, t) + d(b, t),
    ),
    "d(s, b) + d(w, t) ≤ c (d(t, b) + d(w, b))": (
        lambda d, w, t, s, b: d(s, b) + d(w, t),
        lambda d, w, t, s, b: d(t, b) + d(w, b),
    ),
}
MEMBERS = (student, best, member, other, sampled, between)


def main(arguments: list[str] | None = None) -> int:
    """Time both and print what they return."""
    del arguments
    prove("misfit_gain")  # imports
    rows = [(name, *_ours(*pair), *_pepit(*pair)) for name, pair in PAIRS.items()]
    columns = ("least c", "w2sjax [s]", "returns", "PEPit [s]", "returns ")
    Console(width=110).print(
        table_of("Best constants", columns, rows, left=("least c", "returns", "returns "))
    )
    sizes = [(str(count + 2), f"{_proof(count):.3f}") for count in range(1, len(MEMBERS) + 1)]
    Console().print(table_of("Proofs", ("functions", "seconds"), sizes))
    return 0


def _ours(lower: Callable, upper: Callable) -> tuple[str, str]:
    functions = (d, weak, target, student, best)
    claim = _claim(lower(*functions) <= c * upper(*functions))
    seconds, found = fastest(lambda: sharpen(claim)), sharpen(claim)
    exact = f"{found.constant}, proved and tight"
    enclosed = f"{found.algebraic}, between proof and counterexample"
    return f"{seconds:.3f}", exact if found.constant is not None else enclosed


def _pepit(lower: Callable, upper: Callable) -> tuple[str, str]:
    if importlib.util.find_spec("PEPit") is None:
        return "", ""
    from PEPit import PEP  # pyright: ignore[reportMissingImports]
    from PEPit.functions import ConvexIndicatorFunction  # pyright: ignore[reportMissingImports]
    from PEPit.primitive_steps import proximal_step  # pyright: ignore[reportMissingImports]

    start = time.perf_counter()
    problem = PEP()
    inside = problem.declare_function(ConvexIndicatorFunction)
    w, t = problem.set_initial_point(), problem.set_initial_point()
    s, b = (proximal_step(one, inside, 1)[0] for one in (w, t))

    def distance(one: Any, two: Any) -> Any:
        return (one - two) ** 2

    functions = (distance, w, t, s, b)
    problem.set_initial_condition(upper(*functions) <= 1)
    problem.set_performance_metric(lower(*functions))
    found = problem.solve(verbose=0)
    return f"{time.perf_counter() - start:.3f}", f"{found:.9g}"


def _proof(members: int) -> float:
    """Time the proof of a sum of conditions and a square, on so many members."""
    chosen = MEMBERS[:members]
    total = sum((-inner(weak - student, one - student) for one in chosen[1:]), 0 * d(weak, target))
    total = total + 3 * d(weak + sum(chosen, 0 * weak), (members + 1) * target)
    claim = _claim(total >= 0)
    return fastest(lambda: prove(claim))


def _claim(claimed: Any) -> Claim:
    return Claim(
        title="speed",
        source="derived",
        setting=PROJECTION,
        claim=claimed,
        assumptions=(CONVEX, EXACT),
        name="speed",
    )


if __name__ == "__main__":
    raise SystemExit(main())
