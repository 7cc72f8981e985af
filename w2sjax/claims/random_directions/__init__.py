"""Delta learning in high dimension (Geng et al. 2025)."""
