"""Files of results: whether they can be written, asked before they are computed, and written as a whole."""

import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: str | Callable[[BinaryIO], None]) -> None:
    """Replace a file in one step: a kill, a full disk or another process leaves a whole one.

    A link or what is no plain file, such as /dev/stdout, is written to where it is.

    Raises:
        OSError: naming the file, if it cannot be written; what was there stays.
    """
    plain = not path.is_symlink() and (path.is_file() or not path.exists())
    own = f".{path.name}.{os.getpid()}.{threading.get_ident()}.partial"
    fresh = path.with_name(own) if plain else path
    try:
        with fresh.open("wb") as stream:
            if isinstance(content, str):
                stream.write(content.encode())
            else:
                content(stream)
            if plain:
                stream.flush()
                os.fsync(stream.fileno())
        if plain:
            os.replace(fresh, path)
    except BaseException as error:
        if plain:
            fresh.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise


def ready_file(option: str, path: Path | None) -> None:
    """See that a file, if one is asked for, can be written, without a change to what is there.

    Raises:
        ValueError: naming the option, if it cannot.
    """
    if path is None:
        return
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


def ready_folders(**folders: Path | None) -> None:
    """Make the folders that options ask for, and see that files can be written there.

    Raises:
        ValueError: naming the option, if not.
    """
    for option, folder in folders.items():
        if folder is None:
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise ValueError(f"--{option}: cannot write in {folder} ({error})") from error
