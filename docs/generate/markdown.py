"""Pieces of Markdown, and files that are written only where their text changes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Lines = list[str]
FORMULA = re.compile(r"(\$[^$]*\$)")
ARXIV = re.compile(r"arXiv:(\d{4}\.\d{5})")


def table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Lines:
    """Write a table; pipes inside of formulas are written so that they do not end a cell."""
    every = [titles, ["---"] * len(titles), *rows]
    return [f"| {' | '.join(_cell(str(cell)) for cell in row)} |" for row in every] + [""]


def _cell(text: str) -> str:
    parts = FORMULA.split(text.replace("\n", " "))
    return "".join(piped(p) if p.startswith("$") else p.replace("|", r"\|") for p in parts)


def piped(text: str) -> str:
    r"""Write formulas without pipes: `\|` and `|` by their names."""
    return FORMULA.sub(lambda one: one[0].replace(r"\|", r"\Vert ").replace("|", r"\vert "), text)


def math(formula: str) -> Lines:
    """Write a formula on lines of its own."""
    return ["$$", formula, "$$", ""]


def paragraphs(docstring: str | None) -> list[str]:
    """Split a docstring; every paragraph becomes one line, so that no line begins like a list."""
    parts = re.split(r"\n\s*\n", docstring or "")
    return [" ".join(part.split()) for part in parts if part.strip()]


def linked(text: str) -> str:
    """Link papers."""
    return ARXIV.sub(r"[arXiv:\1](https://arxiv.org/abs/\1)", text)


def slug(*parts: str) -> str:
    """Make the name of a place on a page."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")


def write(pages: Mapping[Path, str]) -> None:
    """Write files whose text has changed; Sphinx reads only these again."""
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def remove_others(folder: Path, kept: Iterable[Path]) -> None:
    """Remove files of a folder that a former build left."""
    left = set(kept)
    for path in folder.rglob("*") if folder.is_dir() else ():
        if path.is_file() and path not in left:
            path.unlink()
