# SPDX-License-Identifier: Apache-2.0
"""Functions and modules of TensorFlow, and Keras on it."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402

import webhlo  # noqa: E402
from conftest import assert_close, run_snippets  # noqa: E402
from nets import keras_net  # noqa: E402


class Dense(tf.Module):
    def __init__(self, rng, inputs, outputs):
        super().__init__()
        self.kernel = tf.Variable(rng.normal(0, 0.3, (inputs, outputs)).astype(np.float32))
        self.bias = tf.Variable(rng.normal(size=outputs).astype(np.float32))

    def __call__(self, x):
        return x @ self.kernel + self.bias


class Network(tf.Module):
    """A convolution, batch norm, two dense layers."""

    def __init__(self, rng):
        super().__init__()
        self.filters = tf.Variable(rng.normal(size=(3, 3, 3, 8)).astype(np.float32))
        self.gamma = tf.Variable(tf.ones(8))
        self.beta, self.mean = tf.Variable(tf.zeros(8)), tf.Variable(tf.zeros(8))
        self.variance = tf.Variable(tf.fill([8], 4.0))
        self.layers = [Dense(rng, 8 * 7 * 7, 16), Dense(rng, 16, 10)]
        self.names = tf.constant(np.linspace(0.5, 1.5, 10, dtype=np.float32))

    def __call__(self, image, temperature=1.0):
        x = tf.nn.conv2d(image, self.filters, 2, "VALID")
        x, *_ = tf.compat.v1.nn.fused_batch_norm(
            x, self.gamma, self.beta, self.mean, self.variance, is_training=False
        )
        x = tf.reshape(tf.nn.relu(x), [image.shape[0], -1])
        logits = self.layers[1](tf.nn.gelu(self.layers[0](x))) * self.names / temperature
        return {"probabilities": tf.nn.softmax(logits), "logits": logits, "best": tf.argmax(logits, 1)}

    @tf.function
    def embed(self, image):
        # A loop that TensorFlow itself makes of Python's.
        x = tf.reduce_mean(tf.nn.conv2d(image, self.filters, 2, "VALID"), [1, 2])
        for _ in tf.range(3):
            x = tf.tanh(x * 1.5)
        return x


def test_a_module(export, rng):
    network = Network(rng)
    exported = export(network, {"image": "f32[2,16,16,3]", "temperature": 2.0}, "network.mlirbc")
    weights = exported.report.weights
    assert weights["filters"] == "f32[3,3,3,8]"
    assert weights["layers.0.kernel"] == "f32[392,16]"
    image = rng.normal(size=(2, 16, 16, 3)).astype(np.float32)
    expected = network(tf.constant(image), 2.0)
    for got in exported.runs(image=image):
        assert set(got) == set(expected)
        assert_close(got["logits"], expected["logits"])
        assert_close(got["probabilities"], expected["probabilities"])
        assert list(got["best"]) == list(expected["best"].numpy())


def test_a_method_with_control_flow(export, rng):
    network = Network(rng)
    exported = export(network, "f32[1,16,16,3]", "network.mlirbc", method="embed")
    image = rng.normal(size=(1, 16, 16, 3)).astype(np.float32)
    assert_close(exported.run(image=image)["result"], network.embed(tf.constant(image)))


def test_a_function_in_one_file(export, rng):
    table = tf.Variable(rng.normal(size=(20, 4)).astype(np.float32), name="table")

    @tf.function
    def embed(ids):
        return tf.gather(table, ids), tf.reduce_sum(table)

    exported = export(embed, "i32[3]", "embed.whlo", outputs=["rows", "sum"])
    assert exported.report.weights == {"table": "f32[20,4]"}
    got = exported.run(ids=np.array([3, 0, 19], np.int32))
    assert_close(got["rows"], table.numpy()[[3, 0, 19]])


class Recurrent(tf.Module):
    """A loop that captures weights, which TensorFlow's compiler carries through it, in a method that is a
    tf.function; none of the variables has a name of its own."""

    def __init__(self, rng):
        super().__init__()
        self.cells = [Dense(rng, 6, 12), Dense(rng, 12, 12)]

    @tf.function(input_signature=[tf.TensorSpec([5, 2, 6], name="sequence")])
    def __call__(self, steps):
        states = tf.TensorArray(tf.float32, 5)
        state = tf.zeros([2, 12])
        for i in tf.range(5):
            state = tf.tanh(self.cells[0](steps[i]) + self.cells[1](state))
            states = states.write(i, state)
        return {"states": states.stack(), "last": state}


def test_a_loop_that_captures_variables(export, rng):
    network = Recurrent(rng)
    exported = export(network, "f32[5,2,6]", "loop.whlo")
    assert exported.report.inputs == {"steps": "f32[5,2,6]"}
    assert exported.report.weights["cells.1.kernel"] == "f32[12,12]"
    steps = rng.normal(size=(5, 2, 6)).astype(np.float32)
    assert_close(exported.run(steps=steps)["last"], network(steps)["last"])


def test_a_saved_model(export, rng, tmp_path):
    network = Recurrent(rng)
    tf.saved_model.save(network, tmp_path / "saved")
    loaded = tf.saved_model.load(tmp_path / "saved")
    exported = export(loaded, "f32[5,2,6]", "called.mlirbc")
    assert exported.report.inputs == {"sequence": "f32[5,2,6]"}
    assert exported.report.weights["cells.1.kernel"] == "f32[12,12]"
    exported = export(loaded, "f32[5,2,6]", "served.mlirbc", method="serving_default")
    assert exported.report.inputs == {"sequence": "f32[5,2,6]"}
    sequence = rng.normal(size=(5, 2, 6)).astype(np.float32)
    for got in exported.runs(sequence=sequence):
        assert_close(got["states"], network(sequence)["states"])
    # Alone it knows no paths of its variables.
    with pytest.raises(webhlo.InvalidArgumentError, match="or export a SavedModel itself"):
        export(loaded.signatures["serving_default"], "f32[5,2,6]", "alone.mlirbc")


def test_a_saved_model_of_keras(export, rng, tmp_path):
    """It has no call, and its variables have names of their own."""
    model = keras_net()
    model.export(tmp_path / "saved", verbose=False)
    loaded = tf.saved_model.load(tmp_path / "saved")
    with pytest.raises(webhlo.InvalidArgumentError, match="such as serve or serving_default"):
        export(loaded, "f32[2,16,16,3]", "net.whlo")
    exported = export(loaded, "f32[2,16,16,3]", "net.whlo", method="serve", outputs=["logits", "score"])
    assert exported.report.weights["stem.kernel"] == "f32[3,3,3,8]"
    image = rng.normal(size=(2, 16, 16, 3)).astype(np.float32)
    assert_close(exported.run(image=image)["logits"], model(image)[0])


def test_half_precision(export, rng):
    kernel = tf.Variable(tf.cast(rng.normal(size=(8, 4)), tf.bfloat16), name="kernel")
    exported = export(tf.function(lambda x: x @ kernel), "bf16[2,8]", "half.mlirbc")
    assert exported.report.weights == {"kernel": "bf16[8,4]"}


def test_keras_on_tensorflow(export, rng):
    model = keras_net()
    exported = export(model, "f32[2,16,16,3]", "net.mlirbc")
    assert exported.report.weights["stem.kernel"] == "f32[3,3,3,8]"
    image = rng.normal(size=(2, 16, 16, 3)).astype(np.float32)
    got, (logits, score) = exported.run(inputs=image), model(image)
    assert_close(got["logits"], logits)
    assert_close(got["score"], score)


def test_what_cannot_be_exported_says_why(export):
    counter = tf.Variable(0.0, name="counter")

    @tf.function
    def count(x):
        return x + counter.assign_add(1.0)

    with pytest.raises(webhlo.UnsupportedError, match="does it assign to a variable"):
        export(count, "f32[2]", "count.mlirbc")
    with pytest.raises(webhlo.UnsupportedError, match="fixes all sizes"):
        export(tf.function(lambda x: x), "f32[n,2]", "free.mlirbc")
    with pytest.raises(webhlo.InvalidArgumentError, match="Module has no method __call__"):
        export(tf.Module(), "f32[2]", "none.mlirbc")
    with pytest.raises(webhlo.UnsupportedError, match="cannot compile this"):
        export(tf.function(lambda x: tf.strings.length(tf.as_string(x))), "f32[2]", "text.mlirbc")
    with pytest.raises(webhlo.InvalidArgumentError, match="is a .mlirbc file"):
        export(tf.function(lambda x: x + 1), "f32[2]", "sum.jaxexport")


def test_variables_of_one_name(export):
    first, second = tf.Variable([1.0], name="v"), tf.Variable([2.0], name="v")
    with pytest.raises(webhlo.InvalidArgumentError, match='two weights are named "v"'):
        export(tf.function(lambda x: x * first + second), "f32[2]", "sum.mlirbc")


def test_the_page_of_documentation(tmp_path, monkeypatch, rng):
    kernel = tf.Variable(rng.normal(size=(8, 4)).astype(np.float32), name="kernel")
    network = Network(rng)
    image = tf.TensorSpec([1, 16, 16, 3], name="image")
    served = tf.function(lambda image: network(image)["logits"], input_signature=[image])
    tf.saved_model.save(network, tmp_path / "saved", signatures=served)
    names = {"tf": tf, "network": network, "kernel": kernel, "folder": str(tmp_path / "saved")}
    run_snippets("TensorFlow", tmp_path, monkeypatch, **names)
