"""The command line. Exit codes: 0 fine, 1 a claim was refuted, 2 bad usage or input, 3 a bug.

Heavy imports happen inside the commands, so that `w2sjax --help` answers at once.
"""

import functools
import importlib
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from w2sjax.auditing import file_options
from w2sjax.machine import program_cache, threads

threads.one_blas_thread()

Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of all random numbers.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="Convex set, such as simplex or l2_ball:2.5; repeatable."),
]
Drop = Annotated[str | None, typer.Option(help="An assumption to do without.")]
Json = Annotated[Path | None, typer.Option(help="Write the results to this file.")]
Out = Annotated[Path | None, typer.Option(help="Folder for results, pages, tables and pictures.")]
Checkpoint = Annotated[Path | None, typer.Option(help="Record progress here; resume from it.")]
Hosts = Annotated[str | None, typer.Option(help="Other hosts: auto, or PLACE/COUNT@ADDRESS:PORT.")]
Names = list[str] | None


class _Remembering(TyperGroup):
    """Keeps what was typed, which pages quote."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.obj = shlex.join(["w2sjax", *args])
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Remembering,
    help="A laboratory for the theorems of weak-to-strong generalization.",
    epilog="Start with: w2sjax verify misfit_gain. Names are completed by Tab after "
    "w2sjax --install-completion.",
    no_args_is_help=True,
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


@app.callback()
def _common(
    cache: Annotated[
        bool, typer.Option(help="Keep compiled programs: in W2SJAX_CACHE, or the user's folder.")
    ] = True,
) -> None:
    if not cache:
        os.environ[program_cache.VARIABLE] = program_cache.OFF


def _for_jax() -> None:
    """Double precision, and the programs that earlier commands compiled."""
    import jax

    jax.config.update("jax_enable_x64", True)
    program_cache.keep_programs()


def _claims(incomplete: str) -> Iterator[str]:
    """Complete the name of a claim."""
    from w2sjax.claims import REGISTRY

    return (claim.name for claim in REGISTRY if claim.name.startswith(incomplete))


OneClaim = Annotated[
    str | None,
    typer.Argument(
        metavar="CLAIM", help="A claim, FILE.py::CLAIM, or --all.", autocompletion=_claims
    ),
]


def _command(
    module: str, run: str = "run", *, example: str, doubles: bool = True
) -> Callable[..., Any]:
    """Make a command of a function that declares options: they go to a function of the module.

    One that asks for the context is told what was `typed`. What a user can mend becomes one line and exit
    code 2.
    """

    def made(declared: Callable[..., None]) -> Callable[..., None]:
        @app.command(epilog=f"Example: w2sjax {example}")
        @functools.wraps(declared)
        def command(**given: Any) -> None:
            if doubles:
                _for_jax()
            if "context" in given:
                given["typed"] = given.pop("context").find_root().obj
            try:
                called = getattr(importlib.import_module(module), run)
                if (hosts := given.pop("hosts", None)) is not None:
                    called = importlib.import_module("w2sjax.machine.hosts").together(hosts, called)
                code = called(**given)
            except (ValueError, OSError, ImportError) as error:
                text = f"error: {error}"
                _errors.print(text, markup=False, highlight=False, soft_wrap=True)
                raise typer.Exit(2) from error
            raise typer.Exit(code)

        return command

    return made


@_command(
    "w2sjax.verification.command",
    example="verify misfit_gain --set l2_ball:2.5 --instances 100000 --out report",
)
def verify(
    context: typer.Context,
    names: Annotated[
        Names,
        typer.Argument(
            metavar="CLAIMS",
            help="Claims, FILE.py or FILE.py::CLAIM; all of w2sjax's by default.",
            autocompletion=_claims,
        ),
    ] = None,
    sets: Sets = None,
    instances: Annotated[int, typer.Option(help="Instances for each claim and set.")] = 20_000,
    seed: Seed = 0,
    drop: Drop = None,
    exact: Annotated[bool, typer.Option("--exact", help="Decide exactly what is unclear.")] = False,
    each_set: Annotated[bool, typer.Option("--by-set", help="A row for each set, too.")] = False,
    json: Json = None,
    out: Out = None,
    checkpoint: Checkpoint = None,
    hosts: Hosts = None,
) -> None:
    """Check claims on random instances: does each hold, how tight is it?"""


@_command(
    "w2sjax.falsification.command",
    example="falsify misfit_gain --drop realizability --out report",
)
def falsify(
    context: typer.Context,
    name: OneClaim = None,
    drop: Drop = None,
    sets: Sets = None,
    twin: Annotated[bool, typer.Option("--twin", help="Search the claim's false twin.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All claims, with every assumption dropped in turn.")
    ] = False,
    instances: Annotated[int, typer.Option("--budget", help="Random instances a set.")] = 20_000,
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


@_command("w2sjax.proving.command", "prove", example="prove gain_floor --out report", doubles=False)
def prove(
    context: typer.Context,
    name: OneClaim = None,
    drop: Drop = None,
    twin: Annotated[bool, typer.Option("--twin", help="The claim's false twin.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All claims, each without each assumption too.")
    ] = False,
    json: Json = None,
    out: Out = None,
    coq: Annotated[Path | None, typer.Option(help="Folder for theorems that Coq checks.")] = None,
    checkpoint: Checkpoint = None,
) -> None:
    """Prove a statement about projections exactly, or refute it; 0 proved, 1 refuted, 4 neither."""


@_command(
    "w2sjax.proving.command",
    "sharpen",
    example="sharpen my_bounds.py::floor --out report",
    doubles=False,
)
def sharpen(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="FILE.py::CLAIM", help="With one unknown constant, or two.")
    ],
    json: Json = None,
    out: Out = None,
    checkpoint: Checkpoint = None,
) -> None:
    """Find the best constant of a bound about projections, with a proof and a tight instance."""


@_command(
    "w2sjax.proving.command",
    "replay",
    example="replay misfit_gain_realizability.json",
    doubles=False,
)
def replay(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="What falsify or prove wrote.")],
) -> None:
    """Decide a counterexample again, or check a proof, from the file alone; 1 for a counterexample."""


@app.command(name="list", epilog="Example: w2sjax list | less")
def list_claims(
    table: Annotated[bool, typer.Option(help="One table, with what is known of each.")] = False,
) -> None:
    """Show the claims with their formulas and assumptions, and the convex sets."""
    from w2sjax.verification.overview import listing

    for part in listing(table):
        _console.print(part, highlight=False, soft_wrap=isinstance(part, str))


@app.command(epilog="Example: w2sjax doctor")
def doctor() -> None:
    """Show versions, devices, precision, and what is missing for which extra."""
    _for_jax()
    from w2sjax.machine.doctor import examine

    _console.print(examine())


@_command("w2sjax.auditing.command", example="audit data.npz --bootstrap 200 --out report")
def audit(
    context: typer.Context,
    data: Annotated[
        str, typer.Argument(help="NPZ, safetensors, CSV, Parquet; a folder of files or shards.")
    ],
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
    smallest_set: Annotated[float, typer.Option(help="Leave out sets up to this share, q.")] = 0.0,
    arrays: file_options.Arrays = None,
    strong_columns: file_options.StrongColumns = None,
    weak_columns: file_options.WeakColumns = None,
    probability_columns: file_options.ProbabilityColumns = None,
    student_probability_columns: file_options.StudentProbabilityColumns = None,
    target_probability_columns: file_options.TargetProbabilityColumns = None,
    class_names: file_options.ClassNames = None,
    target_column: file_options.TargetColumn = None,
    label_column: file_options.LabelColumn = None,
    weights_column: file_options.WeightsColumn = None,
    loss: file_options.Loss = None,
    memory: file_options.Memory = None,
    json: Json = None,
    out: Out = None,
    checkpoint: Checkpoint = None,
) -> None:
    """Study your own activations and labels: misfit, certified gain, ranking; classifiers too."""
