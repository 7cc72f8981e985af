"""Verifications as JSON, and the registry as text and tables, for people and for programs."""

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from w2sjax.claims import REGISTRY
from w2sjax.language.printing import LATEX, UNICODE, abbreviations, statement
from w2sjax.projecting.sets import SETS
from w2sjax.settings.setting import setting_named
from w2sjax.verification.tally import Verification


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar a task, with the time that is left, on a terminal's standard error; nothing elsewhere."""
    console = Console(stderr=True)
    shown: Any = {"console": console, "transient": True, "disable": not console.is_terminal}
    counted = MofNCompleteColumn(), TimeElapsedColumn(), "left", TimeRemainingColumn()
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
