# SPDX-License-Identifier: Apache-2.0
"""A random program as data: values, and nodes that are JAX functions over them.

It is evaluated as it is (what is exported), or otherwise: "wide" computes in f64 what is narrower,
"low" in f32 what is f64, "noisy" moves what each node rounds by some units in the last place. How far
these are from the program itself tells how much rounding matters in it, and so what may be asked of
others. Functions of nodes say dtypes by `at()`, go through `native()` where they are about bits, and
through `exactly()` where XLA's f64 is far from the last place.
"""

from contextlib import contextmanager

import jax
import jax.numpy as jnp
import ml_dtypes
import mpmath
import numpy as np
from jax import lax

f16, f32, f64 = np.dtype("float16"), np.dtype("float32"), np.dtype("float64")
bf16 = np.dtype(ml_dtypes.bfloat16)
c64, c128 = np.dtype("complex64"), np.dtype("complex128")
i1 = np.dtype(bool)
INTS = [np.dtype(name) for name in ("int8", "int16", "int32", "uint8", "uint16", "uint32")]
LONG = [np.dtype("int64"), np.dtype("uint64")]
NIBBLES = [np.dtype(ml_dtypes.int4), np.dtype(ml_dtypes.uint4)]
FLOATS = [f16, bf16, f32, f64]
COMPLEX = [c64, c128]

MODES = {
    "native": {},
    "wide": {f16: f64, bf16: f64, f32: f64, c64: c128},
    "low": {f64: f32, c128: c64},
    "noisy": {},
}
NOISE_ULPS = 5
_mode, _noise = "native", None


@contextmanager
def computing(mode, noise=None):
    """`noise`: where noise begins, a scalar."""
    global _mode, _noise
    before = _mode, _noise
    _mode, _noise = mode, noise
    try:
        yield
    finally:
        _mode, _noise = before


def noisy(x, spread):
    """`spread`: by units of the largest element, which others are sums with, or of 1 if that is larger."""
    if _mode != "noisy" or not is_inexact(x.dtype):
        return x
    size = x if spread is None else jnp.max(jnp.abs(x), initial=spread).astype(x.dtype)
    angle = jnp.arange(x.size, dtype=f32).reshape(x.shape) * 12.9898 + _noise + x.size
    units = jnp.round(NOISE_ULPS * 1.4 * jnp.sin(angle)).astype(x.real.dtype)
    return x + size * units * np.asarray(ml_dtypes.finfo(x.dtype).eps / 2, units.dtype)


def at(dtype):
    """The dtype that stands for this one in the precision that is being traced."""
    return MODES[_mode].get(np.dtype(dtype), np.dtype(dtype))


def cast(x, dtype):
    dtype = at(dtype)
    return x if x.dtype == dtype else lax.convert_element_type(x, dtype)


def native(dtypes, fn):
    """`fn` of operands of exactly these dtypes, whatever the precision around it."""

    def call(*args):
        outs = fn(*(lax.convert_element_type(x, t) for x, t in zip(args, dtypes)))
        return jax.tree.map(lambda y: cast(y, y.dtype), outs)

    return call


def exactly(fn, exact):
    """`fn` of a float, element by element; in "wide" rounded once from `exact`, which takes mpmath's."""

    def rounded(x, near):
        near, pick = np.array(near), np.isfinite(x) & np.isfinite(near)
        with mpmath.workprec(200):
            near[pick] = [float(exact(mpmath.mpf(v))) for v in np.asarray(x)[pick].tolist()]
        return near

    @jax.custom_jvp
    def wide(x):
        near = fn(x)
        return jax.pure_callback(rounded, near, x, near, vmap_method="broadcast_all")

    wide.defjvp(lambda xs, ts: (wide(*xs), jax.jvp(fn, xs, ts)[1]))
    return lambda x: wide(x) if _mode == "wide" else fn(x)


