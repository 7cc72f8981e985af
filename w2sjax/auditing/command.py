"""What the command `w2sjax audit DATA` does."""

import json as json_format
from pathlib import Path
from typing import Any

import jax
from rich.console import Console

from w2sjax.auditing.audit import audit
from w2sjax.auditing.data import COLUMNS, load
from w2sjax.auditing.figure import UNIT, save_figure, save_overlap_figure
from w2sjax.auditing.report import WIDTH, show
from w2sjax.auditing.results import Audit
from w2sjax.verification.report import progress_bar

STEM = "audit"


def run(
    data: str,
    *,
    set: str = "affine",
    seed: int = 0,
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
    The other options are those of `load` and `audit`, None for their defaults. Errors go to the
    standard error stream. Without a console, prints 100 columns where the output is no terminal.

    Returns:
        The exit code: 0, or 2 for bad input.
    """
    jax.config.update("jax_enable_x64", True)
    output = console or Console(width=None if Console().is_terminal else WIDTH)
    given = {name: value for name, value in options.items() if value is not None}
    columns = {name: given.pop(name) for name in COLUMNS if name in given}
    try:
        arrays = load(data, **columns)
        with progress_bar() as progress:
            report = audit(arrays, set, key=jax.random.key(seed), progress=progress, **given)
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
    written = [folder / f"{STEM}.json", folder / f"{STEM}.txt"]
    write_json(report, written[0])
    with written[1].open("w") as file:
        show(report, Console(file=file, width=WIDTH))
    written += save_figure(report, folder / STEM, unit=unit)
    if report.overlap is not None:
        written += save_overlap_figure(report.overlap, folder / f"{STEM}_overlap")
    return written


def write_json(report: Audit, path: Path) -> None:
    """Write an audit as JSON without NaN or infinity."""
    text = json_format.dumps(report.to_json(), indent=2, allow_nan=False, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
