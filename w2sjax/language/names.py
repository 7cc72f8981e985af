"""Names that people write, and the nearest ones that there are."""

import difflib
from collections.abc import Iterable

NEAR = 3  # names that are offered at most


def suggestion(name: str, known: Iterable[str]) -> str:
    """Say which name may have been meant; nothing where none is near."""
    near = difflib.get_close_matches(name.lower(), list(known), NEAR)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which name may have been meant, or all that there are where none is near."""
    names = list(known)
    return suggestion(name, names) or f"known are {', '.join(names) or 'none'}"


def unknown(what: str, name: str, known: Iterable[str]) -> ValueError:
    """Make the error that there is nothing of this name."""
    return ValueError(f"{what}: there is no {name!r}; {nearest(name, known)}")
