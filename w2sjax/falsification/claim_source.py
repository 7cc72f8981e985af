"""The source of a user's claim, by its checksum: another text is another claim."""

import inspect
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import w2sjax
from w2sjax.claims import Claim

PACKAGE = str(Path(w2sjax.__file__).parent)


def source_of(claim: Claim) -> int:
    """Tell versions of a user's claim apart: a checksum of the files that define it; 0 for w2sjax's.

    Where there is no file (a notebook), of the compiled functions. What these files import is not seen.
    """
    parts: list[bytes] = []
    hypotheses = [f for h in claim.hypotheses.values() for f in (h.impose, h.drop)]
    roots = (claim.check, claim.false_twin, claim.domain.draw, claim.domain.prepare, *hypotheses)
    seen: dict[int, CodeType] = {}
    for root in roots:
        for code in _codes(root, seen):
            path = Path(code.co_filename)
            if path.is_relative_to(PACKAGE):
                continue
            text = (
                path.read_bytes()
                if path.is_file()
                else code.co_code + repr(code.co_consts).encode()
            )
            if text not in parts:
                parts.append(text)
    return zlib.crc32(b"".join(parts)) if parts else 0


def _codes(function: Any, seen: dict[int, CodeType]) -> Iterator[CodeType]:
    """Find the code of a function and of the functions that it has in its closure."""
    function = inspect.unwrap(function) if callable(function) else function
    code = getattr(function, "__code__", None)
    if code is None or id(function) in seen:
        return
    seen[id(function)] = code
    yield code
    for cell in function.__closure__ or ():
        yield from _codes(cell.cell_contents, seen)
