# SPDX-License-Identifier: Apache-2.0
"""What random programs are made of: a table of families. Each adds some nodes to a program; weights
say how often. A `smooth` one may stand in a function that is differentiated."""

import math

import jax
import jax.numpy as jnp
import ml_dtypes
import mpmath
import numpy as np
from jax import lax

from program import (
    FLOATS, INTS, LONG, NIBBLES, Program, at, bf16, c64, c128, cast, exactly, f16, f32, f64, i1,
    is_complex, is_float, is_inexact, is_int, native,
)  # fmt: skip

FAMILIES = []


def family(weight, smooth=False):
    def register(add):
        FAMILIES.append((add, weight, smooth))
        return add

    return register


def keep(names):
    """Leaves only these families."""
    known = {add.__name__ for add, _, _ in FAMILIES}
    if unknown := set(names) - known:
        raise SystemExit(f"no family {', '.join(unknown)}; there are: {' '.join(sorted(known))}")
    FAMILIES[:] = [row for row in FAMILIES if row[0].__name__ in names]


def grow(g, count):
    """Adds families until there are `count` more nodes."""
    table = [(add, weight) for add, weight, smooth in FAMILIES if smooth or not g.smooth]
    table = table or [(tame, 1)]
    if g.nested:  # Not too deep, and nothing that takes long to compile once more.
        table = [(add, weight / 8 if add in HEAVY else weight) for add, weight in table]
    p = np.array([weight for _, weight in table], float)
    target = len(g.nodes) + count
    while len(g.nodes) < target:
        table[int(g.rng.choice(len(table), p=p / p.sum()))][0](g)


def numeric(v):
    return is_int(v.dtype) or is_inexact(v.dtype)


def real(v):
    return is_int(v.dtype) or is_float(v.dtype)


def plain(v):
    """What every op takes: no nibbles."""
    return v.dtype not in NIBBLES


def axis_of(g, v):
    return g.integer(0, v.ndim)


# Elementwise.


def unknowing(fn):
    """`fn` of what XLA knows nothing of: of a constant it makes the sign of -0 be 0, merges slices of slices
    without the clamp between them, and takes constant indices for signed."""
    return lambda *args: fn(*lax.optimization_barrier(args))


sign = unknowing(lax.sign)


# Name: function, kind, and where it is defined: all, positive, unit (-1..1), above (1..).
UNARY = {
    "neg": (lax.neg, "x", "all"), "abs": (lax.abs, "x", "all"), "sign": (sign, "d", "all"),
    "floor": (lax.floor, "d", "all"), "ceil": (lax.ceil, "d", "all"),
    "round_afz": (lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO), "d", "all"),
    "round_even": (lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), "d", "all"),
    "exp": (lax.exp, "p", "all"), "exp2": (lax.exp2, "p", "all"), "expm1": (lax.expm1, "p", "all"),
    "log": (lax.log, "p", "positive"), "log1p": (exactly(lax.log1p, mpmath.log1p), "p", "positive"),
    "sqrt": (lax.sqrt, "p", "positive"), "rsqrt": (lax.rsqrt, "p", "positive"),
    "cbrt": (lax.cbrt, "p", "all"), "sin": (lax.sin, "p", "all"), "cos": (lax.cos, "p", "all"),
    "tan": (lax.tan, "p", "all"), "tanh": (lax.tanh, "p", "all"),
    "logistic": (lax.logistic, "p", "all"), "square": (lax.square, "p", "all"),
    "reciprocal": (lax.reciprocal, "p", "all"),
    "cube": (lambda x: lax.integer_pow(x, 3), "p", "all"),
    "power_-2": (lambda x: lax.integer_pow(x, -2), "p", "all"),
    "asin": (lax.asin, "p", "unit"), "acos": (lax.acos, "p", "unit"), "atan": (lax.atan, "p", "all"),
    # XLA's are exponentials of a rounded sum.
    "sinh": (exactly(lax.sinh, mpmath.sinh), "p", "all"),
    "cosh": (exactly(lax.cosh, mpmath.cosh), "p", "all"), "asinh": (lax.asinh, "p", "all"),
    "acosh": (lax.acosh, "p", "above"), "atanh": (exactly(lax.atanh, mpmath.atanh), "p", "unit"),
    "erf": (lax.erf, "p", "all"), "erfc": (lax.erfc, "p", "all"),
    "erf_inv": (exactly(lax.erf_inv, mpmath.erfinv), "p", "unit"),
    # JAX exports sums for these, whose terms cancel near zeros.
    "lgamma": (exactly(lax.lgamma, lambda x: mpmath.re(mpmath.loggamma(x))), "l", "positive"),
    "digamma": (exactly(lax.digamma, mpmath.digamma), "l", "positive"),
    "bessel_i0e": (lax.bessel_i0e, "p", "all"), "bessel_i1e": (lax.bessel_i1e, "p", "all"),
}  # fmt: skip
DOMAIN = {
    "positive": lambda x: lax.abs(x) + np.asarray(0.25, x.dtype),
    "unit": lambda x: lax.clamp(np.asarray(-1, x.dtype), x, np.asarray(1, x.dtype)),
    "above": lambda x: lax.abs(x) + np.asarray(1, x.dtype),
}


@family(14, smooth=True)
def unary(g):
    x = g.float()
    name = g.choose(list(UNARY))
    fn, kind, domain = UNARY[name]
    if domain != "all" and (g.smooth or g.chance(0.85)):
        x = g.apply(domain, DOMAIN[domain], x, kind="x" if domain == "unit" else "p")
    g.apply(name, fn, x, kind=kind)


@family(3, smooth=True)
def tame(g):
    """Keeps what follows within bounds."""
    x = g.float()
    fn = g.choose([lax.tanh, lax.sin, lambda x: x / (1 + lax.abs(x)), lambda x: jnp.clip(x, -2, 2)])
    g.apply("tame", fn, x, kind="p")


@family(2)
def float_to_other(g):
    x = g.float()
    fn, kind = g.choose([
        (lax.is_finite, "d"),
        (lambda x: lax.nextafter(x, jnp.zeros_like(x)), "bits"),
        (lambda x: lax.reduce_precision(x, exponent_bits=5, mantissa_bits=7), "bits"),
        (lambda x: lax.reduce_precision(x, exponent_bits=8, mantissa_bits=3), "bits"),
    ])  # fmt: skip
    g.apply("of_float", native([x.dtype], fn) if kind == "bits" else fn, x, kind="d")


EIGHT = [ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2, ml_dtypes.float8_e4m3b11fnuz,
         ml_dtypes.float8_e4m3fnuz, ml_dtypes.float8_e5m2fnuz]  # fmt: skip


@family(0.7)
def through_eight_bits(g):
    x = g.float()
    eight = np.dtype(g.choose(EIGHT))
    # Where the code of -0 is NaN, XLA makes that of what is negative and rounds to 0.
    least = float(ml_dtypes.finfo(eight).smallest_subnormal)
    fn = lambda x: lax.convert_element_type(
        lax.convert_element_type(jnp.where(jnp.abs(x) < least, jnp.zeros_like(x), x), eight), x.dtype)  # fmt: skip
    g.apply(f"through {eight}", native([x.dtype], fn), x, kind="d")


COMPLEX_UNARY = [lax.neg, lax.abs, lax.sign, lax.exp, lax.log, lax.sqrt, lax.rsqrt, lax.sin, lax.cos,
                 lax.tanh, lax.tan, lax.conj, lax.real, lax.imag, lax.expm1, lax.log1p, lax.square,
                 lax.logistic, lax.reciprocal, lambda x: lax.integer_pow(x, 3)]  # fmt: skip


