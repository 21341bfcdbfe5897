# SPDX-License-Identifier: Apache-2.0
"""Functions and modules of TensorFlow: its compiler makes StableHLO of a function for inputs of fixed
shapes, whose arguments are the inputs and then what it captures: variables, and constants.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from ..errors import InvalidArgumentError, UnsupportedError
from ..inputs import Inputs, parameters_of
from ..names import leaves_of, result_names
from ..values import to_numpy
from ..versions import misfit
from . import Adapter, Conversion, Options, renamed

# VHLO that WebHLO reads for sure; older than what any TensorFlow of these days writes by default.
VHLO_VERSION = "1.0.0"


def adapter(model: Any, options: Options) -> Adapter:
    """A `tf.function`, a `tf.Module`, or a SavedModel that was loaded, whose signatures are methods, too.
    Variables are named by their paths in the module, `layers.0.w`; those of a function alone by their own
    names, as are those of a SavedModel where these differ."""
    options.refuse(
        "TensorFlow",
        weights="a function captures its variables: assign to them",
        train="a function does what it does: export one that trains",
        constraints="shapes are fixed",
    )
    called = _method(model, options.method)

    def convert(_: Any, inputs: Inputs, options: Options) -> Conversion:
        return convert_function(called, _names_in(model, called), inputs, options, "TensorFlow")

    return Adapter(_parameters(called), convert)


def _method(model: Any, name: str | None) -> Callable[..., Any]:
    """What is called of a model. Raises InvalidArgumentError if there is no such method."""
    signatures = getattr(model, "signatures", {})
    is_function = any(hasattr(model, x) for x in ("get_concrete_function", "structured_input_signature"))
    if name is None and is_function:
        return model
    method = getattr(model, name or "__call__", signatures.get(name))
    if not callable(method):
        what = "the SavedModel" if signatures else type(model).__name__
        known = f", such as {' or '.join(signatures)}" if signatures else ""
        raise InvalidArgumentError(f"{what} has no method {name or '__call__'}: name one by method{known}")
    return method


def _parameters(function: Callable[..., Any]) -> list[str]:
    """Names for its positional arguments, which those of a SavedModel have of their tensors."""
    names = parameters_of(getattr(function, "python_function", function))
    specs, keywords = getattr(_traced(function), "structured_input_signature", ((), {}))
    # Of its keywords, a signature takes only one without its name.
    known = [getattr(spec, "name", None) for spec in specs] or list(keywords)[:1]
    return [*known, *names] if all(known) else names


def _traced(function: Callable[..., Any]) -> Any:
    """The graph that a function of a SavedModel is; any other function as it is."""
    return next(iter(getattr(function, "concrete_functions", ())), function)


def _names_in(model: Any, function: Callable[..., Any]) -> dict[int, str]:
    """The path of each variable by the variable's `id`, where those that the function reads need one."""
    if isinstance(model, tf.Module):
        found = model._flatten(predicate=lambda v: isinstance(v, tf.Variable), with_path=True)
    else:
        own = [variable.name for variable in getattr(_traced(function), "variables", ())]
        found = _variables_of(model) if len(set(own)) < len(own) else []
    names: dict[int, str] = {}
    for path, variable in found:
        names.setdefault(id(variable), ".".join(map(str, path)))
    return names


def _variables_of(model: Any) -> list[tuple[tuple[str, ...], tf.Variable]]:
    """All variables of a SavedModel, by the shortest of their paths."""
    found: list[tuple[tuple[str, ...], tf.Variable]] = []
    level: list[tuple[tuple[str, ...], Any]] = [((), model)]
    seen = {id(model): model}  # Which keeps them: an id is an object's only while there is that object.
    while level:
        children = [
            ((*path, name), child)
            for path, part in level
            for name, child in part._trackable_children().items()
        ]
        level = []
        for path, child in children:
            if id(child) not in seen:
                seen[id(child)] = child
                (found if isinstance(child, tf.Variable) else level).append((path, child))
    return found


