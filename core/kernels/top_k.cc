// SPDX-License-Identifier: Apache-2.0
//
// A heap of the best so far, in the place of the results, its worst at the root. Nearly all
// elements of a long row are worse than that, which vectors see; the others sift down. At the end
// the heap is sorted where it lies. So a row takes n steps that look at an element, then k that
// take the root from the heap: it can be left after any of them, and nothing but the results is to
// be kept.
#include "core/kernels/top_k.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/math.h"
#include "hwy/highway.h"

namespace webhlo {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// An element takes a nanosecond where most are passed over, and some tens of them where it sifts.
constexpr int64_t kStepCost = 128;

// Longer rows are worked on in parts, which follow each other; shorter ones side by side.
constexpr int64_t kPart = 32 * 1024;

template <typename T>
class Row {
 public:
  Row(Order order, const T* x, int64_t n, T* values, int32_t* indices, int64_t k)
      : flip_(order == Order::kUnsigned ? std::numeric_limits<T>::min() : T{0}),
        magnitude_(order == Order::kFloat ? std::numeric_limits<T>::max() : T{0}),
        x_(x),
        n_(n),
        values_(values),
        indices_(indices),
        k_(k) {}

  void Run(int64_t first, int64_t last) {
    int64_t step = first;
    for (; step < std::min(last, k_); ++step) Put(step, {x_[step], static_cast<int32_t>(step)});
    if (first < k_ && step == k_) {
      for (int64_t i = k_ / 2; i-- > 0;) Sift(At(i), i, k_);
    }
    if (step < std::min(last, n_)) step = Look(step, std::min(last, n_));
    for (; step < last; ++step) {
      const int64_t size = n_ + k_ - step;
      const Entry best = At(size - 1);
      Put(size - 1, At(0));
      Sift(best, 0, size - 1);
    }
  }

 private:
  struct Entry {
    T value;
    int32_t index;
  };

  // Signed integers in the order of the elements: of negative floats the magnitude is turned round.
  T KeyOf(T v) const {
    return static_cast<T>(v ^ flip_ ^ ((v >> (8 * sizeof(T) - 1)) & magnitude_));
  }
  template <class D, class V>
  V KeysOf(D d, V v) const {
    return hn::Xor(hn::Xor(v, hn::Set(d, flip_)),
                   hn::And(hn::BroadcastSignBit(v), hn::Set(d, magnitude_)));
  }

  Entry At(int64_t i) const { return {values_[i], indices_[i]}; }
  void Put(int64_t i, Entry entry) {
    values_[i] = entry.value;
    indices_[i] = entry.index;
  }
  bool IsWorse(const Entry& a, const Entry& b) const {
    const T key = KeyOf(a.value), other = KeyOf(b.value);
    return key < other || (key == other && a.index > b.index);
  }

  // Puts the entry at `hole` of a heap of that size, or below it.
  void Sift(Entry entry, int64_t hole, int64_t size) {
    for (int64_t child; (child = 2 * hole + 1) < size; hole = child) {
      if (child + 1 < size && IsWorse(At(child + 1), At(child))) ++child;
      if (!IsWorse(At(child), entry)) break;
      Put(hole, At(child));
    }
    if (size > 0) Put(hole, entry);
  }

  // Equal elements that come later are worse.
  int64_t Look(int64_t begin, int64_t end) {
    const hn::ScalableTag<T> d;
    const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
    T worst = KeyOf(values_[0]);
    const auto look_at = [&](int64_t i) {
      if (KeyOf(x_[i]) <= worst) return;
      Sift({x_[i], static_cast<int32_t>(i)}, 0, k_);
      worst = KeyOf(values_[0]);
    };
    int64_t i = begin;
    for (; i + 4 * lanes <= end; i += 4 * lanes) {
      const auto bound = hn::Set(d, worst);
      const auto better = [&](int64_t part) {
        return hn::Gt(KeysOf(d, hn::LoadU(d, x_ + i + part * lanes)), bound);
      };
      if (hn::AllFalse(d, hn::Or(hn::Or(better(0), better(1)), hn::Or(better(2), better(3))))) {
        continue;
      }
      for (int64_t j = 0; j < 4 * lanes; ++j) look_at(i + j);
    }
    for (; i < end; ++i) look_at(i);
    return end;
  }

  const T flip_, magnitude_;
  const T* const x_;
  const int64_t n_;
  T* const values_;
  int32_t* const indices_;
  const int64_t k_;
};

}  // namespace

TopK::TopK(int width, Order order, int64_t rows, int64_t n, int64_t k)
    : width_(width),
      order_(order),
      n_(n),
      k_(k),
      parts_(CeilDiv(n + k, kPart)),
      pieces_(rows * parts_, std::min(n + k, kPart) * kStepCost) {}

template <typename T>
void TopK::RunItems(void* const* args, int64_t begin, int64_t end) const {
  for (int64_t item = begin; item < end; ++item) {
    const int64_t row = item / parts_, first = item % parts_ * kPart;
    Row<T>(order_, static_cast<const T*>(args[0]) + row * n_, n_,
           static_cast<T*>(args[1]) + row * k_, static_cast<int32_t*>(args[2]) + row * k_, k_)
        .Run(first, std::min(first + kPart, n_ + k_));
  }
}

void TopK::Run(void* const* args, PieceRange pieces, ThreadPool& pool) const {
  const auto run = [&](int64_t begin, int64_t end) {
    if (width_ == 1) RunItems<int8_t>(args, begin, end);
    if (width_ == 2) RunItems<int16_t>(args, begin, end);
    if (width_ == 4) RunItems<int32_t>(args, begin, end);
    if (width_ == 8) RunItems<int64_t>(args, begin, end);
  };
  if (parts_ == 1) {
    pieces_.Run(pieces, pool, run);
  } else {
    const auto [begin, end] = pieces_.Items(0, pieces);
    run(begin, end);
  }
}

}  // namespace webhlo
