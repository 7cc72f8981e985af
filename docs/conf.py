"""Sphinx's settings; build with `python -m docs`."""

import os
import sys
from importlib import metadata
from pathlib import Path

ROOT = str(Path(__file__).parent.parent)
sys.path.insert(0, ROOT)
# Pages' code runs in processes of its own, which find the experiments, too.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (ROOT, os.environ.get("PYTHONPATH"))))

from docs import executed  # noqa: E402
from docs.places import EXECUTED  # noqa: E402

executed.seed()

project = "w2sjax"
html_title = "w2sjax"
author = "the authors of w2sjax"
copyright = author
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "docs.generate",
]
exclude_patterns = ["_build", "results"]

myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(EXECUTED)
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_use_ivar = True
napoleon_attr_annotations = False  # they stand in the signature
python_maximum_signature_line_length = 80
default_role = "code"  # single backticks in docstrings
nitpick_ignore_regex = [("py:.*", ".*")]  # types of other packages: nothing is fetched to link them

html_theme = "sphinx_book_theme"
# MathJax in one file, which draws its letters itself: no network and no fonts, also from a local file.
MATHJAX = metadata.distribution("sphinx-mathjax-offline")
html_static_path = [
    "_static",
    str(MATHJAX.locate_file("sphinx-mathjax-offline/static/mathjax/tex-svg.js")),
]
mathjax_path = "tex-svg.js"
html_css_files = ["pages.css"]
html_show_sourcelink = False
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
}
