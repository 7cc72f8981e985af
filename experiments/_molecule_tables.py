"""Averages over the splits of a study of molecules, laid out as Table 1 of Charikar et al. (2024)."""

from collections.abc import Sequence
from typing import Any

from scipy.stats import spearmanr

from experiments._gain_tables import remarks
from experiments._molecules import LIPOPHILICITY, Dataset
from experiments._run import Table, table_of

# Table 1 (Lipophilicity): weak error - misfit and the student's error, by weak model.
PUBLISHED = {
    "network, width 96": (0.8969, 1.0713),
    "network, width 48": (0.9731, 1.1293),
    "network, width 24": (1.0331, 1.1204),
    "network, width 64": (1.0619, 1.1436),
    "network, width 32": (1.0624, 1.1302),
    "network, width 16": (1.1456, 1.1950),
    "network, width 12": (1.1499, 1.1869),
    "network, width 8": (1.1958, 1.2396),
}


def table(
    dataset: Dataset, kind: str, rows: Sequence[dict[str, Any]], means: Sequence[dict[str, Any]]
) -> Table:
    """Lay a data set's averages out as Table 1 does."""
    rows = [row for row in rows if row["dataset"] == dataset.name]
    means = [mean for mean in means if mean["dataset"] == dataset.name]
    compared = dataset == LIPOPHILICITY

    def cells(mean):
        yield mean["weak"]
        for place, name in enumerate(("bound", "student_error")):
            yield f"{mean[name]:.4f} ± {mean[f'{name}_stderr']:.4f}"
            if compared:
                pair = PUBLISHED.get(mean["weak"])
                yield "" if pair is None else f"{pair[place]:.4f}"
        yield ", ".join(mark for mark in ("picked", "best") if mean[mark])

    title = f"{dataset.name}: mean ± standard error over {len(rows) // len(means)} {kind} splits"
    also = ["published"] if compared else []
    columns = ["weak model", "weak error − misfit", *also, "student's true error", *also, ""]
    caption = "\n".join(remarks(rows, means, "molecules") + (_published(means) if compared else []))
    laid = table_of(title, columns, map(cells, means), left=("weak model", ""), caption=caption)
    for row, mean in zip(laid.rows, means, strict=True):
        row.style = "bold" if mean["picked"] or mean["best"] else None
    return laid


def _published(means: Sequence[dict[str, Any]]) -> list[str]:
    """Compare with the published table."""
    ours = [mean for mean in means if mean["family"] == "network"]
    above = [mean["student_error"] - mean["bound"] for mean in ours]
    theirs = [error - bound for bound, error in PUBLISHED.values()]
    order: Any = spearmanr(
        [mean["bound"] for mean in ours], [PUBLISHED[mean["weak"]][0] for mean in ours]
    )
    return [
        "Published: other embeddings (a pretrained language model's, not RDKit's), weak models "
        "(transformers) and splits, so the sizes do not compare; the two columns of weak error − "
        f"misfit have rank correlation {order.statistic:.2f}. There the true error exceeds it by "
        f"{min(theirs):.2f} to {max(theirs):.2f}, for our networks by {min(above):.2f} to "
        f"{max(above):.2f}."
    ]
