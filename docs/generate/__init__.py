"""Pages made from the code and from results: a Sphinx extension that writes them before each build."""

from pathlib import Path
from typing import Any

from docs.places import REFERENCE, RESULTS, THEOREMS


def setup(app: Any) -> dict[str, Any]:
    """Have Sphinx write the pages first, and read docstrings as they are written here."""
    from docs.generate.interface import process, shorten

    app.connect("builder-inited", lambda _: generate())
    app.connect("autodoc-process-docstring", process, priority=100)
    app.connect("autodoc-process-signature", shorten)
    return {"parallel_read_safe": True}


def generate() -> None:
    """Write all pages whose text has changed."""
    from docs.generate.markdown import remove_others, write

    pages = theorems() | reference()
    write(pages)
    for folder in (THEOREMS, REFERENCE / "api"):
        remove_others(folder, pages)


def theorems() -> dict[Path, str]:
    """Write the pages of all claims, their indexes, and the theorems for Coq."""
    from docs.generate import indexes, proofs, theorem
    from docs.generate.results import Results
    from w2sjax.claims import REGISTRY
    from w2sjax.verification.overview import overview

    results, names = Results(RESULTS), frozenset(claim.name for claim in REGISTRY)
    pages = {THEOREMS / f"{one.name}.md": theorem.page(one, results, names) for one in REGISTRY}
    pages[THEOREMS / "index.md"] = indexes.by_setting(REGISTRY)
    pages[THEOREMS / "in_one_table.md"] = indexes.in_one_table(overview())
    pages[THEOREMS / "by_paper.md"] = indexes.by_paper(REGISTRY, results)
    pages[THEOREMS / "by_assumption.md"] = indexes.by_assumption(REGISTRY, results)
    return pages | proofs.scripts(REGISTRY, results)


def reference() -> dict[Path, str]:
    """Write the reference."""
    from docs.generate.bad_input import bad_input
    from docs.generate.commands import commands
    from docs.generate.fields import files
    from docs.generate.interface import interface
    from docs.generate.sets import sets

    written = {"commands": commands(), "files": files(), "sets": sets(), "bad_input": bad_input()}
    pages = {REFERENCE / f"{name}.md": text for name, text in written.items()}
    return pages | {REFERENCE / "api" / f"{n}.md": text for n, text in interface().items()}
