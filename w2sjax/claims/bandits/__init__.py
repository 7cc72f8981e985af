"""Overlap density: detection, selection of sources, gain (Shin, Cooper, Sala 2025)."""