def off_the_cut(g, x):
    """Logarithms and roots jump where an imaginary part changes its sign, were it that of a zero."""
    away = lambda x: lax.complex(x.real, jnp.where(jnp.abs(x.imag) < 0.01, 0.25, x.imag).astype(x.real.dtype))
    return g.apply("off the cut", away, x, kind="d")


@family(2.5)
def complex_unary(g):
    x = g.pick(lambda v: is_complex(v.dtype), g.complexes)
    moves = [lax.neg, lax.conj, lax.real, lax.imag]
    fn = g.choose(COMPLEX_UNARY)
    if fn in (lax.log, lax.log1p, lax.sqrt, lax.rsqrt):
        x = off_the_cut(g, x)
    g.apply(f"complex {getattr(fn, '__name__', 'cube')}", fn, x, kind="x" if fn in moves else "l")


@family(1.5)
def complex_of_parts(g):
    x = g.pick(lambda v: v.dtype in (f32, f64), lambda: f64 if g.x64 else f32)
    g.apply("complex", lax.complex, x, g.of(x.shape, x.dtype))


@family(4)
def int_unary(g):
    x = g.pick(lambda v: is_int(v.dtype) or v.dtype == i1, g.ints)
    if x.dtype == i1:
        g.apply("not", lax.bitwise_not, x)
        return
    fns = [lax.neg, lax.sign, lax.bitwise_not, lax.population_count, lax.clz]
    if x.dtype.kind == "i":
        fns.append(lax.abs)
    fn = g.choose(fns)
    g.apply(f"int {fn.__name__}", fn, x)


@family(12, smooth=True)
def arithmetic(g):
    x = g.pick(lambda v: numeric(v) and (not g.smooth or is_float(v.dtype)), g.any_dtype)
    y = g.of(x.shape, x.dtype)
    if is_int(y.dtype) and y not in g.parameters:  # XLA crashes where it divides a constant by zero.
        y = g.apply("odd", lambda y: y | np.asarray(1, y.dtype), y)
    fns = [(lax.add, "p"), (lax.sub, "p"), (lax.mul, "p")]
    if not is_complex(x.dtype):
        fns += [(lax.max, "x"), (lax.min, "x")]
    fns += [(lax.div, "l" if is_complex(x.dtype) else "p")]
    if real(x) and not g.smooth:
        fns += [(lax.rem, "d")]
    if is_float(x.dtype):
        fns += [(lax.atan2, "p")]
    if is_float(x.dtype) and not g.smooth:
        # What is next to 0 is subnormal, which XLA flushes.
        after = lambda x, y: lax.nextafter(jnp.where(x == 0, jnp.ones_like(x), x), y)
        fns += [(lax.pow, "p"), (native([x.dtype] * 2, after), "d")]
    if is_complex(x.dtype):
        fns = [(fn, "l") for fn, _ in fns] + [(lax.pow, "l")]
    fn, kind = g.choose(fns)
    if fn is lax.pow and is_complex(x.dtype):
        x = off_the_cut(g, x)
    g.apply(getattr(fn, "__name__", "binary"), fn, x, y, kind=kind)


@family(1, smooth=True)
def powers(g):
    x = g.float()
    x = g.apply("positive", DOMAIN["positive"], x, kind="p")
    g.apply("pow", lax.pow, x, g.of(x.shape, x.dtype), kind="p")


@family(4)
def bits(g):
    x = g.pick(lambda v: is_int(v.dtype) or v.dtype == i1, g.ints)
    fns = [lax.bitwise_and, lax.bitwise_or, lax.bitwise_xor]
    if x.dtype != i1:
        fns += [lax.shift_left, lax.shift_right_logical, lax.shift_right_arithmetic]
        if x.dtype.itemsize >= 4:
            fns += [lax.mulhi]
    fn = g.choose(fns)
    g.apply(f"int {fn.__name__}", fn, x, g.of(x.shape, x.dtype))


@family(0.6)
def int_power(g):
    x = g.pick(lambda v: is_int(v.dtype), g.ints)
    y = g.of(x.shape, x.dtype)
    g.apply("int pow", lambda x, y: x ** (y % np.asarray(6, y.dtype)), x, y)


@family(5)
def compare(g):
    x = g.pick(plain)
    fns = [lax.eq, lax.ne]
    if not is_complex(x.dtype):
        fns += [lax.lt, lax.le, lax.gt, lax.ge]
    g.apply("compare", g.choose(fns), x, g.of(x.shape, x.dtype), kind="d")


@family(5, smooth=True)
def select(g):
    x = g.pick(lambda v: is_float(v.dtype) if g.smooth else plain(v), g.any_dtype)
    ways = g.choose([2, 2, 2, 3])
    which = g.of(() if g.chance(0.15) else x.shape, i1 if ways == 2 else np.dtype("int32"))
    if ways > 2:
        which = g.apply("clip", lambda i: jnp.clip(i, 0, ways - 1), which)
    g.apply("select", lax.select_n, which, x, *(g.of(x.shape, x.dtype) for _ in range(ways - 1)))


@family(3, smooth=True)
def clamp(g):
    x = g.pick(lambda v: is_float(v.dtype) if g.smooth else real(v), g.floats)
    # JAX itself cannot differentiate by scalar bounds.
    shape = () if g.chance(0.5) and not g.smooth else x.shape
    g.apply("clamp", lax.clamp, g.of(shape, x.dtype), x, g.of(shape, x.dtype))


@family(7)
def convert(g):
    x = g.pick()
    to = g.any_dtype() if g.chance(0.95) else g.choose(NIBBLES)
    if is_complex(x.dtype) and not is_complex(to):
        return
    jumps = is_inexact(x.dtype) and not is_inexact(to)
    g.apply("convert", lambda x: cast(x, to), x, kind="d" if jumps else "p")


@family(1.5)
def bitcast(g):
    x = g.pick(lambda v: real(v) and v.level == 0)
    to = g.choose([t for t in INTS + LONG + FLOATS if g.x64 or t.itemsize < 8])
    if to.itemsize < x.dtype.itemsize or (
        to.itemsize > x.dtype.itemsize
        and (not x.ndim or x.shape[-1] * x.dtype.itemsize != to.itemsize)
    ):
        to = g.choose([t for t in INTS + LONG + FLOATS if t.itemsize == x.dtype.itemsize])
    if is_float(to):  # Of any bits some are subnormal.
        to = np.dtype(f"uint{8 * to.itemsize}")
    g.apply("bitcast", native([x.dtype], lambda x: lax.bitcast_convert_type(x, to)), x)


SPECIAL = [
    (lambda a, b: lax.igamma(a, b), 2), (lambda a, b: lax.igammac(a, b), 2),
    (lambda a, b: lax.betainc(a, b, b / (1 + b)), 2), (lambda a, b: lax.zeta(a + 1, b), 2),
    (lambda a, b: lax.polygamma(jnp.floor(a), b), 2),
]  # fmt: skip


@family(0.4)
def special(g):
    x = g.apply("positive", DOMAIN["positive"], g.pick(lambda v: v.dtype in (f32, f64), lambda: f32))
    y = g.apply("positive", DOMAIN["positive"], g.of(x.shape, x.dtype))
    i = g.integer(0, len(SPECIAL))
    g.apply(f"special {i}", SPECIAL[i][0], x, y, kind="l")


# Moves.


