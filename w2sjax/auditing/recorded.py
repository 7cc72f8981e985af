"""What an audit records of these data and options: what is done, and what is under way."""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
import scipy.sparse
from jaxtyping import PRNGKeyArray

from w2sjax.auditing.neighbours import Neighbourhoods
from w2sjax.machine.records import UNRECORDED, Part, Record, fingerprint
from w2sjax.projecting.hypothesis import HypothesisClass
from w2sjax.projecting.rows import Rows


def recorded(
    checkpoint: str | Path | None,
    kind: str,
    data: Any,
    key: PRNGKeyArray | None,
    split: str | None,
    work: dict[str, Any],
) -> Callable[[str], Part]:
    """Give the parts of what is recorded of an audit, by their names.

    `data`, of `AuditData` or `ClassifierData`, are told by their contents, which are read once for it; `work`
    has what else the audit depends on.
    """
    if checkpoint is None:
        return lambda part: UNRECORDED
    told = {
        "data": fingerprint(_arrays(data)),
        "dtype": str(data.strong_features.dtype),
        "key": None if key is None else jax.random.key_data(key).tolist(),
        "split": split,
    }
    return functools.partial(Part, Record(checkpoint, kind, told | work))


def _arrays(data: Any) -> Iterator[Any]:
    """Give all numbers of an audit, in place of features the digests of some rows each."""
    given = {field.name: getattr(data, field.name) for field in dataclasses.fields(data)}
    features = given.pop("strong_features")
    for digest in Rows(features).each(lambda rows: fingerprint([features[rows]])):
        yield np.frombuffer(digest.encode(), np.uint8)
    for array in given.values():
        if not isinstance(array, str | tuple):
            yield np.zeros(0) if array is None else array


def route_of(hypothesis: HypothesisClass) -> str:
    """Name how features are read, on which the last digits depend."""
    features = hypothesis.features
    return f"in blocks of {features.height}" if isinstance(features, Rows) else "in memory"


def neighbourhoods(
    record: Part, unit: str, find: Callable[[], Sequence[Neighbourhoods]]
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

    return [_neighbourhoods(**fields) for fields in record.once(unit, found)]


def _neighbourhoods(name: str, tied: int, places: np.ndarray, ends: np.ndarray) -> Neighbourhoods:
    n = len(ends) - 1
    graph = scipy.sparse.csr_array((np.ones(len(places), bool), places, ends), shape=(n, n))
    return Neighbourhoods(name, graph, tied)
