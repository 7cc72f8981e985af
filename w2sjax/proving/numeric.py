"""Linear matrix inequalities in doubles, by Clarabel's interior point method."""

import importlib
import math
from typing import Any

import numpy as np
from scipy import sparse

from w2sjax.proving.systems import Affine, System


def solved(system: System, objective: Affine | None = None) -> tuple[Any, float]:
    """Solve in doubles: the point farthest inside, or where an objective is least.

    Returns the solver's solution, None if it has none, and the margin; with an objective and no solution, -1
    if it has no least value, and 1 if there is no point.

    Raises:
        ImportError: without Clarabel.
    """
    try:
        clarabel: Any = importlib.import_module("clarabel")
    except ImportError as error:
        raise ImportError("proofs need Clarabel: pip install 'w2sjax[prove]'") from error
    m, margin = system.size, objective is None
    width = m + margin
    rows: list[list[float]] = []
    right: list[float] = []
    cones = []

    def add(one: Affine, scale: float, inside: float) -> None:
        rows.append([-scale * float(a) for a in one[1:]] + [inside * scale] * margin)
        right.append(scale * float(one[0]))

    for one in system.nonnegative:
        add(one, 1.0, 1.0)
    if margin:
        rows.append([0.0] * m + [1.0])
        right.append(1.0)
    if rows:
        cones.append(clarabel.NonnegativeConeT(len(rows)))
    for block in system.blocks:
        for j in range(len(block)):
            for i in range(j + 1):
                add(block[i][j], 1.0 if i == j else math.sqrt(2.0), float(i == j))
        cones.append(clarabel.PSDTriangleConeT(len(block)))
    costs = [0.0] * m + [-1.0] if objective is None else list(map(float, objective[1:]))
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    answer = clarabel.DefaultSolver(
        sparse.csc_matrix((width, width)), np.array(costs),
        sparse.csc_matrix(np.array(rows).reshape(len(rows), width)), np.array(right), cones, settings,
    ).solve()  # fmt: skip
    status = str(answer.status)
    if "DualInfeasible" in status:
        return None, -1.0
    if "Solved" not in status and status != "InsufficientProgress":
        return None, -1.0 if margin else 1.0
    return answer, answer.x[m] if margin else 0.0
