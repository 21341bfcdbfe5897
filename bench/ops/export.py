# SPDX-License-Identifier: Apache-2.0
"""The programs that ./dev bench ops times: `python export.py` writes programs/NAME.mlir and programs.json.

The list below is the only place that says what they are. Run it where JAX is (pip install jax), after
editing the list; the programs are committed, so that measuring needs no Python.
"""

import json
import pathlib
import re

import jax
import numpy as np
from jax import export, lax
from jax import numpy as jnp

folder = pathlib.Path(__file__).parent
programs = {}


class Input:
    """An operand: its type, what it is filled with (see inputs.mjs), and whether it is a weight."""

    def __init__(self, dtype, shape, fill, weight):
        self.dtype, self.shape, self.fill, self.weight = dtype, shape, fill, weight


def typed(dtype, default):
    def make(*shape, fill=default, weight=False):
        return Input(jnp.dtype(dtype), shape, fill, weight)

    return make


def brief(dtype):
    """A type's name here and in StableHLO: int32 is i32."""
    short = {'float': 'f', 'int': 'i', 'uint': 'u', 'bfloat': 'bf', 'complex': 'c', 'bool': 'i1'}
    word, rest = re.match('([a-z]+)(.*)', str(dtype)).groups()
    return short[word] + rest.replace('8_e4m3fn', '8E4M3FN')


f16, bf16, f32, f64 = (typed(t, 'normal') for t in ('float16', 'bfloat16', 'float32', 'float64'))
c64, c128 = (typed(t, 'normal') for t in ('complex64', 'complex128'))
i8, i32, i64, u8, u32, u64 = (typed(t, 'bits') for t in ('int8', 'int32', 'int64', 'uint8', 'uint32', 'uint64'))
i1 = typed('bool', 'below 2')
f8 = typed('float8_e4m3fn', 'bits')


def op(group, name, function, *inputs, tolerance=None, platform='cpu'):
    """One program. `tolerance`: of max |difference| / max |expected|, where the default would be too strict."""
    assert name not in programs, name
    programs[name] = (group, function, inputs, tolerance, platform)


def pair(axis):
    """argmax and its value in one pass, as a program writes it with lax.reduce."""

    def function(x):
        index = lax.broadcasted_iota(jnp.int32, x.shape, axis)

        def larger(a, b):
            take = (a[0] > b[0]) | ((a[0] == b[0]) & (a[1] < b[1]))
            return jnp.where(take, a[0], b[0]), jnp.where(take, a[1], b[1])

        return lax.reduce((x, index), (jnp.float32(-jnp.inf), jnp.int32(0)), larger, (axis,))

    return function


# ---- Order
million = 1_000_000
op('sort', 'sort_f32_1e6', jnp.sort, f32(million))
op('sort', 'sort_i32_1e6', jnp.sort, i32(million))
op('sort', 'sort_u64_payload_1e6', lambda k, v: lax.sort((k, v), num_keys=1), u64(million), i32(million))
op('sort', 'sort_two_keys_1e6', lambda a, b: lax.sort((a, b), num_keys=2), i32(million, fill='below 1000'), f32(million))
op('sort', 'sort_f64_1e5', jnp.sort, f64(100_000))
op('sort', 'sort_descending_f32_1e5', lambda x: jnp.sort(x, descending=True), f32(100_000))
op('sort', 'sort_rows_1000x1000', lambda x: lax.sort(x, dimension=1), f32(1000, 1000))
op('sort', 'sort_columns_1000x1000', lambda x: lax.sort(x, dimension=0), f32(1000, 1000))
op('sort', 'argsort_f32_1e6', jnp.argsort, f32(million))
op('sort', 'top_k_50_of_131072', lambda x: lax.top_k(x, 50), f32(131072))
op('sort', 'top_k_5_of_64x1000', lambda x: lax.top_k(x, 5), f32(64, 1000))
op('sort', 'median_1e5', jnp.median, f32(100_000))
op('sort', 'searchsorted_1e4_in_1e5', jnp.searchsorted, f32(100_000, fill='ascending'), f32(10_000))


def top_p(logits):
    order = jnp.argsort(-logits)
    chances = jax.nn.softmax(logits[order])
    keep = jnp.cumsum(chances) - chances < 0.9
    return jnp.zeros_like(logits).at[order].set(jnp.where(keep, chances, 0))


