"""Draw what each hypothesis buys from the `matrix.csv` that `w2sjax falsify --all --out DIR` wrote."""

import csv
import sys
from pathlib import Path

from w2sjax.falsification.pictures import matrix


def draw(folder: Path) -> None:
    """Draw `matrix`: claims by hypotheses, with the size of each counterexample."""
    with (folder / "matrix.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    matrix.draw(rows, folder / "matrix")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
