"""Reports as HTML, by one template: a page that needs no network, or a part of a notebook."""

import functools
import re
from pathlib import Path
from typing import Any

from w2sjax.machine.versions import versions
from w2sjax.machine.writable import write_whole
from w2sjax.reporting.blocks import Report

TEMPLATE = "page.html.jinja"
# A letter with an index, as Unicode formulas have it: f_sw, f_sw,j, m_A.
_INDEX = re.compile(r"(?<!\w)([^\W\d_]|dis)_(\w+(?:,\w)*)")


def page(report: Report) -> str:
    """Give a report as a whole page."""
    return _template().render(report=report, whole=True, versions=report.versions or versions())


def fragment(report: Report) -> str:
    """Give a report for a notebook, which has its own style."""
    return _template().render(report=report, whole=False)


def write(report: Report, path: Path) -> Path:
    """Write a page; returns its path."""
    write_whole(path, page(report))
    return path


def indexed(text: str) -> Any:
    """Escape a formula, and lower the indices in it."""
    from markupsafe import Markup, escape

    return Markup(_INDEX.sub(r"\1<sub>\2</sub>", str(escape(text))))


@functools.cache
def _template() -> Any:
    import jinja2

    loader = jinja2.PackageLoader("w2sjax", "reporting")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.filters["indexed"] = indexed
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment.get_template(TEMPLATE)
