"""Scores of classifiers, the law of a student, and which weak model to deploy."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float64, PRNGKeyArray

from w2sjax.auditing.bootstrap import percentile_interval
from w2sjax.auditing.classification import measures
from w2sjax.auditing.classification.data import ClassifierData
from w2sjax.auditing.classification.results import Scores
from w2sjax.auditing.classification.students import CEILING, LEARN, STUDENT, Learnt
from w2sjax.auditing.recovered import GapStatus, gap_recovered
from w2sjax.auditing.results import finite
from w2sjax.mixture.logistic import FitStatus


def scores_of(
    data: ClassifierData, logs: dict[str, np.ndarray], drawn: dict[str, np.ndarray]
) -> dict[str, Scores]:
    """Scores of the classifiers by role; nothing without a truth."""
    if data.truth is None:
        return {role: Scores() for role in logs}
    masses, truth, codes = data.masses, data.truth, np.argmax(data.truth, axis=1)
    right, weights = _right(data, logs)
    accuracies = {role: float(weights[hits].sum() / weights.sum()) for role, hits in right.items()}
    scores = {}
    for role, found in logs.items():
        recovered: dict[str, Any] = {}
        if role in LEARN:
            three = [accuracies[one] for one in ("weak", role, CEILING)]
            ratio = gap_recovered(*map(jnp.asarray, three))
            recovered = {
                "gap_recovered": finite(ratio.value),
                "gap_status": GapStatus(int(ratio.status)).name,
                "gap_interval": _interval(drawn, role),
            }
        scores[role] = Scores(
            accuracy=accuracies[role],
            log_loss=finite(measures.log_loss(found, truth, masses)),
            calibration_error=measures.calibration_error(np.exp(found), codes, masses),
            **recovered,
        )
    return scores


def resampled(
    data: ClassifierData, logs: dict[str, np.ndarray], count: int, key: PRNGKeyArray | None
) -> dict[str, np.ndarray]:
    """Accuracies on resamples of the points, the same resamples for all classifiers."""
    if not count or key is None or data.truth is None:
        return {}
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)).ravel().tolist())
    right, weights = _right(data, logs)
    hits, found = np.stack(list(right.values())).astype(float), []
    for _ in range(count):
        rows = random.integers(0, len(weights), len(weights))
        found.append(hits[:, rows] @ weights[rows] / weights[rows].sum())
    return dict(zip(right, np.stack(found, axis=1), strict=True))


def _right(
    data: ClassifierData, logs: dict[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Where each classifier is right, and weights whose sums are exact where all are the same."""
    codes = np.argmax(np.asarray(data.truth), axis=1)
    weights = np.ones(len(codes)) if data.weights is None else data.weights
    return {role: np.argmax(found, axis=1) == codes for role, found in logs.items()}, weights


def _interval(drawn: dict[str, np.ndarray], role: str):
    """Percentiles of the ratio; None where some resample leaves it undefined or the ceiling is below."""
    if not drawn:
        return None
    ratio = gap_recovered(*(jnp.asarray(drawn[one]) for one in ("weak", role, CEILING)))
    ratios = np.where(
        np.asarray(ratio.status) == GapStatus.DEFINED, np.asarray(ratio.value), np.nan
    )
    return percentile_interval(ratios)


def with_head(scores: Scores, learnt: Learnt) -> Scores:
    """Add what is known of its head."""
    head = learnt.head
    return dataclasses.replace(
        scores,
        penalty=float(head.penalty),
        status=FitStatus(int(head.status)).name,
        gap=finite(head.gap),
        smoothed=learnt.smoothed,
        settled=learnt.settled,
    )


def law(logs: dict[str, np.ndarray], masses: Float64[np.ndarray, " n"]) -> dict[str, Any]:
    """The misfit of a student, and its gain to the ceiling, with their rounding."""
    misfit, error = measures.kl(logs["weak"], logs[STUDENT], masses)
    found = {"kl_misfit": finite(misfit), "rounding": finite(error)}
    if CEILING in logs:
        above, first = measures.kl(logs["weak"], logs[CEILING], masses)
        left, second = measures.kl(logs[STUDENT], logs[CEILING], masses)
        lost, third = measures.defect(logs["weak"], logs[STUDENT], logs[CEILING], masses)
        found |= {
            "kl_gain_to_ceiling": finite(above - left),
            "kl_to_ceiling": finite(left),
            "defect": finite(lost),
            "rounding": finite(error + first + second + third),
        }
    return found


def choose(models: Sequence[Any]) -> dict[str, Any]:
    """Choose the student that is closest to the ceiling; nobody without a truth."""
    usable = [m for m in models if m.kl_to_ceiling is not None and m.rounding is not None]
    if not usable:
        return {"chosen": None, "certified": False, "best": None, "regret": None}
    chosen = min(usable, key=lambda m: m.kl_to_ceiling)
    best = max(usable, key=lambda m: m.student.accuracy)
    certified = len(usable) == len(models) and all(
        chosen.kl_to_ceiling + chosen.rounding < m.kl_to_ceiling - m.rounding
        for m in usable
        if m is not chosen
    )
    regret = best.student.accuracy - chosen.student.accuracy
    return {"chosen": chosen.name, "certified": certified, "best": best.name, "regret": regret}
