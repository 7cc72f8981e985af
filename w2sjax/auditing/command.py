"""What the command `w2sjax audit DATA` does."""

import json as json_format
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
from rich.console import Console
from rich.progress import Progress

from w2sjax.auditing.audit import audit
from w2sjax.auditing.data import load
from w2sjax.auditing.figure import UNIT, save_figure, save_overlap_figure
from w2sjax.auditing.report import WIDTH, show
from w2sjax.auditing.results import Audit

STEM = "audit"


def run(
    data: str,
    *,
    set: str = "affine",
    seed: int = 0,
    strong_columns: Sequence[str] = (),
    weak_columns: Sequence[str] = (),
    target_column: str | None = None,
    weights_column: str | None = None,
    json: str | Path | None = None,
    out: str | Path | None = None,
    unit: str = UNIT,
    console: Console | None = None,
    **options: Any,
) -> int:
    """Audit a file or folder, print the report and write what is asked for.

    `json` is a file for the JSON; `out` a folder for `audit.json`, `audit.txt`, `audit.png` and
    `audit.pdf`, and `audit_overlap.png` and `.pdf` where regions were detected; `unit` is that of a
    squared error, for their labels. Switches double precision on.
    The other options are those of `audit`. Errors go to the standard error stream.

    Returns:
        The exit code: 0, or 2 for bad input.
    """
    jax.config.update("jax_enable_x64", True)
    output = console or _console()
    try:
        arrays = load(
            data,
            strong_columns=strong_columns,
            weak_columns=weak_columns,
            target_column=target_column,
            weights_column=weights_column,
        )
        errors = Console(stderr=True)
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
            tasks = {}

            def progress(label: str, done: int, total: int) -> None:
                # A held-out part counts its resamples anew.
                if label not in tasks:
                    tasks[label] = bar.add_task(label, total=total)
                bar.update(tasks[label], completed=done)

            report = audit(
                arrays,
                set,
                key=jax.random.key(seed),
                progress=progress,
                **options,
            )
        show(report, output)
        if json is not None:
            write_json(report, Path(json))
        if out is not None:
            for path in write(report, Path(out), unit=unit):
                output.print(f"wrote {path}", markup=False, highlight=False, soft_wrap=True)
    except (ValueError, OSError, ImportError) as error:
        Console(stderr=True).print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
        return 2
    return 0


def write(report: Audit, folder: Path, *, unit: str = UNIT) -> list[Path]:
    """Write JSON, table and figure of an audit into a folder; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(report, folder / f"{STEM}.json")
    with (folder / f"{STEM}.txt").open("w") as file:
        show(report, Console(file=file, width=WIDTH))
    figures = save_figure(report, folder / STEM, unit=unit)
    if report.overlap is not None:
        figures += save_overlap_figure(report.overlap, folder / f"{STEM}_overlap")
    return [folder / f"{STEM}.json", folder / f"{STEM}.txt", *figures]


def write_json(report: Audit, path: Path) -> None:
    """Write an audit as JSON without NaN or infinity."""
    text = json_format.dumps(report.to_json(), indent=2, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _console() -> Console:
    """Standard output, 100 columns wide where it is no terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)
