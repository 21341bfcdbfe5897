// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.rng_bit_generator: https://openxla.org/stablehlo/spec#rng_bit_generator
// The same bits as XLA on the CPU: Threefry2x32-20 and Philox4x32-10 (Salmon et al., "Parallel
// random numbers: as easy as 1, 2, 3", SC 2011); DEFAULT is Philox.
#include <algorithm>
#include <array>
#include <cstring>

#include "core/base/strings.h"
#include "core/kernels/choice.h"
#include "core/kernels/loop_kernel.h"
#include "core/kernels/random_bits.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckSizedTensors(op, 1, 2));
  const TensorType& state = op.operand(0);
  const TensorType& output = op.result(1);
  OP_CHECK(op, state.rank() == 1 && state.element == ElementType::kU64, "initial_state has type ",
           ToString(state), ", expected a vector of ui64");
  OP_CHECK(op, IsInteger(output.element) || IsFloat(output.element), "output has type ",
           ToString(output), ", expected integers or floats");
  // C2
  const std::string_view algorithm = op.String("rng_algorithm");
  const int64_t size = state.dims[0];
  OP_CHECK(op, size == 2 || (size == 3 && algorithm != "THREE_FRY"), "initial_state has ", size,
           " elements for ", algorithm, " (C2)");
  if (BitWidth(output.element) % 8 != 0) {
    return op.UnsupportedError(StrCat("random bits of ", ElementTypeName(output.element)));
  }
  // C1
  results[0] = state;
  return OkStatus();
}

uint32_t Low(uint64_t value) { return static_cast<uint32_t>(value); }
uint32_t High(uint64_t value) { return static_cast<uint32_t>(value >> 32); }
uint64_t Join64(uint32_t low, uint32_t high) { return low | (uint64_t{high} << 32); }
uint32_t RotateLeft(uint32_t value, int by) { return (value << by) | (value >> (32 - by)); }

std::array<uint32_t, 2> Threefry(uint64_t counter, uint64_t key) {
  constexpr int kRotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  const uint32_t keys[3] = {Low(key), High(key), 0x1BD11BDA ^ Low(key) ^ High(key)};
  uint32_t x0 = Low(counter) + keys[0];
  uint32_t x1 = High(counter) + keys[1];
  for (uint32_t round = 0; round < 5; ++round) {
    for (int rotation : kRotations[round % 2]) {
      x0 += x1;
      x1 = RotateLeft(x1, rotation) ^ x0;
    }
    x0 += keys[(round + 1) % 3];
    x1 += keys[(round + 2) % 3] + round + 1;
  }
  return {x0, x1};
}

