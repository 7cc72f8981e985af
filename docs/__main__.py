"""Build the documentation: `python -m docs`; `--refresh` first computes what takes minutes."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from docs import executed
from docs.places import HTML, RESULTS, SOURCE
from w2sjax.falsification.budget import Budget

app = typer.Typer(add_completion=False)
PARTS, PAGES = ("verify", "search", "prove", "record"), "pages"  # what takes minutes
MISSING = "error: the documentation needs the extra `docs`: pip install 'w2sjax[docs]'"


@app.command()
def build(
    claims: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CLAIM]...", help="With --refresh: these alone."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the pages.")] = HTML,
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help="Verify, search, prove and run the pages' code again."),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="--refresh: verify, search, prove, record or pages alone; repeatable."),
    ] = None,
    instances: Annotated[int, typer.Option(help="--refresh: instances for each set.")] = 20_000,
    small: Annotated[int, typer.Option(help="--refresh: small exact instances.")] = 20_000,
    restarts: Annotated[int, typer.Option(help="--refresh: restarts of the ascent.")] = 32,
    seconds: Annotated[float, typer.Option(help="--refresh: limit of each search.")] = 60.0,
    shrink: Annotated[float, typer.Option(help="--refresh: limit of each shrinking.")] = 60.0,
) -> None:
    """Build the pages and say where to open them; warnings are errors.

    With --refresh what takes minutes is computed again, and an interrupted run goes on.
    """
    if unknown := set(only or ()) - {*PARTS, PAGES}:
        raise typer.BadParameter(f"--only: there is no {unknown.pop()!r}")
    parts = (only or (*PARTS, PAGES)) if refresh else ()
    budget = Budget(instances=instances, small=small, restarts=restarts, seconds=seconds)
    _refresh([part for part in parts if part != PAGES], claims, instances, budget, shrink)
    if PAGES in parts:
        executed.empty()
    if importlib.util.find_spec("sphinx") is None:
        print(MISSING, file=sys.stderr)
        raise typer.Exit(2)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-b", "html"]
    command += ["-E"] * (PAGES in parts)  # read every page again
    if subprocess.run([*command, str(SOURCE), str(out)], check=False).returncode:
        raise typer.Exit(1)
    if PAGES in parts:
        executed.keep()
    print(f"open {out.resolve() / 'index.html'}")


def _refresh(
    parts: list[str], names: list[str] | None, instances: int, budget: Budget, shrink: float
) -> None:
    if not parts:
        return
    from docs.refresh import Refresh
    from w2sjax.claims import REGISTRY
    from w2sjax.verification.lookup import claim_named

    chosen = [claim_named(name) for name in names] if names else list(REGISTRY)
    Refresh(RESULTS, chosen, instances, budget, shrink).run(parts)


if __name__ == "__main__":
    app(prog_name="python -m docs")
