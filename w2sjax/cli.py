"""The command line. Exit codes: 0 fine, 1 a claim was refuted, 2 bad usage or input, 3 a bug.

Heavy imports happen inside the commands, so that `w2sjax --help` answers at once.
"""

import functools
import importlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from w2sjax.machine import threads

threads.one_blas_thread()

Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of all random numbers.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="Convex set, such as simplex or l2_ball:2.5; repeatable."),
]
Drop = Annotated[str | None, typer.Option(help="An assumption to do without.")]
Json = Annotated[Path | None, typer.Option(help="Write the results to this file.")]
Out = Annotated[Path | None, typer.Option(help="Folder for results, pages, tables and pictures.")]
Checkpoint = Annotated[
    Path | None, typer.Option(help="Record progress in this folder and resume from it.")
]
Names = list[str] | None

app = typer.Typer(
    help="A laboratory for the theorems of weak-to-strong generalization.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_console = Console()
_errors = Console(stderr=True)


def main() -> None:
    """Run the command line; a bug must not look like a violation."""
    try:
        app()
    except Exception:
        traceback.print_exc()
        sys.exit(3)


def _double_precision() -> None:
    import jax

    jax.config.update("jax_enable_x64", True)


def _command(module: str, run: str = "run", *, doubles: bool = True) -> Callable[..., Any]:
    """Make a command of a function that declares options: they go to a function of the module.

    What a user can mend becomes one line and exit code 2.
    """

    def made(declared: Callable[..., None]) -> Callable[..., None]:
        @app.command()
        @functools.wraps(declared)
        def command(**given: Any) -> None:
            if doubles:
                _double_precision()
            try:
                code = getattr(importlib.import_module(module), run)(**given)
            except (ValueError, OSError, ImportError) as error:
                text = f"error: {error}"
                _errors.print(text, markup=False, highlight=False, soft_wrap=True)
                raise typer.Exit(2) from error
            raise typer.Exit(code)

        return command

    return made


@_command("w2sjax.verification.command")
def verify(
    names: Annotated[
        Names,
        typer.Argument(
            metavar="CLAIMS",
            help="Claims, FILE.py or FILE.py::CLAIM; all of w2sjax's by default.",
        ),
    ] = None,
    sets: Sets = None,
    instances: Annotated[int, typer.Option(help="Instances for each claim and set.")] = 20_000,
    seed: Seed = 0,
    drop: Drop = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Decide exactly what floating point does not settle.")
    ] = False,
    json: Json = None,
    checkpoint: Checkpoint = None,
) -> None:
    """Check claims on random instances: does each hold, how tight is it?"""


@_command("w2sjax.falsification.command")
def falsify(
    name: Annotated[
        str | None,
        typer.Argument(metavar="CLAIM", help="A claim, or FILE.py::CLAIM; or use --all."),
    ] = None,
    drop: Drop = None,
    sets: Sets = None,
    twin: Annotated[bool, typer.Option("--twin", help="Search the claim's false twin.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All claims, with every assumption dropped in turn.")
    ] = False,
    instances: Annotated[
        int, typer.Option("--budget", help="Random instances for each set.")
    ] = 20_000,
    small: Annotated[int, typer.Option(help="Small exact instances for each set.")] = 20_000,
    restarts: Annotated[int, typer.Option(help="Restarts of the ascent for each set.")] = 32,
    seconds: Annotated[
        float, typer.Option(help="Stop searching each statement after this time.")
    ] = 60.0,
    seed: Seed = 0,
    json: Json = None,
    out: Out = None,
    checkpoint: Checkpoint = None,
) -> None:
    """Search for a counterexample, decide it in exact arithmetic, and shrink it."""


@_command("w2sjax.proving.command", "prove", doubles=False)
def prove(
    name: Annotated[
        str | None,
        typer.Argument(metavar="CLAIM", help="A claim, or FILE.py::CLAIM; or use --all."),
    ] = None,
    drop: Drop = None,
    twin: Annotated[bool, typer.Option("--twin", help="The claim's false twin.")] = False,
    every: Annotated[
        bool,
        typer.Option("--all", help="All claims about projections, without each assumption too."),
    ] = False,
    json: Json = None,
    out: Out = None,
    coq: Annotated[
        Path | None,
        typer.Option(help="Folder for theorems for Coq, which checks them if it is there."),
    ] = None,
) -> None:
    """Prove a statement about projections exactly, or refute it; 0 proved, 1 refuted, 4 neither."""


@_command("w2sjax.proving.command", "sharpen", doubles=False)
def sharpen(
    name: Annotated[
        str,
        typer.Argument(metavar="FILE.py::CLAIM", help="With one unknown constant, or two."),
    ],
    json: Json = None,
    out: Out = None,
) -> None:
    """Find the best constant of a bound about projections, with a proof and a tight instance."""


@_command("w2sjax.proving.command", "replay", doubles=False)
def replay(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="What falsify or prove wrote.")],
) -> None:
    """Decide a counterexample again, or check a proof, from the file alone; 1 for a counterexample."""


@app.command(name="list")
def list_claims() -> None:
    """Show the claims with their formulas and assumptions, and the convex sets."""
    from w2sjax.verification.report import claims_text, sets_table

    _console.print(claims_text(), highlight=False, soft_wrap=True)
    _console.print(sets_table())


@app.command()
def doctor() -> None:
    """Show versions, devices, precision, and what is missing for which extra."""
    _double_precision()
    from w2sjax.machine.doctor import examine

    _console.print(examine())


@_command("w2sjax.auditing.command")
def audit(
    data: Annotated[str, typer.Argument(help="NPZ, folder of NPY, safetensors, CSV or Parquet.")],
    set: Annotated[
        str, typer.Option(help="Convex set of the strong class, such as l2_ball:2.5.")
    ] = "affine",
    intercept: Annotated[
        bool | None, typer.Option(help="Whether the strong class has a free constant.")
    ] = None,
    bootstrap: Annotated[int, typer.Option(help="Bootstrap resamples for intervals.")] = 0,
    split: Annotated[
        str | None, typer.Option(help="Hold out a share: 0.3 at random, last:0.3 the last.")
    ] = None,
    seed: Seed = 0,
    neighbours: Annotated[
        list[int] | None,
        typer.Option(help="Estimate expansion among this many nearest points; repeatable."),
    ] = None,
    radius: Annotated[
        list[float] | None,
        typer.Option(help="Estimate expansion among points within this radius; repeatable."),
    ] = None,
    smallest_set: Annotated[
        float, typer.Option(help="Expansion: leave out sets of at most this share, q.")
    ] = 0.0,
    strong_columns: Annotated[
        Names, typer.Option(help="Feature columns of a table; globs; repeatable.")
    ] = None,
    weak_columns: Annotated[
        Names, typer.Option(help="Weak predictions in a table; globs; repeatable.")
    ] = None,
    target_column: Annotated[str | None, typer.Option(help="Target in a table.")] = None,
    weights_column: Annotated[str | None, typer.Option(help="Weights in a table.")] = None,
    json: Json = None,
    out: Out = None,
) -> None:
    """Study your own activations and labels: misfit, certified gain, ranking of weak models."""
