# SPDX-License-Identifier: Apache-2.0
"""Modules of PyTorch: torch.export makes a graph of ATen operations, each of which torchax computes with
JAX functions. Weights keep the names of `state_dict`."""

import copy
import inspect
import re
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
import torch

from ..errors import UnsupportedError
from ..inputs import Inputs, parameters_of
from ..names import result_names
from ..values import TORCH_BITS, to_numpy
from ..versions import misfit
from . import Adapter, Conversion, Options, renamed, with_state
from .jax import Arrays, lower, path_of

PACKAGES = ("torchax", "torch", "jax")


def adapter(module: torch.nn.Module, options: Options) -> Adapter:
    """`module(*inputs)`, in eval mode or in train mode. Buffers that the call changes (statistics of
    batch norms) come out as results, by their names."""
    options.refuse(
        "PyTorch",
        weights="a module holds its own: module.load_state_dict sets them",
        method="torch.export traces forward: wrap the method in a module of its own",
    )
    return Adapter(parameters_of(module.forward), convert, module.state_dict())


def convert(
    module: torch.nn.Module,
    inputs: Inputs,
    options: Options,
    names: Mapping[str, str] | None = None,
    tree: Callable[[Any], Any] = lambda result: result,
    framework: str = "PyTorch",
) -> Conversion:
    """`names` replace those of `state_dict`; `tree` makes a result one whose keys are its parts' names."""
    torchax = import_torchax()
    with _mode(module, options.train), warnings.catch_warnings():
        # PyTorch warns of its own internals, torchax of 64-bit integers that JAX makes 32-bit ones.
        warnings.simplefilter("ignore")
        exported = _export(module, inputs, torchax)
        _check(exported, torchax)
        state = {k: v for k, v in module.state_dict(keep_vars=True).items() if _is_tensor(v)}
        public = {key: (names or {}).get(key, key) for key in state}
        weights = {public[key]: to_numpy(v, f'weight "{key}"') for key, v in state.items()}
        held = {key: v for key, v in exported.constants.items() if _is_tensor(v)}
        # A constant whose memory is a weight's is this weight: Keras hides its variables so.
        first = _first_names({**state, **{k: v for k, v in held.items() if k not in state}})
        constants = {
            key: _to_jax(value, f'constant "{key}"')
            for key, value in held.items()
            if first[key] not in state
        }
        signature = exported.graph_signature
        changed = [public[key] for key in signature.buffers_to_mutate.values()]
        results, buffers = _answer(module, inputs, signature.buffers_to_mutate.values(), tree)
        results = renamed(results, options.outputs)
        answer = with_state(results, {public[key]: array for key, array in buffers.items()})
        interpreter = torchax.export.JaxInterpreter(exported.graph_module)

        def call(arrays: Arrays, given: Arrays, of: Inputs) -> dict[str, Any]:
            leaves = iter(_flat(*of.call(given.__getitem__)))
            values = []
            for spec in signature.input_specs:
                if spec.kind is Kind.USER_INPUT:
                    values.append(next(leaves))
                else:
                    name = first[spec.target]
                    values.append(constants[name] if name in constants else arrays[public[name]])
            with _sizes_as_they_are(torchax):
                answered = interpreter.run(*values, enable_io_processing=False)
            arrays_out = [r for r in answered[len(changed) :] if hasattr(r, "dtype")]
            return {
                **dict(zip(results, arrays_out, strict=True)),
                **dict(zip(changed, answered[: len(changed)])),
            }

        return lower(
            framework,
            call,
            weights,
            inputs,
            options,
            answer=lambda: answer,
            constraints=_constraints(exported, inputs),
        )


Kind = torch.export.graph_signature.InputKind


def import_torchax() -> ModuleType:
    """torchax, with all its operations. Raises VersionError where it does not fit the others."""
    missing = torch._ops.OpOverloadPacket.__getattr__

    def overload(packet: Any, key: str) -> Any:
        # torchax 0.0.13 lists overloads for named tensors, which PyTorch has no more since 2.13. As
        # nothing looks these up, anything stands in their place.
        try:
            return missing(packet, key)
        except AttributeError:
            if "name" not in key.lower():
                raise
            return object()

    try:
        with mock.patch.object(torch._ops.OpOverloadPacket, "__getattr__", overload):
            import torchax
            import torchax.export

            torchax.default_env()  # Fills its table of operations.
        return torchax
    except Exception as error:
        raise misfit("an export from PyTorch", PACKAGES, error) from error


