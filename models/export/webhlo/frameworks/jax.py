# SPDX-License-Identifier: Apache-2.0
"""Functions of JAX arrays to `jax.export` containers. Flax, Equinox, Keras and PyTorch end here, too.

The exported function takes two dicts of arrays, `weights` and `inputs`, and answers one, so that names
are plain keys and no container of a framework is in the file.
"""

import re
import warnings
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from ..errors import (
    ExportError,
    ExportWarning,
    InvalidArgumentError,
    UnsupportedError,
    VersionError,
)
from ..inputs import Inputs, parameters_of
from ..names import Path, result_names, whole_names
from ..values import is_array, narrowed, to_numpy
from ..versions import misfit, require, version_of
from . import Adapter, Conversion, Options, renamed

Arrays = Mapping[str, Any]

# Of jax.export, those that WebHLO reads (core/import/jax_export.cc).
CALLING_CONVENTIONS = range(9, 11)
# Closed-over arrays of more bytes than this were probably meant to be weights.
MOST_CONSTANT_BYTES = 1 << 20


def import_jax(framework: str) -> ModuleType:
    """JAX. Raises VersionError if it, or what it writes exports with, is missing or too old."""
    purpose = f"an export from {framework}"
    jax = require("jax", purpose, ("flatbuffers",))
    require("flatbuffers", purpose, ("jax",))
    try:
        _ = jax.enable_x64
    except AttributeError as error:  # Before 0.8.
        raise misfit(purpose, ("jax", "flatbuffers"), error) from error
    return jax


def function_adapter(function: Callable[..., Any], options: Options) -> Adapter:
    """A plain function: `function(*inputs)`, or `function(weights, *inputs)` where weights are given."""
    options.refuse(
        "a function",
        train="export a function that does what a step of training does",
        method="give the function itself",
    )
    weights = None if options.weights is None else WeightTree(options.weights)

    def call(arrays: Arrays, inputs: Arrays, of: Inputs) -> dict[str, Any]:
        args, kwargs = of.call(inputs.__getitem__)
        first = () if weights is None else (weights.rebuild(arrays),)
        return named_results(function(*first, *args, **kwargs), options)

    arrays = {} if weights is None else weights.arrays

    def convert(_: Any, inputs: Inputs, options: Options) -> Conversion:
        return lower("JAX", call, arrays, inputs, options)

    return Adapter(parameters_of(function, skip=0 if weights is None else 1), convert, arrays)


class WeightTree:
    """A tree of weights as arrays by name, and back. What is no array in it (a function, a number) is
    part of the program; keys of random generators are arrays of their bits."""

    def __init__(self, tree: Any, rename: Callable[[Path], Path] = lambda path: path) -> None:
        jax = import_jax("JAX")
        leaves, self._structure = jax.tree_util.tree_flatten_with_path(tree)
        self._leaves = [leaf for _, leaf in leaves]
        taken = [i for i, leaf in enumerate(self._leaves) if is_array(leaf)]
        paths = [rename(path_of(leaves[i][0])) for i in taken]
        self._names = dict(zip(taken, whole_names(paths, "weights")))
        self.arrays = {
            name: to_numpy(key_bits(self._leaves[i]), f'weight "{name}"') for i, name in self._names.items()
        }

    def rebuild(self, arrays: Arrays) -> Any:
        """The tree with these arrays in it."""
        import jax

        leaves = list(self._leaves)
        for i, name in self._names.items():
            leaf = self._leaves[i]
            value = arrays[name]
            if _is_key(leaf):
                value = jax.random.wrap_key_data(value, impl=jax.random.key_impl(leaf))
            leaves[i] = value
        return jax.tree_util.tree_unflatten(self._structure, leaves)


def key_bits(leaf: Any) -> Any:
    """A random generator's key as an array, any other array as it is."""
    import jax

    return jax.random.key_data(leaf) if _is_key(leaf) else leaf


def _is_key(leaf: Any) -> bool:
    import jax

    return is_array(leaf) and jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def path_of(keys: tuple[Any, ...]) -> Path:
    """A key path of jax.tree_util (or PyTorch's, which has the same words) as texts."""
    words = ("key", "name", "idx")
    return tuple(str(next(getattr(key, word) for word in words if hasattr(key, word))) for key in keys)


def named_results(tree: Any, options: Options) -> dict[str, Any]:
    """The arrays of a function's result, by their own names or those of `options.outputs`. Raises
    UnsupportedError if there is none, InvalidArgumentError if there are more or fewer names."""
    import jax

    leaves = jax.tree_util.tree_flatten_with_path(tree)[0]
    if not leaves:
        raise UnsupportedError("the function answers no array")
    names = result_names([path_of(keys) for keys, _ in leaves])
    return renamed(dict(zip(names, (x for _, x in leaves))), options.outputs)