@family(4, smooth=True)
def broadcast(g):
    x = g.pick(high=3)
    rank = g.integer(x.ndim, min(x.ndim + 2, 5) + 1)
    dims = g.subset(range(rank), x.ndim)
    sizes = [g.choose([1, 2, 3, 5]) for _ in range(rank)]
    for dim, size in zip(dims, x.shape):
        sizes[dim] = size if size != 1 else sizes[dim]
    if math.prod(sizes) <= 3000:
        g.apply("broadcast", lambda x: lax.broadcast_in_dim(x, sizes, dims), x)


@family(4, smooth=True)
def reshape(g):
    x = g.pick()
    factors = [p for size in x.shape for p in prime_factors(size)]
    rank = g.integer(1, 5)
    sizes = [1] * rank
    for p in g.shuffled(factors):
        sizes[g.integer(0, rank)] *= p
    g.apply("reshape", lambda x: lax.reshape(x, sizes), x)


def prime_factors(n):
    if n < 2:
        return [n]
    p = next(p for p in range(2, n + 1) if n % p == 0)
    return [p] + (prime_factors(n // p) if n > p else [])


@family(5, smooth=True)
def transpose(g):
    x = g.pick(low=2)
    order = g.shuffled(range(x.ndim))
    g.apply("transpose", lambda x: lax.transpose(x, order), x)


@family(3, smooth=True)
def pad(g):
    x = g.pick(low=1, where=plain)
    config = []
    for size in x.shape:
        inner = g.choose([0, 0, 1, 2])
        width = size + max(size - 1, 0) * inner
        low, high = g.integer(-2, 4), g.integer(-2, 4)
        config.append((low, high, inner) if width + low + high >= 0 else (0, 0, inner))
    g.apply("pad", lambda x, y: lax.pad(x, y, config), x, g.of((), x.dtype))


@family(4, smooth=True)
def slice_(g):
    x = g.pick(low=1)
    starts = [g.integer(0, size + 1) for size in x.shape]
    ends = [g.integer(start, size + 1) for start, size in zip(starts, x.shape)]
    if not g.chance(0.1):  # Seldom empty.
        starts = [max(0, min(start, size - 1)) for start, size in zip(starts, x.shape)]
        ends = [min(size, max(end, start + 1)) for start, end, size in zip(starts, ends, x.shape)]
    steps = [g.choose([1, 1, 2, 3]) for _ in x.shape]
    g.apply("slice", lambda x: lax.slice(x, starts, ends, steps), x)


@family(4, smooth=True)
def concatenate(g):
    x = g.pick(low=1)
    axis = axis_of(g, x)
    parts = [x]
    for _ in range(g.integer(0, 3)):
        like = [v for v in g.values if v.dtype == x.dtype and v.ndim == x.ndim
                and v.shape[:axis] + v.shape[axis + 1 :] == x.shape[:axis] + x.shape[axis + 1 :]]  # fmt: skip
        parts.append(g.choose(like))
    g.apply("concatenate", lambda *xs: lax.concatenate(xs, axis), *g.shuffled(parts))


@family(2, smooth=True)
def reverse(g):
    x = g.pick(low=1)
    axes = g.subset(range(x.ndim))
    g.apply("reverse", lambda x: lax.rev(x, axes), x)


def index_types(g, x):
    """XLA clamps starts in their own type, even if that does not hold the largest one, and takes short
    unsigned ones for signed."""
    least = 1 if max(x.shape) < 128 else 2
    types = [t for t in INTS + LONG if t.kind == "i" or t.itemsize >= 4]
    return [t for t in types if t.itemsize >= least and (g.x64 or t.itemsize < 8)]


@family(3, smooth=True)
def dynamic_slice(g):
    x = g.pick(low=1, where=lambda v: v.size and plain(v))
    sizes = [g.integer(1, size + 1) for size in x.shape]
    index = g.choose(index_types(g, x))
    at_ = [g.of((), index) for _ in x.shape]
    if g.chance(0.5):
        g.apply("dynamic_slice", unknowing(lambda x, *i: lax.dynamic_slice(x, i, sizes)), x, *at_)
    else:
        y = g.fresh(sizes, x.dtype)  # Of one that is made of the operand, XLA reads what it has written over.
        fn = lambda x, y, *i: lax.dynamic_update_slice(x, y, i)
        g.apply("dynamic_update_slice", unknowing(fn), x, y, *at_)


def gather_numbers(g, x):
    """Random dimension numbers of a gather, or scatter, of x: batch sizes of the indices and windows."""
    dims = g.shuffled(range(x.ndim))
    batching = sorted(dims[: g.choose([0, 0, 0, 1, 2])][: x.ndim - 1])
    rest = [d for d in dims if d not in batching]
    start_map = rest[: g.integer(1, len(rest) + 1)]
    sizes = [1 if d in batching else g.choose([1, 1, g.integer(1, x.shape[d] + 1), x.shape[d]])
             for d in range(x.ndim)]  # fmt: skip
    collapsed = [d for d in sorted(rest) if sizes[d] == 1 and g.chance(0.8)]
    batch = g.shuffled([("of", d) for d in batching] + [("size", g.choose([1, 2, 3, 5, 8])) for _ in range(g.integer(0, 3))])
    index_batching = [batch.index(("of", d)) for d in batching]
    batch = [x.shape[n] if kind == "of" else n for kind, n in batch]
    windows = x.ndim - len(batching) - len(collapsed)
    offset = g.subset(range(len(batch) + windows), windows)
    return batching, start_map, sizes, collapsed, batch, index_batching, offset


def indices_for(g, x, batch, start_map, sizes, safe):
    dtype = g.choose([np.dtype("int32")] * 6 + index_types(g, x))
    index = g.of(batch + [len(start_map)], dtype, fresh=0.5)
    if not safe:
        return index
    limit = min([x.shape[d] - sizes[d] for d in start_map])
    return g.apply("clip", lambda i: jnp.clip(i, 0, limit), index)


def gather_mode(g):
    return g.choose(["clip", "fill", "promise_in_bounds"])


@family(5, smooth=True)
def gather(g):
    x = g.pick(low=1, where=lambda v: v.size and plain(v))
    batching, start_map, sizes, collapsed, batch, index_batching, offset = gather_numbers(g, x)
    mode = gather_mode(g)
    index = indices_for(g, x, batch, start_map, sizes, mode == "promise_in_bounds")
    numbers = lax.GatherDimensionNumbers(
        tuple(offset), tuple(collapsed), tuple(start_map), tuple(batching), tuple(index_batching))  # fmt: skip
    fn = unknowing(lambda x, i: lax.gather(x, i, numbers, tuple(sizes), mode=mode))
    g.apply(f"gather {mode}", fn, x, index)


SCATTERS = {"set": lax.scatter, "add": lax.scatter_add, "sub": lax.scatter_sub, "mul": lax.scatter_mul,
            "min": lax.scatter_min, "max": lax.scatter_max}  # fmt: skip


@family(5)
def scatter(g):
    x = g.pick(low=1, where=lambda v: v.size and numeric(v))
    batching, start_map, sizes, collapsed, batch, index_batching, offset = gather_numbers(g, x)
    mode = gather_mode(g)
    index = indices_for(g, x, batch, start_map, sizes, mode == "promise_in_bounds")
    numbers = lax.ScatterDimensionNumbers(
        tuple(offset), tuple(collapsed), tuple(start_map), tuple(batching), tuple(index_batching))  # fmt: skip
    shape, windows, batches = [], iter([sizes[d] for d in range(x.ndim) if d not in collapsed and d not in batching]), iter(batch)
    for d in range(len(batch) + len(offset)):
        shape.append(next(windows) if d in offset else next(batches))
    name = g.choose([n for n in SCATTERS if n in ("set", "add", "sub", "mul") or not is_complex(x.dtype)])
    fn = lambda x, i, u: SCATTERS[name](x, i, u, numbers, mode=mode)
    updates = g.of(shape, x.dtype)
    g.apply(f"scatter {name} {mode}", fn, x, index, updates, kind="x" if name in ("set", "min", "max") else "l")


# Products.


@family(8, smooth=True)
def dot_general(g):
    x = g.pick(lambda v: is_float(v.dtype) if g.smooth else numeric(v), g.floats, high=4)
    roles = [g.choose(["batch", "contract", "free", "free"]) for _ in range(x.ndim)]
    batch = g.shuffled([d for d in range(x.ndim) if roles[d] == "batch"])
    contract = g.shuffled([d for d in range(x.ndim) if roles[d] == "contract"])
    free = [g.choose([1, 2, 3, 4, 8, 17]) for _ in range(g.choose([0, 1, 1, 2]))]
    dims = g.shuffled([("batch", d) for d in batch] + [("contract", d) for d in contract] + [("free", n) for n in free])
    shape = [n if kind == "free" else x.shape[n] for kind, n in dims]
    left = [x.shape[d] for d in range(x.ndim) if roles[d] in ("batch", "free")]
    if math.prod(shape) > 2000 or math.prod(left + free) > 3000:
        return
    other_batch = [dims.index(("batch", d)) for d in batch]
    other_contract = [dims.index(("contract", d)) for d in contract]
    numbers = ((contract, other_contract), (batch, other_batch))
    wider = preferred(g, x.dtype)
    y = g.of(shape, x.dtype)
    swap = g.chance(0.3)

    def fn(x, y):
        n = tuple(tuple(reversed(pair)) for pair in numbers) if swap else numbers
        a, b = (y, x) if swap else (x, y)
        return lax.dot_general(a, b, n, preferred_element_type=wider and at(wider))

    g.apply("dot_general", fn, x, y, kind="l")


def preferred(g, dtype):
    """A wider type for sums, or None."""
    if not g.chance(0.3) or g.smooth:
        return None
    if dtype in (f16, bf16):
        return f32
    if dtype == f32 and g.x64:
        return f64
    if is_int(dtype) and dtype.itemsize < 4:
        return np.dtype("int32" if dtype.kind == "i" else "uint32")
    return None


def finite(g, v):
    """For convolutions: whether padding is multiplied by what is not finite, is not agreed on."""
    if not is_inexact(v.dtype) or (v.index in g.data and g.style != "wild"):
        return v
    return g.apply("finite", lambda x: jnp.where(jnp.isfinite(x), x, 2), v)


def slope(g, fn, *args):
    """What a gradient of `fn` begins with. Nodes of their own, so that what their rounding does is seen."""
    return finite(g, g.apply("slope", lax.cos, g.apply("forward", fn, *args, kind="l"), kind="p"))


@family(5, smooth=True)
def convolution(g):
    dtype = g.floats() if g.smooth or g.chance(0.85) else g.choose([g.ints(), g.complexes()])
    spatial = g.choose([1, 2, 2, 3])
    groups, batches = g.choose([(1, 1), (1, 1), (1, 1), (2, 1), (3, 1), (1, 2)])
    lhs, rhs = [batches * g.integer(1, 3), groups * g.choose([1, 2, 3, 4])], []
    rhs = [groups * batches * g.choose([1, 2, 4, 5]), lhs[1] // groups]
    strides, padding, lhs_dilation, rhs_dilation = [], [], [], []
    for _ in range(spatial):
        size, taps = g.integer(1, 9 if spatial < 3 else 5), g.integer(1, 4)
        stride, hole, dilation = g.choose([1, 1, 2, 3]), g.choose([1, 1, 1, 2]), g.choose([1, 1, 1, 2])
        low, high = g.integer(-1, 4), g.integer(-1, 4)
        width, window = (size - 1) * hole + 1, (taps - 1) * dilation + 1
        if width + low + high < window:
            low, high = window, window
        lhs.append(size)
        rhs.append(taps)
        strides.append(stride)
        padding.append((low, high))
        lhs_dilation.append(hole)
        rhs_dilation.append(dilation)
    specs = [tuple(g.shuffled(range(spatial + 2))) for _ in range(3)]
    shapes = [[0] * (spatial + 2) for _ in range(2)]
    for shape, spec, sizes in zip(shapes, specs, (lhs, rhs)):
        for d, size in zip(spec, sizes):
            shape[d] = size
    x, y = (finite(g, g.of(shape, dtype)) for shape in shapes)
    wider = preferred(g, dtype)

    def fn(x, y):
        return lax.conv_general_dilated(
            x, y, strides, padding, lhs_dilation, rhs_dilation, lax.ConvDimensionNumbers(*specs),
            groups, batches, preferred_element_type=wider and at(wider))  # fmt: skip

    if is_float(dtype) and not g.smooth and g.chance(0.3):
        if wider is None:
            grad = lambda x, y, by: jax.vjp(fn, x, y)[1](by)
            g.apply("gradient of convolution", grad, x, y, slope(g, fn, x, y), kind="l")
            return
    g.apply("convolution", fn, x, y, kind="l")


@family(0.7)
def ragged_dot(g):
    dtype, groups, m, k, n = g.floats(), g.integer(1, 5), g.integer(1, 18), g.integer(1, 9), g.integer(1, 9)
    x, y = g.of((m, k), dtype), g.of((groups, k, n), dtype)
    cuts = g.of((groups,), np.dtype("int32"))

    def fn(x, y, cuts):  # Sizes that are not negative, and of which the first ones fill all rows at most.
        ends = jnp.minimum(jnp.cumsum(jnp.clip(cuts, 0, m)), m)
        return lax.ragged_dot(x, y, jnp.diff(ends, prepend=0).astype(cuts.dtype))

    g.apply("ragged_dot", fn, x, y, cuts, kind="l")


@family(1, smooth=True)
def conv_transpose(g):
    dtype, n = g.floats(), g.choose([1, 2])
    x = g.of([g.integer(1, 3), *(g.integer(1, 7) for _ in range(n)), g.integer(1, 4)], dtype)
    y = g.of([*(g.integer(1, 4) for _ in range(n)), x.shape[-1], g.integer(1, 5)], dtype)
    strides, padding = [g.choose([1, 2, 3]) for _ in range(n)], g.choose(["SAME", "VALID"])
    numbers = ("NWC", "WIO", "NWC") if n == 1 else ("NHWC", "HWIO", "NHWC")
    x, y = finite(g, x), finite(g, y)
    fn = lambda x, y: lax.conv_transpose(x, y, strides, padding, dimension_numbers=numbers)
    g.apply("conv_transpose", fn, x, y, kind="l")


# Reductions.


def axes_of(g, v):
    return tuple(g.subset(range(v.ndim), g.integer(1, v.ndim + 1)))


def in_any_order(fn):
    """Whether a product is infinite before it is 0, which makes it NaN, hangs on the order: of small factors."""
    if fn not in (lax.reduce_prod, lax.cumprod):
        return fn
    return lambda x, *args, **how: fn(jnp.clip(x, -1, 1) if is_float(x.dtype) else x, *args, **how)


@family(8, smooth=True)
def reduce(g):
    x = g.pick(lambda v: is_float(v.dtype) if g.smooth else plain(v), low=1)
    axes = axes_of(g, x)
    if x.dtype == i1:
        fn = g.choose([lax.reduce_and, lax.reduce_or, lax.reduce_xor])
    else:
        fns = [lax.reduce_sum, lax.reduce_sum, lax.reduce_prod]
        if not is_complex(x.dtype) and math.prod(x.shape[a] for a in axes):
            fns += [lax.reduce_max, lax.reduce_min]
        if is_int(x.dtype):
            fns += [lax.reduce_and, lax.reduce_or, lax.reduce_xor]
        fn = g.choose(fns)
    moves = fn in (lax.reduce_max, lax.reduce_min)
    g.apply(fn.__name__, lambda x: in_any_order(fn)(x, axes), x, kind="x" if moves else "l")


@family(3)
def argmax(g):
    x = g.pick(lambda v: real(v) and 0 not in v.shape, low=1)
    axis = axis_of(g, x)
    index = g.choose([t for t in INTS + LONG if t.itemsize > 1 and (g.x64 or t.itemsize < 8)])
    fn = g.choose([lax.argmax, lax.argmin])
    g.apply(fn.__name__, lambda x: fn(x, axis, index), x, kind="d")


@family(2, smooth=True)
def softmax(g):
    x = g.float(low=1, where=lambda v: 0 not in v.shape)
    axis = axis_of(g, x)
    fn = g.choose([jax.nn.logsumexp, jax.nn.softmax, jax.nn.log_softmax])
    g.apply(fn.__name__, lambda x: fn(x, axis=axis), x, kind="l")


@family(3)
def reduce_pairs(g):
    """lax.reduce of several operands with bodies of its own."""
    x = g.pick(lambda v: real(v) and v.size, low=1)
    y = g.of(x.shape, g.choose([x.dtype, g.ints()]))
    axes = axes_of(g, x)
    both = x.dtype == y.dtype
    bodies = [
        (lambda a, b: (a[0] + b[0], lax.max(a[1], b[1])), 0, "least"),
        (lambda a, b: (lax.min(a[0], b[0]), a[1] * b[1]), "most", 1),
        (lambda a, b: (lax.max(a[0], b[0]), lax.min(a[1], b[1])), "least", "most"),
        (lambda a, b: (lax.select(a[0] >= b[0], a[0], b[0]), a[1] + b[1]), "least", 0),
    ]  # fmt: skip
    if is_int(y.dtype):
        bodies.append((lambda a, b: (lax.max(a[0], b[0]), a[1] ^ b[1]), "least", 0))
    if both:
        bodies.append((lambda a, b: (a[0] + b[0], a[1] + b[1] + a[0] * jnp.zeros_like(a[0])), 0, 0))
    body, *inits = g.choose(bodies)

    def fn(x, y):
        start = tuple(limit(v.dtype, i) for v, i in zip((x, y), inits))
        return lax.reduce((x, y), start, body, axes)

    g.apply("reduce of pairs", fn, x, y, kind="l")


def limit(dtype, which):
    if which not in ("least", "most"):
        return np.asarray(which, dtype)
    if jnp.issubdtype(dtype, jnp.floating):
        return np.asarray(-np.inf if which == "least" else np.inf, dtype)
    info = ml_dtypes.iinfo(dtype)
    return np.asarray(info.min if which == "least" else info.max, dtype)


def window_of(g, x):
    sizes, strides, padding, holes, dilations = [], [], [], [], []
    for size in x.shape:
        w, hole, dilation = g.choose([1, 1, 2, 3]), g.choose([1, 1, 1, 2]), g.choose([1, 1, 1, 2])
        low, high = g.choose([0, 0, 1, 2]), g.choose([0, 0, 1, 2])
        sizes.append(w)
        strides.append(g.choose([1, 1, 2, 3]))
        padding.append((low, high))
        holes.append(hole)
        dilations.append(dilation)
    return tuple(sizes), tuple(strides), tuple(padding), tuple(holes), tuple(dilations)


@family(4)
def reduce_window(g):
    x = g.pick(lambda v: real(v) and v.size, low=1, high=4)
    window = window_of(g, x)
    monoids = [(lax.add, 0, "l"), (lax.max, "least", "x"), (lax.min, "most", "x"), (lax.mul, 1, "l")]
    op, start, kind = g.choose(monoids)
    if g.chance(0.15):
        y = g.of(x.shape, x.dtype)
        body = lambda a, b: (lax.add(a[0], b[0]), lax.max(a[1], b[1]))
        fn = lambda x, y: lax.reduce_window((x, y), (limit(x.dtype, 0), limit(y.dtype, "least")), body, *window)
        g.apply("reduce_window of pairs", fn, x, y, kind="l")
    elif op in (lax.max, lax.min) and g.chance(0.3):  # How often a sum's is added, is not agreed on.
        init = g.of((), x.dtype)
        fn = lambda x, init: lax.reduce_window(x, init, op, *window)
        g.apply(f"reduce_window {op.__name__} from a value", fn, x, init, kind=kind)
    else:
        fn = lambda x: lax.reduce_window(x, limit(x.dtype, start), op, *window)
        g.apply(f"reduce_window {op.__name__}", fn, x, kind=kind)


@family(2.5, smooth=True)
def pool(g):
    """Pooling as networks do, and its gradient (select_and_scatter)."""
    x = g.float(low=1, high=4, where=lambda v: v.size)
    sizes = tuple(g.choose([1, 2, 3]) if size > 1 else 1 for size in x.shape)
    strides = tuple(g.choose([1, 2, 3]) for _ in x.shape)
    padding = g.choose(["VALID", "SAME"]) if all(w <= n for w, n in zip(sizes, x.shape)) else "SAME"
    op, start = g.choose([(lax.max, "least"), (lax.min, "most"), (lax.add, 0)])
    fn = lambda x: lax.reduce_window(x, limit(x.dtype, start), op, sizes, strides, padding)
    if g.smooth or g.chance(0.4):
        g.apply("pool", fn, x, kind="l" if op is lax.add else "x")
    else:
        # What a window with a NaN selects hangs on the order, which nobody says.
        known = lambda x: x if op is lax.add else jnp.nan_to_num(x)
        grad = lambda x, by: jax.vjp(fn, known(x))[1](by)[0]
        g.apply(f"gradient of pool {op.__name__}", grad, x, slope(g, lambda x: fn(known(x)), x), kind="l")


@family(4, smooth=True)
def cumulative(g):
    x = g.pick(lambda v: is_float(v.dtype) if g.smooth else numeric(v), g.floats, low=1)
    axis, reverse = axis_of(g, x), g.chance(0.3)
    fns = [lax.cumsum, lax.cumprod]
    if not is_complex(x.dtype):
        fns += [lax.cummax, lax.cummin]
    if is_float(x.dtype):
        fns += [lax.cumlogsumexp]
    fn = g.choose(fns)
    kind = "x" if fn in (lax.cummax, lax.cummin) else "l"
    g.apply(fn.__name__, lambda x: in_any_order(fn)(x, axis=axis, reverse=reverse), x, kind=kind)


@family(0.7, smooth=True)
def associative_scan(g):
    x = g.float(low=1, where=lambda v: v.size)
    y = g.of(x.shape, x.dtype)
    axis = axis_of(g, x)
    body = lambda a, b: (a[0] * b[0], a[1] * b[0] + b[1])
    g.apply("associative_scan", lambda x, y: lax.associative_scan(body, (x, y), axis=axis), x, y, kind="l")


# Order.


@family(4, smooth=True)
def sort(g):
    x = g.pick(lambda v: is_float(v.dtype) if g.smooth else plain(v), low=1)
    more = g.choose([0, 0, 1, 2])
    others = [g.of(x.shape, g.choose([x.dtype, x.dtype if g.smooth else g.any_dtype()])) for _ in range(more)]
    axis, keys = axis_of(g, x), g.integer(1, more + 2)
    fn = lambda *xs: lax.sort(xs, dimension=axis, num_keys=keys, is_stable=True)
    g.apply("sort", fn, x, *others, kind="x" if not more else "d")


@family(2)
def top_k(g):
    x = g.pick(lambda v: real(v) and 0 not in v.shape, low=1)
    axis = x.ndim - 1 if g.chance(0.6) else axis_of(g, x)
    k = g.integer(1, x.shape[axis] + 1)
    # In total order a NaN's sign decides, and what sign one has that was computed, nobody says.
    known = lambda x: jnp.where(x != x, jnp.nan, x).astype(x.dtype) if is_float(x.dtype) else x
    g.apply("top_k", lambda x: lax.top_k(known(x), k, axis=axis), x, kind="d")


@family(0.5)
def approximate_top_k(g):
    x = g.float(low=1, where=lambda v: 0 not in v.shape)
    k = g.integer(1, x.shape[-1] + 1)
    fn = g.choose([lax.approx_max_k, lax.approx_min_k])
    # Which of equal ones it is, of zeros too, and where a NaN is, is not said.
    known = lambda x: jnp.where(x == 0, 0, jnp.nan_to_num(x)).astype(x.dtype)
    g.apply(fn.__name__, lambda x: fn(known(x), k, recall_target=0.99)[0], x)


# Control flow.


def body_of(g, args, results, smooth=False):
    """A random function of values like these, and of some of g's; its results have the types of
    `results`. Answers it as fn(args, captured), and what is captured."""
    captured = g.subset(g.values, min(len(g.values), g.choose([0, 0, 1, 2])))
    if smooth or g.smooth:
        captured = [v for v in captured if is_float(v.dtype)]
    child = g.nested_like([*args, *captured], smooth)
    grow(child, g.integer(1, 6))
    outs = []
    for value in results:
        out = child.of(value.shape, value.dtype, fresh=0.02)
        if is_inexact(value.dtype):  # What is carried round and round stays small.
            out = child.apply("tame", lambda x: lax.tanh(x) if is_float(x.dtype) else x * 0.5, out, kind="l")
        outs.append(out)
    run = child.function(outs)
    return (lambda args, captured: run(*args, *captured)), captured


def kind_of(args):
    return "l" if any(is_inexact(v.dtype) for v in args) else "x"


def carry_of(g):
    return [g.pick(plain, high=3) if not g.smooth else g.float(high=3) for _ in range(g.integer(1, 4))]


@family(2.5)
def while_loop(g):
    carry = carry_of(g)
    body, captured = body_of(g, carry, carry)
    trips = g.apply("trips", lambda n: jnp.clip(n, 0, 6), g.of((), np.dtype("int32")))
    n = len(carry)

    def fn(trips, *args):
        step = lambda s: (s[0] + 1, body(s[1], args[n:]))
        return lax.while_loop(lambda s: s[0] < trips, step, (np.int32(0), list(args[:n])))[1]

    g.apply("while", fn, trips, *carry, *captured, kind=kind_of([*carry, *captured]))


@family(1)
def batched_while(g):
    """Under vmap each element has trips of its own: what has ended is carried on by selects."""
    carry = carry_of(g)
    body, captured = body_of(g, carry, carry)
    many, n = g.integer(1, 5), len(carry)
    trips = g.of((many,), np.dtype("int32"))
    wide = [g.of((many, *v.shape), v.dtype) for v in carry]

    def fn(trips, *args):
        def one(trips, *own):
            step = lambda s: (s[0] + 1, body(s[1], args[n:]))
            return lax.while_loop(lambda s: s[0] < jnp.clip(trips, 0, 5), step, (np.int32(0), list(own)))[1]

        return jax.vmap(one)(trips, *args[:n])

    g.apply("batched while", fn, trips, *wide, *captured, kind=kind_of([*wide, *captured]))


@family(2, smooth=True)
def fori_loop(g):
    carry = carry_of(g)
    body, captured = body_of(g, carry, carry)
    n, trips = len(carry), g.integer(0, 6)

    def fn(*args):
        return lax.fori_loop(0, trips, lambda i, s: body(s, args[n:]), list(args[:n]))

    g.apply("fori", fn, *carry, *captured, kind=kind_of([*carry, *captured]))


@family(3, smooth=True)
def scan(g):
    carry = carry_of(g)
    x = g.float(low=1, high=4) if g.smooth else g.pick(plain, low=1, high=4)
    row = Program(g.rng, g.x64).parameter(x.shape[1:], x.dtype, x.level)
    body, captured = body_of(g, [*carry, row], [*carry, row])
    n, reverse, unroll = len(carry), g.chance(0.3), g.choose([1, 1, 2])

    def fn(x, *args):
        def step(s, row):
            *s, y = body([*s, row], args[n:])
            return s, y

        s, ys = lax.scan(step, list(args[:n]), x, reverse=reverse, unroll=unroll)
        return [*s, ys]

    g.apply("scan", fn, x, *carry, *captured, kind=kind_of([x, *carry, *captured]))


@family(3, smooth=True)
def branches(g):
    args = carry_of(g)
    count = g.choose([2, 2, 3])
    bodies = [body_of(g, args, args) for _ in range(count)]
    captured = [v for _, some in bodies for v in some]
    which = g.of((), i1 if count == 2 else np.dtype("int32"))

    def fn(which, *rest):
        own, left, functions = rest[: len(args)], list(rest[len(args) :]), []
        for body, some in bodies:
            mine, left = left[: len(some)], left[len(some) :]
            functions.append(lambda *own, body=body, mine=mine: body(own, mine))
        return lax.cond(which, *functions, *own) if count == 2 else lax.switch(which, functions, *own)

    g.apply("branches", fn, which, *args, *captured, kind=kind_of([*args, *captured]))


@family(1, smooth=True)
def calls(g):
    """A function of its own that is called twice, as it is or recomputed in a gradient."""
    args = carry_of(g)
    body, captured = body_of(g, args, args)
    wrap = g.choose([jax.jit, jax.checkpoint, lambda f: lambda a, c: lax.optimization_barrier(f(a, c))])

    def fn(*args_):
        own, more = list(args_[: len(args)]), list(args_[len(args) :])
        f = wrap(lambda own, more: body(own, more))  # Not as it was traced in another precision.
        return f(f(own, more), more)

    g.apply("calls", fn, *args, *captured, kind=kind_of([*args, *captured]))


# Transformations.


@family(3, smooth=True)
def vmap(g):
    args = carry_of(g)
    many = g.choose([1, 2, 3, 5])
    body, captured = body_of(g, args, args)
    axes = [g.integer(0, v.ndim + 1) if i == 0 or g.chance(0.6) else None for i, v in enumerate(args)]
    wide = [v if axis is None else g.of(v.shape[:axis] + (many,) + v.shape[axis:], v.dtype)
            for v, axis in zip(args, axes)]  # fmt: skip
    n, out = len(args), g.choose([0, 0, -1])

    def fn(*rest):
        f = lambda *own: body(own, rest[n:])
        return jax.vmap(f, in_axes=axes, out_axes=out)(*rest[:n])

    g.apply("vmap", fn, *wide, *captured, kind=kind_of([*wide, *captured]))


@family(4)
def gradient(g):
    args = [g.float(high=3) for _ in range(g.integer(1, 3))]
    results = [g.choose(args)]
    body, captured = body_of(g, args, results, smooth=True)
    n = len(args)

    def total(own, more):
        return sum(jnp.sum(y) for y in body(own, more))

    def reverse(*rest):
        return jax.grad(total)(list(rest[:n]), rest[n:])

    def forward(*rest):
        own = list(rest[:n])
        return jax.jvp(lambda *own: body(own, rest[n:]), own, [jnp.cos(x) for x in own])[1]

    name, fn = g.choose([("grad", reverse), ("grad", reverse), ("jvp", forward)])
    g.apply(name, fn, *args, *captured, kind="g")


# Random numbers.


RANDOM = {
    "bits": lambda key, shape, t: jax.random.bits(key, shape, "uint32"),
    "bytes": lambda key, shape, t: jax.random.bits(key, shape, "uint8"),
    "uniform": lambda key, shape, t: jax.random.uniform(key, shape, t, -1, 2),
    "normal": lambda key, shape, t: jax.random.normal(key, shape, t),
    "truncated": lambda key, shape, t: jax.random.truncated_normal(key, -1, 2, shape, t),
    "exponential": lambda key, shape, t: jax.random.exponential(key, shape, t),
    "gumbel": lambda key, shape, t: jax.random.gumbel(key, shape, t),
    "bernoulli": lambda key, shape, t: jax.random.bernoulli(key, 0.3, shape),
    "randint": lambda key, shape, t: jax.random.randint(key, shape, -5, 100, "int32"),
    "permutation": lambda key, shape, t: jax.random.permutation(key, jnp.arange(math.prod(shape), dtype="int32")),
    "split": lambda key, shape, t: jax.random.key_data(jax.random.split(key, 3)),
    "fold_in": lambda key, shape, t: jax.random.key_data(jax.random.fold_in(key, 7)),
    "categorical": lambda key, shape, t: jax.random.categorical(key, jnp.arange(5, dtype=t), shape=shape),
}


@family(3)
def random(g):
    impl, words = g.choose([("threefry2x32", 2)] * 3 + [("rbg", 4), ("unsafe_rbg", 4)])
    data = g.of((words,), np.dtype("uint32"), fresh=0.7)
    shape, dtype, name = g.shape(0, 3), g.floats(), g.choose(list(RANDOM))
    fn = lambda data: RANDOM[name](jax.random.wrap_key_data(data, impl=impl), shape, dtype)
    # Of the uniform ones XLA may round a product and a sum once.
    exact = name in ("bits", "bytes", "bernoulli", "randint", "permutation", "split", "fold_in")
    g.apply(f"random {name} {impl}", native([data.dtype], fn), data, kind="x" if exact else "g")


@family(1)
def rng_bits(g):
    shape = g.shape(1, 3)
    dtype = np.dtype(g.choose(["uint8", "uint16", "uint32"] + ["uint64"] * g.x64))
    algorithm = g.choose([lax.RandomAlgorithm.RNG_THREE_FRY, lax.RandomAlgorithm.RNG_PHILOX, lax.RandomAlgorithm.RNG_DEFAULT])
    key = g.of((4,), np.dtype("uint32"), fresh=0.7)
    g.apply("rng_bit_generator", lambda k: lax.rng_bit_generator(k, shape, dtype, algorithm), key)


# Fourier and linear algebra.


@family(2)
def fft(g):
    x = g.pick(lambda v: v.dtype in (c64, c128, f32, f64) and 0 not in v.shape, g.complexes, low=1, high=4)
    rank = g.integer(1, min(3, x.ndim) + 1)
    lengths = x.shape[x.ndim - rank :]
    if is_complex(x.dtype):
        kind = g.choose(["FFT", "IFFT", "IRFFT"])
        if kind == "IRFFT":
            n = 2 * (lengths[-1] - 1) + g.integer(0, 2)
            if n < 1:
                kind = "FFT"
            else:
                lengths = (*lengths[:-1], n)
    else:
        kind = "RFFT"
    g.apply(f"fft {kind}", lambda x: lax.fft(x, kind, lengths), x, kind="s")


def matrices(g):
    dtype = g.choose([f32, f32, c64] + [f64, c128] * g.x64)
    n = g.choose([1, 2, 3, 4, 5, 8])
    batch = g.choose([(), (), (2,), (2, 2)])
    return g.of((*batch, n, n), dtype), n


def gram(x):
    """Positive definite, and far from singular."""
    y = bounded(x)
    return y @ jnp.swapaxes(y.conj(), -1, -2) / x.shape[-1] + jnp.eye(x.shape[-1], dtype=x.dtype)


def bounded(x):
    return jnp.where(jnp.isfinite(x), x, 0) / (1 + jnp.max(jnp.abs(jnp.where(jnp.isfinite(x), x, 0)), (-1, -2), keepdims=True))


def dominant(x):
    return bounded(x) + 2 * jnp.eye(x.shape[-1], dtype=x.dtype) * x.shape[-1] ** 0.5


def spread(x):
    """Hermitian, with eigenvalues apart."""
    y = bounded(x)
    return (y + jnp.swapaxes(y.conj(), -1, -2)) / 4 / x.shape[-1] + jnp.diag(jnp.arange(x.shape[-1]).astype(x.dtype))


LINEAR = {
    "cholesky": lambda x, y: jnp.linalg.cholesky(gram(x)),
    "solve": lambda x, y: jnp.linalg.solve(dominant(x), y),
    "cho_solve": lambda x, y: jax.scipy.linalg.cho_solve((jnp.linalg.cholesky(gram(x)), True), y),
    "inv": lambda x, y: jnp.linalg.inv(dominant(x)),
    "slogdet": lambda x, y: tuple(jnp.linalg.slogdet(dominant(x))),
    "det": lambda x, y: jnp.linalg.det(dominant(x)),
    "qr": lambda x, y: tuple(jnp.linalg.qr(dominant(x))),
    "qr of a column": lambda x, y: tuple(jnp.linalg.qr(dominant(x)[..., :1])),
    "singular values": lambda x, y: jnp.linalg.svd(spread(x), compute_uv=False),
    "svd": lambda x, y: (lambda u, s, v: (u * jnp.sin(s)[..., None, :]) @ v)(*jnp.linalg.svd(dominant(x))),
    "eigvalsh": lambda x, y: jnp.linalg.eigvalsh(spread(x)),
    "eigh": lambda x, y: (lambda w, v: (v * jnp.cos(w)[..., None, :]) @ jnp.swapaxes(v.conj(), -1, -2))(*jnp.linalg.eigh(spread(x))),
    "lu": lambda x, y: tuple(lax.linalg.lu(dominant(x))),
    "expm": lambda x, y: jax.scipy.linalg.expm(bounded(x)),
}  # fmt: skip


@family(1.2)
def linear_algebra(g):
    x, n = matrices(g)
    if g.chance(0.4):
        left, lower, transpose, conj, unit = (g.chance(0.5) for _ in range(5))
        y = g.of((*x.shape[:-2], *((n, 3) if left else (3, n))), x.dtype)
        fn = lambda x, y: lax.linalg.triangular_solve(
            dominant(x), y, left_side=left, lower=lower, transpose_a=transpose, conjugate_a=conj, unit_diagonal=unit)  # fmt: skip
        g.apply("triangular_solve", fn, x, y, kind="l")
        return
    name = g.choose(list(LINEAR))
    y = g.of((*x.shape[:-2], n, 2), x.dtype)
    g.apply(f"linear {name}", LINEAR[name], x, y, kind="l")


# What people write: library functions of a float x and another y of its shape.

def uneven(x):
    """Elements that differ: what is left of equal ones without their mean is rounding alone."""
    return x + (jnp.arange(x.size, dtype=at(f32)) / x.size).reshape(x.shape).astype(x.dtype)


def layer_norm(x, y):
    return (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 0.01) * y


LIBRARY = {
    "relu6": lambda x, y: jax.nn.relu6(x), "gelu": lambda x, y: jax.nn.gelu(x),
    "gelu erf": lambda x, y: jax.nn.gelu(x, approximate=False), "silu": lambda x, y: jax.nn.silu(x),
    "softplus": lambda x, y: jax.nn.softplus(x), "elu": lambda x, y: jax.nn.elu(x),
    "mish": lambda x, y: jax.nn.mish(x), "hard swish": lambda x, y: jax.nn.hard_swish(x),
    "standardize": lambda x, y: jax.nn.standardize(uneven(x), epsilon=0.01),
    "layer norm": lambda x, y: layer_norm(uneven(x), y),
    "rms norm": lambda x, y: x * lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 0.01),
    "var": lambda x, y: jnp.var(uneven(x), 0), "std": lambda x, y: jnp.sqrt(0.01 + jnp.var(x, -1)),
    "median": lambda x, y: jnp.median(x, -1), "quantile": lambda x, y: jnp.quantile(x, np.array([0.1, 0.7], at(f32)), axis=0),
    "roll": lambda x, y: jnp.roll(x, 2, -1), "tril": lambda x, y: jnp.tril(x), "triu": lambda x, y: jnp.triu(x, 1),
    "diff": lambda x, y: jnp.diff(x, axis=0), "outer": lambda x, y: jnp.einsum("i,j->ij", x.ravel()[:9], y.ravel()[:7]),
    "kron": lambda x, y: jnp.kron(x.ravel()[:5], y.ravel()[:6]),
    "take_along": lambda x, y: jnp.take_along_axis(x, jnp.argsort(y, -1), -1),
    "argsort": lambda x, y: jnp.argsort(x, 0), "argsort down": lambda x, y: jnp.argsort(x, -1, descending=True),
    "unstable sort": lambda x, y: jnp.sort(x, axis=0, stable=False),
    "searchsorted": lambda x, y: jnp.searchsorted(jnp.sort(x.ravel()), y.ravel()),
    "interp": lambda x, y: jnp.interp(x.ravel().astype(at(f32)), np.linspace(-2, 2, 7, dtype=at(f32)), np.arange(7, dtype=at(f32))),
    "histogram": lambda x, y: jnp.histogram(x, 5, (-2.0, 2.0))[0],
    "bincount": lambda x, y: jnp.bincount(jnp.clip(jnp.floor(x), 0, 5).astype(jnp.int32).ravel(), length=6),
    "one_hot": lambda x, y: jax.nn.one_hot(jnp.argmax(x, -1), x.shape[-1], dtype=at(x.dtype)),
    "segment_sum": lambda x, y: jax.ops.segment_sum(x, jnp.arange(x.shape[0]) * 7 % 3, 3),
    "segment_max": lambda x, y: jax.ops.segment_max(x, jnp.arange(x.shape[0]) * 5 % 4, 4),
    "set": lambda x, y: x.at[::2].set(y[::2]), "add at": lambda x, y: x.at[jnp.array([0, 0, -1])].add(1.5),
    "mul at": lambda x, y: x.at[0].multiply(y[0]), "get": lambda x, y: x[jnp.array([0, -1, 9])],
    "nan to num": lambda x, y: jnp.nan_to_num(x), "where": lambda x, y: jnp.where(x > y, x, y * 2),
    "logaddexp": lambda x, y: jnp.logaddexp(x, y), "hypot": lambda x, y: jnp.hypot(x, y),
    "sinc": lambda x, y: jnp.sinc(x), "mod": lambda x, y: jnp.mod(x, jnp.abs(y) + 1),
    "floor_divide": lambda x, y: jnp.floor_divide(x, jnp.abs(y) + 1), "divmod": lambda x, y: jnp.fmod(x, jnp.abs(y) + 1),
    "polyval": lambda x, y: jnp.polyval(jnp.array([1.0, -2.0, 0.5], at(x.dtype)), x),
    "convolve": lambda x, y: jnp.convolve(x.ravel()[:20], y.ravel()[:5]),
    "cross entropy": lambda x, y: -jnp.sum(jax.nn.log_softmax(x) * jax.nn.softmax(y), -1),
    "attention": lambda x, y: jax.nn.softmax(jnp.einsum("...d,...e->...de", x, y)) @ y[..., None],
    "frexp": lambda x, y: jnp.ldexp(jnp.frexp(x)[0], 2), "unwrap": lambda x, y: jnp.unwrap(x),
    "gradient": lambda x, y: jnp.gradient(jnp.pad(x.ravel()[:9], 2)),
    "resize": lambda x, y: jax.image.resize(x, (*x.shape[:-1], 2 * x.shape[-1]), "linear"),
    "resize cubic": lambda x, y: jax.image.resize(x, (*x.shape[:-1], x.shape[-1] + 2), "cubic"),
    "cov": lambda x, y: jnp.cov(jnp.stack([uneven(x).ravel(), uneven(y).ravel()])), "unique": lambda x, y: jnp.unique(jnp.round(x), size=4, fill_value=0),
    "nonzero": lambda x, y: jnp.nonzero(x.ravel() > 0, size=5, fill_value=-1)[0],
    "fftconvolve": lambda x, y: jax.scipy.signal.fftconvolve(x.ravel()[:9].astype(at(f32)), y.ravel()[:4].astype(at(f32))),
    "cdf": lambda x, y: jax.scipy.stats.norm.cdf(x.astype(at(f32))), "nanmean": lambda x, y: jnp.nanmean(x, -1),
    "xlogy": lambda x, y: jax.scipy.special.xlogy(x, jnp.abs(y) + 0.1),
    "logit": lambda x, y: jax.scipy.special.logit(jax.nn.sigmoid(x)),
    "log_ndtr": lambda x, y: jax.scipy.special.log_ndtr(x.astype(at(f32))),
    "ndtri": lambda x, y: jax.scipy.special.ndtri(jax.nn.sigmoid(x.astype(at(f32)))),
    "i1": lambda x, y: jax.scipy.special.i1(x), "entr": lambda x, y: jax.scipy.special.entr(jnp.abs(x) + 0.1),
    "spence": lambda x, y: jax.scipy.special.spence(jnp.abs(x.astype(at(f32))) + 0.1),
    "betaln": lambda x, y: jax.scipy.special.betaln(jnp.abs(x) + 0.1, jnp.abs(y) + 0.1),
    "isclose": lambda x, y: jnp.isclose(x, y, rtol=0.1), "signbit": lambda x, y: jnp.signbit(jnp.nan_to_num(x)),
    "heaviside": lambda x, y: jnp.heaviside(x, y), "copysign": lambda x, y: jnp.copysign(x, jnp.nan_to_num(y)),
    "top p": lambda x, y: jnp.cumsum(jnp.sort(jax.nn.softmax(x), descending=True), -1) < 0.9,
    "lstm": lambda x, y: lax.scan(lambda c, r: (jnp.tanh(c * 0.5 + r), jax.nn.sigmoid(c) * r), jnp.zeros_like(x[0]), y)[1],
}  # fmt: skip


@family(8)
def library(g):
    x = g.float(low=2, where=lambda v: 0 not in v.shape and v.shape[0] > 1 and v.shape[-1] > 1)
    name = g.choose(list(LIBRARY))
    g.apply(f"library {name}", LIBRARY[name], x, g.of(x.shape, x.dtype), kind="l")


HEAVY = {while_loop, batched_while, fori_loop, scan, branches, calls, vmap, gradient, linear_algebra, random, special}
