"""The options of every command, from the command line itself."""

from typing import Any

import typer

from docs.generate.markdown import Lines, table
from w2sjax.cli import app


def commands() -> str:
    """Write the page."""
    group: Any = typer.main.get_command(app)
    lines = ["# Commands and options", "", group.help, ""]
    for name in group.commands:
        lines += _command(name, group.commands[name])
    return "\n".join(lines)


def _command(name: str, command: Any) -> Lines:
    context = typer.Context(command, info_name=f"w2sjax {name}")
    lines = [f"## {name}", "", *_help(command.help or ""), "", "```text"]
    lines += [f"w2sjax {name} {' '.join(command.collect_usage_pieces(context))}", "```", ""]
    rows = [_row(one) for one in command.params if not getattr(one, "hidden", False)]
    lines += table(("argument or option", "what it is", "default"), rows) if rows else []
    return lines + _help(command.epilog or "")


def _help(text: str) -> Lines:
    return [line.replace("\b", "") for line in text.splitlines()] + [""]


def _row(parameter: Any) -> tuple[str, str, str]:
    if parameter.param_type_name == "argument":
        names = f"`{parameter.metavar or parameter.name.upper()}`"
    else:
        names = ", ".join(f"`{one}`" for one in (*parameter.opts, *parameter.secondary_opts))
    default = parameter.default
    empty = default is None or default is False or callable(default) or default == []
    return names, parameter.help or "", "" if empty else f"`{default}`"
