"""Whether results can be written, asked before they are computed."""

import tempfile
from pathlib import Path


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
