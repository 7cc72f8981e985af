"""Finite worlds in exact numbers."""
