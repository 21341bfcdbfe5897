# SPDX-License-Identifier: Apache-2.0
"""Modules of flax.linen and flax.nnx."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen, nnx

import webhlo
from conftest import assert_close, run_snippets


class Block(linen.Module):
    """A residual block: two convolutions with batch norms."""

    features: int
    stride: int

    @linen.compact
    def __call__(self, x, train):
        def norm(y):
            return linen.BatchNorm(use_running_average=not train)(y)

        y = linen.Conv(self.features, (3, 3), self.stride, use_bias=False)(x)
        y = linen.Conv(self.features, (3, 3), use_bias=False)(linen.relu(norm(y)))
        if x.shape != y.shape:
            x = norm(linen.Conv(self.features, (1, 1), self.stride, use_bias=False)(x))
        return linen.relu(x + norm(y))


class ResNet18(linen.Module):
    """The residual network of 18 layers, an eighth as wide."""

    @linen.compact
    def __call__(self, image, train=False):
        x = linen.Conv(8, (7, 7), 2, use_bias=False)(image)
        x = linen.relu(linen.BatchNorm(use_running_average=not train)(x))
        x = linen.max_pool(x, (3, 3), (2, 2), "SAME")
        for i, features in enumerate((8, 16, 32, 64)):
            x = Block(features, 1 if i == 0 else 2)(x, train)
            x = Block(features, 1)(x, train)
        return linen.Dense(10)(x.mean((1, 2)))


@pytest.fixture(scope="module")
def variables():
    """With statistics of a batch, not those of a new network."""
    module, key = ResNet18(), jax.random.key(0)
    image = jax.random.normal(jax.random.key(1), (8, 64, 64, 3))
    fresh = jax.jit(module.init)(key, image)
    for _ in range(20):
        _, seen = module.apply(fresh, image, train=True, mutable=["batch_stats"])
        fresh = {**fresh, **seen}
    return fresh


def test_linen(export, rng, variables):
    exported = export(ResNet18(), {"image": "f32[batch=2,64,64,3]"}, weights=variables)
    assert exported.report.weights["params.Block_1.Conv_0.kernel"] == "f32[3,3,8,8]"
    assert exported.report.weights["batch_stats.Block_1.BatchNorm_0.mean"] == "f32[8]"
    image = rng.normal(size=(3, 64, 64, 3)).astype(np.float32)
    expected = ResNet18().apply(variables, image)
    for got in exported.runs(image=image):
        assert_close(got["result"], expected)


def test_linen_in_train_mode(export, rng, variables):
    """Its own arguments say so; the new statistics are results."""
    arguments = {"image": "f32[4,64,64,3]", "train": True, "mutable": ["batch_stats"]}
    exported = export(ResNet18(), arguments, weights=variables)
    image = rng.normal(size=(4, 64, 64, 3)).astype(np.float32)
    got = exported.run(image=image)
    result, state = ResNet18().apply(variables, image, train=True, mutable=["batch_stats"])
    assert_close(got["result0"], result, rtol=1e-4)
    mean = state["batch_stats"]["Block_7"]["BatchNorm_1"]["mean"]
    assert_close(got["Block_7.BatchNorm_1.mean"], mean, rtol=1e-4)


def test_linen_wants_variables(export):
    with pytest.raises(webhlo.InvalidArgumentError, match="ResNet18 is .* holds no weights"):
        export(ResNet18(), {"image": "f32[1,64,64,3]"})


class Layer(nnx.Module):
    """A layer of a vision transformer."""

    def __init__(self, size, rngs):
        self.norm1 = nnx.LayerNorm(size, rngs=rngs)
        self.attention = nnx.MultiHeadAttention(4, size, decode=False, rngs=rngs)
        self.norm2 = nnx.LayerNorm(size, rngs=rngs)
        self.grow = nnx.Linear(size, 4 * size, rngs=rngs)
        self.shrink = nnx.Linear(4 * size, size, rngs=rngs)
        self.dropout = nnx.Dropout(0.1, rngs=rngs)

    def __call__(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.dropout(self.shrink(nnx.gelu(self.grow(self.norm2(x)))))


class VisionTransformer(nnx.Module):
    """Patches of 8 x 8, behind a convolution with batch norm."""

    def __init__(self, layers, rngs, size=32):
        self.stem = nnx.Conv(3, size, (8, 8), 8, rngs=rngs)
        self.norm = nnx.BatchNorm(size, rngs=rngs)
        self.place = nnx.Param(jax.random.normal(rngs.params(), (16, size)))
        self.layers = nnx.List([Layer(size, rngs) for _ in range(layers)])
        self.head = nnx.Linear(size, 10, rngs=rngs)

    def __call__(self, image):
        x = self.norm(self.stem(image)).reshape(image.shape[0], 16, -1) + self.place[...]
        for layer in self.layers:
            x = layer(x)
        return self.head(x.mean(1))


def test_nnx(export, rng):
    module = VisionTransformer(2, nnx.Rngs(0))
    exported = export(module, "f32[batch=2,32,32,3]")
    weights = exported.report.weights
    assert weights["layers.1.attention.query.kernel"] == "f32[32,4,8]"
    assert weights["norm.mean"] == "f32[32]"
    assert not any("rngs" in name for name in weights)
    # Which it was before.
    assert not module.layers[0].dropout.deterministic
    module.eval()
    image = rng.normal(size=(5, 32, 32, 3)).astype(np.float32)
    expected = module(jnp.asarray(image))
    for got in exported.runs(image=image):
        assert_close(got["result"], expected)


def test_nnx_in_train_mode(export, rng):
    """Dropout draws from the generator whose key is a weight; what changed is among the results."""
    module = VisionTransformer(1, nnx.Rngs(0))
    exported = export(module, "f32[4,32,32,3]", train=True)
    image = rng.normal(size=(4, 32, 32, 3)).astype(np.float32)
    got = exported.run(image=image)
    module.train()
    assert_close(got["result"], module(jnp.asarray(image)), rtol=1e-4)
    assert_close(got["norm.var"], module.norm.var[...])
    assert exported.report.results["layers.0.dropout.rngs.count"] == "u32[]"


class Tagger(nnx.Module):
    """A recurrent network, which asks for keys of its first state, zeros, and for no others."""

    def __init__(self, rngs, size=16):
        self.embed = nnx.Embed(50, size, rngs=rngs)
        self.rnn = nnx.RNN(nnx.OptimizedLSTMCell(size, size, rngs=rngs))
        self.head = nnx.Linear(size, 5, rngs=rngs)
        self.uses = nnx.Variable(jnp.zeros((), jnp.int32))

    def __call__(self, ids):
        states = self.rnn(self.embed(ids))
        self.uses[...] += 1
        return self.head(states), states[:, -1]


def test_nnx_that_draws_nothing(export, rng):
    """Counts of its generators are nobody's business; other state keeps its name when results get one."""
    module = Tagger(nnx.Rngs(0))
    exported = export(module, {"ids": "i32[batch=2,7]"}, outputs=["tags", "last"])
    assert set(exported.report.results) == {"tags", "last", "uses"}
    assert not any("rngs" in name for name in exported.report.weights)
    ids = rng.integers(0, 50, (3, 7)).astype(np.int32)
    got, (tags, last) = exported.run(ids=ids), module(jnp.asarray(ids))
    assert_close(got["tags"], tags)
    assert_close(got["last"], last)
    assert got["uses"] == 1


def test_nnx_state_and_a_result_of_one_name(export):
    class Counter(nnx.Module):
        def __init__(self):
            self.count = nnx.Variable(jnp.zeros(()))

        def __call__(self, x):
            self.count[...] += 1
            return {"count": x.sum()}

    with pytest.raises(webhlo.InvalidArgumentError, match='"count" is the name of a result and of state'):
        export(Counter(), "f32[3]")
    results = export(Counter(), "f32[3]", outputs=["sum"]).report.results
    assert results == {"sum": "f32[]", "count": "f32[]"}


def test_the_page_of_documentation(tmp_path, monkeypatch, variables):
    names = {"resnet": ResNet18(), "variables": variables, "image": np.ones((1, 64, 64, 3))}
    run_snippets("Flax", tmp_path, monkeypatch, transformer=VisionTransformer(1, nnx.Rngs(0)), **names)
