"""Files of results: whether they can be written, asked before they are computed, and written as a whole."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: str | Callable[[BinaryIO], None]) -> None:
    """Replace a file in one step: a kill, a full disk or another process leaves a whole one.

    Raises:
        OSError: naming the file, if it cannot be written; what was there stays.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as stream:
            if isinstance(content, str):
                stream.write(content.encode())
            else:
                content(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def ready_file(option: str, path: Path) -> None:
    """See that a file can be written, without a change to what is there.

    Raises:
        ValueError: naming the option, if it cannot.
    """
    if path.is_dir():
        raise ValueError(f"{option}: {path} is a folder, not a file")
    if not path.parent.is_dir():
        raise ValueError(f"{option}: there is no folder {path.parent}")
    try:
        if path.exists():
            path.open("ab").close()
        else:
            tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        raise ValueError(f"{option}: {path} cannot be written ({error})") from error


def ready_folder(option: str, folder: Path) -> None:
    """Make a folder and see that files can be written there.

    Raises:
        ValueError: naming the option, if not.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ValueError(f"{option}: cannot write in {folder} ({error})") from error
