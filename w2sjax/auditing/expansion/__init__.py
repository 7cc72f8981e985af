"""Expansion constants on a user's features: neighbourhoods, sets of students, bounds."""