def convert_function(
    function: Callable[..., Any],
    names: Mapping[int, str],
    inputs: Inputs,
    options: Options,
    framework: str,
) -> Conversion:
    """`names` are those of variables, by `id`. Raises UnsupportedError for what has no StableHLO."""
    if any(inputs.free.values()):
        raise UnsupportedError(
            f"{framework}: TensorFlow's compiler fixes all sizes, none can be dynamic; export one "
            "program for each shape"
        )
    if not options.x64:
        inputs = inputs.narrowed()

    def positional(*tensors: tf.Tensor) -> Any:
        by_name = dict(zip(inputs.arrays, tensors))
        args, kwargs = inputs.call(by_name.__getitem__)
        return function(*args, **kwargs)

    compiled = tf.function(positional, jit_compile=True)
    tensors = [tf.constant(array) for array in inputs.arrays.values()]
    try:
        concrete = compiled.get_concrete_function(*tensors)
        text = compiled.experimental_get_compiler_ir(*tensors)(stage="stablehlo")
    except Exception as error:
        if "Invalid stage" in str(error):
            raise misfit("an export from TensorFlow", ("tensorflow",), error) from error
        told = re.split(r"\n\n|\nStack trace|\nThe op is created at", str(error).strip())[0]
        raise UnsupportedError(
            f"{framework} cannot compile this: {type(error).__name__}: {told}"
        ) from error

    weights: dict[str, np.ndarray] = {}
    for i, (name, value) in enumerate(_captured(concrete, names)):
        name = name or f"constant{i}"
        if name in inputs.arrays:
            raise InvalidArgumentError(f'"{name}" is a weight\'s name: name the input otherwise')
        if name in weights:
            raise InvalidArgumentError(
                f'two weights are named "{name}": put the variables into a tf.Module, whose '
                "attributes name them, or export a SavedModel itself, not one of its signatures"
            )
        weights[name] = to_numpy(value, f'weight "{name}"')
    # The program answers them in TensorFlow's order, which is not that of a dict.
    order = {tensor.name: i for i, tensor in enumerate(concrete.outputs)}
    places = [(path, order[t.name]) for path, t in leaves_of(concrete.structured_outputs)]
    places.sort(key=lambda place: place[1])
    values = tf.nest.flatten(concrete(*tensors))
    public = result_names([path for path, _ in places])
    results = renamed(
        {name: to_numpy(value, f'result "{name}"') for name, value in zip(public, values)},
        options.outputs,
    )
    arguments = [f"inputs[{name!r}]" for name in inputs.arrays]
    arguments += [f"weights[{name!r}]" for name in weights]
    named = name_ports(text, arguments, list(results), framework)
    return Conversion(
        framework=framework,
        program=_portable(named, framework),
        suffix=".mlirbc",
        weights=weights,
        inputs=inputs.arrays,
        results=results,
    )


def _captured(concrete: Any, names: Mapping[int, str]) -> list[tuple[str | None, Any]]:
    """Names and values of what a function captures, in the order of the program's arguments."""
    by_handle = {id(v.handle): v for v in concrete.variables}
    captured = []
    for value in concrete.captured_inputs:
        variable = by_handle.get(id(value))
        if variable is not None:
            own = variable.name.partition(":")[0].replace("/", ".")
            captured.append((names.get(id(variable), own), variable))
        elif value.dtype == tf.resource:
            raise UnsupportedError("the function captures a resource that is no variable")
        else:
            captured.append((None, value))
    return captured


def name_ports(text: str, arguments: list[str], results: list[str], framework: str) -> str:
    """The text of a program with these key paths for the arguments of its function @main, and names for
    its results. Raises UnsupportedError if it has others: then a variable is written, or not read."""
    match = re.search(r"func\.func @main\((.*?)\) -> (.*) \{\n", text)
    if not match:
        raise UnsupportedError(f"{framework}: the compiler's program has no function @main")
    types = [re.sub(r" loc\(.*\)$", "", part) for part in split_types(match[1])]
    outer = match[2][1:-1] if match[2].startswith("(") else match[2]
    answered = split_types(outer)
    if len(types) != len(arguments) or len(answered) != len(results):
        raise UnsupportedError(
            f"{framework}: the program has {len(types)} arguments and {len(answered)} results, the "
            f"function {len(arguments)} and {len(results)}: does it assign to a variable, or answer "
            "something twice?"
        )
    taken = ", ".join(f"{t} loc({quoted(name)})" for t, name in zip(types, arguments))
    given = ", ".join(f"{t} {{jax.result_info = {quoted(name)}}}" for t, name in zip(answered, results))
    head = f"func.func @main({taken}) -> ({given}) {{\n"
    return text[: match.start()] + head + text[match.end() :]


def quoted(text: str) -> str:
    """A string of MLIR."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def split_types(text: str) -> list[str]:
    """The parts of a list at the commas that no bracket and no quote encloses."""
    parts, depth, in_string, start = [], 0, False, 0
    for i, c in enumerate(text):
        if c == '"':
            in_string = not in_string
        elif in_string:
            continue
        elif c in "(<[{":
            depth += 1
        elif c in ")>]}":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return parts + [text[start:].strip()] if text.strip() else parts


def _portable(text: str, framework: str) -> bytes:
    """Portable bytecode, without the places of Python's source, which name folders of this machine. Raises
    UnsupportedError for operations that StableHLO lacks."""
    from tensorflow.compiler.mlir.stablehlo import stablehlo

    # What a loop carries unchanged comes as copies, which only the compiler's own dialect has.
    copy = r"= mhlo\.copy (%\S+) : (tensor<.*?>)(?= loc\(|$)"
    text = re.sub(copy, r"= stablehlo.reshape \1 : (\2) -> \2", text, flags=re.M)
    if others := sorted(set(re.findall(r'= "?(mhlo\.\w+)', text))):
        raise UnsupportedError(f"{framework}: the compiler's program has {', '.join(others)}, no StableHLO")
    text = re.sub(r'^(#loc\d* = loc\()"[^"\n]*"(:.*)?\)$', r"\1unknown)", text, flags=re.M)
    try:
        return stablehlo.serialize_portable_artifact_str(text, VHLO_VERSION)
    except Exception as error:
        raise misfit("an export from TensorFlow", ("tensorflow",), error) from error
