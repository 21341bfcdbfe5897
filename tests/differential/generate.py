# SPDX-License-Identifier: Apache-2.0
"""Writes random programs with inputs, what JAX computes, and how near others must come to it.

    generate.py FOLDER FAMILIES whole SEED...       the programs of these seeds, one after the other
    generate.py FOLDER FAMILIES wide SEED...        the same with bounds that are found in higher
                                                    precision, too: slower, for those that differ
    generate.py FOLDER FAMILIES all SEED            the same with each value on the way as a result
    generate.py FOLDER FAMILIES piece SEED N DEPTH  of the N-th of these values: the node that makes it,
                                                    and DEPTH - 1 before it, on the values that JAX
                                                    computes there

FAMILIES is "any", or names with commas between them.
A line of JSON on standard output tells of each program as soon as its two files are there: `NAME.EXT`
and `NAME.safetensors` with in.x*, out.y* and bound.y* (f64: what a difference may be, element by
element; NaN where anything may be, no bound where all must be the same to the bit).
"""

import gc
import json
import os
import re
import sys
import warnings
from pathlib import Path

# Every op rounds to its own type, and computes as it does when its operands are not known (folding has
# rules of its own, for one clz of i8); and compiling quickly matters more than running quickly.
os.environ["XLA_FLAGS"] = (
    "--xla_allow_excess_precision=false --xla_disable_hlo_passes=constant_folding --xla_backend_optimization_level=0 "
    "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1"
)
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import ml_dtypes
import numpy as np
from jax import export

from families import grow, keep
from program import (
    EXACT, MODES, POINT, Program, c128, computing, f64, is_complex, is_inexact,
)  # fmt: skip

jax.config.update("jax_traceback_in_locations_limit", 0)  # Nobody reads where ops were made.
# Who is asked back (exactly()) has a thread of its own, where only this counts; all else says what it wants.
jax.config.update("jax_enable_x64", True)
warnings.filterwarnings("ignore")
np.seterr(all="ignore")
gc.set_threshold(200_000)  # What JAX keeps is large, and looking through it again and again slow.

# Units in the last place: of a function's result, and of the largest value that others add up to.
POINT_ULPS = 8
LOOSE_ULPS = 32
# The inputs of the runs that tell how sensitive a program is move by this many units.
NUDGE_ULPS = 4
# How often further off than what rounding did to JAX's own result others may be.
MARGIN = 4
MOST_OUTPUTS = 8
CHECKS = [export.DisabledSafetyCheck.custom_call("ApproxTopK")]


def make(seed):
    """The program of a seed, and which of its values are its results."""
    rng = np.random.default_rng(seed)
    program = Program(rng, x64=bool(rng.random() < 0.4))
    with jax.enable_x64(program.x64):
        grow(program, int(rng.integers(3, 26, 2).min()))
    used = {v.index for node in program.nodes for v in node.args}
    made = [v for node in program.nodes for v in node.outs]
    last = [v for v in made if v.index not in used]
    between = [v for v in made if v.index in used and rng.random() < 0.1]
    outputs = (last[::-1] + between)[:MOST_OUTPUTS]
    return program, outputs, rng


def converted(arrays, mode):
    to = MODES[mode]
    return [a.astype(to.get(a.dtype, a.dtype)) for a in arrays]


def nudged(arrays, rng):
    """Each float a little off."""
    found = []
    for a in arrays:
        if is_inexact(a.dtype):
            wide = converted([a], "wide")[0]
            eps = float(ml_dtypes.finfo(a.dtype).eps)
            a = (wide * (1 + NUDGE_ULPS * eps * rng.choice([-1, 1], a.shape))).astype(wide.dtype)
        found.append(a)
    return found


