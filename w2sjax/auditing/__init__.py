"""Audit a user's own activations and labels."""