def resize(x, shape):
    """The elements of x in their order, cut off or again from the start."""
    size = int(np.prod(shape))
    if x.size != size:
        again = lax.broadcast(x, (-(-size // x.size),))
        x = lax.slice(lax.reshape(again, (again.size,)), (0,), (size,))
    return lax.reshape(x, shape)


def is_float(dtype):
    return dtype in FLOATS


def is_complex(dtype):
    return dtype in COMPLEX


def is_inexact(dtype):
    return is_float(dtype) or is_complex(dtype)


def is_int(dtype):
    return dtype in INTS or dtype in LONG


# How exact a value is: EXACT to the bit; POINT: one rounded function of exact values, to some units in
# the last place of each element; LOOSE: to a bound that the program's conditioning tells.
EXACT, POINT, LOOSE = range(3)


class Value:
    def __init__(self, index, shape, dtype, level):
        self.index, self.shape, self.dtype, self.level = index, tuple(shape), np.dtype(dtype), level
        self.ndim, self.size = len(self.shape), int(np.prod(self.shape))
        self.spread = None


class Node:
    def __init__(self, name, fn, args, outs):
        self.name, self.fn, self.args, self.outs = name, fn, args, outs


class Program:
    """Grows by `apply`; a `nested` one is the body of a loop, a branch, what vmap or grad get: its
    parameters come from outside, and other leaves are constants."""

    def __init__(self, rng, x64, nested=False, smooth=False):
        self.rng, self.x64, self.nested, self.smooth = rng, x64, nested, smooth
        self.style = rng.choice(["tame", "grid", "wild"], p=[0.7, 0.2, 0.1])
        self.values, self.nodes, self.data = [], [], {}
        self.parameters = []

    # Leaves.

    def _value(self, shape, dtype, level=EXACT):
        self.values.append(Value(len(self.values), shape, dtype, level))
        return self.values[-1]

    def parameter(self, shape, dtype, level=EXACT):
        value = self._value(shape, dtype, level)
        self.parameters.append(value)
        return value

    def input(self, data):
        value = self.parameter(data.shape, data.dtype)
        self.data[value.index] = data
        return value

    def constant(self, data):
        dtype = data.dtype
        if data.ndim == 1 and np.array_equal(data, np.arange(data.size)):
            data = abs(data)  # XLA takes [-0, 1] for an iota.
        return self.apply("constant", lambda: jnp.asarray(data.astype(at(dtype))))

    def fresh(self, shape, dtype):
        data = random_data(self.rng, shape, dtype, self.style)
        if not self.nested and self.rng.random() < 0.8:
            return self.input(data)
        if data.ndim and data.size and self.rng.random() < 0.3:
            axis = self.integer(0, data.ndim)
            if dtype != i1:
                return self.apply("iota", lambda: lax.broadcasted_iota(at(dtype), data.shape, axis))
        if self.rng.random() < 0.5:
            data = np.full(shape, data.flat[0] if data.size else 0, dtype)
        return self.constant(data)

    # Choices.

    def integer(self, low, high):
        """At least `low`, less than `high`."""
        return int(self.rng.integers(low, high))

    def chance(self, probability):
        return self.rng.random() < probability

    def choose(self, items, p=None):
        return items[int(self.rng.choice(len(items), p=p))]

    def subset(self, items, k=None):
        """Some of the items in their order."""
        items = list(items)
        k = self.integer(0, len(items) + 1) if k is None else k
        return [items[i] for i in sorted(self.rng.permutation(len(items))[:k])]

    def shuffled(self, items):
        items = list(items)
        return [items[i] for i in self.rng.permutation(len(items))]

    def shape(self, low=0, high=4, most=3000):
        while True:
            rank = self.integer(low, high + 1)
            sizes = [self.choose(SIZES, p=FREQUENCIES) for _ in range(rank)]
            if self.chance(0.005) and rank:
                sizes[0] = 0
            if np.prod(sizes) <= most:
                return tuple(sizes)

    def floats(self):
        if self.x64:
            return self.choose([f32, f64, bf16, f16], p=[0.4, 0.4, 0.1, 0.1])
        return self.choose([f32, bf16, f16], p=[0.8, 0.1, 0.1])

    def complexes(self):
        return c128 if self.x64 and self.chance(0.5) else c64

    def ints(self):
        return self.choose(INTS + LONG if self.x64 else INTS)

    def any_dtype(self):
        kind = self.integer(0, 12)
        if kind < 6:
            return self.floats()
        if kind < 9:
            return self.ints()
        return i1 if kind < 10 else self.complexes() if kind < 11 else self.ints()

    def pick(self, where=lambda v: True, dtype=None, low=0, high=5, new=None):
        """A value of which `where` is true and whose rank is in low..high, most often a late one; fresh
        where there is none. `dtype` makes the fresh one's dtype; `new` its shape."""
        fits = [v for v in self.values if low <= v.ndim <= high and where(v)]
        if fits and self.chance(0.85):
            last = len(fits) - 1
            return fits[last - min(last, int(self.rng.exponential(3)))]
        while True:
            shape = new() if new else self.shape(low, min(high, 4))
            probe = Value(-1, shape, (dtype or self.any_dtype)(), EXACT)
            if where(probe):
                return self.fresh(probe.shape, probe.dtype)

    def float(self, where=lambda v: True, **options):
        return self.pick(lambda v: is_float(v.dtype) and where(v), self.floats, **options)

    def of(self, shape, dtype, fresh=0.3):
        """A value of exactly this type, if need be made of another."""
        shape = tuple(shape)
        same = [v for v in self.values if v.shape == shape and v.dtype == dtype]
        if same and not self.chance(fresh):
            return self.choose(same)
        others = [v for v in self.values if v.size > 0 and v.dtype not in NIBBLES]
        if not others or self.chance(fresh):
            return self.fresh(shape, dtype)
        return self.coerce(self.choose(others), shape, dtype)

    def coerce(self, value, shape, dtype):
        if value.dtype != dtype:
            if is_complex(value.dtype) and not is_complex(dtype):
                value = self.apply("real", lax.real, value)
            kind = "x" if is_inexact(value.dtype) == is_inexact(dtype) else "d"
            value = self.apply("convert", lambda x: cast(x, dtype), value, kind=kind)
        if value.shape != tuple(shape):
            value = self.apply("resize", lambda x: resize(x, tuple(shape)), value)
        return value

    # Nodes.

    def apply(self, name, fn, *args, kind="x"):
        """Adds a node. Its kind is how exact it is: x moves, and others that round nothing; d the same,
        but with jumps (floor, compare); p rounds each element once; l anything; s anything, with zeros that
        are differences; g the same of ones, as derivatives are."""
        avals = [jax.ShapeDtypeStruct(v.shape, v.dtype) for v in args]
        try:
            outs = jax.eval_shape(fn, *avals)
        except Exception as error:
            types = ", ".join(f"{v.dtype}{list(v.shape)}" for v in args)
            raise RuntimeError(f"family {name} of {types}: {error}") from error
        outs = list(outs) if isinstance(outs, (tuple, list)) else [outs]
        level = max((v.level for v in args), default=EXACT)
        if any(is_inexact(v.dtype) for v in [*args, *outs]):
            if kind in "lsg" or (kind in "pd" and level > EXACT):
                level = LOOSE
            elif kind == "p":
                level = POINT
        if level == POINT:  # Units in the last place of a narrower type are more of a wider one.
            unit = lambda values: [float(ml_dtypes.finfo(v.dtype).eps) for v in values if is_inexact(v.dtype)]
            if max(unit(args), default=0) > min(unit(outs), default=1):
                level = LOOSE
        made = [self._value(out.shape, out.dtype, level) for out in outs]
        for value in made:
            value.spread = {"s": 0, "g": 1}.get(kind)
        self.nodes.append(Node(name, fn, list(args), made))
        return made[0] if len(made) == 1 else made

    def nested_like(self, args, smooth=False):
        """A program over parameters of the types of `args`."""
        child = Program(self.rng, self.x64, nested=True, smooth=smooth or self.smooth)
        child.style = "tame"
        for value in args:
            child.parameter(value.shape, value.dtype, value.level)
        return child

    # Evaluation.

    def slice(self, outputs, stop=()):
        """The nodes and parameters that these values need, taking those of `stop` as given."""
        stop, needed, nodes = {v.index for v in stop}, {v.index for v in outputs}, []
        for node in reversed(self.nodes):
            if any(v.index in needed and v.index not in stop for v in node.outs):
                nodes.append(node)
                needed.update(v.index for v in node.args)
        made = {v.index for node in nodes for v in node.outs} - stop
        return nodes[::-1], [v for v in self.values if v.index in needed and v.index not in made]

    def function(self, outputs, given=None, nodes=None):
        """fn(list of arrays for `given`) -> list of arrays."""
        if nodes is None:
            nodes, _ = self.slice(outputs)
        given = self.parameters if given is None else given

        def call(*arrays):
            known = {v.index: x for v, x in zip(given, arrays)}
            for node in nodes:
                made = node.fn(*(known[v.index] for v in node.args))
                made = list(made) if isinstance(made, (tuple, list)) else [made]
                for value, x in zip(node.outs, made):
                    known.setdefault(value.index, x if value.level == EXACT else noisy(x, value.spread))
            return [known[v.index] for v in outputs]

        return call


# Sizes of dimensions, and how often: small ones, and some that loops of vectors do not divide.
SIZES = [1, 2, 3, 4, 5, 7, 8, 16, 17, 33, 64, 131, 1000]
FREQUENCIES = np.array([8, 12, 12, 12, 8, 6, 6, 4, 4, 4, 2, 2, 1]) / 81
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e4, -1e4, 1e-4]


def random_data(rng, shape, dtype, style):
    """Tame: like data; grid: numbers with few bits, so that ties and exact sums occur; wild: some of
    them special, or any integer. Without subnormals, which XLA on CPUs flushes."""
    size = int(np.prod(shape))
    if dtype == i1:
        return rng.random(shape) < 0.5
    if is_int(dtype) or dtype in NIBBLES:
        info = ml_dtypes.iinfo(dtype)
        if style == "wild":
            words = rng.integers(0, 256, size * dtype.itemsize, np.uint8)
            if dtype in NIBBLES:
                return rng.integers(info.min, info.max + 1, shape).astype(dtype)
            return np.frombuffer(words.tobytes(), dtype).reshape(shape)
        return rng.integers(max(-9, int(info.min)), min(12, int(info.max) + 1), shape).astype(dtype)
    if is_complex(dtype):
        # What products of infinite complex numbers are, no two formulas agree on.
        style = "tame" if style == "wild" else style
        parts = [random_data(rng, shape, f64, style) for _ in range(2)]
        return (parts[0] + 1j * parts[1]).astype(dtype)
    values = rng.normal(size=shape) * rng.choice([0.5, 1, 3])
    if style == "grid":
        values = np.round(values * 2) / 2
    if style == "wild":
        mask = rng.random(shape) < 0.15
        values = np.where(mask, rng.choice(SPECIAL, size=shape), values)
    return values.astype(dtype)
