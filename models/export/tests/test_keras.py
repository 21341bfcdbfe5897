# SPDX-License-Identifier: Apache-2.0
"""Models of Keras: on JAX here, on PyTorch in a process of its own (test_tensorflow.py has TensorFlow)."""

import os
import subprocess
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

import webhlo  # noqa: E402
from conftest import assert_close, run_snippets  # noqa: E402
from nets import keras_net  # noqa: E402


def test_an_application(export, rng):
    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV2(
        (64, 64, 3), alpha=0.35, weights=None, classes=10, classifier_activation=None
    )
    # Behind so many layers nothing is left of an image where weights are as small as new ones.
    for variable in model.trainable_variables:
        if variable.path.endswith("kernel"):
            fan = np.prod(variable.shape[:2] if "depthwise" in variable.path else variable.shape[:-1])
            variable.assign(rng.normal(0, (2 / fan) ** 0.5, variable.shape))
    exported = export(model, {"inputs": "f32[batch=2,64,64,3]"})
    assert exported.report.weights["Conv1.kernel"] == "f32[3,3,3,16]"
    assert exported.report.weights["bn_Conv1.moving_mean"] == "f32[16]"
    image = rng.normal(size=(3, 64, 64, 3)).astype(np.float32)
    expected = model(image, training=False)
    for got in exported.runs(inputs=image):
        assert_close(got["result"], expected, rtol=1e-4)


def test_several_results_have_the_model_s_names(export, rng):
    model = keras_net()
    exported = export(model, "f32[2,16,16,3]")
    image = rng.normal(size=(2, 16, 16, 3)).astype(np.float32)
    got, (logits, score) = exported.run(inputs=image), model(image)
    assert_close(got["logits"], logits)
    assert_close(got["score"], score)


def test_train_mode(export, rng):
    model = keras_net()
    exported = export(model, "f32[4,16,16,3]", train=True)
    image = rng.normal(size=(4, 16, 16, 3)).astype(np.float32)
    got, (logits, _) = exported.run(inputs=image), model(image, training=True)
    assert_close(got["logits"], logits)
    assert_close(got["norm.moving_variance"], model.get_layer("norm").moving_variance)


def test_a_model_that_was_not_built():
    with pytest.raises(webhlo.InvalidArgumentError, match="has no weights yet"):
        webhlo.export(keras.Sequential([keras.layers.Dense(3)]), "f32[1,4]", "model.jaxexport")


def test_on_pytorch(tmp_path):
    told = subprocess.run(
        [
            *(sys.executable, "-m", "webhlo", "export", f"{Path(__file__).parent}/nets.py:keras_net()"),
            *("--input", "f32[batch=2,16,16,3]", "--check", "-o", str(tmp_path / "net.jaxexport")),
        ],
        env={**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    assert "Keras on PyTorch: 10 weights" in told.stdout
    assert "check logits: error" in told.stdout
    assert "check score: error" in told.stdout


@pytest.mark.filterwarnings("ignore:all of result")
def test_the_page_of_documentation(tmp_path, monkeypatch):
    run_snippets("Keras", tmp_path, monkeypatch, keras=keras)
