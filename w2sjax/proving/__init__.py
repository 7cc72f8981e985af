"""Proofs and counterexamples for statements about projections, and the best constants of bounds."""
