"""Run every benchmark: `python -m experiments.speed`."""

from experiments.speed import large, solvers, theorem

solvers.main()
theorem.main([])
large.main([])
