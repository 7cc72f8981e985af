"""Classes of functions and projections on them: sets, solvers, certificates."""
