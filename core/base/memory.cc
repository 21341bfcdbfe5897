// SPDX-License-Identifier: Apache-2.0
#include "core/base/memory.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/base/math.h"
#include "core/base/strings.h"

namespace webhlo {

Status CheckBlock(uint64_t size, std::string_view what) {
  if (size <= kMaxBlock) return OkStatus();
  constexpr uint64_t kGiB = uint64_t{1} << 30;
  constexpr uint64_t kLimit = CeilDiv(kMaxBlock, kGiB);
  return OutOfMemory(StrCat(what, ": ", size, " bytes; one tensor or arena has less than ", kLimit,
                            " GiB, all memory ", 2 * kLimit, " GiB"));
}

Result<AlignedBuffer> TryAllocate(uint64_t size, std::string_view what) {
  RETURN_IF_ERROR(CheckBlock(size, what));
  const size_t total = static_cast<size_t>(size) + kBufferPadding;
  AlignedBuffer buffer;
  // Aligned here: an aligned allocation takes more than it keeps and frees what is before and
  // behind, where small allocations settle. A buffer would not fit where one of its size was, and
  // memory would grow with each weight that comes and goes.
  buffer.block_.reset(std::malloc(total + kBufferAlignment - 1));
  if (buffer.block_ == nullptr) {
    return OutOfMemory(StrCat(what, ": cannot allocate ", size, " bytes"));
  }
  const auto address = reinterpret_cast<uintptr_t>(buffer.block_.get());
  buffer.data_ = static_cast<uint8_t*>(buffer.block_.get()) + (-address % kBufferAlignment);
  buffer.size_ = static_cast<size_t>(size);
  std::memset(buffer.data() + size, 0, total - static_cast<size_t>(size));
  return buffer;
}

}  // namespace webhlo
