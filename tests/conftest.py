"""Double precision, strict promotion, checked types and eight virtual devices, before JAX starts."""

import os

os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=8")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from beartype import BeartypeConf, beartype
from jaxtyping import install_import_hook


checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int will do for a float


def functions_only(function):
    """Check all functions but the constructors of pytrees, which JAX calls with anything."""
    return function if function.__name__ == "__init__" else checked(function)


install_import_hook("w2sjax", "conftest.functions_only")

import w2sjax  # noqa: F401  reserves XLA's threads

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
