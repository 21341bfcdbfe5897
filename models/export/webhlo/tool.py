# SPDX-License-Identifier: Apache-2.0
"""WebHLO's own command line, run by Node: makes `.whlo` files, and runs programs to compare results."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ExportError, MismatchError, ToolError, UnsupportedError

# Where it lies in a checkout of WebHLO that was built, and below a folder where npm installed it.
_IN_CHECKOUT = Path(__file__).resolve().parents[3] / "js" / "dist" / "cli.js"
_IN_NODE_MODULES = Path("node_modules", "webhlo", "dist", "cli.js")
_TIMEOUT_SECONDS = 1800


@dataclass(frozen=True)
class Check:
    """How far a result is from what the framework computed: absolutely, and relative to its largest
    absolute value."""

    name: str
    error: float
    relative: float


@dataclass(frozen=True)
class Tool:
    """`command` runs the command line."""

    command: tuple[str, ...]

    def convert(
        self,
        program: Path,
        weights: Sequence[Path],
        output: Path,
        metadata: Mapping[str, Any],
        labels: Path | None,
    ) -> None:
        """Writes one `.whlo` file. Raises ToolError with what the command said."""
        arguments = ["convert", str(program), "-o", str(output)]
        arguments += _each("--weights", weights)
        if labels:
            arguments += ["--label-file", str(labels)]
        for key, value in metadata.items():
            arguments += ["--metadata", f"{key}={json.dumps(value)}"]
        self._run(arguments, good=(0,))

    def compare(
        self, program: Path, weights: Sequence[Path], pair: Path, results: Path, rtol: float
    ) -> list[Check]:
        """Runs a program on the inputs of a pair; `results` is where its results are written.

        Raises MismatchError if one is further from the expected than `rtol` times the largest absolute
        value that is expected, ToolError if it does not run.
        """
        arguments = ["run", str(program), *_each("--weights", weights), "--json"]
        arguments += ["--inputs", str(pair), "--expect", str(pair)]
        arguments += ["--rtol", repr(rtol), "--output", str(results)]
        told = self._run(arguments, good=(0, 1))
        try:
            answer = json.loads(told.stdout)
            # JSON has no infinity: an error that is none of its numbers is null.
            checks = [
                Check(c["name"], _number(c["maxError"]), _number(c["relative"])) for c in answer["checks"]
            ]
        except (ValueError, KeyError) as error:
            raise _failure("run", told) from error
        if not answer["passed"]:
            worst = max(checks, key=lambda check: check.relative)
            raise MismatchError(
                f'WebHLO computes "{worst.name}" otherwise than the framework: largest difference '
                f"{worst.error:.3g}, {worst.relative:.3g} of the largest value; allowed is {rtol:.3g}"
            )
        return checks

    def _run(self, arguments: list[str], good: tuple[int, ...]) -> subprocess.CompletedProcess[str]:
        try:
            told = subprocess.run(
                [*self.command, *arguments],
                capture_output=True,
                encoding="utf-8",
                timeout=_TIMEOUT_SECONDS,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ToolError(f"webhlo {arguments[0]}: {error}") from error
        if told.returncode not in good:
            raise _failure(arguments[0], told)
        return told


def _failure(command: str, told: subprocess.CompletedProcess[str]) -> ExportError:
    """What the command said when it failed: of a program that it cannot run, or that it failed."""
    text = told.stderr.strip() or told.stdout.strip()
    if text.startswith("webhlo: unsupported: "):
        return UnsupportedError(f"WebHLO does not run this: {text.removeprefix('webhlo: unsupported: ')}")
    return ToolError(f"webhlo {command}, exit status {told.returncode}: {text}")


def _each(option: str, values: Sequence[Path]) -> list[str]:
    return [text for value in values for text in (option, str(value))]


def _number(value: float | None) -> float:
    return float("inf") if value is None else float(value)


def find_tool(cli: str | os.PathLike[str] | None = None) -> Tool:
    """The command line: `cli` (or $WEBHLO_CLI) names it; else `node_modules` here or in a folder above
    has it, or the checkout that this file is in, or it is `webhlo` in $PATH. $WEBHLO_NODE names the Node
    that runs it, default: `node` in $PATH.

    Raises ToolError if there is no Node or no command line.
    """
    node = shutil.which(os.environ.get("WEBHLO_NODE") or "node")
    if node is None:
        raise ToolError("Node is not in $PATH; install Node 20 or newer, or set WEBHLO_NODE to its path")
    named = cli or os.environ.get("WEBHLO_CLI")
    if named is not None:
        if not Path(named).is_file():
            raise ToolError(f"there is no file {named}: expected WebHLO's dist/cli.js")
        return Tool((node, str(named)))
    here = Path.cwd()
    folders = [folder / _IN_NODE_MODULES for folder in (here, *here.parents)]
    for file in (*folders, _IN_CHECKOUT):
        if file.is_file():
            return Tool((node, str(file)))
    command = shutil.which("webhlo")
    if command is None:
        raise ToolError(
            "WebHLO's command line is not here: npm install webhlo, or set WEBHLO_CLI to its dist/cli.js"
        )
    return Tool((command,))
