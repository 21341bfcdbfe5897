// SPDX-License-Identifier: Apache-2.0
//
// What most kernels pack: floats in an order of their own.
#ifndef WEBHLO_CORE_KERNELS_PACKED_FLOATS_H_
#define WEBHLO_CORE_KERNELS_PACKED_FLOATS_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "core/base/memory.h"
#include "core/kernels/kernel.h"

namespace webhlo {

class PackedFloats : public Kernel::Packed {
 public:
  explicit PackedFloats(AlignedBuffer buffer) : buffer_(std::move(buffer)) {}
  float* data() { return reinterpret_cast<float*>(buffer_.data()); }
  const float* data() const { return reinterpret_cast<const float*>(buffer_.data()); }
  size_t ByteSize() const override { return buffer_.size(); }

 private:
  AlignedBuffer buffer_;
};

// A kernel with a constant operand 1 (weights) and perhaps an operand 2 (bias), both packed.
class PackedWeightsKernel : public Kernel {
 public:
  Result<std::shared_ptr<Packed>> MakePacked() const override {
    ASSIGN_OR_RETURN(AlignedBuffer buffer,
                     TryAllocate(static_cast<uint64_t>(packed_floats_) * 4, "packed weights"));
    return std::shared_ptr<Packed>(std::make_shared<PackedFloats>(std::move(buffer)));
  }
  Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange pieces) override {
    PackWeights(static_cast<const float*>(operands[1]),
                has_bias_ ? static_cast<const float*>(operands[2]) : nullptr, pieces,
                static_cast<PackedFloats*>(packed)->data());
    return OkStatus();
  }
  Status Unpack(const Packed& packed, std::span<void* const> operands, PieceRange pieces) override {
    UnpackWeights(static_cast<const PackedFloats&>(packed).data(), pieces,
                  static_cast<float*>(operands[1]),
                  has_bias_ ? static_cast<float*>(operands[2]) : nullptr);
    return OkStatus();
  }
  Status UsePacked(std::shared_ptr<Packed> packed) override {
    packed_ = std::static_pointer_cast<PackedFloats>(std::move(packed));
    return OkStatus();
  }

 protected:
  // Behind its own operands there may be `extras`, which are others' to read.
  PackedWeightsKernel(bool has_bias, size_t extras, int64_t packed_floats)
      : has_bias_(has_bias), extras_(extras), packed_floats_(packed_floats) {}

  virtual void PackWeights(const float* weights, const float* bias, PieceRange pieces,
                           float* packed) const = 0;
  virtual void UnpackWeights(const float* packed, PieceRange pieces, float* weights,
                             float* bias) const = 0;

  const float* packed() const { return packed_->data(); }
  // Its place among the arguments.
  size_t result() const { return (has_bias_ ? 3 : 2) + extras_; }
  size_t scratch() const { return result() + 1; }

 private:
  const bool has_bias_;
  const size_t extras_;
  const int64_t packed_floats_;
  std::shared_ptr<PackedFloats> packed_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_PACKED_FLOATS_H_