def lower(
    framework: str,
    call: Callable[[Arrays, Arrays, Inputs], dict[str, Any]],
    weights: dict[str, np.ndarray],
    inputs: Inputs,
    options: Options,
    answer: Callable[[], dict[str, Any]] | None = None,
    constraints: tuple[str, ...] = (),
) -> Conversion:
    """Exports `call(weights, inputs, of)`, a JAX function of two dicts of arrays that answers one.

    `answer` is what the framework itself computes of the example inputs; without it XLA runs the
    function. Raises InvalidArgumentError for names and sizes that do not fit, UnsupportedError with
    JAX's own words where it cannot export.
    """
    jax = import_jax(framework)
    from jax import export

    if not options.x64:
        inputs = inputs.narrowed()
        weights = {name: narrowed(a, f'weight "{name}"') for name, a in weights.items()}

    def program(weights: Arrays, inputs_: Arrays) -> dict[str, Any]:
        constants = {name: a for name, a in everything.items() if name not in weights}
        arrays = {**{name: jax.numpy.asarray(a) for name, a in constants.items()}, **weights}
        results = call(arrays, inputs_, inputs)
        return {name: jax.numpy.asarray(value) for name, value in results.items()}

    everything = weights

    def exported_with(weights: Arrays, shapes: Arrays) -> Any:
        """The export for inputs of these shapes, and the names of the weights and inputs it reads."""
        taken = {name: jax.ShapeDtypeStruct(a.shape, a.dtype) for name, a in weights.items()}
        done = export.export(function, platforms=["cpu"])(taken, shapes)
        # In the order of JAX's leaves: both dicts, by name.
        order = [*sorted(weights), *sorted(shapes)]
        return done, {order[i] for i in done.module_kept_var_idx}

    cpu = jax.devices("cpu")[0]
    with jax.enable_x64(options.x64), jax.default_device(cpu), _short_locations():
        function = jax.jit(program)
        fixed = _shapes(inputs, {name: {} for name in inputs.free}, ())
        shapes = _shapes(inputs, inputs.free, (*options.constraints, *constraints))
        is_fixed = True
        try:
            _warn_of_constants(function.trace(weights, fixed).jaxpr.consts)
            exported, read = exported_with(weights, fixed)
            if any(inputs.free.values()):
                is_fixed = False
                # JAX drops no argument where sizes are free: those that nothing reads are left out here.
                weights = {name: a for name, a in weights.items() if name in read}
                exported, read = exported_with(weights, shapes)
            blob = bytes(exported.serialize())
        except ExportError:
            raise
        except Exception as error:
            what = "this" if is_fixed else "this with free sizes"
            advice = "" if is_fixed else _advice(error)
            raise UnsupportedError(
                f"{framework}: JAX cannot export {what}: {_told(error)}{advice}"
            ) from error
        answered = function(weights, inputs.arrays) if answer is None else answer()
    results = {name: to_numpy(value, f'result "{name}"') for name, value in answered.items()}
    if not options.x64:
        results = {name: narrowed(a, f'result "{name}"') for name, a in results.items()}
    convention = exported.calling_convention_version
    if convention not in CALLING_CONVENTIONS:
        raise VersionError(
            f"jax {version_of('jax')} writes calling convention {convention} of jax.export; WebHLO "
            f"reads {CALLING_CONVENTIONS[0]} to {CALLING_CONVENTIONS[-1]}"
        )
    return Conversion(
        framework=framework,
        program=blob,
        suffix=".jaxexport",
        weights={name: a for name, a in weights.items() if name in read},
        inputs=inputs.arrays,
        results=results,
        unread=[name for name in inputs.arrays if name not in read],
    )


def _shapes(
    inputs: Inputs, free: Mapping[str, dict[int, str]], constraints: tuple[str, ...]
) -> dict[str, Any]:
    """Types of the inputs, with these sizes free. Raises InvalidArgumentError for names that are none."""
    import jax
    from jax import export

    try:
        scope = export.SymbolicScope(constraints)
        shapes = {}
        for name, array in inputs.arrays.items():
            sizes = [free[name].get(i, str(size)) for i, size in enumerate(array.shape)]
            shape = export.symbolic_shape(f"({','.join(sizes)},)" if sizes else "()", scope=scope)
            shapes[name] = jax.ShapeDtypeStruct(shape, array.dtype)
        return shapes
    except ValueError as error:
        raise InvalidArgumentError(f"dynamic: {_told(error)}") from error


def _warn_of_constants(constants: list[Any]) -> None:
    total = sum(constant.nbytes for constant in constants)
    if total > MOST_CONSTANT_BYTES:
        largest = max(constants, key=lambda constant: constant.nbytes)
        warnings.warn(
            f"{total / 1e6:.1f} MB of arrays are in the program, as the function does not take them "
            f"as arguments ({len(constants)}; the largest is {largest.dtype}{list(largest.shape)}): "
            "give them as `weights` to have them in the weights file, by name",
            ExportWarning,
            stacklevel=2,
        )


@contextmanager
def _short_locations():
    """Programs name source files without the folders of this machine."""
    import jax

    option = "jax_hlo_source_file_canonicalization_regex"
    before = getattr(jax.config, option)
    jax.config.update(option, ".*[/\\\\]")
    try:
        yield
    finally:
        jax.config.update(option, before)


def _advice(error: Exception) -> str:
    """What may decide the question about free sizes that JAX could not."""
    asked = re.search(r"comparison '(.+?)' (>=|<=|==) '(.+?)' is inconclusive", str(error))
    constraint = f'constraints=["{" ".join(asked.groups())}"], ' if asked else ""
    return f'\nWhat may help: {constraint}sizes that are multiples ("f32[1,3,32*rows=64]"), fewer free ones'


def _told(error: Exception) -> str:
    """The message without JAX's advice behind it."""
    text = re.split(r"\n\s*\n|\n-{8,}|\nPlease see ", str(error))[0].strip()
    return f"{type(error).__name__}: {text}"
