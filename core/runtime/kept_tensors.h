// SPDX-License-Identifier: Apache-2.0
//
// KeptTensors: results that stay between runs until somebody disposes of them, and inputs that were
// put beside them. Handles are never 0 and never used again.
#ifndef WEBHLO_CORE_RUNTIME_KEPT_TENSORS_H_
#define WEBHLO_CORE_RUNTIME_KEPT_TENSORS_H_

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "core/base/memory.h"
#include "core/base/status.h"

namespace webhlo {

class KeptTensors {
 public:
  Result<uint32_t> Create(uint64_t bytes) {
    ASSIGN_OR_RETURN(AlignedBuffer buffer, TryAllocate(bytes, "a tensor"));
    tensors_.emplace(next_, std::move(buffer));
    return next_++;
  }
  // Null once it was disposed of.
  AlignedBuffer* Find(uint32_t handle) {
    const auto it = tensors_.find(handle);
    return it == tensors_.end() ? nullptr : &it->second;
  }
  const AlignedBuffer* Find(uint32_t handle) const {
    return const_cast<KeptTensors*>(this)->Find(handle);
  }
  // A handle that no tensor has yet.
  uint32_t NewHandle() { return next_++; }
  // The tensor goes to such a handle; the other is as if disposed of.
  void Move(uint32_t from, uint32_t to) {
    AlignedBuffer buffer = std::move(*Find(from));
    tensors_.erase(from);
    tensors_.emplace(to, std::move(buffer));
  }
  void Dispose(uint32_t handle) { tensors_.erase(handle); }

  size_t ByteSize() const {
    size_t bytes = 0;
    for (const auto& [handle, buffer] : tensors_) bytes += buffer.size();
    return bytes;
  }

 private:
  std::unordered_map<uint32_t, AlignedBuffer> tensors_;
  uint32_t next_ = 1;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_KEPT_TENSORS_H_
