"""A projection as a report."""

from collections import Counter
from typing import Any

import numpy as np

from w2sjax.reporting.blocks import Report, Row, Table
from w2sjax.reporting.numbers import number

GAP = "The squared distance of each from the exact projection is at most its gap: that is proved."


def report(found: Any, names: type) -> Report:
    """Give a projection, or a batch of them, as a report; `names` are those of a status."""
    statuses = Counter(names(int(one)).name for one in np.ravel(found.status))
    reach = float(np.min(found.radius))
    covered = "the whole class" if np.isinf(reach) else f"members up to a reach of {number(reach)}"
    many = np.size(found.status) > 1
    rows = {
        "status": ", ".join(
            f"{count} {name}" if many else name for name, count in statuses.items()
        ),
        "gap, at most": number(float(np.max(found.gap))),
        "gap covers": covered,
        "steps, at most": str(int(np.max(found.steps))),
    }
    title = f"{np.size(found.status)} projections" if many else "Projection"
    table = Table((), tuple(map(Row, rows.items())), left=(0, 1))
    return Report(f"{title} at {found.values.shape[-1]} points", "", (table,), (), (GAP,))
