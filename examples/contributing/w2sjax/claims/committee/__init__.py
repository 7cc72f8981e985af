"""Averages of weak models."""