op('sort', 'top_p_16384', top_p, f32(16384))

# ---- Reductions
op('argmax', 'argmax_40x6625', lambda x: jnp.argmax(x, 1), f32(40, 6625))
op('argmax', 'argmax_1x51864', lambda x: jnp.argmax(x, 1), f32(1, 51864))
op('argmax', 'argmax_first_axis_1000x1000', lambda x: jnp.argmax(x, 0), f32(1000, 1000))
op('argmax', 'argmin_i32_1e6', jnp.argmin, i32(million))
op('argmax', 'max_with_index_1000x1000', pair(1), f32(1000, 1000))
op('scan', 'cumsum_1e6', jnp.cumsum, f32(million), tolerance=1e-4)
op('scan', 'cumsum_i32_1e6', jnp.cumsum, i32(million))
op('scan', 'cummax_1e6', lax.cummax, f32(million))
op('scan', 'cumprod_1e6', jnp.cumprod, f32(million, fill='near one'), tolerance=1e-3)
op('scan', 'cumlogsumexp_1e5', lax.cumlogsumexp, f32(100_000))
op('scan', 'cumsum_rows_1000x1000', lambda x: jnp.cumsum(x, 1), f32(1000, 1000))
op('scan', 'cumsum_columns_1000x1000', lambda x: jnp.cumsum(x, 0), f32(1000, 1000))
op('scan', 'associative_scan_1e5', lambda x, y: lax.associative_scan(
    lambda a, b: (a[0] * b[0], b[0] * a[1] + b[1]), (x, y)), f32(100_000, fill='uniform'), f32(100_000))
op('reduce', 'sum_all_1e6', jnp.sum, f32(million, fill='uniform'), tolerance=1e-3)
op('reduce', 'sum_rows_1000x1000', lambda x: jnp.sum(x, 1), f32(1000, 1000))
op('reduce', 'sum_columns_1000x1000', lambda x: jnp.sum(x, 0), f32(1000, 1000))
op('reduce', 'sum_middle_64x256x64', lambda x: jnp.sum(x, 1), f32(64, 256, 64))
op('reduce', 'sum_outer_64x256x64', lambda x: jnp.sum(x, (0, 2)), f32(64, 256, 64))
op('reduce', 'sum_short_100000x8', lambda x: jnp.sum(x, 1), f32(100_000, 8))
op('reduce', 'max_images_8x56x56x64', lambda x: jnp.max(x, (1, 2)), f32(8, 56, 56, 64))
op('reduce', 'max_channels_8x64x56x56', lambda x: jnp.max(x, 1), f32(8, 64, 56, 56))
op('reduce', 'prod_rows_1000x1000', lambda x: jnp.prod(x, 1), f32(1000, 1000, fill='near one'))
op('reduce', 'any_columns_1000x1000', lambda x: jnp.any(x, 0), i1(1000, 1000))
op('reduce', 'sum_i32_1e6', jnp.sum, i32(million))
op('reduce', 'sum_f64_1e6', jnp.sum, f64(million))
op('reduce', 'sum_f16_1e6', jnp.sum, f16(million), tolerance=1e-2)
op('reduce', 'sum_c64_1e6', jnp.sum, c64(million))
op('reduce', 'logsumexp_1000x1000', lambda x: jax.nn.logsumexp(x, 1), f32(1000, 1000))
op('reduce', 'softmax_1000x1000', lambda x: jax.nn.softmax(x, 1), f32(1000, 1000))
op('reduce', 'variance_1000x1000', lambda x: jnp.var(x, 1), f32(1000, 1000))
op('reduce', 'layer_norm_1000x768', lambda x, g, b: (x - x.mean(1, keepdims=True))
   * lax.rsqrt(x.var(1, keepdims=True) + 1e-5) * g + b, f32(1000, 768), f32(768), f32(768))


# ---- Windows
def window(start, combine, size, strides, padding='VALID'):
    return lambda x: lax.reduce_window(x, np.float32(start), combine, size, strides, padding)


def gradient(function):
    return lambda x, g: jax.vjp(function, x)[1](g)[0]


