"""`forge`: words to a command, errors to exit codes. Takes the command line; gives an exit code.

0 done, 1 a stage failed, 2 a bad spec or usage, 3 internal, 4 a gate does not hold, 130 and 143 interrupted, 141 the
reader of the output is gone.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from speckleforge.cli.console import Console
from speckleforge.cli.options import COMMANDS, OPTIONS
from speckleforge.errors import ForgeError, Problem, SpecError, did_you_mean

INTERNAL, INTERRUPTED = 3, 130
BROKEN_PIPE = 141  # 128 + SIGPIPE, as of any program in a pipe


class _Parser(argparse.ArgumentParser):
    """Tells a wrong usage like any other mistake."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise SpecError(Problem(message, self.prog, next_step=f"{self.prog} --help"))


def entry() -> NoReturn:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):  # a file name need not be text, nor a terminal know every letter
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))


def main(words: Sequence[str]) -> int:
    """Run one command; the exit code."""
    console = Console("--json" in words)
    try:
        arguments = parser().parse_args(_known_command(words))
        command = next(command for command in COMMANDS if command.name == arguments.command)
        code: int = importlib.import_module(command.path).run(arguments, console)
        sys.stdout.flush()
        return code
    except ForgeError as error:
        return fail(error, console)
    except KeyboardInterrupt:
        console.note("forge: interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # the reader (such as `head`) has seen enough; the rest of the result was not delivered
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        return _internal(error, console)


def parser() -> argparse.ArgumentParser:
    """The command line, from the tables in `options`."""
    top = _Parser(prog="forge", description="From one reviewed YAML spec to a trained model, hardware and a report.")
    top.add_argument("--version", action=_Version, nargs=0, help="show the version")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.help, description=command.help)
        for name in command.options:
            sub.add_argument(*OPTIONS[name].flags, **OPTIONS[name].settings)
    return top


def fail(error: ForgeError, console: Console) -> int:
    """Print an error as text, and as the document with `--json`."""
    console.note("\n".join(f"error: {problem}" for problem in error.problems))
    console.document({"error": {"code": error.exit_code, "problems": [vars(problem) for problem in error.problems]}})
    return error.exit_code


class _Version(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: object) -> None:
        """Print it and end."""
        from importlib.metadata import version

        print(f"speckleforge {version('speckleforge')}")
        parser.exit()


def _known_command(words: Sequence[str]) -> Sequence[str]:
    """The words, those of a command of two joined; an unknown command is told with its nearest neighbour."""
    names = [command.name for command in COMMANDS]
    pair = " ".join(words[:2])
    if pair in names:
        return [pair, *words[2:]]
    first = next((word for word in words if not word.startswith("-")), None)
    if first is not None and words[0] == first and first not in names:
        hint = did_you_mean(first, names) or "forge --help"
        raise SpecError(Problem(f"no command '{first}'", "forge", allowed=", ".join(names), next_step=hint))
    return words


def _internal(error: Exception, console: Console) -> int:
    """A bug of ours: the traceback goes to a file."""
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(error))
    handle, name = tempfile.mkstemp(prefix="forge-internal-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    step = f"please report it with {Path(name)}"
    return fail(
        _InternalError(Problem(f"internal error: {type(error).__name__}: {error}", name, next_step=step)), console
    )


class _InternalError(ForgeError):
    """Not the user's mistake."""

    exit_code = INTERNAL


if __name__ == "__main__":
    entry()
