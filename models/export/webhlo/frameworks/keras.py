# SPDX-License-Identifier: Apache-2.0
"""Models and layers of Keras 3, by the backend that they run on. Weights are named by their paths,
`conv1.kernel`."""

from collections.abc import Mapping
from typing import Any

import keras

from ..errors import InvalidArgumentError
from ..inputs import Inputs, parameters_of
from ..names import unique
from . import Adapter, Conversion, Options, with_state


def adapter(model: keras.Layer, options: Options) -> Adapter:
    """`model(*inputs, training=...)`. With `train`, state that the call changes comes out as results."""
    options.refuse(
        "Keras",
        weights="a model holds its own: model.load_weights sets them",
        method="Keras calls a model or a layer",
    )
    if not model.built:
        raise InvalidArgumentError(f'"{model.name}" has no weights yet: call it once, or build it')
    convert = {"jax": _with_jax, "torch": _with_torch, "tensorflow": _with_tensorflow}.get(
        keras.backend.backend()
    )
    if convert is None:
        raise InvalidArgumentError(
            f"the backend {keras.backend.backend()} of Keras cannot be exported: set KERAS_BACKEND to "
            "jax, torch or tensorflow"
        )
    return Adapter(parameters_of(model.call), convert, names_of(model).values())


def names_of(model: keras.Layer) -> dict[int, str]:
    """The name of each variable, by the variable's `id`."""
    paths = [tuple(v.path.split("/")) for v in model.variables]
    names = unique([".".join(path) for path in paths], paths, "weights")
    return {id(v): name for v, name in zip(model.variables, names)}


def result_tree(model: keras.Layer, results: Any) -> Any:
    """A list of a functional model's results by the names that the model has for them."""
    names = getattr(model, "output_names", None)
    if isinstance(results, list | tuple) and names and len(names) == len(results):
        return dict(zip(names, results))
    return results


def _with_jax(model: keras.Layer, inputs: Inputs, options: Options) -> Conversion:
    from .jax import Arrays, lower, named_results

    names = names_of(model)
    trainable = [names[id(v)] for v in model.trainable_variables]
    others = [names[id(v)] for v in model.non_trainable_variables]
    weights = {names[id(v)]: keras.ops.convert_to_numpy(v) for v in model.variables}

    def call(arrays: Arrays, given: Arrays, of: Inputs) -> dict[str, Any]:
        args, kwargs = of.call(given.__getitem__)
        before = [arrays[name] for name in others]
        tree, after = model.stateless_call(
            [arrays[name] for name in trainable], before, *args, training=options.train, **kwargs
        )
        changed = {n: new for n, old, new in zip(others, before, after) if new is not old}
        return with_state(named_results(result_tree(model, tree), options), changed)

    return lower("Keras on JAX", call, weights, inputs, options)


def _with_torch(model: keras.Layer, inputs: Inputs, options: Options) -> Conversion:
    from . import torch

    options.refuse("Keras on PyTorch", train="Keras hands its mode to each call: use KERAS_BACKEND=jax")
    by_tensor = {id(v.value): name for v, name in zip(model.variables, names_of(model).values())}
    state: Mapping[str, Any] = model.state_dict(keep_vars=True)
    names = {key: by_tensor[id(v)] for key, v in state.items() if id(v) in by_tensor}
    return torch.convert(
        model,
        inputs,
        options,
        names,
        tree=lambda result: result_tree(model, result),
        framework="Keras on PyTorch",
    )


def _with_tensorflow(model: keras.Layer, inputs: Inputs, options: Options) -> Conversion:
    from . import tensorflow

    names = {id(v.value): name for v, name in zip(model.variables, names_of(model).values())}

    def call(*args: Any, **kwargs: Any) -> Any:
        return result_tree(model, model(*args, training=options.train, **kwargs))

    return tensorflow.convert_function(call, names, inputs, options, "Keras on TensorFlow")
