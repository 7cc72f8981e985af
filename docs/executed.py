"""Outputs of the pages' code: kept as executed notebooks, so that a build runs only code that is new.

The kept files have the code and its outputs alone; a page finds its own by its code.
"""

import shutil

from docs.places import EXECUTED, KEPT


def seed() -> None:
    """Fill an empty cache with the outputs that are kept."""
    from jupyter_cache import get_cache

    if EXECUTED.exists():
        return
    cache = get_cache(str(EXECUTED))
    for path in sorted(KEPT.glob("*.ipynb")):
        cache.cache_notebook_file(str(path), check_validity=False, overwrite=True)


def empty() -> None:
    """Forget all outputs, so that the next build runs every page."""
    shutil.rmtree(EXECUTED, ignore_errors=True)
    shutil.rmtree(KEPT, ignore_errors=True)


def keep() -> None:
    """Keep the outputs of the last build."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for path in (EXECUTED / "executed").glob("*/base.ipynb"):
        shutil.copyfile(path, KEPT / f"{path.parent.name}.ipynb")
