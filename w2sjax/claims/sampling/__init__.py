"""Theorem 2 with samples: statements that hold with probability at least 1 - delta."""
