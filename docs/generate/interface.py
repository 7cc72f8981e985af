"""The reference of what is public in Python: pages that autodoc fills from docstrings."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from docs.generate.markdown import Lines, paragraphs, slug, table
from w2sjax.language.claims import Assumption
from w2sjax.language.printing import LATEX, written
from w2sjax.language.terms import Term
from w2sjax.settings.setting import NAMES, setting_named

# Packages whose names are public, then folders whose modules are.
PACKAGES = ("w2sjax", "w2sjax.language", "w2sjax.projecting.sets", "w2sjax.overlap",
            "w2sjax.representations", "w2sjax.strategies")  # fmt: skip
FOLDERS = ("w2sjax.mixture",)
ASKED = ("written", "writer", "check", "sets_of")  # by `Setting`, of a vocabulary
WRITTEN = re.compile(
    r"(?P<fenced>^```(?P<language>\w*)\n(?P<inside>.*?)^```$)"
    r"|(?P<code>`+[^`]+`+)|\$(?P<formula>[^$]+)\$|[*|]",
    re.DOTALL | re.MULTILINE,
)
EXPORTED = re.compile(r"import (\w+) as \1$", re.MULTILINE)


def interface() -> dict[str, str]:
    """Write the pages, by name."""
    modules = [importlib.import_module(name) for name in PACKAGES]
    for folder in map(importlib.import_module, FOLDERS):
        found = pkgutil.iter_modules(folder.__path__, f"{folder.__name__}.")
        modules += [importlib.import_module(one.name) for one in found]
    pages = {slug(one.__name__): _page(one) for one in modules}
    for name in NAMES:
        setting = setting_named(name)
        pages[slug(setting.package)] = _page(setting.vocabulary, _vocabulary(setting))
    entries = "\n".join(sorted(pages))
    index = f"# Python\n\nWhat is public, by module.\n\n```{{toctree}}\n:maxdepth: 1\n\n{entries}\n```\n"
    return pages | {"index": index}


def public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """List what a module defines, and what it imports as itself (`X as X`)."""
    exported = EXPORTED.findall(inspect.getsource(module))
    for name in dict.fromkeys([*exported, *vars(module)]):
        found = None if name.startswith("_") else getattr(module, name)
        if inspect.ismodule(found) or name in ASKED:
            continue
        if name in exported or getattr(found, "__module__", None) == module.__name__:
            yield name, found


def _page(module: ModuleType, more: Lines | None = None) -> str:
    lines = [f"# `{module.__name__}`", ""]
    lines += _words(module.__doc__) + (more or [])
    named = list(public(module))
    data = [f"`{name}`" for name, found in named if not callable(found)]
    lines += [f"Data: {', '.join(data)}.", ""] if data and more is None else []
    for name, found in named:
        if not callable(found):
            continue
        kind = "class" if inspect.isclass(found) else "function"
        options = ["   :members:"] if kind == "class" else []
        lines += ["```{eval-rst}", f".. auto{kind}:: {module.__name__}.{name}", *options, "```", ""]
    return "\n".join(lines)


def _words(docstring: str | None) -> Lines:
    """Give a module's docstring, which is Markdown."""
    if docstring is None or "```" in docstring or "| ---" in docstring:
        return [inspect.cleandoc(docstring or ""), ""]
    return [line for text in paragraphs(docstring) for line in (text, "")]


def _vocabulary(setting: Any) -> Lines:
    """List the symbols and assumptions of a setting."""
    found = sorted(vars(setting.vocabulary).items())
    terms = [(n, one) for n, one in found if isinstance(one, Term) and not n.startswith("_")]
    rows = [(f"`{name}`", f"${written(one, LATEX, setting.written)}$") for name, one in terms]
    lines = table(("symbol", "written"), rows) if rows else []
    kept = [(n, one) for n, one in found if isinstance(one, Assumption)]
    rows = [(f"`{name}`", one.name, one.description) for name, one in kept]
    return lines + (table(("assumption", "`--drop`", "says"), rows) if rows else [])


def as_rest(text: str) -> str:
    """Turn what docstrings take from Markdown into reStructuredText: formulas, code, plain stars and bars."""
    return WRITTEN.sub(_rest, text)


def _rest(part: re.Match[str]) -> str:
    if part["fenced"]:
        return _fenced(part)
    if part["formula"]:
        return f":math:`{' '.join(part['formula'].split())}`"
    return part["code"] or f"\\{part[0]}"


def _fenced(block: re.Match[str]) -> str:
    inside = "\n".join(f"   {line}" for line in block["inside"].splitlines())
    return f".. code-block:: {block['language'] or 'text'}\n\n{inside}\n"


def process(app: Any, what: str, name: str, one: Any, options: Any, lines: list[str]) -> None:
    """Change a docstring for autodoc, in place."""
    del app, what, name, one, options
    # Several names before a colon have to be one word for Napoleon.
    joined = [re.sub(r"^\s+\w+(, \w+)+(?=: )", lambda o: o[0].replace(", ", ","), x) for x in lines]
    lines[:] = as_rest("\n".join(joined)).splitlines()


def shorten(app: Any, what: str, name: str, one: Any, options: Any, *written: str | None) -> Any:
    """Call arrays in signatures by their public name."""
    del app, what, name, one, options
    return tuple(text and text.replace("jaxlib._jax.Array", "Array") for text in written)
