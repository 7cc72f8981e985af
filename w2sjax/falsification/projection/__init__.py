"""Projection problems in exact numbers."""
