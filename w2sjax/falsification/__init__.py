"""Falsification: find a counterexample, decide it in exact arithmetic, shrink it, replay it."""
