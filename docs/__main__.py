"""Build the documentation: `python -m docs`; `--refresh` first computes what takes minutes."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from docs.places import HTML, RESULTS, SOURCE

app = typer.Typer(add_completion=False)
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
        typer.Option(
            "--refresh", help="Verify, search and prove again; an interrupted run goes on."
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="--refresh: verify, search or prove alone; repeatable."),
    ] = None,
    instances: Annotated[int, typer.Option(help="--refresh: instances for each set.")] = 20_000,
    small: Annotated[int, typer.Option(help="--refresh: small exact instances.")] = 20_000,
    restarts: Annotated[int, typer.Option(help="--refresh: restarts of the ascent.")] = 32,
    seconds: Annotated[float, typer.Option(help="--refresh: limit of each search.")] = 60.0,
    shrink: Annotated[float, typer.Option(help="--refresh: limit of each shrinking.")] = 60.0,
) -> None:
    """Build the pages and say where to open them; warnings are errors."""
    if refresh:
        _refresh(claims, only, instances, small, restarts, seconds, shrink)
    try:
        import sphinx  # noqa: F401
    except ImportError as error:
        print(MISSING, file=sys.stderr)
        raise typer.Exit(2) from error
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-b", "html"]
    done = subprocess.run([*command, str(SOURCE), str(out)], check=False)
    if done.returncode:
        raise typer.Exit(1)
    print(f"open {out.resolve() / 'index.html'}")


def _refresh(
    names: list[str] | None,
    only: list[str] | None,
    instances: int,
    small: int,
    restarts: int,
    seconds: float,
    shrink: float,
) -> None:
    from docs.refresh import PARTS, Refresh
    from w2sjax.claims import REGISTRY
    from w2sjax.falsification.budget import Budget
    from w2sjax.verification.lookup import claim_named

    chosen = [claim_named(name) for name in names] if names else list(REGISTRY)
    budget = Budget(instances=instances, small=small, restarts=restarts, seconds=seconds)
    if unknown := set(only or ()) - set(PARTS):
        raise typer.BadParameter(f"--only: expected one of {', '.join(PARTS)}, got {unknown.pop()}")
    Refresh(RESULTS, chosen, instances, budget, shrink).run(only or PARTS)


if __name__ == "__main__":
    app(prog_name="python -m docs")