def evaluate(program, outputs, nodes, given, data, call, wide, rng):
    """Inputs, answers, and for each answer None (the same to the bit) or how far off its elements may
    be: told by what nudged inputs make of it, and with `wide` by what more precision makes of it, too."""
    arrays = [data[v.index] for v in given]
    answers = [np.asarray(y) for y in jax.device_get(call(*arrays))]
    if all(v.level == EXACT for v in outputs):
        return arrays, answers, [None] * len(outputs)
    some = [nudged(arrays, rng) for _ in range(3)]
    narrow = [[n.astype(a.dtype) for n, a in zip(one, arrays)] for one in some]
    low = [None] * len(outputs)
    if not wide:
        runs = [answers, *(jax.device_get(call(*one)) for one in narrow)]
    else:
        fn = program.function(outputs, given, nodes)

        def run(mode, every):
            def traced(noise, *xs):
                with computing(mode, noise):
                    return fn(*xs)

            call = jax.jit(traced)
            return [jax.device_get(call(np.float32(i), *one)) for i, one in enumerate(every)]

        runs = run("noisy", narrow * 3)  # Each time other noise.
        with jax.enable_x64(True):
            runs = run("wide", [converted(arrays, "wide"), some[0]]) + runs
            [low] = run("low", [converted(arrays, "low")])
    is_of_complex = any(is_complex(v.dtype) for node in nodes for v in node.args + node.outs)
    limits = [bound(v, answers[i], [r[i] for r in runs], low[i], is_of_complex) for i, v in enumerate(outputs)]
    return arrays, answers, limits


def bound(value, answer, runs, low, is_of_complex):
    if value.level == EXACT:
        return None
    if not is_inexact(value.dtype):
        same = all(np.array_equal(answer.astype(x.dtype), x) for x in runs)
        return None if same else np.full(value.shape, np.nan)
    limits = ml_dtypes.finfo(value.dtype)
    eps, tiny, most = float(limits.eps), float(limits.tiny), float(limits.max)
    answer, exact, *others = parts = [as_floats(x) for x in (answer, *runs)]
    # Where a nudge, or more precision, decides whether there is a number at all, all is right; and what
    # is not finite of complex numbers, no two formulas agree on.
    kinds = np.stack([np.where(np.isnan(x), 2, np.where(np.isinf(x), np.sign(x), 0)) for x in parts])
    finite = (kinds == 0).all(0)
    if is_complex(value.dtype):  # Both parts, or none.
        finite = np.broadcast_to(finite.all(-1, keepdims=True), finite.shape)
    size, rounded = np.where(finite, [np.abs(exact), np.abs(answer - exact)], 0)
    torn = (kinds != kinds[0]).any(0) | (size > most / 4) | (is_of_complex & ~finite)
    if value.level == POINT:
        found = POINT_ULPS * eps * size + 2 * rounded + tiny
    else:
        off = np.max([np.where(finite, np.abs(x - exact), 0) for x in parts], axis=0)
        # Near a pole, which others fell into, each step counts.
        torn |= (kinds != 0).any() & (off > size / 64)
        if low is not None and value.dtype in (f64, c128):
            off = off + np.nan_to_num(np.abs(as_floats(low) - exact), posinf=0, neginf=0) * 2.0**-29
        found = MARGIN * off.max(initial=0) + LOOSE_ULPS * eps * size.max(initial=0) + tiny
    return np.where(torn, np.nan, found)


def as_floats(x):
    x = np.asarray(x)
    if np.iscomplexobj(x):
        x = x.astype(np.complex128)
        return np.stack([x.real, x.imag], -1)
    return x.astype(np.float64)


# Files.

NAMES = {
    "bool": "i1", "float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64",
    "complex64": "c64", "complex128": "c128", "int4": "i4", "uint4": "u4",
}  # fmt: skip


def short(dtype):
    name = str(dtype)
    return NAMES.get(name) or name.replace("uint", "u").replace("int", "i")


