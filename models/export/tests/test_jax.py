# SPDX-License-Identifier: Apache-2.0
"""Functions of JAX arrays with a tree of weights."""

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from jax import lax

import webhlo
from conftest import assert_close, run_snippets


def lstm_weights(rng, layers, size=16):
    """-> one dict for each layer, and a head."""

    def matrix(*shape):
        return rng.normal(0, shape[0] ** -0.5, shape).astype(np.float32)

    cells = [
        {"input": matrix(size, 4 * size), "state": matrix(size, 4 * size), "bias": matrix(4 * size)}
        for _ in range(layers)
    ]
    return {"cells": cells, "head": {"kernel": matrix(size, 5)}, "unused": matrix(3)}


def lstm(weights, sequence, scale=1.0):
    """A stack of LSTMs: f32 [batch, time, 16] -> logits [batch, 5], and the last layer's states."""
    x = jnp.swapaxes(sequence, 0, 1) * scale
    for cell in weights["cells"]:

        def step(carry, now, cell=cell):
            hidden, memory = carry
            gates = now @ cell["input"] + hidden @ cell["state"] + cell["bias"]
            i, f, g, o = jnp.split(gates, 4, axis=-1)
            memory = jax.nn.sigmoid(f) * memory + jax.nn.sigmoid(i) * jnp.tanh(g)
            hidden = jax.nn.sigmoid(o) * jnp.tanh(memory)
            return (hidden, memory), hidden

        start = jnp.zeros(x.shape[1:], x.dtype)
        (hidden, memory), x = lax.scan(step, (start, start), x)
    logits = hidden @ weights["head"]["kernel"]
    return {"logits": logits, "last": (hidden, memory)}


def test_a_tree_of_weights(export, rng):
    weights = lstm_weights(rng, 2)
    exported = export(lstm, {"sequence": "f32[3,7,16]", "scale": 0.5}, weights=weights)
    sequence = rng.normal(size=(3, 7, 16)).astype(np.float32)
    expected = lstm(weights, sequence, 0.5)
    for got in exported.runs(sequence=sequence):
        assert sorted(got) == ["last.0", "last.1", "logits"]
        assert_close(got["logits"], expected["logits"])
        assert_close(got["last.1"], expected["last"][1])


def test_another_layer_renames_no_weight(export, rng):
    one = export(lstm, ["f32[1,4,16]"], "one.jaxexport", weights=lstm_weights(rng, 1)).report
    two = export(lstm, ["f32[1,4,16]"], "two.jaxexport", weights=lstm_weights(rng, 2)).report
    assert set(one.weights) == {
        "cells.0.bias",
        "cells.0.input",
        "cells.0.state",
        "head.kernel",
    }
    assert set(one.weights) < set(two.weights)
    assert one.inputs == {"sequence": "f32[1,4,16]"}


@pytest.mark.parametrize("free", ["text", "argument"])
def test_free_sizes(export, rng, free):
    weights = lstm_weights(rng, 1)
    if free == "text":
        exported = export(lstm, ["f32[batch=3,7,16]"], weights=weights)
    else:
        dynamic = {"sequence": {0: "batch"}}
        exported = export(lstm, [np.ones((3, 7, 16))], weights=weights, dynamic=dynamic)
    assert exported.report.inputs == {"sequence": "f32[batch,7,16]"}
    # What nothing reads is no argument here, either.
    assert "unused" not in exported.report.weights
    for batch in (1, 5):
        sequence = rng.normal(size=(batch, 7, 16)).astype(np.float32)
        assert_close(exported.run(sequence=sequence)["logits"], lstm(weights, sequence)["logits"])


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_weights_in_half_precision(export, rng, dtype):
    weights = jax.tree.map(lambda a: jnp.asarray(a, dtype), lstm_weights(rng, 1))
    name = {"bfloat16": "bf16", "float16": "f16"}[dtype]
    exported = export(lstm, f"{name}[2,4,16]", weights=weights)
    assert set(exported.report.weights.values()) >= {f"{name}[16,64]"}
    sequence = rng.normal(size=(2, 4, 16)).astype(getattr(ml_dtypes, dtype, np.float16))
    expected = lstm(weights, sequence)["logits"]
    assert_close(exported.run(sequence=sequence)["logits"], expected, rtol=3e-2)


