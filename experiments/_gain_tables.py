"""Averages of gain and misfit over the splits of a study, and what they say of the heuristic."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments._run import averages, grouped

MEASURED = (
    "weak_error",
    "student_error",
    "misfit",
    "gain",
    "bound",
    "epsilon",
    "gap",
    "guaranteed",
    "excess_sampled",
    "excess_outside",
)


def summary(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Average over the splits, a row a weak model, sorted as in Table 1: by weak error - misfit.

    `picked` marks the smallest weak error - misfit of a data set, `best` the smallest student error.
    """
    means = []
    for (dataset, weak), some in grouped(rows, "dataset", "weak"):
        mean: dict[str, Any] = {"dataset": dataset, "unit": some[0]["unit"], "weak": weak}
        mean["family"] = some[0]["family"]
        mean |= averages({name: np.array([row[name] for row in some]) for name in MEASURED})
        means.append(mean)
    ordered = []
    for _, some in grouped(means, "dataset"):
        group = sorted(some, key=lambda mean: mean["bound"])
        least = min(mean["student_error"] for mean in group)
        ordered += [
            mean | {"picked": int(mean is group[0]), "best": int(mean["student_error"] == least)}
            for mean in group
        ]
    return ordered


def remarks(
    rows: Sequence[dict[str, Any]], means: Sequence[dict[str, Any]], points: str = "texts"
) -> list[str]:
    """Say, in numbers, what the heuristic costs and where the truth lies outside the class."""
    picked = next(mean for mean in means if mean["picked"])
    best = next(mean for mean in means if mean["best"])
    regret = picked["student_error"] - best["student_error"]
    exceed = sum(row["student_error"] > row["bound"] for row in rows)
    far = sum(row["epsilon"] > row["misfit"] for row in rows)
    guaranteed = sum(row["guaranteed"] > 0 for row in rows)
    epsilon, misfit = (
        f"{min(mean[name] for mean in means):.2g} to {max(mean[name] for mean in means):.2g}"
        for name in ("epsilon", "misfit")
    )
    excess = np.mean([mean["student_error"] - mean["bound"] for mean in means])
    sampled, outside = (
        np.mean([mean[f"excess_{cause}"] for mean in means]) for cause in ("sampled", "outside")
    )
    return [
        f"picked: least weak error − misfit; it costs {regret:.4f} over the best student.",
        f"The true error exceeds weak error − misfit in {exceed} of {len(rows)} measurements; with "
        f"the truth in the class and a student fitted on the {points} that judge it, it could not. "
        f"ε is {epsilon}, the misfit {misfit}, and ε > misfit in {far} measurements.",
        f"On average it exceeds by {excess:.3f}: {outside:.3f} for the truth outside the class, "
        f"{sampled:.3f} for a student that learnt from other {points}. The sharpened Theorem 2, "
        f"which bounds both, guarantees a gain in {guaranteed} measurements.",
    ]
