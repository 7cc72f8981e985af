"""Statements whose sides are computed by a user's code: straight-line programs in exact numbers."""
