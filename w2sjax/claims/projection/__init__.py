"""Claims about projections in the squared loss."""
