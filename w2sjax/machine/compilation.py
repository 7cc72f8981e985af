"""Compile large programs quickly, where XLA's own choice takes twice as long for no faster program."""

import functools
import os
from collections.abc import Callable
from typing import Any

import jax

# The older code generator of jax 0.10's XLA; later versions know only the second option.
LEVEL = "xla_backend_optimization_level"
QUICK: dict[str, Any] = {"xla_cpu_use_fusion_emitters": False, LEVEL: 1}


@functools.cache
def _known() -> dict[str, Any]:
    """Return those of the options that this version of XLA has on this backend, and no flag has set."""
    if jax.default_backend() != "cpu":
        return {}
    known, flags = {}, os.environ.get("XLA_FLAGS", "")
    for name, value in QUICK.items():
        if name in flags:
            continue
        try:
            jax.jit(lambda x: x).lower(0.0).compile(compiler_options={name: value})
        except jax.errors.JaxRuntimeError:
            continue
        known[name] = value
    return known


def _options(level: int) -> dict[str, Any]:
    options = _known()
    return options | ({LEVEL: level} if LEVEL in options else {})


def compile_quickly(lowered: Any, *, level: int = QUICK[LEVEL]) -> Any:
    """Compile a lowered program that will run for about as long as it takes to compile.

    A `level` of 0 does without optimisation, for programs that run for less than that.
    """
    return lowered.compile(compiler_options=_options(level))


def jit_quickly(
    function: Callable[..., Any], *, level: int = QUICK[LEVEL], **options: Any
) -> Callable[..., Any]:
    """Like `jax.jit` with these options, for a function whose programs compile as above."""

    @functools.cache  # the backend's options are known once there is a backend
    def jitted() -> Any:
        return jax.jit(function, compiler_options=_options(level), **options)

    @functools.wraps(function)
    def call(*arguments, **named):
        return jitted()(*arguments, **named)

    return call
