# SPDX-License-Identifier: Apache-2.0
"""Arrays of any framework as NumPy's, their types in StableHLO's words, and example values by type."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

from .errors import InvalidArgumentError, UnsupportedError

DTYPES: dict[str, np.dtype] = {
    "i1": np.dtype(bool),
    **{f"i{bits}": np.dtype(f"int{bits}") for bits in (8, 16, 32, 64)},
    **{f"u{bits}": np.dtype(f"uint{bits}") for bits in (8, 16, 32, 64)},
    **{f"f{bits}": np.dtype(f"float{bits}") for bits in (16, 32, 64)},
    "bf16": np.dtype(ml_dtypes.bfloat16),
    "f8E4M3FN": np.dtype(ml_dtypes.float8_e4m3fn),
    "f8E5M2": np.dtype(ml_dtypes.float8_e5m2),
    "c64": np.dtype("complex64"),
    "c128": np.dtype("complex128"),
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
# PyTorch's names of those that NumPy lacks.
TORCH_BITS = {DTYPES[name].name: DTYPES[name] for name in ("bf16", "f8E4M3FN", "f8E5M2")}
_NARROW = {
    np.dtype("int64"): np.dtype("int32"),
    np.dtype("uint64"): np.dtype("uint32"),
    np.dtype("float64"): np.dtype("float32"),
    np.dtype("complex128"): np.dtype("complex64"),
}


def dtype_name(dtype: np.dtype, what: str) -> str:
    """`f32` of float32. Raises UnsupportedError, naming `what`, for types that no file here can hold."""
    if dtype not in _NAMES:
        raise UnsupportedError(f"{what} is of type {dtype}; there are {', '.join(DTYPES)}")
    return _NAMES[dtype]


def type_text(array: np.ndarray) -> str:
    """`f32[1,10]`."""
    return f"{_NAMES.get(array.dtype, array.dtype)}[{','.join(map(str, array.shape))}]"


def is_array(value: Any) -> bool:
    """Whether it is an array or a tensor; Python's numbers are not."""
    return hasattr(value, "shape") and hasattr(value, "dtype")


def to_numpy(value: Any, what: str) -> np.ndarray:
    """The elements of an array of NumPy, JAX, PyTorch, Keras or TensorFlow, in row-major order.

    Raises UnsupportedError, naming `what`, for what has no such form (sparse, quantized, symbolic).
    """
    try:
        if type(value).__module__.partition(".")[0] == "torch" or hasattr(value, "detach"):
            array = _torch_to_numpy(value)
        else:
            array = np.asarray(value)
    except Exception as error:
        kind = type(value).__name__
        raise UnsupportedError(f"{what} is no array of numbers but a {kind}: {error}") from error
    dtype_name(array.dtype, what)
    return np.ascontiguousarray(array).reshape(array.shape)


def _torch_to_numpy(tensor: Any) -> np.ndarray:
    tensor = tensor.detach().cpu().contiguous()
    dtype = TORCH_BITS.get(str(tensor.dtype).removeprefix("torch."))
    if dtype is None:
        return tensor.numpy()
    # NumPy has no such type of its own: the bits, under the name that ml_dtypes gives them.
    import torch

    bits = torch.int16 if dtype.itemsize == 2 else torch.uint8
    return tensor.view(bits).numpy().view(dtype)


def narrowed(array: np.ndarray, what: str) -> np.ndarray:
    """64-bit numbers as 32-bit ones, as JAX does by default; all else as it is.

    Raises InvalidArgumentError, naming `what`, where an integer does not fit.
    """
    narrow = _NARROW.get(array.dtype)
    if narrow is None:
        return array
    if array.dtype.kind in "iu" and array.size > 0:
        limits = np.iinfo(narrow.name)
        if array.min() < limits.min or array.max() > limits.max:
            raise InvalidArgumentError(
                f"{what} holds integers that 32 bits do not; x64=True exports with 64 bits"
            )
    return array.astype(narrow)


class Example(NamedTuple):
    """An input by its type: `sizes` are those of the example; `free` names those that stay free."""

    dtype: np.dtype
    sizes: tuple[int, ...]
    free: dict[int, str]

    def sample(self, rng: np.random.Generator) -> np.ndarray:
        """Floats from the normal distribution, integers from 0 to 9."""
        if self.dtype.kind in "iu":
            return rng.integers(0, 10, self.sizes).astype(self.dtype)
        if self.dtype.kind == "b":
            return rng.integers(0, 2, self.sizes).astype(bool)
        values = rng.standard_normal(self.sizes)
        if self.dtype.kind == "c":
            values = values + 1j * rng.standard_normal(self.sizes)
        return np.asarray(values).astype(self.dtype)


def parse_example(text: str) -> Example:
    """`f32[1,3,224,224]`; `f32[batch=4,784]` leaves a size free, 4 in the example (2 if not said);
    `f32[1,3,8*rows=64]` leaves it free among the multiples of 8.

    Raises InvalidArgumentError for what is no such text.
    """
    match = re.fullmatch(r"\s*(\w+)\s*\[(.*)\]\s*", text)
    if not match or match[1] not in DTYPES:
        raise InvalidArgumentError(
            f"{text!r} is no type of an input: expected one like f32[1,3,224,224] or "
            f"i32[batch=4,128], of {', '.join(DTYPES)}"
        )
    sizes: list[int] = []
    free: dict[int, str] = {}
    for axis, part in enumerate(match[2].split(",") if match[2].strip() else []):
        size = re.fullmatch(r"\s*(?:(\d+)|((?:(\d+)\s*\*\s*)?[A-Za-z_]\w*)(?:\s*=\s*(\d+))?)\s*", part)
        if not size:
            raise InvalidArgumentError(f"{text!r}: {part.strip()!r} is no size")
        if size[2]:
            free[axis] = re.sub(r"\s", "", size[2])
        sizes.append(int(size[1] or size[4] or 2 * int(size[3] or 1)))
    return Example(DTYPES[match[1]], tuple(sizes), free)


def write_safetensors(tensors: Mapping[str, np.ndarray], file: Path) -> None:
    """Writes arrays by name. Raises InvalidArgumentError if the file cannot be written."""
    try:
        save_file({name: np.ascontiguousarray(a).reshape(a.shape) for name, a in tensors.items()}, file)
    except OSError as error:
        raise InvalidArgumentError(f"cannot write {file}: {error}") from error


def write_pair(inputs: Mapping[str, np.ndarray], results: Mapping[str, np.ndarray], file: Path) -> None:
    """Writes inputs and expected results under the keys that `webhlo run --expect` reads: `in.NAME`
    and `out.NAME`. Complex numbers are pairs of floats, whose keys say so (`in.x:c64`)."""
    tensors: dict[str, np.ndarray] = {}
    for side, arrays in (("in", inputs), ("out", results)):
        for name, array in arrays.items():
            if array.dtype.kind == "c":
                part = np.dtype(f"float{4 * array.dtype.itemsize}")
                pairs = np.ascontiguousarray(array).reshape(array.shape).view(part)
                tensors[f"{side}.{name}:{_NAMES[array.dtype]}"] = pairs.reshape(*array.shape, 2)
            else:
                tensors[f"{side}.{name}"] = array
    write_safetensors(tensors, file)