def test_numbers_of_64_bits_stay_so_on_request(export, rng):
    def moments(x, count):
        return {"mean": jnp.mean(x), "next": count + 1}

    x, count = rng.normal(size=100), np.int64(2**40)
    exported = export(moments, {"x": x, "count": count}, x64=True)
    assert exported.report.results == {"mean": "f64[]", "next": "i64[]"}
    assert exported.report.largest_error < 1e-14
    with pytest.raises(webhlo.InvalidArgumentError, match='input "count" holds integers that 32'):
        export(moments, {"x": x, "count": count})


def test_complex_numbers(export, rng):
    exported = export(lambda x: jnp.fft.fft(x), "c64[2,16]")
    assert exported.report.results == {"result": "c64[2,16]"}


def test_a_step_of_training(export, rng):
    """Gradients and an optimizer's state, which is a tree among the inputs."""

    def step(weights, momentum, image, label):
        def loss(weights):
            logits = image @ weights["kernel"] + weights["bias"]
            return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(4), label])

        value, slope = jax.value_and_grad(loss)(weights)
        momentum = jax.tree.map(lambda m, g: 0.9 * m + g, momentum, slope)
        weights = jax.tree.map(lambda w, m: w - 0.1 * m, weights, momentum)
        return {"loss": value, "weights": weights, "momentum": momentum}

    weights = {"kernel": rng.normal(size=(6, 3)), "bias": rng.normal(size=3)}
    momentum = {"kernel": "f32[6,3]", "bias": "f32[3]"}
    exported = export(
        step, {"momentum": momentum, "image": "f32[4,6]", "label": np.arange(4) % 3}, weights=weights
    )
    assert set(exported.report.results) == {
        "loss",
        "weights.kernel",
        "weights.bias",
        "momentum.kernel",
        "momentum.bias",
    }
    assert list(exported.report.inputs) == ["momentum.kernel", "momentum.bias", "image", "label"]


def test_one_file(export, rng):
    """A .whlo holds all, and what a page wants to know."""
    weights = lstm_weights(rng, 1)
    names = ["a", "b", "c, d", 'e"', "f"]
    exported = export(
        lstm,
        ["f32[1,4,16]"],
        "model.whlo",
        weights=weights,
        labels=names,
        preprocessing={"mean": [0.5], "std": [0.25], "fit": "cover"},
        metadata={"made": "for a test", "threshold": 0.5},
        outputs=["scores", "hidden", "memory"],
    )
    assert [file.name for file in exported.report.files] == ["model.whlo"]
    told = exported.command("inspect", str(exported.report.files[0]), "--json")
    import json

    model = json.loads(told)
    assert model["metadata"] == {
        "labels": names,
        "image": {"mean": [0.5], "std": [0.25], "fit": "cover"},
        "made": "for a test",
        "threshold": 0.5,
    }
    sequence = rng.normal(size=(1, 4, 16)).astype(np.float32)
    expected = lstm(weights, sequence)
    for got in exported.runs(sequence=sequence):
        # Dicts are in the order of their keys.
        assert set(got) == {"scores", "hidden", "memory"}
        assert_close(got["memory"], expected["logits"])


def test_linear_algebra(export, rng):
    """What JAX hands to LAPACK."""
    matrix = rng.normal(size=(5, 5)).astype(np.float32)
    spd = matrix @ matrix.T + 5 * np.eye(5, dtype=np.float32)
    exported = export(lambda a, b: jax.scipy.linalg.solve(a, b, assume_a="pos"), (spd, "f32[5,2]"))
    b = rng.normal(size=(5, 2)).astype(np.float32)
    assert_close(exported.run(a=spd, b=b)["result"], np.linalg.solve(spd, b), rtol=1e-4)


def test_arrays_that_are_no_arguments_are_told(tmp_path):
    table = jnp.arange(600 * 600, dtype=jnp.float32).reshape(600, 600)
    with pytest.warns(webhlo.ExportWarning, match=r"1\.4 MB .* the largest is float32\[600, 600\]"):
        webhlo.export(lambda x: x @ table, "f32[1,600]", tmp_path / "m.jaxexport", check=False)


def test_the_page_of_documentation(tmp_path, monkeypatch, rng):
    dense = {"kernel": rng.normal(size=(784, 10)), "bias": rng.normal(size=10)}
    run_snippets("JAX", tmp_path, monkeypatch, params={"dense": dense})
