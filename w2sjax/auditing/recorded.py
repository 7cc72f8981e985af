"""What an audit records: the resamples and neighbours that are done, of these data and options."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
import scipy.sparse
from jaxtyping import PRNGKeyArray

from w2sjax.auditing.checks import row_blocks
from w2sjax.auditing.classes import Choice
from w2sjax.auditing.data import AuditData
from w2sjax.auditing.expansion.options import ExpansionOptions
from w2sjax.auditing.neighbours import Neighbourhoods
from w2sjax.machine.records import Record, fingerprint

Once = Callable[[str, Callable[[], Any]], Any]


def recorded(
    checkpoint: str | Path | None,
    choice: Choice,
    key: PRNGKeyArray | None,
    split: str | None,
    expansion: ExpansionOptions,
    numbers: Sequence[float | None],
) -> Callable[[str], Once]:
    """Give what records the units of each part of an audit.

    Data are told by their contents, which are read once for it; `numbers` are further options.
    """
    if checkpoint is None:
        return lambda part: lambda unit, compute: compute()
    data = choice.data
    work = {
        "data": fingerprint(_arrays(data)),
        "dtype": str(data.strong_features.dtype),
        "set": [choice.label, fingerprint(jax.tree.leaves(choice.set)), choice.intercept],
        "key": None if key is None else jax.random.key_data(key).tolist(),
        "split": split,
        "expansion": dataclasses.asdict(expansion),
        "numbers": list(numbers),
    }
    record = Record(checkpoint, "audit", work)
    return lambda part: lambda unit, compute: record.once(f"{part}: {unit}", compute)


def _arrays(data: AuditData) -> Iterator[np.ndarray]:
    """Give all numbers of an audit, features some rows at a time."""
    for _, block in row_blocks(data.strong_features):
        yield block
    for name in ("weak_predictions", "target", "weights", "student_predictions"):
        given = getattr(data, name)
        yield np.zeros(0) if given is None else given


def neighbourhoods(
    once: Once, find: Callable[[], Sequence[Neighbourhoods]]
) -> list[Neighbourhoods]:
    """Find neighbourhoods, unless they are recorded."""

    def found() -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "tied": one.tied,
                "places": one.graph.indices,
                "ends": one.graph.indptr,
            }
            for one in find()
        ]

    return [_neighbourhoods(**fields) for fields in once("neighbours", found)]


def _neighbourhoods(name: str, tied: int, places: np.ndarray, ends: np.ndarray) -> Neighbourhoods:
    n = len(ends) - 1
    graph = scipy.sparse.csr_array((np.ones(len(places), bool), places, ends), shape=(n, n))
    return Neighbourhoods(name, graph, tied)
