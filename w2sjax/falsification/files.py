"""The files of `w2sjax falsify --out`: pages, pictures and files to replay; the table of all claims."""

import csv
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from w2sjax.falsification import pictures
from w2sjax.falsification.budget import Falsification
from w2sjax.falsification.pages import report
from w2sjax.falsification.rendering import markdown
from w2sjax.machine.writable import write_whole
from w2sjax.reporting.blocks import Figure
from w2sjax.reporting.pages import write
from w2sjax.reporting.pictures import can_draw, figure, missing


def write_all(
    results: Sequence[Falsification], folder: Path, *, every: bool, command: str = ""
) -> list[str]:
    """Write everything; returns remarks for people. `every` adds the table of all claims."""
    figures = write_pages(results, folder)
    overview = write_matrix(results, folder) if every else None
    path = write(report(results, figures, overview, command), folder / "falsify.html")
    wanted = every or any(result.found for result in results)
    return [f"wrote {path}", *[missing()] * (wanted and not can_draw())]


def write_pages(results: Sequence[Falsification], folder: Path) -> dict[str, Figure]:
    """Write every counterexample; returns the pictures by the names of the files.

    A page refers to its picture, if there is one: that needs matplotlib and a plane or a small world.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawable, figures = can_draw(), {}
    for result in results:
        shown = result.counterexample
        if shown is None:
            continue
        stem = folder / result.stem
        shown.save(stem.with_suffix(".json"))
        picture = pictures.draw(shown, stem) if drawable else None
        if picture is not None:
            figures[stem.name] = figure(stem, "The counterexample.")
        write_whole(stem.with_suffix(".md"), markdown(shown, picture and picture.name))
    return figures


def write_matrix(results: Sequence[Falsification], folder: Path) -> Figure | None:
    """Write `matrix.csv` and, with matplotlib, the picture of it, which it returns."""
    from w2sjax.falsification.pictures import matrix

    folder.mkdir(parents=True, exist_ok=True)
    rows = [matrix_row(result) for result in results]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, rows[0] if rows else ())
    writer.writeheader()
    writer.writerows(rows)
    write_whole(folder / "matrix.csv", stream.getvalue())
    if not can_draw():
        return None
    matrix.draw(rows, folder / "matrix")
    return figure(folder / "matrix", "What each assumption buys.")


def matrix_row(result: Falsification) -> dict[str, Any]:
    """Give a result as a row of `matrix.csv`."""
    found = result.counterexample
    size = found.instance.described() if found else ""
    return {
        "claim": result.claim,
        "dropped": result.drop or "",
        "outcome": result.outcome,
        "points": next(iter(re.findall(r"\d+", size)), ""),  # or what else an instance consists of
        "size": size,
        "lhs": found.lhs if found else "",
        "rhs": found.rhs if found else "",
        **result.instances,
        "least_slack": result.least_slack if math.isfinite(result.least_slack) else "",
        "unconfirmed": result.unconfirmed,
        "invalid": result.invalid,
        "one_engine": result.one_engine,
        "exact": "yes" if result.exact else "no",
        "complete": "yes" if result.complete else "no",
        "seconds": round(result.seconds["search"] + result.seconds["shrink"], 3),
    }
