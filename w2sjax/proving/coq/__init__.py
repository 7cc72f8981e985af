"""Theorems for the proof assistant Coq: `Projection.v` by hand, the file of each theorem generated."""
