r"""Which weak model to deploy the student of, before its error is known.

The heuristic of Charikar, Pabbaraju, Shiragur (2024), arXiv:2405.15116: the smallest
$\mathrm{err}_w - \mathrm{misfit}$. It is certified when the upper bound of the chosen student's
error lies below the lower bound of every other's.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from w2sjax.auditing.quantities import Quantities


def rank(found: Quantities, names: Sequence[str]) -> dict[str, Any]:
    """Rank weak models whose quantities are numpy arrays; nobody is chosen without a target.

    A single model is chosen and certified, having no rival. Models with numbers that are not
    finite are never chosen, and nothing is certified against them. The names are `results.Audit`'s.
    """
    with np.errstate(invalid="ignore"):
        scores = np.asarray(found.weak_error) - np.asarray(found.misfit)
    errors = np.asarray(found.student_error)
    usable = np.isfinite(scores) & np.isfinite(errors)
    if not usable.any():
        return {"chosen": None, "certified": False, "best": None, "regret": None}
    chosen = int(np.argmin(np.where(usable, scores, np.inf)))
    best = int(np.argmin(np.where(usable, errors, np.inf)))
    rivals = np.delete(np.asarray(found.student_error_low), chosen)
    certified = bool(np.all(np.asarray(found.student_error_high)[chosen] < rivals))
    regret = float(errors[chosen] - errors[best])
    return {"chosen": names[chosen], "certified": certified, "best": names[best], "regret": regret}
