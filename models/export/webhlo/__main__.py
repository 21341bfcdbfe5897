# SPDX-License-Identifier: Apache-2.0
"""`python -m webhlo export`. Exit status 0: the files are there; 1: they are not; 2: the command line
itself is wrong."""

import argparse
import importlib
import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

from .errors import ExportError, ExportWarning, InvalidArgumentError
from .exporting import export

DESCRIPTION = """\
MODEL is PACKAGE.MODULE:NAME or FILE.py:NAME: a module, a function, or, with () behind it, a function or
class whose result is the model. webhlo.export tells what models there are, and what the options mean.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line, by default this process's; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m webhlo", description="WebHLO's exporter.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "export", help="a model to files that a page loads", description=DESCRIPTION
    )

    def add(flag: str, metavar: str, told: str, **how: Any) -> None:
        command.add_argument(flag, metavar=metavar, help=told, **how)

    several: dict[str, Any] = {"action": "append", "default": []}
    command.add_argument("model", metavar="MODEL")
    command.add_argument("-o", "--out", required=True, metavar="NAME.whlo|NAME.jaxexport|NAME.mlirbc")
    add(
        "--input",
        "[NAME=]TYPE",
        "an input by its type, as f32[1,3,224,224] or ids=i32[batch=4,128], which leaves a size free; "
        "may be repeated, positional ones in order",
        **several,
    )
    add("--inputs", "FILE", "inputs by name: .npz or .safetensors")
    add("--weights", "F", "of a function or a linen module: MODULE:NAME, .npz, .safetensors")
    add("--constraint", "TEXT", 'of free sizes, as "seq <= 512"; may be repeated', **several)
    add("--output-name", "NAME", "a result's name; may be repeated, in order", action="append")
    add("--method", "NAME", "called in the place of the model itself")
    command.add_argument("--train", action="store_true", help="in train mode")
    command.add_argument("--x64", action="store_true", help="64-bit numbers stay so")
    add("--label-file", "FILE", "names of classes, one a line, for a .whlo file")
    add("--preprocessing", "JSON", 'options of fromImage: {"mean": [...], "std": [...]}')
    add("--metadata", "KEY=VALUE", "VALUE in JSON, or a text; may be repeated", **several)
    add("--rtol", "X", "how far results may be from the framework's, of the largest", type=float)
    command.add_argument(
        "--check",
        action=argparse.BooleanOptionalAction,
        help="whether to run it and compare; default: if Node and WebHLO are here",
    )
    add("--cli", "FILE", "WebHLO's dist/cli.js; default: where npm or the checkout has it")
    add("--seed", "N", "of random inputs; default 0", type=int, default=0)
    options = parser.parse_args(arguments)
    # As with `python FILE`: what lies here can be imported.
    sys.path.insert(0, os.getcwd())
    warnings.showwarning = _show_warning
    try:
        print(_export(options))
        return 0
    except ExportError as error:
        print(f"webhlo: {error.code}: {error}", file=sys.stderr)
        return 1


def _export(options: argparse.Namespace) -> Any:
    labels = None
    if options.label_file is not None:
        labels = _read(options.label_file, lambda f: f.read_text(encoding="utf-8")).splitlines()
    preprocessing = None
    if options.preprocessing is not None:
        preprocessing = _json_or_text(options.preprocessing)
        if not isinstance(preprocessing, dict):
            raise InvalidArgumentError(f"--preprocessing {options.preprocessing}: no JSON object")
    metadata = {}
    for text in options.metadata:
        key, equals, value = text.partition("=")
        if not equals:
            raise InvalidArgumentError(f"--metadata {text}: expected KEY=VALUE")
        metadata[key] = _json_or_text(value)
    return export(
        find(options.model),
        _inputs(options.input, options.inputs),
        options.out,
        weights=_weights(options.weights),
        constraints=options.constraint,
        outputs=options.output_name,
        method=options.method,
        train=options.train,
        x64=options.x64,
        labels=labels,
        preprocessing=preprocessing,
        metadata=metadata,
        rtol=options.rtol,
        check=options.check,
        cli=options.cli,
        seed=options.seed,
    )


def find(target: str) -> Any:
    """What MODULE:NAME or FILE.py:NAME names; NAME may be dotted, and is called if () ends it.

    Raises InvalidArgumentError if there is none. What the module itself raises comes out as it is.
    """
    place, colon, name = target.rpartition(":")
    if not colon or not place:
        raise InvalidArgumentError(f"{target}: expected MODULE:NAME or FILE.py:NAME")
    value: Any = _module(place)
    for part in name.removesuffix("()").split("."):
        if not hasattr(value, part):
            raise InvalidArgumentError(f"{target}: {place} has no {part}")
        value = getattr(value, part)
    return value() if name.endswith("()") else value


def _module(place: str) -> Any:
    if not place.endswith(".py"):
        try:
            return importlib.import_module(place)
        except ModuleNotFoundError as error:
            # Not one that the module itself misses.
            if error.name and (place == error.name or place.startswith(f"{error.name}.")):
                raise InvalidArgumentError(f"there is no module {place}") from error
            raise
    file = Path(place)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise InvalidArgumentError(f"there is no file {place}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


def _inputs(types: Sequence[str], file: str | None) -> Any:
    given: dict[str, Any] = dict(_arrays(file)) if file else {}
    positional: list[str] = []
    for text in types:
        head, bracket, _ = text.partition("[")
        name, equals, _ = head.partition("=")
        if bracket and equals:
            given[name.strip()] = text[len(name) + 1 :]
        else:
            positional.append(text)
    if given and positional:
        raise InvalidArgumentError(f"--input {positional[0]}: name all inputs, or none")
    if not given and not positional:
        raise InvalidArgumentError("no inputs: --input f32[1,3,224,224], or --inputs FILE")
    return given or positional


def _weights(text: str | None) -> Any:
    if text is None:
        return None
    return _arrays(text) if text.endswith((".npz", ".safetensors")) else find(text)


def _arrays(file: str) -> dict[str, Any]:
    if file.endswith(".safetensors"):
        return _read(file, load_file)
    if file.endswith(".npz"):
        import numpy as np

        return _read(file, lambda f: dict(np.load(f, allow_pickle=False)))
    raise InvalidArgumentError(f"{file}: expected .npz or .safetensors")


def _read(file: str, read: Any) -> Any:
    try:
        return read(Path(file))
    except Exception as error:
        raise InvalidArgumentError(f"cannot read {file}: {error}") from error


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    if issubclass(category, ExportWarning):
        print(f"webhlo: warning: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
