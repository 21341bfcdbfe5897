// SPDX-License-Identifier: Apache-2.0
//
// Loops that tiles of elementwise ops are made of, and tiles as kernels.
//
// Tiles may read up to kBufferPadding bytes past the end of their inputs.
#ifndef WEBHLO_CORE_OPS_ELEMENTWISE_TILES_H_
#define WEBHLO_CORE_OPS_ELEMENTWISE_TILES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/graph/op_def.h"
#include "core/kernels/choice.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/float_convert.h"
#include "core/kernels/simd-inl.h"
#include "core/ops/elementwise_cost.h"

namespace webhlo::elementwise {

// References, and tiles that matter only where the JIT cannot help, are made small; other tiles are
// vectorized, but neither unrolled nor copied into their callers.
#if defined(__clang__)
#define WEBHLO_PLAIN_LOOP _Pragma("clang loop interleave(disable) unroll(disable)")
#else
#define WEBHLO_PLAIN_LOOP
#endif
#define WEBHLO_TILE __attribute__((noinline))

// Vectors of T through a vocabulary function of any arity.
template <class T, class R = T, int kArity, class F>
void VectorLoop(const void* const* inputs, void* output, size_t count, F f) {
  Hwy<T> l;
  constexpr auto d = Hwy<T>::d;
  const size_t lanes = hn::Lanes(d);
  T* out = static_cast<T*>(output);
  auto at = [&](size_t i) {
    auto in = [&](int k) { return hn::LoadU(d, static_cast<const T*>(inputs[k]) + i); };
    if constexpr (kArity == 1) return f(l, in(0));
    if constexpr (kArity == 2) return f(l, in(0), in(1));
    if constexpr (kArity == 3) return f(l, in(0), in(1), in(2));
  };
  size_t i = 0;
  WEBHLO_PLAIN_LOOP
  for (; i + lanes <= count; i += lanes) hn::StoreU(at(i), d, out + i);
  if (i < count) hn::StoreN(at(i), d, out + i, count - i);
}

template <class T, class R, int kArity, class F>
void ScalarLoop(const void* const* inputs, void* output, size_t count, F f) {
  const T* a = static_cast<const T*>(inputs[0]);
  const T* b = static_cast<const T*>(inputs[kArity - 1]);
  R* out = static_cast<R*>(output);
  WEBHLO_PLAIN_LOOP
  for (size_t i = 0; i < count; ++i) {
    if constexpr (kArity == 1) out[i] = f(a[i]);
    if constexpr (kArity == 2) out[i] = f(a[i], b[i]);
  }
}

struct Half {
  static float Decode(uint16_t h) { return HalfToFloat(h); }
  static uint16_t Encode(float f) { return FloatToHalf(f); }
};
struct Bfloat16 {
  static float Decode(uint16_t h) { return Bfloat16ToFloat(h); }
  static uint16_t Encode(float f) { return FloatToBfloat16(f); }
};

// f16 and bf16 through the f32 tile. One more rounding: harmless for + - x / sqrt (24 bits are
// enough for that), within the bound for functions.
template <class Format>
WEBHLO_TILE void RunSmallFloatTile(TileFunction tile, int arity, const void* const* inputs,
                                   void* output, size_t count) {
  constexpr size_t kChunk = 256;
  constexpr size_t kPadding = 16;
  alignas(64) float buffers[3][kChunk + kPadding];
  const void* pointers[3] = {buffers[0], buffers[1], buffers[2]};
  uint16_t* out = static_cast<uint16_t*>(output);
  for (size_t i = 0; i < count; i += kChunk) {
    const size_t n = std::min(kChunk, count - i);
    for (int k = 0; k < arity; ++k) {
      const uint16_t* in = static_cast<const uint16_t*>(inputs[k]) + i;
      WEBHLO_PLAIN_LOOP
      for (size_t j = 0; j < n; ++j) buffers[k][j] = Format::Decode(in[j]);
      // Lanes past the end compute something; let it be something defined.
      for (size_t j = n; j < n + kPadding; ++j) buffers[k][j] = 0;
    }
    tile(pointers, buffers[0], n);
    WEBHLO_PLAIN_LOOP
    for (size_t j = 0; j < n; ++j) out[i + j] = Format::Encode(buffers[0][j]);
  }
}

template <class Format, int kArity, TileFunction kTile>
void SmallFloatTile(const void* const* inputs, void* output, size_t count) {
  RunSmallFloatTile<Format>(kTile, kArity, inputs, output, count);
}

// Numbers of the reals `re` and the imaginary parts `im`; without these they are 0.
template <class T>
WEBHLO_TILE void Interleave(const T* re, const T* im, T* out, size_t count) {
  constexpr auto d = Hwy<T>::d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  WEBHLO_PLAIN_LOOP
  for (; i + lanes <= count; i += lanes) {
    hn::StoreInterleaved2(hn::LoadU(d, re + i), im ? hn::LoadU(d, im + i) : hn::Zero(d), d,
                          out + 2 * i);
  }
  for (; i < count; ++i) {
    out[2 * i] = re[i];
    out[2 * i + 1] = im ? im[i] : 0;
  }
}

// The tile of a node by itself, as a kernel.
inline std::optional<KernelChoice> ProposeTile(const KernelRequest& request) {
  const OpView& op = request.op;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    if (op.operand(i).dims != op.result().dims) return std::nullopt;  // Scalar pred, min, max.
  }
  if (!op.node().op->elementwise->tile(op)) return std::nullopt;
  return KernelChoice{.sizes = std::string(op.name())};
}

inline Result<std::unique_ptr<Kernel>> MakeTile(const KernelSite& site) {
  const OpView& op = site.op;
  std::vector<int> widths;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    widths.push_back(ByteWidth(op.operand(i).element));
  }
  return MakeTileKernel(op.node().op->elementwise->tile(op), widths, ByteWidth(op.result().element),
                        op.result().NumElements(), ElementWork(op));
}

inline constexpr KernelRow kTileKernels[] = {
    {.name = "tile", .propose = ProposeTile, .make = MakeTile}};

}  // namespace webhlo::elementwise

#endif  // WEBHLO_CORE_OPS_ELEMENTWISE_TILES_H_
