"""Rounding bounds of plain array code: a running error analysis of what it was traced to."""

from w2sjax.running_error.interpreter import rounded as rounded
