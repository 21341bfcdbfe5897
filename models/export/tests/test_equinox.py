# SPDX-License-Identifier: Apache-2.0
"""Modules of Equinox."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from conftest import assert_close, run_snippets


class Mixer(eqx.Module):
    """An MLP mixer of images [3, 32, 32], a patch being 8 x 8."""

    stem: eqx.nn.Conv2d
    blocks: list[tuple[eqx.nn.MLP, eqx.nn.MLP, eqx.nn.LayerNorm]]
    dropout: eqx.nn.Dropout
    head: eqx.nn.Linear

    def __init__(self, blocks, key, size=24):
        keys = iter(jax.random.split(key, 2 + 2 * blocks))
        self.stem = eqx.nn.Conv2d(3, size, 8, 8, key=next(keys))
        self.blocks = [
            (
                eqx.nn.MLP(16, 16, 32, 1, jax.nn.gelu, key=next(keys)),
                eqx.nn.MLP(size, size, 48, 1, jax.nn.gelu, key=next(keys)),
                eqx.nn.LayerNorm((size, 16)),
            )
            for _ in range(blocks)
        ]
        self.dropout = eqx.nn.Dropout(0.5)
        self.head = eqx.nn.Linear(size, 10, key=next(keys))

    def __call__(self, image):
        x = self.stem(image).reshape(-1, 16)
        for tokens, channels, norm in self.blocks:
            x = x + jax.vmap(tokens)(norm(x))
            x = x + jax.vmap(channels, 1, 1)(norm(x))
        return self.head(self.dropout(x).mean(1))


def test_a_module(export, rng):
    """Dropout needs a key in training: as it is exported, it infers."""
    mixer = Mixer(2, jax.random.key(0))
    exported = export(mixer, "f32[3,32,32]")
    assert exported.report.weights["blocks.1.0.layers.0.weight"] == "f32[32,16]"
    image = rng.normal(size=(3, 32, 32)).astype(np.float32)
    expected = eqx.nn.inference_mode(mixer)(jnp.asarray(image))
    for got in exported.runs(image=image):
        assert_close(got["result"], expected)


def test_a_batch(export, rng):
    """A function maps it, of which the module is the weights."""
    mixer = eqx.nn.inference_mode(Mixer(1, jax.random.key(0)))

    def batched(mixer, images):
        return jax.vmap(mixer)(images)

    exported = export(batched, "f32[batch=2,3,32,32]", weights=mixer)
    images = rng.normal(size=(3, 3, 32, 32)).astype(np.float32)
    assert_close(exported.run(images=images)["result"], batched(mixer, images))


def test_the_page_of_documentation(tmp_path, monkeypatch):
    names = {"jax": jax, "equinox": eqx, "mixer": Mixer(1, jax.random.key(0))}
    run_snippets("Equinox", tmp_path, monkeypatch, **names)
