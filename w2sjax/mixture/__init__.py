"""The overlap Gaussian mixture: sampling, weak model, oracle and student, exact accuracies."""
