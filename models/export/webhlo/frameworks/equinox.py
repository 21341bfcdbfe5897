# SPDX-License-Identifier: Apache-2.0
"""Modules of Equinox, which are trees of their own weights."""

from typing import Any

from ..inputs import Inputs, parameters_of
from . import Adapter, Conversion, Options
from .jax import Arrays, WeightTree, lower, named_results


def adapter(module: Any, options: Options) -> Adapter:
    """`module(*inputs)`; weights are named by the fields, `layers.0.weight`. Without `train` every layer
    infers (`equinox.nn.inference_mode`)."""
    import equinox

    options.refuse("Equinox", weights="a module is its weights; for others, export a function")
    chosen = equinox.nn.inference_mode(module, value=not options.train)
    tree = WeightTree(chosen)

    def call(arrays: Arrays, inputs: Arrays, of: Inputs) -> dict[str, Any]:
        args, kwargs = of.call(inputs.__getitem__)
        called = getattr(tree.rebuild(arrays), options.method or "__call__")
        return named_results(called(*args, **kwargs), options)

    def convert(_: Any, inputs: Inputs, options: Options) -> Conversion:
        return lower("Equinox", call, tree.arrays, inputs, options)

    parameters = parameters_of(getattr(module, options.method or "__call__"))
    return Adapter(parameters, convert, tree.arrays)
