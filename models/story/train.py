# SPDX-License-Identifier: Apache-2.0
"""Trains and exports a small language model for WebHLO that writes in the voice of the King James Bible.

`python train.py` writes, beside this file:

  decode.jaxexport       one token: token, pos, k_cache, v_cache -> logits and the next caches, donated
  weights.safetensors    its weights, numbers of f16 in f32
  pieces.json            the text of each token
  expected.json          what JAX makes of it: tokens of a prompt, how it goes on with the likeliest
                         token each time, and the last logits

of which `webhlo convert` makes story.whlo (README.md). The text is that of the Debian package
bible-kjv-text, which the script fetches by name. Invariant: nothing is written when the loss on the
chapters held out is above MAX_BITS.
"""

import argparse
import collections
import json
import math
import pathlib
import re
import subprocess
import tempfile
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import export, lax
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).resolve().parent
SEED = 1

VOCABULARY = 512
LAYERS = 4
WIDTH = 128
HEADS = 4
WINDOW = 128  # How many tokens back a token looks, its own place included: the size of the caches.

SEQUENCE = 256  # Tokens of a text that is trained on.
BATCH = 8
STEPS = 1400
MAX_BITS = 1.45  # Per character.


# The text.


def read_text():
    """-> the chapters of the King James Bible, a verse a line."""
    with tempfile.TemporaryDirectory() as folder:
        packages = ["bible-kjv", "bible-kjv-text"]  # The program that reads the compressed text, and that.
        subprocess.run(["apt-get", "-q", "download", *packages], cwd=folder, check=True)
        for package in pathlib.Path(folder).glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, folder], check=True)
        usr = pathlib.Path(folder, "usr")
        verses = subprocess.run(
            [usr / "bin/bible", "-f", "-p", usr / "lib", "gen1:1-rev22:21"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    chapters = collections.defaultdict(str)
    for line in verses.splitlines():
        place, verse = line.split(" ", 1)
        chapters[place.split(":")[0]] += verse + "\n"
    return list(chapters.values())


# Tokens are the characters of the text and what pairs of them occur most often, pair by pair (byte pair
# encoding, within words). A text is read from left to right, each time the longest token that fits.


def learn_pieces(text):
    """-> the texts of VOCABULARY tokens."""
    pieces = sorted(set(text))
    words = collections.Counter(re.findall(r" ?\w+| ?[^\w\s]+|\s", text))
    split = {word: tuple(word) for word in words}
    counts, places = collections.Counter(), collections.defaultdict(set)

    def count(word, times):
        for pair in zip(split[word], split[word][1:]):
            counts[pair] += times
            places[pair].add(word)

    for word, times in words.items():
        count(word, times)
    while len(pieces) < VOCABULARY:
        pair = max(counts, key=counts.get)
        for word in places.pop(pair):
            count(word, -words[word])
            split[word] = merge(split[word], pair)
            count(word, words[word])
        if "".join(pair) not in pieces:
            pieces.append("".join(pair))
    return pieces


def merge(parts, pair):
    merged, i = [], 0
    while i < len(parts):
        size = 2 if parts[i : i + 2] == pair else 1
        merged.append("".join(parts[i : i + size]))
        i += size
    return tuple(merged)


def encoder(pieces):
    """-> text -> tokens."""
    longest_first = sorted(pieces, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    index = {piece: i for i, piece in enumerate(pieces)}
    return lambda text: np.array([index[part] for part in pattern.findall(text)], np.int32)


# The network: a transformer whose positions are rotations (RoPE), without biases.


def initial_weights(rng):
    def normal(rows, columns, scale=1.0):
        return (rng.standard_normal((rows, columns)) * scale / math.sqrt(rows)).astype(np.float32)

    weights = {
        "embedding": rng.standard_normal((VOCABULARY, WIDTH)).astype(np.float32),
        "head": normal(WIDTH, VOCABULARY, 0.1),
    }
    for i in range(LAYERS):
        weights[f"layer{i}.attention.in"] = normal(WIDTH, 3 * WIDTH)
        weights[f"layer{i}.attention.out"] = normal(WIDTH, WIDTH, 0.1)
        weights[f"layer{i}.mlp.in"] = normal(WIDTH, 4 * WIDTH)
        weights[f"layer{i}.mlp.out"] = normal(4 * WIDTH, WIDTH, 0.1)
    return weights


def norm(x):
    return x * lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-6)


def rotate(x, positions):
    """x [..., position, head, size]: its halves turned by angles that grow with the position."""
    half = x.shape[-1] // 2
    frequencies = 1000.0 ** (-jnp.arange(half) / half)
    angles = (positions[:, None] * frequencies)[:, None, :]
    a, b = x[..., :half], x[..., half:]
    return jnp.concatenate(
        [a * jnp.cos(angles) - b * jnp.sin(angles), a * jnp.sin(angles) + b * jnp.cos(angles)], axis=-1
    )


def heads(x):
    return x.reshape(*x.shape[:-1], HEADS, WIDTH // HEADS)


def attend(queries, keys, values, seen):
    """queries [..., q, head, size], keys and values [..., k, head, size], seen [q, k]."""
    scores = jnp.einsum("...qhd,...khd->...hqk", queries, keys)
    shares = jax.nn.softmax(jnp.where(seen, scores, -1e9), axis=-1)
    return jnp.einsum("...hqk,...khd->...qhd", shares, values)


def network(weights, tokens, positions, look):
    """tokens [..., n] at these positions [n] -> logits. `look(layer, queries, keys, values)` attends."""
    x = norm(weights["embedding"][tokens])
    for i in range(LAYERS):
        q, k, v = jnp.split(norm(x) @ weights[f"layer{i}.attention.in"], 3, axis=-1)
        q = rotate(norm(heads(q)), positions)
        k = rotate(norm(heads(k)), positions) / math.sqrt(WIDTH // HEADS)
        mixed = look(i, q, k, heads(v)).reshape(x.shape)
        x = x + mixed @ weights[f"layer{i}.attention.out"]
        inner = jax.nn.relu(norm(x) @ weights[f"layer{i}.mlp.in"])
        x = x + (inner * inner) @ weights[f"layer{i}.mlp.out"]
    return norm(x) @ weights["head"]


def loss_of(weights, texts):
    """texts [batch, SEQUENCE + 1] -> the mean cross entropy of each next token, in nats."""
    positions = jnp.arange(SEQUENCE)
    back = positions[:, None] - positions
    seen = (back >= 0) & (back < WINDOW)
    logits = network(weights, texts[:, :-1], positions, lambda _, q, k, v: attend(q, k, v, seen))
    likelihoods = jax.nn.log_softmax(logits)
    return -jnp.mean(jnp.take_along_axis(likelihoods, texts[:, 1:, None], axis=-1))


def decode(weights, inputs, caches):
    """The network for one token: `token` i32 [1] and `pos` i32 [1], how many tokens were before it.

    The caches [LAYERS, WINDOW, WIDTH] are rings: a token's keys and values take the place of those of
    the token WINDOW before, which is what training had it see. So a text has no longest length."""
    pos = inputs["pos"]
    slot = lax.rem(pos[0], WINDOW)
    seen = jnp.arange(WINDOW) <= pos
    rings = dict(caches)

    def look(layer, q, k, v):
        for name, new in (("k_cache", k), ("v_cache", v)):
            row = new.reshape(1, 1, WIDTH)
            rings[name] = lax.dynamic_update_slice(rings[name], row, (layer, slot, 0))
        return attend(q, heads(rings["k_cache"][layer]), heads(rings["v_cache"][layer]), seen)

    logits = network(weights, inputs["token"], pos.astype(jnp.float32), look)
    return {"logits": logits, **rings}


# Training: Muon for the matrices between tokens, Adam for the two of tokens.


def is_inner(name):
    return name.startswith("layer")


def orthogonal(matrix):
    """The nearest orthogonal matrix, roughly, by five Newton-Schulz steps."""
    x = matrix / (jnp.linalg.norm(matrix) + 1e-7)
    x = x if x.shape[0] <= x.shape[1] else x.T
    for _ in range(5):
        square = x @ x.T
        x = 3.4445 * x + (-4.775 * square + 2.0315 * square @ square) @ x
    return x if matrix.shape[0] <= matrix.shape[1] else x.T


@jax.jit
def train_step(weights, state, texts, step):
    loss, slopes = jax.value_and_grad(loss_of)(weights, texts)
    rate = jnp.minimum(1.0, (STEPS - step) / (0.6 * STEPS))
    after, next_state = {}, {}
    for name, slope in slopes.items():
        if is_inner(name):
            mean = 0.95 * state[name] + slope
            change = orthogonal(slope + 0.95 * mean)
            size = 0.02 * math.sqrt(max(1.0, slope.shape[1] / slope.shape[0]))
            after[name] = weights[name] - rate * size * change
            next_state[name] = mean
        else:
            mean = 0.9 * state[name][0] + 0.1 * slope
            square = 0.99 * state[name][1] + 0.01 * slope * slope
            fixed = (mean / (1 - 0.9 ** (step + 1))) / (jnp.sqrt(square / (1 - 0.99 ** (step + 1))) + 1e-8)
            after[name] = weights[name] - rate * (0.02 if name == "embedding" else 0.004) * fixed
            next_state[name] = (mean, square)
    return after, next_state, loss


def train(tokens, rng):
    weights = initial_weights(rng)
    state = {k: jnp.zeros_like(v) if is_inner(k) else (jnp.zeros_like(v),) * 2 for k, v in weights.items()}
    start = time.time()
    for step in range(STEPS):
        begins = rng.integers(0, len(tokens) - SEQUENCE, BATCH)
        texts = np.stack([tokens[i : i + SEQUENCE + 1] for i in begins])
        weights, state, loss = train_step(weights, state, texts, step)
        if step % 25 == 24:
            print(f"step {step + 1}: loss {loss:.3f}, {time.time() - start:.0f} s", flush=True)
    return weights


def bits_of(weights, chapters, encode):
    """-> bits per character of these chapters."""
    tokens = encode("\n".join(chapters))
    count = (len(tokens) - 1) // SEQUENCE
    texts = np.stack([tokens[i * SEQUENCE : (i + 1) * SEQUENCE + 1] for i in range(count)])
    losses = [jax.jit(loss_of)(weights, texts[i : i + BATCH]) for i in range(0, count - BATCH, BATCH)]
    return float(np.mean(losses)) / math.log(2) * len(tokens) / sum(len(c) + 1 for c in chapters)


def zeros():
    return {name: jnp.zeros((LAYERS, WINDOW, WIDTH), jnp.float32) for name in ("k_cache", "v_cache")}


def continuation(weights, prompt, count):
    """-> the likeliest next tokens after a prompt, one after the other, and the logits of the last."""
    run = jax.jit(decode)
    caches, tokens = zeros(), list(prompt)
    for pos in range(len(prompt) + count - 1):
        inputs = {"token": np.int32([tokens[pos]]), "pos": np.int32([pos])}
        caches = run(weights, inputs, caches)
        logits = caches.pop("logits")
        if pos + 1 >= len(prompt):
            tokens.append(int(jnp.argmax(logits[0])))
    return tokens[len(prompt) :], logits[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="default: this folder")
    options = parser.parse_args()
    # Locations in the program name files, not the folder or the machine that these were on.
    jax.config.update("jax_hlo_source_file_canonicalization_regex", ".*/")

    rng = np.random.default_rng(SEED)
    chapters = read_text()
    held_out = chapters[::25]
    learned = [chapter for i, chapter in enumerate(chapters) if i % 25]
    text = "\n".join(learned)
    pieces = learn_pieces(text)
    encode = encoder(pieces)
    tokens = encode(text)
    print(f"{len(text)} characters, {len(tokens)} tokens")
    weights = train(tokens, rng)
    weights = {name: np.float32(np.float16(value)) for name, value in weights.items()}
    bits = bits_of(weights, held_out, encode)
    size = sum(value.size for value in weights.values())
    print(f"{size} parameters; {bits:.3f} bits per character of the chapters held out")
    if bits > MAX_BITS:
        raise SystemExit(f"above {MAX_BITS}: nothing exported")

    options.out.mkdir(parents=True, exist_ok=True)
    inputs = {"token": np.int32([0]), "pos": np.int32([0])}
    shapes = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), (weights, inputs, zeros()))
    program = export.export(jax.jit(decode, donate_argnums=2), platforms=["cpu"])(*shapes)
    (options.out / "decode.jaxexport").write_bytes(program.serialize())
    save_file(weights, options.out / "weights.safetensors")
    (options.out / "pieces.json").write_text(json.dumps(pieces) + "\n")
    prompt = encode("\nAnd it came to pass")
    after, logits = continuation(weights, prompt, 200)
    print("".join(pieces[token] for token in [*prompt, *after]))
    expected = {
        "prompt": prompt.tolist(),
        "tokens": after,
        "logits": [float(f"{value:.6g}") for value in logits],
    }
    (options.out / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
