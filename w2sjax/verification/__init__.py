"""Claims over many random instances: running, counting, reporting."""
