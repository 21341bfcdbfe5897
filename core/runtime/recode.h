// SPDX-License-Identifier: Apache-2.0
//
// Weights between the bytes of files and f32 (core/kernels/encoded_weights.h), as tasks.
#ifndef WEBHLO_CORE_RUNTIME_RECODE_H_
#define WEBHLO_CORE_RUNTIME_RECODE_H_

#include <cstdint>

#include "core/base/budget.h"
#include "core/base/memory.h"
#include "core/base/task.h"
#include "core/runtime/binding.h"

namespace webhlo {

// Makes `data` the weight's elements, where it holds its encoded bytes. invalid_model where a scale
// is not finite.
Task DecodeWeight(const DeclaredWeight& weight, AlignedBuffer* data, Budget& budget);

// Makes `data` bytes of that encoding, where it holds elements of f32. Clears `fits`, and leaves
// `data` as it is, where one of them is not finite or too large.
Task EncodeWeight(const DeclaredWeight& weight, const Encoding& encoding, AlignedBuffer* data,
                  bool* fits, Budget& budget);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_RECODE_H_
