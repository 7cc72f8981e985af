"""What the command `w2sjax audit DATA` does."""

import dataclasses
import io
import json as json_format
from pathlib import Path
from typing import Any

import jax
import numpy as np
from rich.console import Console

from w2sjax.auditing.audit import audit
from w2sjax.auditing.classification import data as classifiers
from w2sjax.auditing.classification import figure as classifier_figure
from w2sjax.auditing.classification import pages as classifier_pages
from w2sjax.auditing.classification import report as classifier_report
from w2sjax.auditing.classification.audit import audit_classifiers
from w2sjax.auditing.classification.results import ClassifierAudit
from w2sjax.auditing.data import audit_data
from w2sjax.auditing.figure import UNIT, save_figure, save_overlap_figure
from w2sjax.auditing.file_options import named
from w2sjax.auditing.pages import report as page_of
from w2sjax.auditing.report import show
from w2sjax.auditing.results import Audit
from w2sjax.auditing.sources import COLUMNS, stored
from w2sjax.machine.writable import ready_file, ready_folders, write_whole
from w2sjax.reporting import pages
from w2sjax.reporting.pictures import can_draw, figure, missing
from w2sjax.reporting.terminal import WIDTH, output
from w2sjax.verification.report import progress_bar

STEM = "audit"
GAINS = "Gain against misfit of each weak model, with bootstrap intervals where there are any."
GUARANTEES = (
    "The guaranteed gain of each weak model, by the target's assumed distance from the class."
)
LAW = "Gain to the ceiling, and gain in accuracy, against the misfit, of each weak model's student."
DETECTED = "Both scores in ascending order, coloured by what is detected, with their thresholds."


def run(
    data: str,
    *,
    set: str = "affine",
    seed: int = 0,
    json: str | Path | None = None,
    out: str | Path | None = None,
    unit: str = UNIT,
    loss: str | None = None,
    console: Console | None = None,
    typed: str = "",
    **options: Any,
) -> int:
    """Audit a file or folder, print the report and write what is asked for.

    Its arrays decide whether weak models are audited by squared error or as classifiers; `loss`, "squared"
    or "kl", does where both are possible.

    `json` is a file for the JSON; `out` a folder for `audit.json`, `audit.txt`, `audit.html` and, with
    matplotlib, `audit.png`, `.pdf` and `.svg`, and `audit_overlap.png` and so on where regions were
    detected; `unit` is that of a squared error, for their labels, and `typed` the command that the page
    says it was made by. Switches double precision on.
    The other options are those of `stored` and `audit`, None for their defaults. Errors go to the
    standard error stream. Without a console, prints 100 columns where the output is no terminal.

    Returns:
        The exit code: 0, or 2 for bad input.
    """
    jax.config.update("jax_enable_x64", True)
    console = console or output()
    given = {name: value for name, value in options.items() if value is not None}
    columns = {name: given.pop(name) for name in COLUMNS if name in given}
    try:
        ready_file("--json", None if json is None else Path(json))
        folder = None if out is None else Path(out)
        ready_folders(out=folder, checkpoint=given.get("checkpoint"))
        if "arrays" in columns:
            columns["arrays"] = named(columns["arrays"])
        with progress_bar() as progress:
            arrays, notes = stored(data, **columns)
            given |= {"key": jax.random.key(seed), "progress": progress}
            if classifiers.is_classification(arrays, loss, data):
                report = _classifiers(arrays, notes, data, set, given)
            else:
                numbers = audit_data(**classifiers.numbers_of(arrays, data), source=data)
                report = audit(_noted(numbers, notes), set, **given)
        _shown(report, console)
        if json is not None:
            write_json(report, Path(json))
        if out is not None:
            written = write(report, Path(out), unit=unit, typed=typed)
            for line in [f"wrote {path}" for path in written] + [missing("audit")] * (
                not can_draw()
            ):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    except (ValueError, OSError, ImportError) as error:
        Console(stderr=True).print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
        return 2
    return 0


def _classifiers(arrays, notes, source: str, set: str, given: dict[str, Any]) -> ClassifierAudit:
    if set != "affine" or given.pop("intercept", None) is False:
        raise ValueError(
            "set, intercept: the strong class of classifiers is that of softmax-linear heads with an "
            "intercept; for another give --loss squared"
        )
    found = classifiers.classifier_data(**arrays, source=source)
    room, needed = given.pop("memory", np.inf), 8e-9 * found.strong_features.size
    if not needed <= room:
        raise ValueError(
            f"memory: features of classifiers are read whole, which takes {needed:.3g} GB of {room:g}"
        )
    return audit_classifiers(_noted(found, notes), **given)


def _noted(data: Any, notes: list[str]) -> Any:
    return dataclasses.replace(data, notes=(*notes, *data.notes))


def _shown(report: Audit | ClassifierAudit, console: Console) -> None:
    if isinstance(report, ClassifierAudit):
        classifier_report.show(report, console)
    else:
        show(report, console)


def write(
    report: Audit | ClassifierAudit, folder: Path, *, unit: str = UNIT, typed: str = ""
) -> list[Path]:
    """Write JSON, table, page and figures of an audit into a folder; returns their paths.

    Figures need matplotlib; without it the rest is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{STEM}.json", folder / f"{STEM}.txt"]
    write_json(report, written[0])
    text = io.StringIO()
    _shown(report, Console(file=text, width=WIDTH))
    write_whole(written[1], text.getvalue())
    gains, overlap = None, None
    if can_draw():
        if isinstance(report, ClassifierAudit):
            written += classifier_figure.save_figure(report, folder / STEM)
            gains = figure(folder / STEM, LAW)
        else:
            written += save_figure(report, folder / STEM, unit=unit)
            gains = figure(folder / STEM, GAINS if report.has_target else GUARANTEES)
        if report.overlap is not None:
            stem = folder / f"{STEM}_overlap"
            written += save_overlap_figure(report.overlap, stem)
            overlap = figure(stem, DETECTED)
    paged = classifier_pages.report if isinstance(report, ClassifierAudit) else page_of
    page = paged(report, gains, overlap, typed)  # pyright: ignore[reportArgumentType]
    return [*written, pages.write(page, folder / f"{STEM}.html")]


def write_json(report: Audit | ClassifierAudit, path: Path) -> None:
    """Write an audit as JSON without NaN or infinity."""
    text = json_format.dumps(report.to_json(), indent=2, allow_nan=False, ensure_ascii=False)
    write_whole(path, text + "\n")
