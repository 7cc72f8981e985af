"""What a search found, for people and for programs."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from w2sjax.falsification.budget import Falsification
from w2sjax.falsification.rendering import short

NOTHING_DROPPED = "nothing dropped"


def summary(result: Falsification) -> str:
    """Say in a line what a search found."""
    looked = ", ".join(f"{count:,} {name}" for name, count in result.instances.items() if count)
    total = sum(result.instances.values())
    name = result.claim + (f" without {result.drop}" if result.drop else "")
    name += ", false twin" if result.twin else ""
    seconds = result.seconds["search"]
    if result.counterexample is not None:
        found = result.counterexample
        relation = "≠" if found.statement.identity else ">"
        return (
            f"{name}: counterexample with {size(result)}, {found.lhs} {relation} {found.rhs}; found "
            f"after {looked} instances in {seconds:.1f} s"
        )
    none = "none confirmed" if result.one_engine else "none found"
    text = f"{name}: {none} in {total:,} instances ({looked or 'none'}; {seconds:.1f} s)"
    if math.isfinite(result.least_slack):
        text += f", least slack {result.least_slack:.2g}"
    if result.unconfirmed:
        text += f"; {result.unconfirmed:,} violated in floating point, not confirmed exactly"
    if result.open and result.exact:
        text += (
            f"; {result.decided:,} of {result.open:,} that floating point does not settle decided "
            "exactly"
        )
    if result.one_engine:
        text += f"; {result.one_engine:,} violated by one exact engine alone"
    if result.note:
        text += f" ({result.note})"
    if result.invalid:
        text += (
            f"; {result.invalid:,} random ones invalid: a side is not finite, nothing was checked"
        )
    if result.undecided:
        text += f"; {result.undecided:,} small ones undecided"
    return text if result.complete else text + "; time ran out"


def size(result: Falsification) -> str:
    """Say how large a counterexample is."""
    assert result.counterexample is not None
    return result.counterexample.instance.described()


def matrix(results: Sequence[Falsification]) -> Table:
    """Lay out claim by hypothesis: what dropping each one allows."""
    table = Table(
        title="What each hypothesis buys: the smallest counterexample found without it",
        caption="slack: the least one in floating point, where that was tried; *: no exact side, "
        "searched in floating point only; +: time ran out",
        title_justify="left",
        caption_justify="left",
        box=None,
        padding=(0, 1, 0, 0),
    )
    table.add_column("claim and what is dropped", no_wrap=True)
    table.add_column("counterexample")  # the one that may take two lines
    table.add_column("instances", justify="right", no_wrap=True)
    table.add_column("slack", justify="right", no_wrap=True)
    previous = None
    for result in results:
        if result.claim != previous:
            table.add_row(f"[bold]{result.claim}[/bold]")
        found = "none" + "*" * (not result.exact) + "+" * (not result.complete)
        if result.counterexample is not None:
            sides = result.counterexample
            relation = "≠" if sides.statement.identity else ">"
            found = f"{size(result)}: {short(sides.lhs)} {relation} {short(sides.rhs)}"
        elif result.one_engine:
            found = f"not confirmed: {result.one_engine:,} by one engine alone"
        elif result.unconfirmed:
            found = f"not confirmed: {result.unconfirmed:,} violated{'*' * (not result.exact)}"
        slack = f"{result.least_slack:.2g}" if math.isfinite(result.least_slack) else ""
        table.add_row(
            f"  {escape(result.drop or NOTHING_DROPPED)}",
            found,
            f"{sum(result.instances.values()):,}",
            slack,
        )
        previous = result.claim
    return table


def as_json(result: Falsification) -> dict[str, Any]:
    """Give a result as plain objects; a slack that is not finite becomes null."""
    row = {f.name: getattr(result, f.name) for f in dataclasses.fields(result)}
    found = result.counterexample
    row["counterexample"] = None if found is None else found.to_json()
    row["sets"] = list(result.sets)
    if not math.isfinite(result.least_slack):
        row["least_slack"] = None
    return row