def write_tensors(path, tensors):
    """safetensors, with the dtype's own name and one value a byte in the key (`in.x0:c64`)."""
    header, blobs, end = {}, [], 0
    for key, x in tensors.items():
        name = short(x.dtype)
        data = np.ascontiguousarray(x.astype(np.int8) if name in ("i4", "u4") else x).tobytes()
        shape = [*x.shape, 2] if is_complex(x.dtype) else list(x.shape)
        header[f"{key}:{name}"] = {"dtype": "U8", "shape": shape, "data_offsets": [end, end + len(data)]}
        blobs.append(data)
        end += len(data)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def write(folder, name, program, outputs, rng, nodes, given, data, wide):
    fn = program.function(outputs, given, nodes)
    platform = str(rng.choice(["cpu", "cpu", "tpu"]))
    if any("linear" in n.name or "triangular" in n.name for n in nodes):
        platform = "cpu"
    form = rng.choice(["jaxexport", "mlirbc", "mlir"], p=[0.7, 0.15, 0.15])
    with jax.enable_x64(program.x64):
        named = lambda inputs: {f"y{i}": y for i, y in enumerate(fn(*(inputs[name] for name in specs)))}
        jitted = jax.jit(named)
        specs = {f"x{i}": jax.ShapeDtypeStruct(v.shape, v.dtype) for i, v in enumerate(given)}
        exported = export.export(jitted, platforms=[platform], disabled_checks=CHECKS)(specs)
        call = jax.jit(exported.call) if platform == "cpu" else jitted

        def unnamed(*arrays):
            named = call(dict(zip(specs, arrays)))
            return [named[f"y{i}"] for i in range(len(outputs))]

        arrays, answers, limits = evaluate(program, outputs, nodes, given, data, unnamed, wide, rng)
    file = folder / f"{name}.{form}"
    if form == "jaxexport":
        file.write_bytes(exported.serialize())
    elif form == "mlirbc":
        file.write_bytes(exported.mlir_module_serialized)
    else:
        file.write_text(exported.mlir_module())
    tensors = {f"in.x{i}": a for i, a in enumerate(arrays)}
    tensors |= {f"out.y{i}": a for i, a in enumerate(answers)}
    tensors |= {f"bound.y{i}": b for i, b in enumerate(limits) if b is not None}
    write_tensors(folder / f"{name}.safetensors", tensors)
    told = {"name": name, "program": str(file), "ops": [n.name for n in nodes]}
    if len(nodes) < 4:
        told["text"] = re.sub(r"(?m)^#loc.*\n| loc\(.*?\)(?=$|[,):])", "", exported.mlir_module())
    print(json.dumps(told), flush=True)


def whole(folder, seed, wide):
    program, outputs, rng = make(seed)
    nodes, given = program.slice(outputs)
    write(folder, str(seed), program, outputs, rng, nodes, given, program.data, wide)


def all_values(seed):
    program, outputs, rng = make(seed)
    nodes, given = program.slice(outputs)
    return program, rng, nodes, given, [v for node in nodes for v in node.outs]


def piece(folder, seed, number, depth):
    program, rng, nodes, given, made = all_values(seed)
    with jax.enable_x64(program.x64):
        known = jax.jit(program.function(made, given, nodes))(*(program.data[v.index] for v in given))
    data = {**program.data, **{v.index: np.asarray(x) for v, x in zip(made, known)}}
    kept = front = [node for node in nodes if made[number] in node.outs]
    for _ in range(depth - 1):
        needed = {v.index for n in front for v in n.args}
        front = [n for n in nodes if any(v.index in needed for v in n.outs) and n not in kept]
        kept = kept + front
    inside = {v.index for n in kept for v in n.outs}
    some, given = program.slice([made[number]], [v for v in program.values if v.index not in inside])
    name = f"{seed}.{number}.{depth}"
    write(folder, name, program, [made[number]], rng, some, given, data, wide=True)


def main(folder, families, what, *numbers):
    if families != "any":
        keep(families.split(","))
    folder, numbers = Path(folder), [int(n) for n in numbers]
    if what == "piece":
        piece(folder, *numbers)
        return
    if what == "all":
        program, rng, nodes, given, made = all_values(*numbers)
        write(folder, f"{numbers[0]}.all", program, made, rng, nodes, given, program.data, wide=True)
        return
    for seed in numbers:
        try:
            whole(folder, seed, what == "wide")
        except Exception as error:
            print(json.dumps({"name": str(seed), "mistake": f"{error}"[:2000]}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
