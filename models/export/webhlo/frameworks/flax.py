# SPDX-License-Identifier: Apache-2.0
"""Modules of Flax: linen, whose variables are given, and nnx, which hold theirs."""

from collections.abc import Container
from functools import partial
from typing import Any

from ..errors import InvalidArgumentError
from ..inputs import Inputs, parameters_of
from ..names import Path
from . import Adapter, Conversion, Options, with_state
from .jax import Arrays, WeightTree, key_bits, lower, named_results, path_of


def linen_adapter(module: Any, options: Options) -> Adapter:
    """`module.apply(variables, *inputs)`; weights are named `params.Dense_0.kernel`."""
    from flax import linen

    options.refuse(
        "flax.linen",
        train="a module takes it as an argument: put it among the inputs, as in "
        '{"x": x, "train": True, "mutable": ["batch_stats"]}',
    )
    if options.weights is None:
        raise InvalidArgumentError(
            f"{type(module).__name__} is a module of flax.linen, which holds no weights: give its "
            "variables as weights={'params': ..., 'batch_stats': ...}"
        )
    variables = WeightTree(linen.meta.unbox(options.weights))

    def call(arrays: Arrays, inputs: Arrays, of: Inputs) -> dict[str, Any]:
        args, kwargs = of.call(inputs.__getitem__)
        result = module.apply(variables.rebuild(arrays), *args, method=options.method, **kwargs)
        return named_results(result, options)

    def convert(_: Any, inputs: Inputs, options: Options) -> Conversion:
        return lower("flax.linen", call, variables.arrays, inputs, options)

    parameters = parameters_of(getattr(module, options.method or "__call__"))
    return Adapter(parameters, convert, variables.arrays)


def nnx_adapter(module: Any, options: Options) -> Adapter:
    """`module(*inputs)`, in eval mode or in train mode. State that the call changes (statistics of batch
    norms, counts of random generators) comes out as results, by the names of the weights."""
    from flax import nnx

    options.refuse("flax.nnx", weights="a module holds its own: nnx.update(module, state) sets them")
    graph, state = nnx.split(module)
    weights = WeightTree(state, rename=_without_value)
    generators = _leaves(nnx.state(module, nnx.RngState))
    keys = _leaves(nnx.state(module, nnx.RngKey))

    def call(arrays: Arrays, inputs: Arrays, of: Inputs, unchanged: Container[str] = ()) -> dict[str, Any]:
        copy = nnx.merge(graph, weights.rebuild(arrays))
        before = _leaves(nnx.state(copy))
        if options.train:
            copy.train()
        else:
            copy.eval()
        args, kwargs = of.call(inputs.__getitem__)
        results = named_results(getattr(copy, options.method or "__call__")(*args, **kwargs), options)
        changed = {
            name: key_bits(leaf)
            for name, leaf in _leaves(nnx.state(copy)).items()
            if leaf is not before.get(name) and name not in unchanged
        }
        return with_state(results, changed)

    def convert(_: Any, inputs: Inputs, options: Options) -> Conversion:
        # Layers ask for keys that they then have no use for, as nnx.RNN does for its first state: where no
        # result is drawn, nobody wants to know how many there were.
        call_only = partial(call, unchanged=generators)
        conversion = lower("flax.nnx", call_only, weights.arrays, inputs, options)
        if keys.keys().isdisjoint(conversion.weights):
            return conversion
        return lower("flax.nnx", call, weights.arrays, inputs, options)

    parameters = parameters_of(getattr(module, options.method or "__call__"))
    return Adapter(parameters, convert, weights.arrays)


def _leaves(state: Any) -> dict[str, Any]:
    import jax

    leaves = jax.tree_util.tree_leaves_with_path(state)
    return {".".join(_without_value(path_of(keys))): leaf for keys, leaf in leaves}


def _without_value(path: Path) -> Path:
    """A variable's array is its attribute `value`, which no name needs to say."""
    return path[:-1] if path[-1:] == ("value",) else path
