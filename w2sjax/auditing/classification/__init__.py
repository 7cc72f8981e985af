"""Audit classifiers: weak models that give probabilities, students that are softmax-linear heads."""
