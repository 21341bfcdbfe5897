# SPDX-License-Identifier: Apache-2.0
"""Models that the command line is given by name."""

import numpy as np


def torch_net():
    """A small convolutional network of PyTorch."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 7 * 7, 10)
    )


def keras_net():
    """One of Keras, on whatever backend."""
    import keras

    keras.utils.set_random_seed(0)
    image = keras.Input((16, 16, 3), name="image")
    x = keras.layers.Conv2D(8, 3, strides=2, name="stem")(image)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.GlobalAveragePooling2D()(keras.ops.relu(x))
    return keras.Model(
        image, [keras.layers.Dense(10, name="logits")(x), keras.layers.Dense(1, name="score")(x)]
    )


WEIGHTS = {"kernel": np.arange(12, dtype=np.float32).reshape(4, 3)}


def linear(weights, x):
    """A function of JAX."""
    return x @ weights["kernel"]


NUMBER = 3
