"""What a search found, for people and for programs."""

import math
from collections.abc import Sequence
from typing import Any

from w2sjax.falsification.budget import Falsification
from w2sjax.falsification.rendering import sides
from w2sjax.reporting.blocks import HEADING, Row, Table
from w2sjax.reporting.numbers import count, number

NOTHING_DROPPED = "nothing dropped"


def summary(result: Falsification) -> str:
    """Say in a line what a search found."""
    looked = ", ".join(f"{count:,} {name}" for name, count in result.instances.items() if count)
    total = sum(result.instances.values())
    name = result.claim + (f" without {result.drop}" if result.drop else "")
    name += ", false twin" if result.twin else ""
    seconds, found = result.seconds["search"], result.counterexample
    if found is not None:
        size, compared = found.instance.described(), sides(found.claim, found.lhs, found.rhs)
        took = f"found after {looked} instances in {seconds:.1f} s"
        return f"{name}: counterexample with {size}, {compared}; {took}"
    none = "none confirmed" if result.one_engine else "none found"
    text = f"{name}: {none} in {total:,} instances ({looked or 'none'}; {seconds:.1f} s)"
    settled = f"{result.decided:,} of {result.open:,} that floating point does not settle"
    remarks = {
        f", least slack {_slack(result)}": math.isfinite(result.least_slack),
        f"; {result.unconfirmed:,} violated in floating point, not confirmed exactly":
            result.unconfirmed,
        f"; {settled} decided exactly": result.open and result.exact,
        f"; {result.one_engine:,} violated by one exact engine alone": result.one_engine,
        f" ({result.note})": result.note,
        f"; {result.invalid:,} random ones invalid: a side is not finite, nothing was checked":
            result.invalid,
        f"; {result.undecided:,} small ones undecided": result.undecided,
        "; time ran out": not result.complete,
    }  # fmt: skip
    return text + "".join(remark for remark, said in remarks.items() if said)


def matrix(results: Sequence[Falsification]) -> Table:
    """Lay out claim by assumption: what dropping each one allows."""
    rows, previous = [], None
    for result in results:
        if result.claim != previous:
            rows.append(Row((result.claim,), HEADING))
        slack = _slack(result)
        looked = count(sum(result.instances.values()))
        rows.append(Row((f"  {result.drop or NOTHING_DROPPED}", _found(result), looked, slack)))
        previous = result.claim
    return Table(
        ("claim and what is dropped", "counterexample", "instances", "slack"),
        tuple(rows),
        "What each assumption buys: the smallest counterexample found without it",
        "instances: searched; slack: the least one in floating point, where that was tried; "
        "*: no exact side, searched in floating point only; +: time ran out",
        left=(0, 1),
    )


def _slack(result: Falsification) -> str:
    """Write the least slack; nothing where there was none."""
    return number(result.least_slack, digits=2) if math.isfinite(result.least_slack) else ""


def _found(result: Falsification) -> str:
    """Say in a cell what a search found."""
    if result.counterexample is not None:
        found = result.counterexample
        compared = sides(found.claim, found.lhs, found.rhs, shortened=True)
        return f"{found.instance.described()}: {compared}"
    if result.one_engine:
        return f"not confirmed: {result.one_engine:,} by one engine alone"
    if result.unconfirmed:
        return f"not confirmed: {result.unconfirmed:,} violated{'*' * (not result.exact)}"
    return "none" + "*" * (not result.exact) + "+" * (not result.complete)


def as_json(result: Falsification) -> dict[str, Any]:
    """Give a result as plain objects; a slack that is not finite becomes null."""
    found = None if result.counterexample is None else result.counterexample.to_json()
    least = result.least_slack if math.isfinite(result.least_slack) else None
    changed = {"counterexample": found, "sets": list(result.sets), "least_slack": least}
    return {**vars(result), **changed}
