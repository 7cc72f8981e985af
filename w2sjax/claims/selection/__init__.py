"""Choosing among weak models by the error that Theorems 1 and 2 promise of their students."""
