"""The command line. Exit codes: 0 fine, 1 a claim was refuted, 2 bad usage or input, 3 a bug.

Heavy imports happen inside the commands, so that `w2sjax --help` answers at once.
"""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from w2sjax import _threads

_threads.one_blas_thread()

LARGEST_SEED = 2**63 - 1

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


@contextmanager
def _bad_input() -> Iterator[None]:
    """Turn what a user can mend into one line and exit code 2."""
    try:
        yield
    except (ValueError, OSError, ImportError) as error:
        _errors.print(f"error: {error}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error


def _double_precision() -> None:
    import jax

    jax.config.update("jax_enable_x64", True)


@app.command()
def verify(
    claims: Annotated[
        list[str] | None,
        typer.Argument(help="Claims, FILE.py or FILE.py::CLAIM; all of w2sjax's by default."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Convex set, such as simplex or l2_ball:2.5; repeatable."),
    ] = None,
    instances: Annotated[int, typer.Option(help="Instances for each claim and set.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the instances.")] = 0,
    drop: Annotated[str | None, typer.Option(help="An assumption to do without.")] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Decide exactly what floating point does not settle.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the results to this file.")] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Record progress in this folder and resume from it.")
    ] = None,
) -> None:
    """Check claims on random instances: does each hold, how tight is it?"""
    _double_precision()
    from w2sjax.verify_command import run

    with _bad_input():
        code = run(
            claims or [],
            sets=set_,
            instances=instances,
            seed=seed,
            drop=drop,
            exact=exact,
            json=json,
            checkpoint=checkpoint,
        )
    raise typer.Exit(code)


@app.command()
def falsify(
    claim: Annotated[
        str | None, typer.Argument(help="A claim, or FILE.py::CLAIM; or use --all.")
    ] = None,
    drop: Annotated[str | None, typer.Option(help="An assumption to do without.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Convex set to search over; repeatable.")
    ] = None,
    twin: Annotated[bool, typer.Option("--twin", help="Search the claim's false twin.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All claims, with every assumption dropped in turn.")
    ] = False,
    budget: Annotated[int, typer.Option(help="Random instances for each set.")] = 20_000,
    small: Annotated[int, typer.Option(help="Small exact instances for each set.")] = 20_000,
    restarts: Annotated[int, typer.Option(help="Restarts of the ascent for each set.")] = 32,
    seconds: Annotated[
        float, typer.Option(help="Stop searching each statement after this time.")
    ] = 60.0,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the search.")] = 0,
    json: Annotated[Path | None, typer.Option(help="Write the results to this file.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for counterexamples: JSON to replay, Markdown, pictures."),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Record every phase in this folder and resume from it.")
    ] = None,
) -> None:
    """Search for a counterexample, decide it in exact arithmetic, and shrink it."""
    _double_precision()
    from w2sjax.falsification.command import run

    with _bad_input():
        code = run(
            claim,
            every=every,
            drop=drop,
            sets=set_,
            twin=twin,
            instances=budget,
            small=small,
            restarts=restarts,
            seconds=seconds,
            seed=seed,
            json=json,
            out=out,
            checkpoint=checkpoint,
        )
    raise typer.Exit(code)


@app.command()
def prove(
    claim: Annotated[
        str | None, typer.Argument(help="A claim, or FILE.py::CLAIM; or use --all.")
    ] = None,
    drop: Annotated[str | None, typer.Option(help="An assumption to do without.")] = None,
    twin: Annotated[bool, typer.Option("--twin", help="The claim's false twin.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All claims about projections, with and without assumptions.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the proof to this file.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for pages, and files that replay checks.")
    ] = None,
    coq: Annotated[
        Path | None, typer.Option(help="Folder for theorems for Coq, which checks them if it is there.")
    ] = None,
) -> None:
    """Prove a statement about projections exactly, or refute it; 0 proved, 1 refuted, 4 neither."""
    from w2sjax.proving.command import prove as run

    with _bad_input():
        code = run(claim, every=every, drop=drop, twin=twin, json=json, out=out, coq=coq)
    raise typer.Exit(code)


@app.command()
def sharpen(
    claim: Annotated[str, typer.Argument(help="FILE.py::CLAIM with one unknown constant, or two.")],
    json: Annotated[Path | None, typer.Option(help="Write what is found to this file.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the figure of a curve.")] = None,
) -> None:
    """Find the best constant of a bound about projections, with a proof and a tight instance."""
    from w2sjax.proving.command import sharpen as run

    with _bad_input():
        code = run(claim, json=json, out=out)
    raise typer.Exit(code)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="What falsify or prove wrote.")],
) -> None:
    """Decide a counterexample again, or check a proof, from the file alone; 1 for a counterexample."""
    from w2sjax.proving.command import replay as run

    with _bad_input():
        code = run(file)
    raise typer.Exit(code)


@app.command(name="list")
def list_claims() -> None:
    """Show the claims with their formulas and assumptions, and the convex sets."""
    from w2sjax.report import claims_text, sets_table

    _console.print(claims_text(), highlight=False, soft_wrap=True)
    _console.print(sets_table())


@app.command()
def doctor() -> None:
    """Show versions, devices, precision, and what is missing for which extra."""
    _double_precision()
    from w2sjax.doctor import examine

    _console.print(examine())


@app.command()
def audit(
    data: Annotated[str, typer.Argument(help="NPZ, folder of NPY, safetensors, CSV or Parquet.")],
    set_: Annotated[
        str, typer.Option("--set", help="Convex set of the strong class, such as l2_ball:2.5.")
    ] = "affine",
    intercept: Annotated[
        bool | None, typer.Option(help="Whether the strong class has a free constant.")
    ] = None,
    bootstrap: Annotated[int, typer.Option(help="Bootstrap resamples for intervals.")] = 0,
    split: Annotated[
        str | None, typer.Option(help="Hold out a share: 0.3 at random, last:0.3 the last.")
    ] = None,
    seed: Annotated[
        int,
        typer.Option(min=0, max=LARGEST_SEED, help="Seed of resamples and of a random split."),
    ] = 0,
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
        list[str] | None, typer.Option(help="Feature columns of a table; globs; repeatable.")
    ] = None,
    weak_columns: Annotated[
        list[str] | None, typer.Option(help="Weak predictions in a table; globs; repeatable.")
    ] = None,
    target_column: Annotated[str | None, typer.Option(help="Target in a table.")] = None,
    weights_column: Annotated[str | None, typer.Option(help="Weights in a table.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the audit to this file.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for JSON, table and figure.")] = None,
) -> None:
    """Study your own activations and labels: misfit, certified gain, ranking of weak models."""
    _double_precision()
    from w2sjax.auditing.command import run

    code = run(
        data,
        set=set_,
        intercept=intercept,
        bootstrap=bootstrap,
        split=split,
        seed=seed,
        neighbours=tuple(neighbours or ()),
        radius=tuple(radius or ()),
        smallest_set=smallest_set,
        strong_columns=tuple(strong_columns or ()),
        weak_columns=tuple(weak_columns or ()),
        target_column=target_column,
        weights_column=weights_column,
        json=json,
        out=out,
    )
    raise typer.Exit(code)
