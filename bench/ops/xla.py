# SPDX-License-Identifier: Apache-2.0
"""XLA:CPU on one thread, as a contender of ./dev bench ops: it gets the same StableHLO text.

One JSON object a line comes in, { call, options }, and one goes out, { result } or { failure }; as in
child.mjs, but for more than one program, one after the other.
"""

import json
import os
import sys
import time

os.environ['XLA_FLAGS'] = '--xla_cpu_multi_thread_eigen=false'
os.environ['NPROC'] = '1'  # The size of XLA's pools of threads.
os.environ['JAX_PLATFORMS'] = 'cpu'

import jax
import ml_dtypes
import numpy as np
from jax.extend.backend import get_backend
from jaxlib import _jax

jax.config.update('jax_enable_x64', True)
jax.config.update('jax_cpu_enable_async_dispatch', False)

types = {
    'BOOL': np.bool_, 'I8': np.int8, 'U8': np.uint8, 'F8_E4M3': ml_dtypes.float8_e4m3fn, 'F16': np.float16,
    'BF16': ml_dtypes.bfloat16, 'I32': np.int32, 'U32': np.uint32, 'F32': np.float32, 'I64': np.int64,
    'U64': np.uint64, 'F64': np.float64, 'C64': np.complex64, 'C128': np.complex128,
}  # fmt: skip
names = {np.dtype(type): name for name, type in types.items()}
backend = get_backend('cpu')
jax.numpy.linalg.cholesky(np.eye(2))  # Binds LAPACK, which custom calls rely on.


def read(file):
    tensors = {}
    with open(file, 'rb') as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), 'little')))
        data = f.read()
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        tensors[name] = np.frombuffer(data[begin:end], types[entry['dtype']]).reshape(entry['shape'])
    return tensors


def write(file, tensors):
    header, pieces, end = {}, [], 0
    for name, value in tensors.items():
        pieces.append(np.ascontiguousarray(value).tobytes())
        offsets = [end, end := end + len(pieces[-1])]
        header[name] = {'dtype': names[value.dtype], 'shape': value.shape, 'data_offsets': offsets}
    text = json.dumps(header).encode()
    with open(file, 'wb') as f:
        f.write(len(text).to_bytes(8, 'little') + text + b''.join(pieces))


class Program:
    def __init__(self, program, inputs):
        with open(program) as f:
            text = f.read()
        devices = _jax.DeviceList(tuple(jax.devices('cpu')[:1]))
        self.executable = backend.compile_and_load(text, devices, _jax.CompileOptions())
        self.inputs = [jax.device_put(value) for value in inputs]

    def run(self):
        results = self.executable.execute(self.inputs)
        for result in results:
            result.block_until_ready()
        return results

    def slice(self, milliseconds):
        """As in contender.mjs: means over batches of at least half a millisecond of computing."""
        times = []
        end = time.perf_counter() + milliseconds / 1e3
        batch = 1
        while not times or time.perf_counter() < end:
            start = time.process_time()
            for _ in range(batch):
                self.run()
            spent = time.process_time() - start
            if spent < 0.5e-3:
                batch *= 2
            else:
                times.append(spent / batch * 1e3)
        return times


def open_program(options):
    """Reads the operands from a file, and adds the results to it."""
    global current
    current = None
    tensors = read(options['io'])
    current = Program(options['program'], tensors.values())
    narrow = ('F8_E4M3', 'F16', 'BF16')  # f32 holds all their values, and everybody reads it.
    start = time.process_time()
    results = current.run()
    first = (time.process_time() - start) * 1e3
    for i, result in enumerate(results):
        value = np.asarray(result)
        tensors[f'out.{i}'] = value.astype(np.float32) if names[value.dtype] in narrow else value
    write(options['io'], tensors)
    return {'firstRun': first}


calls = {
    'version': lambda options: {'jax': jax.__version__},
    'open': open_program,
    'slice': lambda options: {'times': current.slice(options['milliseconds'])},
}

for line in sys.stdin:
    message = json.loads(line)
    try:
        answer = {'result': calls[message['call']](message['options'])}
    except Exception as error:  # Whatever it is, the other side reports it.
        answer = {'failure': str(error).split('\n')[0] or repr(error)}
    print(json.dumps(answer), flush=True)
