"""What students inherit of their teachers' variance (Dong et al. 2025)."""