low = -jnp.inf
max_2d = window(low, lax.max, (1, 3, 3, 1), (1, 2, 2, 1), 'SAME')
avg_2d = window(0, lax.add, (1, 2, 2, 1), (1, 2, 2, 1))
max_1d = window(low, lax.max, (1, 4, 1), (1, 4, 1))
avg_1d = window(0, lax.add, (1, 3, 1), (1, 2, 1), 'SAME')
images = f32(1, 112, 112, 64)
op('window', 'max_pool_2d', max_2d, images)
op('window', 'max_pool_2d_gradient', gradient(max_2d), images, f32(1, 56, 56, 64))
op('window', 'avg_pool_2d', avg_2d, images)
op('window', 'avg_pool_2d_gradient', gradient(avg_2d), images, f32(1, 56, 56, 64))
op('window', 'max_pool_1d', max_1d, f32(1, 16000, 64))
op('window', 'max_pool_1d_gradient', gradient(max_1d), f32(1, 16000, 64), f32(1, 4000, 64))
op('window', 'avg_pool_1d', avg_1d, f32(1, 16000, 64))
op('window', 'avg_pool_1d_gradient', gradient(avg_1d), f32(1, 16000, 64), f32(1, 8000, 64))
op('window', 'max_pool_channels_first', window(low, lax.max, (1, 1, 3, 3), (1, 1, 2, 2), 'SAME'), f32(1, 64, 112, 112))
op('window', 'max_pool_3d', window(low, lax.max, (1, 2, 2, 2, 1), (1, 2, 2, 2, 1)), f32(1, 32, 32, 32, 16))
op('window', 'box_31x31_of_512x512', window(0, lax.add, (31, 31), (1, 1), 'SAME'), f32(512, 512))
op('window', 'moving_max_101_of_1e5', window(low, lax.max, (101,), (1,), 'SAME'), f32(100_000))

# ---- Gather, scatter
op('gather', 'embedding_512_of_50000x384', lambda t, i: t[i], f32(50000, 384), i32(512, fill='below 50000'))
op('gather', 'embedding_gradient_4096_of_10000x128', lambda i, g: jnp.zeros((10000, 128), jnp.float32).at[i].add(g),
   i32(4096, fill='below 10000'), f32(4096, 128))
op('gather', 'take_1e6_of_1e6', lambda x, i: x[i], f32(million), i32(million, fill='below 1000000'))
op('gather', 'take_columns_1000_of_1000x1000', lambda x, i: x[:, i], f32(1000, 1000), i32(1000, fill='below 1000'))
op('gather', 'take_along_axis_1000x1000', lambda x, i: jnp.take_along_axis(x, i, 1), f32(1000, 1000),
   i32(1000, 1000, fill='below 1000'))
op('gather', 'gather_pairs_1e5', lambda x, i, j: x[i, j], f32(1000, 1000), i32(100_000, fill='below 1000'),
   i32(100_000, fill='below 1000'))
op('gather', 'gather_windows_1000x16x16', lambda x, i, j: jax.vmap(
    lambda a, b: lax.dynamic_slice(x, (a, b), (16, 16)))(i, j), f32(512, 512), i32(1000, fill='below 496'),
   i32(1000, fill='below 496'))
op('gather', 'scatter_set_1e5_of_1e6', lambda x, i, v: x.at[i].set(v, unique_indices=True), f32(million),
   i32(100_000, fill='ascending'), f32(100_000))
op('gather', 'scatter_max_1e5_of_1000', lambda x, i, v: x.at[i].max(v), f32(1000), i32(100_000, fill='below 1000'),
   f32(100_000))
op('gather', 'histogram_1e6_of_256', lambda i: jnp.zeros(256, jnp.int32).at[i].add(1), i32(million, fill='below 256'))
op('gather', 'segment_sum_100000x16_of_1000', lambda x, i: jax.ops.segment_sum(x, i, 1000), f32(100_000, 16),
   i32(100_000, fill='below 1000'))
op('gather', 'segment_max_100000x16_of_1000', lambda x, i: jax.ops.segment_max(x, i, 1000), f32(100_000, 16),
   i32(100_000, fill='below 1000'))
op('gather', 'one_hot_4096_of_1000', lambda i: jax.nn.one_hot(i, 1000), i32(4096, fill='below 1000'))
op('gather', 'one_hot_product_512_of_1000x128', lambda i, t: jax.nn.one_hot(i, 1000) @ t, i32(512, fill='below 1000'),
   f32(1000, 128))
