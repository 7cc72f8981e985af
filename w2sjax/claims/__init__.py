"""Claims: one theorem a file, in the folder of its setting; `REGISTRY` lists them, by setting and name."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

from w2sjax.language.claims import Claim
from w2sjax.settings.setting import NAMES


def _found() -> Iterator[Claim]:
    folders = {folder.name for folder in pkgutil.iter_modules(__path__)}
    for setting in (name for name in NAMES if name in folders):
        folder = importlib.import_module(f"{__name__}.{setting}")
        for file in sorted(pkgutil.iter_modules(folder.__path__)):
            module = importlib.import_module(f"{folder.__name__}.{file.name}")
            yield dataclasses.replace(module.CLAIM, name=file.name)


REGISTRY: tuple[Claim, ...] = tuple(_found())
