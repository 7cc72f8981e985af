"""Run benchmarks, each in a process of its own: `python -m experiments.speed [NAME ...]`."""

import subprocess
import sys

NAMES = (
    "solvers",
    "theorem",
    "large",
    "streaming",
    "figure",
    "gain_curve",
    "detection",
    "selection",
    "proofs",
)


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; return the worst exit code."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"usage: python -m experiments.speed [NAME ...]; names: {', '.join(NAMES)}")
        return 2
    commands = [[sys.executable, "-m", f"experiments.speed.{name}"] for name in names or NAMES]
    return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
