"""The files of `w2sjax falsify --out`: a page, a picture and a file to replay; the table of all claims."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from w2sjax.falsification.budget import Falsification
from w2sjax.falsification.rendering import markdown


def write_pages(results: Sequence[Falsification], folder: Path) -> list[str]:
    """Write every counterexample; returns remarks for people.

    A page refers to its picture, if there is one: that needs matplotlib and a plane or a small world.
    """
    from w2sjax.falsification import pictures

    folder.mkdir(parents=True, exist_ok=True)
    drawable, found = pictures.can_draw(), [result for result in results if result.found]
    for result in found:
        stem = folder / stem_of(result)
        shown: Any = result.counterexample
        shown.save(stem.with_suffix(".json"))
        picture = pictures.draw(shown, stem) if drawable else None
        page = markdown(shown, picture and picture.name)
        stem.with_suffix(".md").write_text(page)
    return [] if drawable or not found else ["no pictures: matplotlib is not installed"]


def stem_of(result: Falsification) -> str:
    """Name the files of a counterexample."""
    parts = (result.claim, "twin" * result.twin, result.drop or "")
    return "_".join(filter(None, parts)).replace(" ", "_").replace(".", "")


def write_matrix(results: Sequence[Falsification], folder: Path) -> list[str]:
    """Write `matrix.csv` and, with matplotlib, `matrix.png` and `matrix.pdf`; returns remarks."""
    from w2sjax.falsification import pictures
    from w2sjax.falsification.pictures import matrix

    folder.mkdir(parents=True, exist_ok=True)
    rows = [matrix_row(result) for result in results]
    with (folder / "matrix.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0] if rows else ())
        writer.writeheader()
        writer.writerows(rows)
    if not pictures.can_draw():
        return ["no figure of the matrix: matplotlib is not installed"]
    matrix.draw(rows, folder / "matrix")
    return []


def matrix_row(result: Falsification) -> dict[str, Any]:
    """Give a result as a row of `matrix.csv`."""
    found = result.counterexample
    size = found.instance.described() if found else ""
    return {
        "claim": result.claim,
        "dropped": result.drop or "",
        "outcome": result.outcome,
        "points": size.split(" ")[0],
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
