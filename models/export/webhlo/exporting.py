# SPDX-License-Identifier: Apache-2.0
"""From a model to files that a page loads: a conversion by the framework's module, files, a check."""

import json
import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .errors import ExportWarning, InvalidArgumentError, ToolError
from .frameworks import Conversion, Options, adapter_of
from .inputs import read_inputs
from .tool import Check, Tool, find_tool
from .values import dtype_name, type_text, write_pair, write_safetensors

# How far results may be from the framework's, relative to the largest, by the coarsest type of float in
# inputs, weights and results: two libraries round sums in different orders.
TOLERANCES = {"f64": 1e-4, "f32": 1e-4, "f16": 1e-2, "bf16": 5e-2, "f8E4M3FN": 2e-1, "f8E5M2": 2e-1}
_IMAGE_KEYS = ("fit", "background", "scale", "mean", "std", "layout", "dtype")


@dataclass(frozen=True)
class Report:
    """What was written, and how it compares.

    `files` are the program, the weights and the expected pair, or one `.whlo`. `inputs`, `results` and
    `weights` are types by name. `unread` are inputs that the program does not read, which a page may
    give or leave out. `checks` is empty, and `unchecked` says why, if WebHLO did not run.
    """

    framework: str
    files: list[Path]
    inputs: dict[str, str]
    results: dict[str, str]
    weights: dict[str, str]
    weight_bytes: int
    unread: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    unchecked: str | None = None

    @property
    def largest_error(self) -> float | None:
        """The largest of the checks' errors, relative to each result's largest value."""
        return max((check.relative for check in self.checks), default=None)

    def __str__(self) -> str:
        lines = [f"{file}: {file.stat().st_size / 1e6:.2f} MB" for file in self.files]
        lines.append(f"{self.framework}: {len(self.weights)} weights, {self.weight_bytes / 1e6:.2f} MB")
        for title, ports in (("input", self.inputs), ("result", self.results)):
            for name, text in ports.items():
                note = ", which the program does not read" if name in self.unread else ""
                lines.append(f"{title} {name}: {text}{note}")
        for check in self.checks:
            lines.append(
                f"check {check.name}: error {check.error:.3g}, {check.relative:.3g} of the largest value"
            )
        if self.unchecked:
            lines.append(f"not checked: {self.unchecked}")
        return "\n".join(lines)


def export(
    model: Any,
    example_inputs: Any,
    path: str | os.PathLike[str],
    *,
    weights: Any = None,
    dynamic: Mapping[str, Any] | None = None,
    constraints: Sequence[str] = (),
    outputs: Sequence[str] | None = None,
    method: str | None = None,
    train: bool = False,
    x64: bool = False,
    labels: Sequence[str] | None = None,
    preprocessing: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    rtol: float | None = None,
    check: bool | None = None,
    cli: str | os.PathLike[str] | None = None,
    seed: int = 0,
) -> Report:
    """Writes a model for WebHLO, and checks that WebHLO computes what the framework does.

    Args:
      model: a module of PyTorch, flax.linen, flax.nnx, Equinox or Keras, a TensorFlow function, module or
        loaded SavedModel, or a function of JAX arrays.
      example_inputs: what it is called with: a dict of keyword arguments, a tuple or list of positional
        ones, or the only one. Arrays of any framework, or types as text, `"f32[1,3,224,224]"`, for which
        random values (by `seed`) are taken; `"i32[batch=4,128]"` leaves a size free. Dicts, lists and
        tuples of these may nest. Other values (numbers, flags, None) become part of the program.
      path: `NAME.whlo` for one file, which needs Node; else the program, `NAME.jaxexport`
        (`NAME.mlirbc` from TensorFlow), beside which `NAME.safetensors` and `NAME.expected.safetensors`
        are written. Nothing is written unless all went well.
      weights: the weights of a function (its first argument, any tree of arrays) or the variables of a
        flax.linen module. Other models hold their own.
      dynamic: sizes that stay free, by input: `{"x": {0: "batch"}}` or `{"x": ["batch", None]}`. Equal
        names are equal sizes; expressions as of `jax.export.symbolic_shape` may be used, as `32*rows`.
      constraints: what is known of these sizes, as in `["seq <= 512"]`.
      outputs: names of the results, in their order. Default: the keys or fields that they have. State that
        comes out keeps the names of the weights.
      method: a method to be called in the place of the model itself, or a signature of a SavedModel.
      train: the model in train mode, in which batch norms take the batch's statistics; state that it
        changes comes out as results. Default: eval mode. The model is left as it was.
      x64: 64-bit numbers stay so. Default: they become 32-bit ones, as JAX has them.
      labels: names of classes, by index, for `model.metadata.labels`; of `.whlo` files only, as are
      preprocessing: options of WebHLO's `fromImage` (mean, std, fit, ...), `model.metadata.image`, and
      metadata: whatever else the application wants to know, JSON by key.
      rtol: how far results may be from the framework's, relative to each result's largest absolute value.
        Default: by the types of floats, 1e-4 for f32.
      check: False: do not run it. True: it is an error if Node or WebHLO is missing. Default: run it if
        they are there.
      cli: WebHLO's `dist/cli.js`. Default: see tool.find_tool.
      seed: of random inputs.

    Raises:
      ExportError, by kind: InvalidArgumentError, UnsupportedError, VersionError, ToolError,
      MismatchError.
    """
    target = Path(path)
    if target.suffix not in (".whlo", ".jaxexport", ".mlirbc") or not target.parent.is_dir():
        raise InvalidArgumentError(
            f"{target}: expected NAME.whlo, NAME.jaxexport or NAME.mlirbc in a folder that there is"
        )
    told = _metadata(target, labels, preprocessing, metadata)
    tool, unchecked = _tool(target, check, cli)
    options = Options(weights, method, train, x64, tuple(constraints), outputs)
    adapter = adapter_of(model, options)
    rng = np.random.default_rng(seed)
    inputs = read_inputs(example_inputs, adapter.parameters, dynamic or {}, rng, adapter.weights)
    conversion = adapter.convert(model, inputs, options)
    if target.suffix not in (".whlo", conversion.suffix):
        raise InvalidArgumentError(
            f"{target.name}: a program from {conversion.framework} is a {conversion.suffix} file; "
            "or one .whlo file"
        )
    # Beside its place, so that what is written appears there by a rename.
    with tempfile.TemporaryDirectory(prefix=".webhlo-", dir=target.parent) as folder:
        files, checks = _write(Path(folder), target, conversion, told, labels, tool, rtol, check)
        for file in files:
            os.replace(file, target.parent / file.name)
    return Report(
        framework=conversion.framework,
        files=[target.parent / file.name for file in files],
        inputs=_types(conversion.inputs, inputs.free),
        results={name: type_text(array) for name, array in conversion.results.items()},
        weights={name: type_text(array) for name, array in conversion.weights.items()},
        weight_bytes=sum(array.nbytes for array in conversion.weights.values()),
        unread=conversion.unread,
        checks=checks,
        unchecked=unchecked,
    )