op('gather', 'dynamic_slice_100_of_1000x1000', lambda x, i: lax.dynamic_slice(x, (i, 0), (100, 1000)), f32(1000, 1000),
   i32(fill='below 900'))
op('gather', 'dynamic_slice_columns', lambda x, i: lax.dynamic_slice(x, (0, i), (1000, 100)), f32(1000, 1000),
   i32(fill='below 900'))
op('gather', 'dynamic_update_slice_cache', lambda c, x, i: lax.dynamic_update_slice(c, x, (0, 0, i, 0)),
   f32(1, 8, 1024, 64), f32(1, 8, 1, 64), i32(fill='below 1024'))

# ---- Moves
for name, shape, permutation in [
    ('1000x1000', (1000, 1000), (1, 0)),
    ('100000x8', (100_000, 8), (1, 0)),
    ('64x128x128_021', (64, 128, 128), (0, 2, 1)),
    ('64x128x128_102', (64, 128, 128), (1, 0, 2)),
    ('64x128x128_120', (64, 128, 128), (1, 2, 0)),
    ('64x128x128_210', (64, 128, 128), (2, 1, 0)),
    ('8x128x12x64_0213', (8, 128, 12, 64), (0, 2, 1, 3)),
    ('8x64x56x56_0231', (8, 64, 56, 56), (0, 2, 3, 1)),
    ('8x56x56x64_0312', (8, 56, 56, 64), (0, 3, 1, 2)),
    ('32x32x32x32_3210', (32, 32, 32, 32), (3, 2, 1, 0)),
    ('16x16x16x16x16_04213', (16, 16, 16, 16, 16), (0, 4, 2, 1, 3)),
    ('10x10x10x10x10x10_531420', (10,) * 6, (5, 3, 1, 4, 2, 0)),
]:
    op('moves', f'transpose_{name}', lambda x, p=permutation: lax.transpose(x, p), f32(*shape))
op('moves', 'transpose_i8_1000x1000', lambda x: x.T, i8(1000, 1000))
op('moves', 'transpose_f16_1000x1000', lambda x: x.T, f16(1000, 1000))
op('moves', 'transpose_f64_1000x1000', lambda x: x.T, f64(1000, 1000))
op('moves', 'concatenate_first_axis', lambda a, b: jnp.concatenate([a, b], 0), f32(500, 1000), f32(500, 1000))
op('moves', 'concatenate_last_axis', lambda a, b: jnp.concatenate([a, b], 1), f32(1000, 500), f32(1000, 500))
op('moves', 'concatenate_pairs', lambda a, b: jnp.stack([a, b], -1), f32(500_000), f32(500_000))
op('moves', 'pad_1000x1000', lambda x: jnp.pad(x, 3), f32(1000, 1000))
op('moves', 'pad_interior_500x500', lambda x: lax.pad(x, jnp.float32(0), [(0, 1, 1), (0, 1, 1)]), f32(500, 500))
op('moves', 'pad_reflect_1000x1000', lambda x: jnp.pad(x, 3, mode='reflect'), f32(1000, 1000))
op('moves', 'reverse_rows_1000x1000', lambda x: x[::-1], f32(1000, 1000))
op('moves', 'reverse_columns_1000x1000', lambda x: x[:, ::-1], f32(1000, 1000))
op('moves', 'slice_1000x1000', lambda x: x[100:900, 100:900], f32(1000, 1000))
op('moves', 'slice_strided_1000x1000', lambda x: x[::2, ::2], f32(1000, 1000))
op('moves', 'roll_1e6', lambda x: jnp.roll(x, 1000), f32(million))
op('moves', 'tile_1000_by_1000', lambda x: jnp.tile(x, 1000), f32(1000))
op('moves', 'broadcast_rows_1000x1000', lambda x: jnp.broadcast_to(x, (1000, 1000)), f32(1000))
op('moves', 'broadcast_columns_1000x1000', lambda x: jnp.broadcast_to(x[:, None], (1000, 1000)), f32(1000))
op('moves', 'iota_1e6', lambda: jnp.arange(million))
op('moves', 'select_scalar_1e6', lambda p, a, b: lax.select(p, a, b), i1(), f32(million), f32(million))
op('moves', 'select_1e6', lambda p, a, b: jnp.where(p, a, b), i1(million), f32(million), f32(million))
op('moves', 'triangle_1000x1000', jnp.tril, f32(1000, 1000))

