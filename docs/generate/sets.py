"""The convex sets, from their registry."""

import inspect

from docs.generate.markdown import paragraphs, table
from w2sjax.projecting.sets import SETS, parse


def sets() -> str:
    """Write the page."""
    lines = ["# Convex sets", "", inspect.cleandoc(parse.__doc__ or ""), ""]
    rows = [(f"`{name}`", kind.space, kind.parameters) for name, kind in SETS.items()]
    lines += ["## All of them", "", *table(("set", "constrains", "after the colon"), rows)]
    for name, kind in SETS.items():
        said = paragraphs((kind.__doc__ or "").partition("Attributes:")[0])
        lines += [f"### {name}", "", *(line for text in said for line in (text, ""))]
    return "\n".join(lines)
