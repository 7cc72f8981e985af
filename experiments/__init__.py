"""Experiments compute: one module a figure or table, data and manifest out."""
