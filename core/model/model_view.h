// SPDX-License-Identifier: Apache-2.0
//
// ModelView: the head of a .whlo file, read in place. Open checks everything that an index or an
// offset of the FlatBuffer can say wrongly: after it every index is in its table, every range in
// its pool, types and locations refer only to earlier ones, and nothing nests deeper than
// kMaxModelDepth. What the programs mean is left to the graph's verifier, the weights' bytes to
// whoever reads them.
#ifndef WEBHLO_CORE_MODEL_MODEL_VIEW_H_
#define WEBHLO_CORE_MODEL_MODEL_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/model/model_generated.h"

namespace webhlo {

inline constexpr uint32_t kModelFormatVersion = 1;
inline constexpr size_t kModelHeaderSize = 64;
inline constexpr size_t kSegmentAlignment = 64;
inline constexpr int kMaxModelDepth = 160;
inline constexpr uint32_t kNoIndex = 0xffffffffu;

bool IsModelFile(std::span<const uint8_t> bytes);

// How many bytes from the file's start Open needs: the header, the FlatBuffer, and the padding
// behind it. `bytes`: at least the first 16 of the file.
Result<uint64_t> ModelHeadSize(std::span<const uint8_t> bytes);

// The header for a FlatBuffer of that size, kModelHeaderSize bytes.
std::vector<uint8_t> MakeModelHeader(uint64_t flatbuffer_size);

class ModelView {
 public:
  // `bytes` begins with the whole head; more may follow. They must outlive the view.
  static Result<ModelView> Open(std::span<const uint8_t> bytes);

  const model::Model& model() const { return *model_; }
  // Bytes of the FlatBuffer: what is read from it is bounded by a multiple of this.
  size_t size() const { return size_; }

 private:
  std::vector<uint64_t> copy_;  // The FlatBuffer, when the given bytes are not aligned for it.
  const model::Model* model_ = nullptr;
  size_t size_ = 0;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_MODEL_MODEL_VIEW_H_