def _write(
    folder: Path,
    target: Path,
    conversion: Conversion,
    metadata: Mapping[str, Any],
    labels: Sequence[str] | None,
    tool: Tool | None,
    rtol: float | None,
    check: bool | None,
) -> tuple[list[Path], list[Check]]:
    """The files in a folder, those to be kept, and how they compare."""
    for name, array in conversion.results.items():
        if array.size > 1 and np.all(array == array.flat[0]):
            warnings.warn(
                f'all of result "{name}" is {array.flat[0]}: that WebHLO computes the same says little; '
                "give trained weights, or inputs like those to come",
                ExportWarning,
                stacklevel=3,
            )
    program = folder / f"{target.stem}{conversion.suffix}"
    pair = folder / f"{target.stem}.expected.safetensors"
    weights: list[Path] = []
    program.write_bytes(conversion.program)
    write_pair(conversion.inputs, conversion.results, pair)
    if conversion.weights:
        weights = [folder / f"{target.stem}.safetensors"]
        write_safetensors(conversion.weights, weights[0])
    files = [program, *weights, pair]
    if target.suffix == ".whlo" and tool is not None:
        label_file = None
        if labels is not None:
            label_file = folder / "labels.txt"
            label_file.write_text("\n".join(labels) + "\n", encoding="utf-8")
        program, weights = folder / target.name, []
        tool.convert(files[0], files[1:-1], program, metadata, label_file)
        files = [program]
    if tool is None or check is False:
        return files, []
    allowed = tolerance(conversion) if rtol is None else rtol
    return files, tool.compare(program, weights, pair, folder / "results.safetensors", allowed)


def tolerance(conversion: Conversion) -> float:
    """The default of `rtol`, see TOLERANCES."""
    arrays = [
        *conversion.weights.values(),
        *conversion.inputs.values(),
        *conversion.results.values(),
    ]
    names = {dtype_name(array.dtype, "an array") for array in arrays}
    return max(TOLERANCES.get(name, 1e-4) for name in names)


def _types(arrays: Mapping[str, np.ndarray], free: Mapping[str, dict[int, str]]) -> dict[str, str]:
    return {
        name: f"{dtype_name(a.dtype, name)}"
        f"[{','.join(free[name].get(i, str(n)) for i, n in enumerate(a.shape))}]"
        for name, a in arrays.items()
    }


def _tool(
    target: Path, check: bool | None, cli: str | os.PathLike[str] | None
) -> tuple[Tool | None, str | None]:
    """The command line if it is there and wanted, else why there is no check."""
    if check is False and target.suffix != ".whlo":
        return None, "check=False"
    try:
        return find_tool(cli), "check=False" if check is False else None
    except ToolError as error:
        if target.suffix == ".whlo":
            raise ToolError(
                f"{error}. Without it, {target.stem}.jaxexport can be written, and "
                "`webhlo convert` makes a .whlo of it elsewhere"
            ) from error
        if check or cli:
            raise
        return None, str(error)


def _metadata(
    target: Path,
    labels: Sequence[str] | None,
    preprocessing: Mapping[str, Any] | None,
    metadata: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What goes by --metadata. Raises InvalidArgumentError for what no file could hold."""
    given = labels is not None or preprocessing is not None or metadata
    if given and target.suffix != ".whlo":
        raise InvalidArgumentError(
            f"{target.name} cannot hold labels, preprocessing and metadata; a .whlo file can"
        )
    if labels is not None and not (
        labels and all(isinstance(x, str) and x.splitlines() == [x] for x in labels)
    ):
        raise InvalidArgumentError("labels: expected a list of texts of one line, none of them empty")
    told = dict(metadata or {})
    for key, value in (("labels", labels), ("image", preprocessing)):
        if key in told and value is not None:
            raise InvalidArgumentError(f'metadata: "{key}" is given twice')
    for key in preprocessing or {}:
        if key not in _IMAGE_KEYS:
            raise InvalidArgumentError(
                f'preprocessing: "{key}" is none of {", ".join(_IMAGE_KEYS)} (options of fromImage)'
            )
    if preprocessing is not None:
        told["image"] = dict(preprocessing)
    for key, value in told.items():
        if not key or "=" in key:
            raise InvalidArgumentError(f"metadata: {key!r} is no key")
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError(f'metadata: "{key}" is no JSON: {error}') from error
    return told