@contextmanager
def _sizes_as_they_are(torchax: ModuleType) -> Iterator[None]:
    """torchax 0.0.13 makes NumPy's numbers of the ends of an `arange` with a dtype; free sizes are none."""
    from jax import export

    ops = torchax.ops.op_base
    number = ops.maybe_convert_constant_dtype

    def converted(value: Any, dtype: Any) -> Any:
        return value if export.is_symbolic_dim(value) else number(value, dtype)

    with mock.patch.object(ops, "maybe_convert_constant_dtype", converted):
        yield


@contextmanager
def _mode(module: torch.nn.Module, train: bool) -> Iterator[None]:
    """The module in train or eval mode, as every part of it was behind it."""
    before = [(part, part.training) for part in module.modules()]
    module.train(train)
    try:
        yield
    finally:
        for part, training in before:
            part.training = training


def _is_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor)


def _flat(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    return torch.utils._pytree.tree_leaves((args, kwargs))


def _to_jax(value: torch.Tensor, what: str) -> Any:
    import jax

    return jax.numpy.asarray(to_numpy(value, what))


def _tensors(inputs: Inputs) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The call's arguments as tensors."""

    def tensor(name: str) -> torch.Tensor:
        array = inputs.arrays[name]
        if array.dtype.name in TORCH_BITS:
            bits = torch.from_numpy(array.view(f"int{8 * array.dtype.itemsize}").copy())
            return bits.view(getattr(torch, array.dtype.name))
        return torch.from_numpy(array.copy())

    return inputs.call(tensor)


def _export(module: torch.nn.Module, inputs: Inputs, torchax: ModuleType) -> Any:
    """The graph, of operations that are as plain as torchax wants them."""
    args, kwargs = _tensors(inputs)
    sizes = None
    if any(inputs.free.values()):
        auto = torch.export.Dim.AUTO
        axes = inputs.call(lambda name: dict.fromkeys(inputs.free[name], auto), lambda _: None)
        sizes = dict(inspect.signature(module.forward).bind(*axes[0], **axes[1]).arguments)
    try:
        exported = torch.export.export(module, args, kwargs, dynamic_shapes=sizes, strict=False)
        return _plain(exported, torchax)
    except Exception as error:
        told = re.split(r"\n\s*\n|\nSuggested fix", str(error).strip())[0]
        if held := re.match(r"Found <class '([\w.]+)'> in output, which is not a known type", told):
            told = (
                f"its result holds a {held[1]}, which is no tree of tensors; where that is the cache of a "
                'model that generates, add "use_cache": False to the inputs'
            )
        raise UnsupportedError(
            f"torch.export cannot trace {type(module).__name__}: {type(error).__name__}: {told}"
        ) from error


def _plain(exported: Any, torchax: ModuleType) -> Any:
    """The graph of core ATen operations, as far as torchax knows them. Each pass over a graph takes as long
    as tracing it, or longer: there is one."""
    table = torch.export.default_decompositions()
    table.update(torchax.decompositions.DECOMPOSITIONS)
    try:
        return exported.run_decompositions(table)
    except ValueError:
        # PyTorch 2.13 has wrong strides for what its CPU's attention answers, so that a view of it (in
        # GPT-2) fails: spelt out, attention has none.
        table[torch.ops.aten.scaled_dot_product_attention.default] = _attention
        return exported.run_decompositions(table)


def _attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None = None,
    *rest: Any,
    **options: Any,
) -> torch.Tensor:
    """scaled_dot_product_attention as products and a softmax."""
    mask = options.pop("attn_mask", mask)
    if mask is not None and mask.dtype == torch.bool:
        mask = torch.zeros_like(mask, dtype=query.dtype).masked_fill(~mask, -torch.inf)
    spelt = torch.ops.aten._scaled_dot_product_attention_math
    return spelt(query, key, value, mask, *rest, **options)[0]


