// SPDX-License-Identifier: Apache-2.0
//
// What ops have in common by which devices exchange tensors: pairs of them, and the error of a
// program for more than the one that is here.
#ifndef WEBHLO_CORE_OPS_DEVICES_H_
#define WEBHLO_CORE_OPS_DEVICES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/ops/infer_util.h"

namespace webhlo {

inline Status ManyDevicesError(const OpView& op, int64_t devices) {
  return op.UnsupportedError(
      StrCat("the program is for ", devices, " devices; one is here to run it"));
}

// source_target_pairs: no process is a source twice, or a target (C1-C4 of all that have it).
inline Status CheckSourceTargetPairs(const OpView& op) {
  const std::span<const int64_t> pairs = op.Ints("source_target_pairs");
  OP_CHECK(op, pairs.size() % 2 == 0, "source_target_pairs are no pairs (C1)");
  std::vector<int64_t> sides[2];
  for (size_t i = 0; i < pairs.size(); ++i) sides[i % 2].push_back(pairs[i]);
  RETURN_IF_ERROR(CheckUnique(op, "the sources", sides[0], "C2"));
  RETURN_IF_ERROR(CheckUnique(op, "the targets", sides[1], "C3"));
  return CheckAtLeast(op, "source_target_pairs", pairs, 0, "C4");
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_DEVICES_H_
