// SPDX-License-Identifier: Apache-2.0
//
// The reference of softmax over the last dimension: webhlo.softmax, and that of webhlo.attention.
#ifndef WEBHLO_CORE_OPS_SOFTMAX_H_
#define WEBHLO_CORE_OPS_SOFTMAX_H_

#include <cmath>
#include <cstdint>
#include <limits>

#include "core/base/float_math.h"
#include "core/graph/op_def.h"

namespace webhlo {

// The result may be the operand. A row of -infinity gives NaN, or zeros if `zero_masked`.
inline Task SoftmaxRows(TensorView operand, bool zero_masked, TensorView result, Budget& budget) {
  constexpr double kLowest = -std::numeric_limits<double>::infinity();
  const int64_t size = operand.dims().back();
  const int64_t count = operand.NumElements();
  for (int64_t row = 0; row < count; row += size) {
    double maximum = kLowest;
    for (int64_t i = row; i < row + size; ++i) {
      maximum = NanMaximum(maximum, operand.F64(i));
      co_await budget.Spend(8);
    }
    const bool masked = zero_masked && maximum == kLowest;
    double sum = 0;
    for (int64_t i = row; i < row + size; ++i) {
      sum += std::exp(operand.F64(i) - maximum);
      co_await budget.Spend(32);
    }
    for (int64_t i = row; i < row + size; ++i) {
      result.SetF64(i, masked ? 0 : std::exp(operand.F64(i) - maximum) / sum);
      co_await budget.Spend(32);
    }
  }
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_SOFTMAX_H_
