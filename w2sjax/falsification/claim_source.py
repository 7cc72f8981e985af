"""The source of a user's claim, by its checksum: another text is another claim."""

import inspect
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

from w2sjax.language.claims import Claim


def source_of(claim: Claim) -> int:
    """Tell versions of a user's functions apart: a checksum of the files that define them; 0 without any.

    Where there is no file (a notebook), of the compiled functions. What these files import is not seen.
    """
    functions = getattr(claim.setting, "functions", ())
    seen: dict[int, CodeType] = {}
    texts = dict.fromkeys(_text(code) for one in functions for code in _codes(one, seen))
    return zlib.crc32(b"".join(texts))


def _text(code: CodeType) -> bytes:
    path = Path(code.co_filename)
    return path.read_bytes() if path.is_file() else code.co_code + repr(code.co_consts).encode()


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
