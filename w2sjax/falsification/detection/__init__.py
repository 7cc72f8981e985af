"""The detected overlap density in exact numbers: few points, the probability of failure as a sum."""
