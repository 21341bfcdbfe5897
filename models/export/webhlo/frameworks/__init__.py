# SPDX-License-Identifier: Apache-2.0
"""One module for each framework, imported when a model of it is exported. Each makes a `Conversion` of
a model and the inputs of a call."""

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError
from ..inputs import Inputs


@dataclass(frozen=True)
class Options:
    """What `export` was asked for beside the model and its inputs; see there."""

    weights: Any = None
    method: str | None = None
    train: bool = False
    x64: bool = False
    constraints: Sequence[str] = ()
    outputs: Sequence[str] | None = None

    def refuse(self, framework: str, **why: str) -> None:
        """Raises InvalidArgumentError for each of these options that was given, with the reason."""
        for name, reason in why.items():
            if getattr(self, name):
                raise InvalidArgumentError(f"{name} is not for {framework}: {reason}")


@dataclass(frozen=True)
class Conversion:
    """A program, the weights that it reads, and what the framework computes of the example inputs."""

    framework: str
    program: bytes
    suffix: str
    weights: dict[str, np.ndarray]
    inputs: dict[str, np.ndarray]
    results: dict[str, np.ndarray]
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Adapter:
    """How a framework's model is called, what converts it, and the names of its weights."""

    parameters: list[str]
    convert: Callable[[Any, Inputs, Options], Conversion]
    weights: Collection[str] = ()


def renamed(results: Mapping[str, Any], outputs: Sequence[str] | None) -> dict[str, Any]:
    """Results by the names that `outputs` gives them, in their order."""
    if outputs is None:
        return dict(results)
    if len(outputs) != len(results) or len(set(outputs)) != len(outputs):
        raise InvalidArgumentError(
            f"outputs names {list(outputs)}; the results are {list(results)}: one name for each"
        )
    return dict(zip(outputs, results.values()))


def with_state(results: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """A model's results, and behind them what a call changes of its state, by the names of the weights.
    Raises InvalidArgumentError where a result has one of these names."""
    for name in results.keys() & state.keys():
        raise InvalidArgumentError(
            f'"{name}" is the name of a result and of state that the model changes: name the results by '
            "outputs"
        )
    return {**results, **state}


def _is(model: Any, module: str, *names: str) -> bool:
    """Whether it is an instance of one of these classes of a module; nothing is imported for that."""
    loaded = sys.modules.get(module)
    kinds = tuple(getattr(loaded, name) for name in names if hasattr(loaded, name))
    return bool(kinds) and isinstance(model, kinds)


def adapter_of(model: Any, options: Options) -> Adapter:
    """Raises InvalidArgumentError for what is no model and no function."""
    # Before the others: a Keras model on PyTorch or TensorFlow is one of theirs, too.
    if _is(model, "keras", "Layer"):
        from . import keras

        return keras.adapter(model, options)
    if _is(model, "torch.nn", "Module"):
        from . import torch

        return torch.adapter(model, options)
    # Modules, functions, and what a SavedModel is loaded as.
    if _is(model, "tensorflow.python.trackable.base", "Trackable"):
        from . import tensorflow

        return tensorflow.adapter(model, options)
    if _is(model, "flax.linen", "Module"):
        from . import flax

        return flax.linen_adapter(model, options)
    if _is(model, "flax.nnx", "Module"):
        from . import flax

        return flax.nnx_adapter(model, options)
    if _is(model, "equinox", "Module"):
        from . import equinox

        return equinox.adapter(model, options)
    if isinstance(model, type):
        raise InvalidArgumentError(f"{model.__qualname__} is a class: make an instance of it")
    if not callable(model):
        raise InvalidArgumentError(
            f"a {type(model).__name__} is no model: expected a module of PyTorch, Flax, Equinox or "
            "Keras, a TensorFlow function, or a function of JAX arrays"
        )
    from . import jax

    return jax.function_adapter(model, options)