# ---- Conversions
for source, target in [
    (f32, 'float16'), (f16, 'float32'), (f32, 'bfloat16'), (bf16, 'float32'), (f32, 'float64'), (f64, 'float32'),
    (f32, 'int32'), (i32, 'float32'), (f32, 'int8'), (i8, 'float32'), (u8, 'float32'), (f32, 'uint8'),
    (i64, 'int32'), (i32, 'int64'), (i64, 'float32'), (f32, 'int64'), (f64, 'int32'), (i32, 'float64'),
    (i1, 'float32'), (f32, 'bool'), (f32, 'float8_e4m3fn'), (f8, 'float32'), (f16, 'bfloat16'),
    (i32, 'int8'), (i8, 'int32'), (f32, 'complex64'), (u32, 'float32'), (f32, 'uint32'),
]:  # fmt: skip
    given = source(million)
    if given.fill == 'normal':
        given.fill = 'below 100'
    op('convert', f'convert_{brief(given.dtype)}_{brief(target)}', lambda x, t=target: lax.convert_element_type(x, t), given)
op('convert', 'bitcast_f32_u8_1e6', lambda x: lax.bitcast_convert_type(x, jnp.uint8), f32(million))

# ---- Transforms
for power in (8, 12, 16, 20):
    op('fft', f'fft_2^{power}'.replace('^', 'e'), jnp.fft.fft, c64(2**power))
op('fft', 'fft_prime_10007', jnp.fft.fft, c64(10007))
op('fft', 'fft_100000', jnp.fft.fft, c64(100_000))
op('fft', 'fft_3000x400', jnp.fft.fft, c64(3000, 400))
op('fft', 'rfft_3000x400', jnp.fft.rfft, f32(3000, 400))
op('fft', 'irfft_3000x400', lambda x: jnp.fft.irfft(x, 400), c64(3000, 201))
op('fft', 'fft2_512x512', jnp.fft.fft2, c64(512, 512))
op('fft', 'fft_c128_2e16', jnp.fft.fft, c128(2**16))

# ---- Random numbers
key = u32(2)
op('random', 'threefry_1e7', lambda k: jax.random.bits(jax.random.wrap_key_data(k), (10_000_000,)), key)
op('random', 'uniform_1e6', lambda k: jax.random.uniform(jax.random.wrap_key_data(k), (million,)), key)
op('random', 'normal_1e6', lambda k: jax.random.normal(jax.random.wrap_key_data(k), (million,)), key)
op('random', 'rng_threefry_1e7', lambda k: lax.rng_bit_generator(k, (10_000_000,), algorithm=lax.RandomAlgorithm.RNG_THREE_FRY)[1], u64(2))
op('random', 'rng_philox_1e7', lambda k: lax.rng_bit_generator(k, (10_000_000,), algorithm=lax.RandomAlgorithm.RNG_PHILOX)[1], u64(2))
op('random', 'permutation_1e5', lambda k: jax.random.permutation(jax.random.wrap_key_data(k), 100_000), key)

# ---- Linear algebra: on platform cpu JAX exports calls of LAPACK, on others StableHLO's own ops
square = f32(512, 512, fill='dominant')
solve = lambda a, b: lax.linalg.triangular_solve(a, b, left_side=True, lower=True)
op('linear algebra', 'cholesky_512_lapack', lax.linalg.cholesky, square)
op('linear algebra', 'cholesky_512', lax.linalg.cholesky, square, platform='tpu')
op('linear algebra', 'triangular_solve_512_lapack', solve, square, f32(512, 512))
op('linear algebra', 'triangular_solve_512', solve, square, f32(512, 512), platform='tpu')
op('linear algebra', 'solve_512_lapack', jnp.linalg.solve, square, f32(512, 16))
op('linear algebra', 'qr_256_lapack', jnp.linalg.qr, f32(256, 256))
op('linear algebra', 'cholesky_f64_256_lapack', lax.linalg.cholesky, f64(256, 256, fill='dominant'))