def _check(exported: Any, torchax: ModuleType) -> None:
    """Raises UnsupportedError for all that torchax has no function for, at once."""
    known = torchax.ops.ops_registry.all_aten_ops
    missing: Counter[str] = Counter()
    for part in exported.graph_module.modules():
        for node in getattr(part, "graph", torch.fx.Graph()).nodes:
            target = node.target
            if isinstance(target, torch._ops.HigherOrderOperator):
                missing[f"{target} (control flow)"] += 1
            elif isinstance(target, torch._ops.OpOverload):
                if torch.Tag.nondeterministic_seeded in target.tags:
                    missing[f"{target} (it draws random numbers)"] += 1
                elif not (known.get(target) or known.get(target.overloadpacket)):
                    missing[f"{target} (torchax has no function for it)"] += 1
    signature = exported.graph_signature
    for spec in signature.input_specs:
        if spec.kind in (Kind.CUSTOM_OBJ, Kind.TOKEN):
            missing[f"{spec.target or spec.kind.name} (no tensor)"] += 1
    for name in signature.user_inputs_to_mutate.values():
        missing[f'input "{name}" (the module writes into it)'] += 1
    for name in set(signature.buffers_to_mutate.values()) & set(signature.non_persistent_buffers):
        missing[f'buffer "{name}" (the module writes into it, and it is not persistent)'] += 1
    if missing:
        listed = ", ".join(f"{what} x{count}" for what, count in missing.items())
        raise UnsupportedError(f"the module has what cannot be exported: {listed}")


def _first_names(tensors: Mapping[str, torch.Tensor]) -> dict[str, str]:
    """Tied weights: the name that each goes by, the first of those that are the same memory. The program
    takes one argument for them, and accepts the other names, which it does not read."""
    first: dict[Any, str] = {}

    def place(key: str, v: torch.Tensor) -> Any:
        return (v.data_ptr(), v.shape, v.stride(), v.dtype) if v.numel() else key

    return {key: first.setdefault(place(key, v), key) for key, v in tensors.items()}


def _answer(
    module: torch.nn.Module,
    inputs: Inputs,
    changed: Collection[str],
    tree: Callable[[Any], Any],
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What PyTorch computes: the results, and the buffers that a call changes."""
    runner = copy.deepcopy(module) if changed else module
    args, kwargs = _tensors(inputs)
    with torch.no_grad():
        result = tree(runner(*args, **kwargs))
    leaves = [
        (path_of(keys), leaf)
        for keys, leaf in torch.utils._pytree.tree_flatten_with_path(result)[0]
        if _is_tensor(leaf)
    ]
    if not leaves:
        raise UnsupportedError(f"{type(module).__name__} answers no tensor")
    names = result_names([path for path, _ in leaves])
    results = {name: to_numpy(leaf, f'result "{name}"') for name, (_, leaf) in zip(names, leaves)}
    buffers = dict(runner.named_buffers())
    return results, {key: to_numpy(buffers[key], f'buffer "{key}"') for key in changed}


def _constraints(exported: Any, inputs: Inputs) -> tuple[str, ...]:
    """What torch.export found out of the free sizes, in the words of jax.export: their largest values.
    Raises UnsupportedError for one that it had to fix."""
    if not any(inputs.free.values()):
        return ()
    placeholders = {
        node.name: node.meta["val"]
        for node in exported.graph.nodes
        if node.op == "placeholder" and "val" in node.meta
    }
    names = _flat(*inputs.call(lambda name: name, lambda _: None))
    found: list[str] = []
    for placeholder, name in zip(exported.graph_signature.user_inputs, names):
        for axis, size in inputs.free.get(name, {}).items():
            traced = placeholders[placeholder].shape[axis]
            symbol = traced.node.expr if isinstance(traced, torch.SymInt) else None
            if symbol is None or symbol.is_number:
                raise UnsupportedError(
                    f'size "{size}" of input "{name}" cannot stay free: torch.export finds that it must '
                    f"be {traced}, as in the example" + ("; take one of 2 or more" if traced == 1 else "")
                )
            bounds = exported.range_constraints.get(symbol)
            most = getattr(bounds, "upper", None)
            if most is not None and most.is_Integer and int(most) < 2**31:
                found.append(f"{size} <= {int(most)}")
    return tuple(dict.fromkeys(found))
