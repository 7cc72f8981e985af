"""Run every benchmark: `python -m experiments.speed`."""

from experiments.speed import figure, large, solvers, theorem

solvers.main()
theorem.main([])
large.main([])
figure.main([])