# ---- Loops
def collatz(n):
    def step(state):
        n, steps = state
        return jnp.where(n % 2 == 0, n // 2, 3 * n + 1), steps + 1

    return lax.while_loop(lambda state: state[0] != 1, step, (n, jnp.int32(0)))[1]


op('loops', 'while_scalar_1e6', lambda x: lax.fori_loop(0, million, lambda i, x: x * 0.999 + 0.001, x), f32(), tolerance=1e-3)
op('loops', 'while_integer_1e6', lambda x: lax.fori_loop(0, million, lambda i, x: (x * 5 + i) ^ (x >> 3), x), i32())
op('loops', 'while_vector_1e5', lambda x: lax.fori_loop(0, 100_000, lambda i, x: x * 0.999 + 0.001, x), f32(16), tolerance=1e-3)
op('loops', 'while_cond_1e5', lambda x: lax.fori_loop(
    0, 100_000, lambda i, x: lax.cond(x > 0, lambda y: y - 1.5, lambda y: y + 1.25, x), x), f32())
op('loops', 'while_update_1e5', lambda x: lax.fori_loop(
    0, 100_000, lambda i, x: x.at[i].set(x[i - 1] * 0.5 + 1), x), f32(100_000))
op('loops', 'scan_stack_1e5', lambda x: lax.scan(lambda c, v: ((c + v) * 0.5, c), jnp.float32(0), x), f32(100_000))
op('loops', 'collatz_vmapped_1000', lambda n: jax.vmap(collatz)(n), i32(1000, fill='below 10000 from 1'))


def lstm(w, u, b, x):
    def step(state, x):
        h, c = state
        i, f, g, o = jnp.split(x @ w + h @ u + b, 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zero = jnp.zeros((x.shape[1], u.shape[0]), x.dtype)
    return lax.scan(step, (zero, zero), x)[1]


def gru(w, u, b, x):
    def step(h, x):
        (a, c, n), (d, e, m) = jnp.split(x @ w + b, 3, -1), jnp.split(h @ u, 3, -1)
        r, z = jax.nn.sigmoid(a + d), jax.nn.sigmoid(c + e)
        h = (1 - z) * jnp.tanh(n + r * m) + z * h
        return h, h

    return lax.scan(step, jnp.zeros((x.shape[1], u.shape[0]), x.dtype), x)[1]


def cell(gates, batch):
    weight = lambda *shape: f32(*shape, fill='small', weight=True)
    return weight(128, gates * 256), weight(256, gates * 256), weight(gates * 256), f32(100, batch, 128)


op('loops', 'lstm_100x1x256', lstm, *cell(4, 1))
op('loops', 'lstm_100x16x256', lstm, *cell(4, 16))
op('loops', 'gru_100x1x256', gru, *cell(3, 1))
op('loops', 'gru_100x16x256', gru, *cell(3, 16))


# ---- Convolutions
def conv(spatial, **options):
    names = 'DHW'[3 - spatial :]
    numbers = (f'N{names}C', f'{names}IO', f'N{names}C')
    options = {'window_strides': (1,) * spatial, 'padding': 'SAME', **options}
    return lambda x, w: lax.conv_general_dilated(x, w, dimension_numbers=numbers, **options)


def transposed(spatial, stride):
    names = 'DHW'[3 - spatial :]
    numbers = (f'N{names}C', f'{names}IO', f'N{names}C')
    return lambda x, w: lax.conv_transpose(x, w, (stride,) * spatial, 'SAME', dimension_numbers=numbers)


weights = lambda *shape: f32(*shape, weight=True)
conv_2d = conv(2)
op('convolution', 'conv_1d_3000x80x384', conv(1), f32(1, 3000, 80), weights(3, 80, 384))
op('convolution', 'conv_1d_strided_16000x1x256', conv(1, window_strides=(5,)), f32(1, 16000, 1), weights(10, 1, 256))
op('convolution', 'conv_1d_channels_first_384x1500', lambda x, w: lax.conv_general_dilated(x, w, (1,), 'SAME'),
   f32(1, 384, 1500), weights(384, 384, 3))
op('convolution', 'conv_1d_depthwise_1000x256', conv(1, feature_group_count=256), f32(1, 1000, 256), weights(31, 1, 256))
op('convolution', 'conv_1d_dilated_4000x64', conv(1, rhs_dilation=(8,)), f32(1, 4000, 64), weights(3, 64, 64))
op('convolution', 'conv_1d_transposed_500x256x128', transposed(1, 8), f32(1, 500, 256), weights(16, 256, 128))
op('convolution', 'conv_2d_56x56x64', conv_2d, f32(1, 56, 56, 64), weights(3, 3, 64, 64))
op('convolution', 'conv_2d_56x56x64_runtime_filter', conv_2d, f32(1, 56, 56, 64), f32(3, 3, 64, 64))
op('convolution', 'conv_2d_channels_first_64x56x56', lambda x, w: lax.conv_general_dilated(x, w, (1, 1), 'SAME'),
   f32(1, 64, 56, 56), weights(64, 64, 3, 3))
op('convolution', 'conv_2d_depthwise_56x56x144', conv(2, feature_group_count=144), f32(1, 56, 56, 144),
   weights(3, 3, 1, 144))
op('convolution', 'conv_2d_groups_28x28x128', conv(2, feature_group_count=32), f32(1, 28, 28, 128), weights(3, 3, 4, 128))
op('convolution', 'conv_2d_dilated_56x56x64', conv(2, rhs_dilation=(2, 2)), f32(1, 56, 56, 64), weights(3, 3, 64, 64))
op('convolution', 'conv_2d_transposed_32x32x64', transposed(2, 2), f32(1, 32, 32, 64), weights(4, 4, 64, 64))
op('convolution', 'conv_2d_input_gradient', lambda x, w, g: jax.vjp(conv_2d, x, w)[1](g)[0], f32(4, 28, 28, 64),
   f32(3, 3, 64, 64), f32(4, 28, 28, 64))
op('convolution', 'conv_2d_filter_gradient', lambda x, w, g: jax.vjp(conv_2d, x, w)[1](g)[1], f32(4, 28, 28, 64),
   f32(3, 3, 64, 64), f32(4, 28, 28, 64))
op('convolution', 'conv_3d_16x28x28x16', conv(3), f32(1, 16, 28, 28, 16), weights(3, 3, 3, 16, 32))
op('convolution', 'conv_2d_f64_28x28x32', conv_2d, f64(1, 28, 28, 32), f64(3, 3, 32, 32))
op('convolution', 'conv_2d_f16_56x56x64', conv_2d, f16(1, 56, 56, 64), f16(3, 3, 64, 64), tolerance=4e-3)

# ---- Products
op('product', 'matmul_f32_512', jnp.matmul, f32(512, 512), f32(512, 512))
op('product', 'matmul_f32_512_weights', jnp.matmul, f32(512, 512), weights(512, 512))
op('product', 'matmul_f64_512', jnp.matmul, f64(512, 512), f64(512, 512))
op('product', 'matmul_f16_512', jnp.matmul, f16(512, 512), f16(512, 512), tolerance=4e-3)
op('product', 'matmul_bf16_512', jnp.matmul, bf16(512, 512), bf16(512, 512), tolerance=2e-2)
op('product', 'matmul_i8_512', lambda a, b: jnp.matmul(a, b, preferred_element_type=jnp.int32), i8(512, 512), i8(512, 512))
op('product', 'matmul_i32_256', jnp.matmul, i32(256, 256), i32(256, 256))
op('product', 'matmul_c64_256', jnp.matmul, c64(256, 256), c64(256, 256))
op('product', 'matmul_batched_12x128x64', jnp.matmul, f32(12, 128, 64), f32(12, 64, 128))
op('product', 'matmul_transposed_512', lambda a, b: a @ b.T, f32(512, 512), f32(512, 512))
op('product', 'matvec_2048', jnp.matmul, f32(1, 2048), f32(2048, 2048))
op('product', 'matvec_2048_weights', jnp.matmul, f32(1, 2048), weights(2048, 2048))
op('product', 'outer_1000', jnp.outer, f32(1000), f32(1000))
op('product', 'dot_1e6', jnp.vdot, f32(million, fill='uniform'), f32(million, fill='uniform'), tolerance=1e-3)

# ---- Elementwise
functions = [
    ('add', jnp.add, (f32, f16, bf16, f64, c64, c128, i32, i64, u8)),
    ('multiply', jnp.multiply, (f32, f16, f64, c64, c128, i32, i64)),
    ('divide', lax.div, (f32, f16, f64, c64)),
    ('maximum', jnp.maximum, (f32, f64, i32, i64)),
    ('power', jnp.power, (f32,)),
    ('atan2', jnp.arctan2, (f32,)),
]
for name, function, types in functions:
    for make in types:
        a, b = make(million), make(million)
        if name == 'power':
            a.fill = 'uniform'
        op('elementwise', f'{name}_{brief(a.dtype)}_1e6', function, a, b)
for name, function, types in [
    ('exp', jnp.exp, (f32, f16, f64, c64)),
    ('log', jnp.log, (f32, f64, c64)),
    ('tanh', jnp.tanh, (f32, f16, f64)),
    ('sin', jnp.sin, (f32, f64)),
    ('sqrt', jnp.sqrt, (f32, f64, c64)),
    ('abs', jnp.abs, (c64,)),
    ('erf', lax.erf, (f32,)),
    ('erf_inv', lax.erf_inv, (f32,)),
    ('lgamma', lax.lgamma, (f32,)),
    ('digamma', lax.digamma, (f32,)),
    ('round', jnp.round, (f32,)),
    ('negate', jnp.negative, (f32,)),
]:
    for make in types:
        x = make(million)
        if name in ('log', 'sqrt', 'erf_inv', 'lgamma', 'digamma') and x.dtype.kind == 'f':
            x.fill = 'uniform'
        op('elementwise', f'{name}_{brief(x.dtype)}_1e6', function, x)
op('elementwise', 'add_f32_1', jnp.add, f32(1), f32(1))  # What calling costs.
op('elementwise', 'quotient_i32_1e6', lax.div, i32(million), i32(million, fill='below 1000 from 1'))
op('elementwise', 'remainder_i32_1e6', jnp.remainder, i32(million), i32(million, fill='below 1000 from 1'))
op('elementwise', 'quotient_i64_1e6', lax.div, i64(million), i64(million, fill='below 1000 from 1'))
op('elementwise', 'shift_i64_1e6', lambda x: (x >> 7) ^ (x << 3), i64(million))
op('elementwise', 'compare_i64_1e6', lambda a, b: a < b, i64(million), i64(million))
op('elementwise', 'popcount_u32_1e6', lax.population_count, u32(million))
op('elementwise', 'gelu_1e6', lambda x: jax.nn.gelu(x, approximate=False), f32(million))
op('elementwise', 'polynomial_f64_1e6', lambda x: ((x * 0.1 + 0.2) * x + 0.3) * x + 0.4, f64(million))


# ---- Writing them
default_tolerance = {'f': 1e-5, 'c': 1e-5, 'V': 0}


def text_of(function, inputs, platform):
    wide = any(i.dtype in (jnp.int64, jnp.uint64, jnp.float64, jnp.complex128) for i in inputs)
    wide = wide or getattr(function, '__defaults__', None) in (('int64',), ('float64',))
    with jax.enable_x64(wide):
        shapes = [jax.ShapeDtypeStruct(i.shape, i.dtype) for i in inputs]
        exported = export.export(jax.jit(function, keep_unused=True), platforms=[platform])(*shapes)
        # No locations, and nothing that is only of use to JAX.
        text = exported.mlir_module()
        names = [str(a.dtype) for a in exported.out_avals]
    text = re.sub(r'^#loc.*\n', '', text, flags=re.M)
    text = re.sub(r' loc\((#loc\d*|unknown|"[^"]*"(\(#loc\d*\))?)\)', '', text)
    assert 'loc(' not in text, text
    return '// SPDX-License-Identifier: Apache-2.0\n' + text, names


def write():
    target = folder / 'programs'
    for old in target.glob('*.mlir'):
        old.unlink()
    index = {}
    for name, (group, function, inputs, tolerance, platform) in programs.items():
        text, results = text_of(function, inputs, platform)
        (target / f'{name}.mlir').write_text(text)
        described = [{'dtype': brief(i.dtype), 'shape': list(i.shape), 'fill': i.fill, 'weight': i.weight} for i in inputs]
        index[name] = {'group': group, 'inputs': described, 'results': [brief(r) for r in results]}
        if tolerance is not None:
            index[name]['tolerance'] = tolerance
    lines = [f'  {json.dumps(name)}: {json.dumps(entry)}' for name, entry in index.items()]
    (folder / 'programs.json').write_text('{\n' + ',\n'.join(lines) + '\n}\n')


if __name__ == '__main__':
    write()
