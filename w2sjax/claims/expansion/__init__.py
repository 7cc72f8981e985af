"""Expansion: errors on finite worlds, bounded through neighbourhoods."""
