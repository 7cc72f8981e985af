"""Where the documentation keeps what."""

from pathlib import Path

SOURCE = Path(__file__).parent
ROOT = SOURCE.parent
BUILD = SOURCE / "_build"  # git ignores it
HTML = BUILD / "html"
EXECUTED = BUILD / "executed"  # outputs of the pages' code, by its text
PROGRESS = BUILD / "refresh"  # from where an interrupted `--refresh` goes on
RESULTS = SOURCE / "results"  # what takes minutes to compute; committed
KEPT = RESULTS / "executed"  # the same, committed
THEOREMS = SOURCE / "theorems"
REFERENCE = SOURCE / "reference"
