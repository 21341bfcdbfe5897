# SPDX-License-Identifier: Apache-2.0
"""A module of PyTorch as a jax.export container, by torchax: for scripts that make models of examples."""

from unittest import mock

import jax
import torch
from jax import export

# torchax lists ATen's overloads as it is imported, some of which newer versions of PyTorch have no more.
_packet = torch._ops.OpOverloadPacket
_overload = _packet.__getattr__
with mock.patch.object(
    _packet,
    "__getattr__",
    lambda packet, name: object() if "name" in name else _overload(packet, name),
):
    import torchax.ops.jaten  # noqa: F401, the operations that the export knows.
    from torchax.export import exported_program_to_jax

# Locations in programs name files, not the folder or the machine that these were on.
jax.config.update("jax_hlo_source_file_canonicalization_regex", ".*/")


def exported(module, inputs, outputs):
    """-> the container's bytes and the weights by name. `inputs` are tensors by name, in the order in which the
    module takes them, `outputs` the names of what it answers."""
    program = torch.export.export(module.eval(), tuple(inputs.values()))
    names, states, run = exported_program_to_jax(program, export_raw=True)
    weights = {name: state.detach().numpy() for name, state in zip(names, states)}

    def call(weights, inputs):
        results = run([weights[name] for name in names], tuple(inputs.values()))
        return dict(zip(outputs, results))

    arrays = (weights, {name: value.numpy() for name, value in inputs.items()})
    shapes = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), arrays)
    return export.export(jax.jit(call), platforms=["cpu"])(*shapes).serialize(), weights
