// SPDX-License-Identifier: Apache-2.0
//
// AlignedBuffer and TryAllocate: every buffer whose size comes from outside is made here, so a size
// that does not fit is a Status instead of a dead instance (a failed `new` aborts in WebAssembly).
#ifndef WEBHLO_CORE_BASE_MEMORY_H_
#define WEBHLO_CORE_BASE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/status.h"

namespace webhlo {

// Widest vector load, and a cache line.
inline constexpr size_t kBufferAlignment = 64;
// Kernels may read (never write) this far past the end of a buffer.
inline constexpr size_t kBufferPadding = 64;

// No block is larger: compilers may assume that no object has more than PTRDIFF_MAX bytes. In
// WebAssembly that is just under 2 GiB, half of what it addresses.
inline constexpr uint64_t kMaxBlock = SIZE_MAX / 2 - kBufferPadding - kBufferAlignment;

// What a step may want of memory beyond its operands and results: as much again, and this.
inline constexpr int64_t kScratchAllowance = 16 << 20;

// Owns `size()` bytes at a 64-byte aligned address, followed by kBufferPadding readable bytes.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  AlignedBuffer(AlignedBuffer&& other) noexcept { *this = std::move(other); }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    block_ = std::move(other.block_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  std::span<uint8_t> bytes() { return {data(), size_}; }
  std::span<const uint8_t> bytes() const { return {data(), size_}; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  friend Result<AlignedBuffer> TryAllocate(uint64_t, std::string_view);
  struct Free {
    void operator()(void* p) const { std::free(p); }
  };
  std::unique_ptr<void, Free> block_;
  uint8_t* data_ = nullptr;  // In the block.
  size_t size_ = 0;
};

// out_of_memory where no block of `size` bytes can be: what can be told before it is needed.
Status CheckBlock(uint64_t size, std::string_view what);

// `size` uninitialized bytes (the padding is zeroed). `what` names the buffer in the error.
Result<AlignedBuffer> TryAllocate(uint64_t size, std::string_view what);

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_MEMORY_H_
