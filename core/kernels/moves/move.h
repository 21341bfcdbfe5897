// SPDX-License-Identifier: Apache-2.0
//
// MoveKernel: the kernel of an op whose result is strided copies of its operands.
#ifndef WEBHLO_CORE_KERNELS_MOVES_MOVE_H_
#define WEBHLO_CORE_KERNELS_MOVES_MOVE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/kernels/kernel.h"
#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {

// Copies of operands to places in the result, perhaps over a background.
class MoveKernel : public Kernel {
 public:
  // `width`: bytes of an element.
  MoveKernel(size_t num_operands, int width);

  // Fills the result, of so many elements, with a scalar operand.
  void AddFill(size_t operand, int64_t count);
  // Offsets and strides are in elements. Parts are written in the order in which they were added.
  void Add(size_t operand, int64_t from, std::span<const int64_t> from_strides, int64_t to,
           std::span<const int64_t> to_strides, std::span<const int64_t> sizes);

  size_t pieces() const override { return pieces_.count(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override;

 private:
  struct Part {
    size_t operand;
    int64_t from, to;  // Bytes.
    StridedCopier copier;
  };
  void AddPart(Part part);

  const size_t num_operands_;
  const int width_;
  std::vector<Part> parts_;
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_MOVE_H_
