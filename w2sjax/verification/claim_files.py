"""Claims from a user's Python file, named as on the command line: `my_bounds.py::my_claim`."""

import dataclasses
import importlib.util
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from w2sjax.claims import REGISTRY
from w2sjax.language.claims import Claim
from w2sjax.language.names import nearest
from w2sjax.machine.where import described, line_in

SEPARATOR = "::"


def find_claims(names: Sequence[str]) -> list[Claim | str]:
    """Load the claims that are named by file; leave registered names as they are.

    Args:
        names: `file.py` for all claims that the file defines, `file.py::claim` for one, or the name of
            a registered claim. A file is run once, however often it is named, so its claims share
            instances.

    Raises:
        ValueError: if a file is not there, does not run, or has no such claim.
    """
    loaded: dict[Path, dict[str, Claim]] = {}
    found: list[Claim | str] = []
    for name in names:
        if SEPARATOR not in name and not name.endswith(".py"):
            found.append(name)
            continue
        file, _, wanted = name.partition(SEPARATOR)
        path = Path(file).resolve()
        if path not in loaded:
            loaded[path] = _defined(_run(file, path))
        defined = loaded[path]
        if not defined:
            raise ValueError(
                f"{file} defines no claim; state one as NAME = Claim(...), or with @w2sjax.claim(draw=...)"
            )
        if wanted and wanted not in defined:
            raise ValueError(f"{file} has no claim {wanted!r}; {nearest(wanted, defined)}")
        if SEPARATOR in name and not wanted:
            raise ValueError(f"{name}: expected the name of a claim after {SEPARATOR}")
        chosen = [defined[wanted]] if wanted else defined.values()
        found.extend(claim for claim in chosen if not any(claim is other for other in found))
    return found


def _defined(module: ModuleType) -> dict[str, Claim]:
    """Collect the claims of a module by the names it gives them, without those of w2sjax."""
    found = {name: value for name, value in vars(module).items() if isinstance(value, Claim)}
    return {
        name: claim if claim.name else dataclasses.replace(claim, name=name)
        for name, claim in found.items()
        if not any(dataclasses.replace(claim, name=known.name) == known for known in REGISTRY)
    }


def _run(file: str, path: Path) -> ModuleType:
    """Run a file as a module, with its folder first on the path as `python FILE` has it."""
    if path.suffix != ".py":
        raise ValueError(f"{file}: expected a Python file, FILE.py or FILE.py{SEPARATOR}CLAIM")
    if not path.is_file():
        raise ValueError(f"{file}: there is no such file")
    name = f"_claims_of_{zlib.crc32(str(path).encode()):08x}"
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise ValueError(f"{file}: Python cannot load it")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # where dataclasses look for the module that defines them
    sys.path.insert(0, str(path.parent))
    try:
        specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ValueError(f"{file}{line_in(error, str(path))}: {described(error)}") from error
    finally:
        sys.path.remove(str(path.parent))
    return module
