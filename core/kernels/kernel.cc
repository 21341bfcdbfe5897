// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/kernel.h"

namespace webhlo {

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
