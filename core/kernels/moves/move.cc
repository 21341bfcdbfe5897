// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/move.h"

#include <utility>

namespace webhlo {

MoveKernel::MoveKernel(size_t num_operands, int width)
    : num_operands_(num_operands), width_(width) {}

void MoveKernel::AddFill(size_t operand, int64_t count) {
  AddPart({operand, 0, 0, StridedCopier::Fill(width_, count)});
}

void MoveKernel::Add(size_t operand, int64_t from, std::span<const int64_t> from_strides,
                     int64_t to, std::span<const int64_t> to_strides,
                     std::span<const int64_t> sizes) {
  StridedCopier copier(width_, sizes, from_strides, to_strides);
  if (copier.items() > 0) AddPart({operand, from * width_, to * width_, std::move(copier)});
}

void MoveKernel::AddPart(Part part) {
  pieces_.Add(part.copier.items(), part.copier.item_cost());
  parts_.push_back(std::move(part));
}

void MoveKernel::Run(void* const* args, PieceRange pieces, ThreadPool& pool) {
  uint8_t* result = static_cast<uint8_t*>(args[num_operands_]);
  pieces_.Run(pieces, pool, [&](size_t i, int64_t begin, int64_t end) {
    const Part& part = parts_[i];
    part.copier.Run(static_cast<const uint8_t*>(args[part.operand]) + part.from, result + part.to,
                    begin, end);
  });
}

}  // namespace webhlo
