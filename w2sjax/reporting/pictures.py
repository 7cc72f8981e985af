"""Figures for pages, where matplotlib is there to draw them."""

import importlib.util
from pathlib import Path

from w2sjax.reporting.blocks import Figure


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def missing(extra: str = "experiments") -> str:
    """Say which extra brings the pictures."""
    return f"no pictures: matplotlib is not installed; pip install 'w2sjax[{extra}]' brings it"


def figure(stem: Path, caption: str = "") -> Figure:
    """Take the picture `stem`.svg, which `machine.figure_style.drawing` wrote, into a page."""
    text = stem.with_name(stem.name + ".svg").read_text(encoding="utf-8")
    return Figure(text[text.index("<svg") :], caption)
