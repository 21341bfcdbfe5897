// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/parallel.h"

#include "core/base/math.h"

namespace webhlo {

void Pieces::Add(int64_t items, int64_t cost) {
  // An item that is larger than a piece should be has a piece to itself.
  const int64_t counted = std::clamp<int64_t>(cost, 1, max_piece_cost);
  Loop loop = {.items = items, .cost = cost, .head = 0, .first = count_, .per_piece = 0};
  loop.per_piece = max_piece_cost / counted;
  loop.head = std::min(items, room_ / counted);
  room_ -= loop.head * counted;
  if (const int64_t rest = items - loop.head; rest > 0) {
    const int64_t more = CeilDiv(rest, loop.per_piece);
    count_ += more;
    room_ = max_piece_cost - (rest - (more - 1) * loop.per_piece) * counted;
  }
  cost_ += items * counted;
  loops_.push_back(loop);
}

RowParts::RowParts(int64_t length, int64_t cost, int64_t block) : length_(length) {
  const int64_t part = std::min(kShareCost, max_piece_cost);
  size_ = RoundUp(std::max<int64_t>(1, part / std::max<int64_t>(1, cost)), block);
  count_ = std::max<int64_t>(1, length / size_);
  if (count_ == 1) size_ = length;
  cost_ = size_ * cost;
}

}  // namespace webhlo
