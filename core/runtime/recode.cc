// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/recode.h"

#include <utility>

#include "core/base/strings.h"
#include "core/kernels/encoded_weights.h"

namespace webhlo {
namespace {

// Of an element, in a budget's units.
constexpr int64_t kWork = 2;

}  // namespace

Task DecodeWeight(const DeclaredWeight& weight, AlignedBuffer* data, Budget& budget) {
  if (weight.encoding.is_raw()) co_return;
  Result<AlignedBuffer> decoded = TryAllocate(static_cast<uint64_t>(weight.type.ByteSize()),
                                              StrCat("weight \"", weight.name, "\""));
  co_await decoded.status();
  const EncodedWeights weights(weight.encoding, weight.type.NumElements());
  for (int64_t part = 0; part < weights.parts(); ++part) {
    if (!weights.Decode(part, data->data(), reinterpret_cast<float*>(decoded->data()))) {
      co_await InvalidModel(StrCat("weight \"", weight.name, "\" has a scale that is not finite"));
    }
    co_await budget.Spend(kWork * weights.part_elements());
  }
  *data = std::move(*decoded);
}

Task EncodeWeight(const DeclaredWeight& weight, const Encoding& encoding, AlignedBuffer* data,
                  bool* fits, Budget& budget) {
  if (encoding.is_raw()) co_return;
  Result<AlignedBuffer> encoded =
      TryAllocate(encoding.ByteSize(weight.type), StrCat("weight \"", weight.name, "\""));
  co_await encoded.status();
  const EncodedWeights weights(encoding, weight.type.NumElements());
  for (int64_t part = 0; part < weights.parts(); ++part) {
    *fits = weights.Encode(part, reinterpret_cast<const float*>(data->data()), encoded->data());
    if (!*fits) co_return;
    co_await budget.Spend(kWork * weights.part_elements());
  }
  *data = std::move(*encoded);
}

}  // namespace webhlo