std::array<uint32_t, 4> Philox(uint64_t counter_low, uint64_t counter_high, uint64_t key) {
  std::array<uint32_t, 4> c = {Low(counter_low), High(counter_low), Low(counter_high),
                               High(counter_high)};
  uint32_t k0 = Low(key), k1 = High(key);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{c[0]} * 0xD2511F53;
    const uint64_t p1 = uint64_t{c[2]} * 0xCD9E8D57;
    c = {High(p1) ^ c[1] ^ k0, Low(p1), High(p0) ^ c[3] ^ k1, Low(p0)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return c;
}

constexpr int64_t kBlockWork = 32;

// Elements narrower than 32 bits take the low bits of a 32-bit word.
void SetBits(const TensorView& output, int64_t i, uint64_t bits) {
  std::memcpy(output.at(i), &bits, static_cast<size_t>(output.width()));
}

// Threefry cuts one dimension in halves, the first even one or else the largest; each block gives
// two neighbours along it.
size_t SplitDimension(std::span<const int64_t> dims) {
  size_t split = 0;
  while (split < dims.size() && dims[split] % 2 != 0) ++split;
  if (split < dims.size()) return split;
  return static_cast<size_t>(std::max_element(dims.begin(), dims.end()) - dims.begin());
}

Task FillThreefry(const TensorView& output, uint64_t key, uint64_t* counter, Budget& budget) {
  const int64_t count = output.NumElements();
  if (output.width() == 8) {
    for (int64_t i = 0; i < count; ++i) {
      const auto words = Threefry((*counter)++, key);
      SetBits(output, i, Join64(words[0], words[1]));
      co_await budget.Spend(kBlockWork);
    }
    co_return;
  }
  // A scalar is a vector of one.
  std::vector<int64_t> dims(output.dims().begin(), output.dims().end());
  if (dims.empty()) dims = {1};
  const size_t split = SplitDimension(dims);
  const int64_t size = dims[split];
  const std::vector<int64_t> strides = RowMajorStrides(dims);
  dims[split] = (size + 1) / 2;
  for (IndexIterator it(dims); !it.done(); it.Next()) {
    const auto words = Threefry((*counter)++, key);
    int64_t at = 0;
    for (size_t d = 0; d < dims.size(); ++d) {
      at += it.index()[d] * strides[d] * (d == split ? 2 : 1);
    }
    SetBits(output, at, words[0]);
    if (it.index()[split] * 2 + 1 < size) SetBits(output, at + strides[split], words[1]);
    co_await budget.Spend(kBlockWork);
  }
}

Task FillPhilox(const TensorView& output, uint64_t key, uint64_t* low, uint64_t high,
                Budget& budget) {
  const int64_t count = output.NumElements();
  const int64_t words_each = output.width() == 8 ? 2 : 1;
  const int64_t each_block = 4 / words_each;
  for (int64_t i = 0; i < count; i += each_block) {
    const auto words = Philox(*low, high, key);
    if (++*low == 0) ++high;
    for (int64_t k = 0; k < each_block && i + k < count; ++k) {
      const size_t w = static_cast<size_t>(k * words_each);
      SetBits(output, i + k, words_each == 2 ? Join64(words[w], words[w + 1]) : words[w]);
    }
    co_await budget.Spend(kBlockWork);
  }
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& initial_state = args.inputs[0];
  const TensorView& output_state = args.outputs[0];
  const TensorView& output = args.outputs[1];
  const int64_t size = initial_state.NumElements();
  const uint64_t key = initial_state.U64(0);
  uint64_t counter = initial_state.U64(1);
  if (args.op.String("rng_algorithm") == "THREE_FRY") {
    co_await FillThreefry(output, key, &counter, args.budget);
  } else {
    const uint64_t high = initial_state.U64(size == 3 ? 2 : 0);
    co_await FillPhilox(output, key, &counter, high, args.budget);
  }
  output_state.SetI64(0, static_cast<int64_t>(key));
  output_state.SetI64(1, static_cast<int64_t>(counter));
  // The upper half of the counter, where the state has one.
  if (size == 3) {
    const uint64_t carry = counter < initial_state.U64(1) ? 1 : 0;
    output_state.SetI64(2, static_cast<int64_t>(initial_state.U64(2) + carry));
  }
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TensorType& output = request.op.result(1);
  if (output.NumElements() == 0) return std::nullopt;
  return KernelChoice{.sizes = StrCat(request.op.String("rng_algorithm"), " ", ToString(output))};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  const TensorType& output = site.op.result(1);
  const size_t split = output.dims.empty() ? 0 : SplitDimension(output.dims);
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<RandomBits>>(
      RandomBits({.threefry = site.op.String("rng_algorithm") == "THREE_FRY",
                  .state = site.op.operand(0).dims[0],
                  .count = output.NumElements(),
                  .width = BitWidth(output.element) / 8,
                  .split = output.dims.empty() ? 1 : output.dims[split],
                  .stride = output.dims.empty() ? 1 : RowMajorStrides(output.dims)[split]})));
}

constexpr KernelRow kKernels[] = {{.name = "random_bits", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {{.name = "stablehlo.rng_bit_generator",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(rng_bit_generator, kOps);

}  // namespace webhlo
