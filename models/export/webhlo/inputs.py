# SPDX-License-Identifier: Apache-2.0
"""The example inputs of a call: which arrays there are, by name, and which of their sizes are free."""

import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import InvalidArgumentError
from .names import Path, leaves_of, map_leaves, short_names
from .values import is_array, narrowed, parse_example, to_numpy


@dataclass(frozen=True)
class Inputs:
    """`arrays` are the examples by name; `free` names, for each, the sizes that stay free, by axis."""

    arrays: dict[str, np.ndarray]
    free: dict[str, dict[int, str]]
    _call: tuple[tuple[Any, ...], dict[str, Any]]
    _names: dict[Path, str]

    def call(
        self,
        array: Callable[[str], Any],
        constant: Callable[[Any], Any] = lambda value: value,
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Positional and keyword arguments, with `array(name)` for each input and `constant(value)`
        for each leaf that is no input (a number, a flag, None)."""

        def leaf(path: Path, value: Any) -> Any:
            return array(self._names[path]) if path in self._names else constant(value)

        args, kwargs = map_leaves(leaf, self._call)
        return args, kwargs

    def narrowed(self) -> "Inputs":
        """With numbers of 32 bits in the place of 64, see values.narrowed."""
        arrays = {name: narrowed(a, f'input "{name}"') for name, a in self.arrays.items()}
        return Inputs(arrays, self.free, self._call, self._names)


def read_inputs(
    examples: Any,
    parameters: Sequence[str],
    dynamic: Mapping[str, Any],
    rng: np.random.Generator,
    taken: Collection[str] = (),
) -> Inputs:
    """Inputs of a call with these examples: a dict for keyword arguments, a tuple or list for positional
    ones, or the only one. Leaves are arrays of any framework, or types as text (`f32[1,3,224,224]`), for
    which values are made up. Whatever else they are stays as it is, a part of the program.

    `parameters` are the names of positional ones, `taken` are names that no input may have. `dynamic`
    tells the free sizes by input: `{axis: name}`, or a list with a name or None for each axis. Raises
    InvalidArgumentError for what is none of these.
    """
    if isinstance(examples, Mapping):
        call: tuple[Any, Any] = ((), dict(examples))
    else:
        call = (tuple(examples) if isinstance(examples, list | tuple) else (examples,), {})
    found: list[tuple[Path, Path, Any]] = []
    for path, value in leaves_of(call):
        if is_array(value) or (isinstance(value, str) and "[" in value):
            # Without the level that tells positional from keyword arguments.
            first = parameters[int(path[1])] if path[0] == "0" else path[1]
            found.append((path, (first, *path[2:]), value))
    names = short_names([public for _, public, _ in found], "inputs", taken)
    arrays: dict[str, np.ndarray] = {}
    free: dict[str, dict[int, str]] = {}
    for name, (_, _, value) in zip(names, found):
        free[name] = {}
        if isinstance(value, str):
            example = parse_example(value)
            value, free[name] = example.sample(rng), dict(example.free)
        arrays[name] = to_numpy(value, f'input "{name}"')
    for name, sizes in dynamic.items():
        if name not in arrays:
            raise InvalidArgumentError(
                f'dynamic: there is no input "{name}"; there are {", ".join(arrays) or "none"}'
            )
        free[name].update(_free_sizes(name, sizes, arrays[name].ndim))
    _check_sizes(arrays, free)
    return Inputs(arrays, free, call, dict(zip((path for path, _, _ in found), names)))


def _free_sizes(name: str, sizes: Any, rank: int) -> dict[int, str]:
    if isinstance(sizes, list | tuple):
        sizes = {axis: size for axis, size in enumerate(sizes) if size is not None}
    if not isinstance(sizes, Mapping):
        raise InvalidArgumentError(
            f'dynamic: "{name}" is {sizes!r}: expected names of sizes by axis, as in {{0: "batch"}}'
        )
    free: dict[int, str] = {}
    for axis, size in sizes.items():
        if not isinstance(axis, int) or not -rank <= axis < rank or not isinstance(size, str):
            raise InvalidArgumentError(
                f'dynamic: "{name}" has {rank} axes: {{{axis!r}: {size!r}}} names none of their sizes'
            )
        free[axis % rank] = size
    return free


def _check_sizes(arrays: Mapping[str, np.ndarray], free: Mapping[str, dict[int, str]]) -> None:
    """A name stands for one size."""
    known: dict[str, tuple[int, str]] = {}
    for name, sizes in free.items():
        for axis, size in sizes.items():
            parts = re.fullmatch(r"(?:([1-9]\d*)\*)?([A-Za-z_]\w*)", size)
            if not parts:
                continue  # Another expression (n + 1): jax.export checks it.
            factor, number = int(parts[1] or 1), arrays[name].shape[axis]
            if number % factor:
                raise InvalidArgumentError(
                    f'size "{size}" of input "{name}" is {number} in the example, no multiple of {factor}'
                )
            here = (number // factor, name)
            first = known.setdefault(parts[2], here)
            if first[0] != here[0]:
                raise InvalidArgumentError(
                    f'size "{parts[2]}" is {first[0]} in input "{first[1]}" and {here[0]} in "{name}"'
                )


def parameters_of(function: Callable[..., Any], skip: int = 0) -> list[str]:
    """Names for positional arguments: those of its parameters behind the first `skip`; arg0, arg1, ...
    where it has none. Long enough for any call that it takes."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[skip:]
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "arg")
    return names + [f"{rest}{i}" for i in range(len(names) if rest == "arg" else 0, 256)]
