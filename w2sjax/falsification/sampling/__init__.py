"""Small populations in exact numbers: how likely a sample is to break a statement."""
