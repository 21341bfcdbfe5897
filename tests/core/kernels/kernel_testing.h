// SPDX-License-Identifier: Apache-2.0
//
// What tests of kernels share: buffers as the runtime gives them (aligned, with the padding
// readable and nothing known beyond it), random contents, and a way to run a kernel.
#ifndef WEBHLO_TESTS_CORE_KERNELS_KERNEL_TESTING_H_
#define WEBHLO_TESTS_CORE_KERNELS_KERNEL_TESTING_H_

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "core/base/memory.h"
#include "core/graph/tensor.h"
#include "core/kernels/choice.h"
#include "core/kernels/kernel.h"
#include "core/kernels/parallel.h"

namespace webhlo {

template <typename T>
class TestBuffer {
 public:
  explicit TestBuffer(int64_t count) : count_(count) {
    auto buffer = TryAllocate(static_cast<uint64_t>(count) * sizeof(T), "test");
    REQUIRE(buffer.ok());
    buffer_ = std::move(*buffer);
    std::memset(buffer_.data(), 0xff, buffer_.size() + kBufferPadding);  // NaN
  }
  TestBuffer(const TestBuffer& other) : TestBuffer(other.size()) {
    std::memcpy(data(), other.data(), static_cast<size_t>(count_) * sizeof(T));
  }
  TestBuffer(TestBuffer&&) = default;
  T* data() { return reinterpret_cast<T*>(buffer_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(buffer_.data()); }
  T& operator[](int64_t i) { return data()[i]; }
  const T& operator[](int64_t i) const { return data()[i]; }
  int64_t size() const { return count_; }
  bool SameBits(const TestBuffer& other) const {
    return count_ == other.count_ &&
           std::memcmp(data(), other.data(), static_cast<size_t>(count_) * sizeof(T)) == 0;
  }
  // Nothing was written past the end.
  bool PaddingIntact() const {
    for (size_t i = 0; i < kBufferPadding; ++i) {
      if (buffer_.data()[buffer_.size() + i] != 0xff) return false;
    }
    return true;
  }

 private:
  AlignedBuffer buffer_;
  int64_t count_;
};

class TestRandom {
 public:
  explicit TestRandom(uint32_t seed) : engine_(seed) {}
  int64_t Int(int64_t from, int64_t to) {  // Both included.
    return from + static_cast<int64_t>(engine_() % static_cast<uint64_t>(to - from + 1));
  }
  float Float() { return static_cast<float>(static_cast<int32_t>(engine_())) * 0x1p-31f; }
  TestBuffer<float> Floats(int64_t count) {
    TestBuffer<float> buffer(count);
    for (int64_t i = 0; i < count; ++i) buffer[i] = Float();
    return buffer;
  }

 private:
  std::mt19937 engine_;
};

// Small integers of any type, so that sums of products are exact in f32.
inline void FillSmall(const TensorView& view, TestRandom& random, int64_t low = -8) {
  for (int64_t i = 0; i < view.NumElements(); ++i) {
    const int64_t value = random.Int(IsUnsignedInteger(view.element()) ? 0 : low, 8);
    if (view.element() == ElementType::kI1) {
      view.SetBool(i, value > 0);
    } else if (IsFloat(view.element())) {
      view.SetF64(i, static_cast<double>(value));
    } else if (IsComplex(view.element())) {
      view.SetC128(i, {static_cast<double>(value), 1.0});
    } else {
      view.SetI64(i, value);
    }
  }
}

// Packs `operands` for the kernel.
inline std::shared_ptr<Kernel::Packed> PackFor(Kernel& kernel, std::vector<const void*> operands) {
  auto packed = kernel.MakePacked();
  REQUIRE(packed.ok());
  for (size_t i = 0; i < kernel.pack_pieces(); ++i) {
    REQUIRE(kernel.Pack(packed->get(), operands, {i, i + 1}).ok());
  }
  REQUIRE(kernel.UsePacked(*packed).ok());
  return *packed;
}

// While it lives, kernels are made whose pieces cost no more than this (but a piece is at least an
// item), so that small tensors fall into many.
class SmallPieces {
 public:
  explicit SmallPieces(int64_t cost) : kept_(max_piece_cost) { max_piece_cost = cost; }
  ~SmallPieces() { max_piece_cost = kept_; }
  SmallPieces(const SmallPieces&) = delete;
  SmallPieces& operator=(const SmallPieces&) = delete;

 private:
  int64_t kept_;
};

// A kernel and the choice that it was made of; neither when nothing was proposed.
struct ChosenKernel {
  KernelChoice choice;
  std::unique_ptr<Kernel> kernel;
  Kernel* operator->() const { return kernel.get(); }
};

inline ChosenKernel Must(ChosenKernel chosen) {
  REQUIRE(chosen.kernel != nullptr);
  return chosen;
}

// Packs what the kernel packs out of `operands`, then runs it in one call; and once more piece by
// piece, which must give the same bits. `result` may be one of the operands too.
template <typename T>
void RunKernel(const ChosenKernel& chosen, std::vector<const void*> operands, TestBuffer<T>& result,
               ThreadPool& pool, bool pack = true) {
  Kernel& kernel = *chosen.kernel;
  if (pack && chosen.choice.packed_operands != 0) PackFor(kernel, operands);
  TestBuffer<T> again = result;
  const auto run = [&](TestBuffer<T>& to, size_t step) {
    std::vector<void*> args;
    for (size_t i = 0; i < operands.size(); ++i) {
      const void* operand = operands[i] == result.data() ? to.data() : operands[i];
      args.push_back(chosen.choice.Packs(i) ? nullptr : const_cast<void*>(operand));
    }
    args.push_back(to.data());
    TestBuffer<uint8_t> scratch(static_cast<int64_t>(chosen.choice.scratch_bytes));
    args.push_back(scratch.size() > 0 ? scratch.data() : nullptr);
    for (size_t i = 0; i < kernel.pieces(); i += step) {
      kernel.Run(args.data(), {i, std::min(i + step, kernel.pieces())}, pool);
    }
    CHECK(scratch.PaddingIntact());
    CHECK(to.PaddingIntact());
  };
  run(again, 1);
  run(result, kernel.pieces());
  CHECK(again.SameBits(result));
}

// What the kernel packs of weights (operand 1) and perhaps a bias (operand 2) can be unpacked, bit
// by bit and piece by piece.
inline void CheckUnpacks(Kernel& kernel, const TestBuffer<float>& weights,
                         const TestBuffer<float>* bias) {
  const auto packed = PackFor(kernel, {nullptr, weights.data(), bias ? bias->data() : nullptr});
  TestBuffer<float> weights_again(weights.size()), bias_again(bias ? bias->size() : 0);
  void* const operands[] = {nullptr, weights_again.data(), bias ? bias_again.data() : nullptr};
  for (size_t i = 0; i < kernel.pack_pieces(); ++i) {
    REQUIRE(kernel.Unpack(*packed, operands, {i, i + 1}).ok());
  }
  CHECK(weights_again.SameBits(weights));
  CHECK(weights_again.PaddingIntact());
  if (bias) CHECK(bias_again.SameBits(*bias));
}

}  // namespace webhlo

#endif  // WEBHLO_TESTS_CORE_KERNELS_KERNEL_TESTING_H_
