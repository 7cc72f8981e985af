"""Operations against textbook counts, and the table of a device's shares."""

import subprocess
import sys

import jax
import jax.numpy as jnp
import pytest

from experiments.speed import accelerator
from experiments.speed._operations import operations

SQUARE = jnp.ones((16, 16))
MANY = jnp.ones((10, 16, 16))


@pytest.mark.parametrize(
    ("function", "given", "count"),
    [
        (lambda x: x @ x, SQUARE, 2 * 16**3),
        (jax.vmap(lambda x: x @ x), MANY, 10 * 2 * 16**3),
        (lambda x: jax.lax.map(lambda y: y @ y, x), MANY, 10 * 2 * 16**3),
        (lambda x: jax.lax.while_loop(lambda y: y[0, 0] < 9, lambda y: y @ y, x), SQUARE, 2 * 16**3 + 1),
        (jax.jit(lambda x: x + 1), SQUARE, 16**2),
        (lambda x: jnp.linalg.cholesky(x, symmetrize_input=False), SQUARE, 16**3 / 3),
    ],
    ids=["product", "batch", "loop", "loop of unknown length", "inside jit", "cholesky"],
)  # fmt: skip
def test_operations_are_those_of_the_textbook(function, given, count):
    assert count <= operations(function, given) <= count + 3 * 16**2 + 1


def test_a_device_is_measured_and_tested(capsys, monkeypatch):
    commands = []

    def run(command, check):
        commands.append(command)
        return subprocess.CompletedProcess(command, 5)

    monkeypatch.setattr(subprocess, "run", run)
    assert accelerator.main(["--preset", "small", "--work", "projections", "--tests"]) == 5
    assert commands == [[sys.executable, "-m", "pytest", "-q"]]
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "100 projections" in line]
    assert "% of double" in row
