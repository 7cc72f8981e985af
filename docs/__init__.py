"""The documentation: `python -m docs` builds it; `generate` writes the pages that come from the code."""
