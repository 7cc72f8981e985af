"""Tables and JSON of verifications and of the registry, for people and for programs."""

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.table import Table

from w2sjax.claims import REGISTRY
from w2sjax.language.printing import LATEX, UNICODE, abbreviations, statement
from w2sjax.projecting.sets import SETS
from w2sjax.settings.setting import setting_named
from w2sjax.verification.lookup import NO_SET
from w2sjax.verification.tally import Verification


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar a task on a terminal's standard error; nothing elsewhere."""
    console = Console(stderr=True)
    shown: Any = {"console": console, "transient": True, "disable": not console.is_terminal}
    counted = MofNCompleteColumn(), TimeElapsedColumn()
    bar = Progress("{task.description}", BarColumn(), *counted, **shown)
    tasks: dict[str, Any] = {}

    def advance(label: str, done: int, total: int) -> None:
        if label not in tasks:
            tasks[label] = bar.add_task(label, total=total)
        bar.update(tasks[label], completed=done, visible=done < total)

    with bar:
        yield advance


def verification_json(results: Sequence[Verification]) -> list[dict[str, Any]]:
    """Give the results as plain objects; numbers that are not finite become null."""

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    rows = map(dataclasses.asdict, results)
    return [{key: plain(value) for key, value in row.items()} for row in rows]


def open_table(title: str, caption: str) -> Table:
    """Make a table without lines."""
    table = Table(title=title, caption=caption, box=None, padding=(0, 1, 0, 0))
    table.title_justify = table.caption_justify = "left"
    return table


def verification_table(results: Sequence[Verification]) -> Table:
    """Lay the results out, claim after claim, one row a set (if it has one); fits 80 columns."""
    total = sum(result.instances for result in results)
    violated = sum(result.violated for result in results if result.failure is None)
    title = f"{total:,} checks" + (f": {violated:,} violated" if violated else "")
    caption = "undecided: within a tolerance above 1e-9 of the terms; see the README"
    table = open_table(title, caption + _invalid(results) + _failures(results))
    table.add_column("claim and set", no_wrap=True)
    for name in ("holds", "equal", "undecided", "violated", "least slack", "tightness"):
        table.add_column(name, justify="right", no_wrap=name != "least slack")
    previous = None
    for result in results:
        heading = f"[bold]{result.claim}[/bold]"
        if result.claim != previous and result.set != NO_SET:
            table.add_row(heading)
        failed = result.undecided + result.invalid
        table.add_row(
            heading if result.set == NO_SET else f"  {escape(result.set)}",
            str(result.holds),
            str(result.equal),
            f"{failed} ({100 * failed / result.instances:.2f}%)" if failed else "0",
            f"[red]{result.violated}[/red]" if result.refuted else str(result.violated),
            f"{result.least_slack:.2g}",
            f"{result.tightness:.4f}",
        )
        previous = result.claim
    return table


def _invalid(results: Sequence[Verification]) -> str:
    """A line on the undecided instances that are none: without numbers, nothing was checked."""
    count = sum(result.invalid for result in results)
    return f"\ninvalid: {count:,} of the undecided, where a side is not finite" if count else ""


def _failures(results: Sequence[Verification]) -> str:
    """A line for each statement that may fail with a given probability."""
    lines = ""
    for result in results:
        if result.failure is not None and result.failure_interval is not None:
            place = "" if result.set == NO_SET else f", {escape(result.set)}"
            chance = "{:.2g} to {:.2g} (99 % confidence)".format(*result.failure_interval)
            lines += f"\n{result.claim}{place}: fails with probability {chance}; "
            lines += f"{result.failure:g} is allowed"
    return lines


def claims_text() -> str:
    """List the claims with formulas, sources, assumptions and what their symbols mean (rich markup)."""
    blocks: list[str] = []
    last = ""
    for claim in REGISTRY:
        name = claim.setting.name
        if name != last:
            symbols = escape((setting_named(name).vocabulary.__doc__ or "").strip())
            blocks.append(f"[bold underline]{name}[/bold underline]  {symbols}")
        last = name
        lines = [f"[bold]{claim.name}[/bold]  {escape(claim.title)}"]
        lines.append(f"  {escape(statement(claim, UNICODE))}")
        lines += [f"  where {escape(meaning)}" for meaning in abbreviations(claim, UNICODE)]
        lines.append(f"  [dim]{escape(claim.source)}[/dim]")
        for name, rows in itertools.groupby(claim.assumptions, key=lambda one: one.name):
            lines.append(f"  --drop {name!r}: {'; '.join(one.description for one in rows)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def sets_table() -> Table:
    """List the convex sets with their parameters."""
    table = Table(title="Convex sets", title_justify="left")
    for name in ("set", "constrains", "after the colon"):
        table.add_column(name)
    for name, kind in SETS.items():
        table.add_row(name, kind.space, escape(kind.parameters))
    return table


def claims_markdown() -> str:
    """Give the table of claims as Markdown, for the README."""
    lines = ["| claim | statement | source | assumptions |", "| --- | --- | --- | --- |"]
    for claim in REGISTRY:
        formula = statement(claim, LATEX).replace("|", r"\|")
        assumptions = ", ".join(claim.droppable) or "none"
        lines.append(f"| `{claim.name}` | ${formula}$ | {claim.source} | {assumptions} |")
    return "\n".join(lines)
