// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/kernel.h"

#include <utility>

#include "core/base/check.h"

namespace webhlo {
namespace {

class PackEachRun : public Kernel {
 public:
  PackEachRun(std::unique_ptr<Kernel> kernel, std::shared_ptr<Packed> packed, size_t operands)
      : kernel_(std::move(kernel)), packed_(std::move(packed)), operands_(operands) {}

  size_t pieces() const override { return kernel_->pack_pieces() + kernel_->pieces(); }
  int64_t cost() const override { return kernel_->cost(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const PieceRange packing = pieces.Take(kernel_->pack_pieces());
    if (!packing.empty()) {
      const Status status =
          kernel_->Pack(packed_.get(), std::span<const void* const>(args, operands_), packing);
      WEBHLO_CHECK(status.ok());  // Of room that is there.
    }
    if (!pieces.empty()) kernel_->Run(args, pieces, pool);
  }

 private:
  const std::unique_ptr<Kernel> kernel_;
  const std::shared_ptr<Packed> packed_;
  const size_t operands_;
};

}  // namespace

Result<std::unique_ptr<Kernel>> MakePackEachRun(std::unique_ptr<Kernel> kernel, size_t operands) {
  ASSIGN_OR_RETURN(std::shared_ptr<Kernel::Packed> packed, kernel->MakePacked());
  RETURN_IF_ERROR(kernel->UsePacked(packed));
  return std::unique_ptr<Kernel>(
      std::make_unique<PackEachRun>(std::move(kernel), std::move(packed), operands));
}

Result<std::shared_ptr<Kernel::Packed>> Kernel::MakePacked() const {
  return Internal("this kernel packs nothing");
}

Status Kernel::Pack(Packed*, std::span<const void* const>, PieceRange) {
  return Internal("this kernel packs nothing");
}

Status Kernel::Unpack(const Packed&, std::span<void* const>, PieceRange) {
  return Internal("this kernel packs nothing");
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): overrides keep it.
Status Kernel::UsePacked(std::shared_ptr<Packed>) { return Internal("this kernel packs nothing"); }

}  // namespace webhlo
