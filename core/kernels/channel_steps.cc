// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/channel_steps.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/kernels/epilogue.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

constexpr double kLargestScale = 0x1p40;
constexpr double kLargestFolded = 0x1p120;
constexpr double kSmallestScale = 0x1p-126;
// Below it the smaller weights of a channel would be subnormal, and count.
constexpr double kSmallestFolded = 0x1p-100;
constexpr double kCancelled = 0x1p-12;

F32x4 MaxMagnitude(F32x4 largest, const float* p) {
  return Hwy<float>().PMax(largest, hn::Abs(Load(p)));
}

float LargestMagnitude(const float* p, int64_t count) {
  F32x4 part[2] = {hn::Zero(kF32), hn::Zero(kF32)};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    part[0] = MaxMagnitude(part[0], p + i);
    part[1] = MaxMagnitude(part[1], p + i + 4);
  }
  alignas(16) float lanes[4];
  hn::Store(Hwy<float>().PMax(part[0], part[1]), kF32, lanes);
  float largest = std::max(std::max(lanes[0], lanes[1]), std::max(lanes[2], lanes[3]));
  for (; i < count; ++i) largest = std::max(largest, std::fabs(p[i]));
  return largest;
}

// One step on one channel of some rows.
void Apply(char step, float v, int64_t rows, int64_t channels, float* y) {
  const auto each = [&](auto&& f) {
    for (int64_t row = 0; row < rows; ++row) y[row * channels] = f(y[row * channels]);
  };
  switch (step) {
    case '*':
      return each([v](float x) { return x * v; });
    case '/':
      return each([v](float x) { return x / v; });
    case '+':
      return each([v](float x) { return x + v; });
    case '-':
      return each([v](float x) { return x - v; });
    default:
      return each([v](float x) { return v - x; });
  }
}

}  // namespace

FoldedChannel FoldChannel(std::string_view steps, std::span<const float* const> vectors,
                          int64_t channel, float largest_weight) {
  double scale = 1, offset = 0;
  double largest_offset = 0;  // On the way, in units of the result.
  bool vanishes = false;      // Times zero, as the program wants.
  for (size_t i = 0; i < steps.size(); ++i) {
    const double v = static_cast<double>(vectors[i][channel]);
    if (!std::isfinite(v)) return {};
    switch (steps[i]) {
      case '*':
      case '/': {
        if (steps[i] == '/' && v == 0) return {};
        vanishes |= v == 0;
        const double factor = steps[i] == '*' ? v : 1 / v;
        scale *= factor;
        offset *= factor;
        largest_offset *= std::fabs(factor);
        break;
      }
      case '+':
        offset += v;
        break;
      case '-':
        offset -= v;
        break;
      default:
        scale = -scale;
        offset = v - offset;
    }
    largest_offset = std::max(largest_offset, std::fabs(offset));
  }
  const double magnitude = std::fabs(scale);
  const double folded = magnitude * static_cast<double>(largest_weight);
  const bool scale_is_exact =
      vanishes ? scale == 0
               : magnitude >= kSmallestScale && magnitude <= kLargestScale &&
                     (folded >= kSmallestFolded || magnitude >= 1 || largest_weight == 0);
  // Comparisons that are false for NaN.
  const bool ok = scale_is_exact && folded <= kLargestFolded && largest_offset <= kLargestFolded &&
                  std::fabs(offset) >= largest_offset * kCancelled;
  if (!ok) return {};
  return {true, static_cast<float>(scale), static_cast<float>(offset)};
}

void RaiseToMagnitudes(int64_t channels, int64_t inner, const float* weights, int64_t first,
                       int64_t last, float* largest) {
  for (int64_t run = first; run < last;) {
    const int64_t c = run % channels;
    if (inner > 1) {
      largest[c] = std::max(largest[c], LargestMagnitude(weights + run * inner, inner));
      ++run;
      continue;
    }
    const int64_t count = std::min(channels - c, last - run);
    float* to = largest + c;
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) Store(MaxMagnitude(Load(to + i), weights + run + i), to + i);
    for (; i < count; ++i) to[i] = std::max(to[i], std::fabs(weights[run + i]));
    run += count;
  }
}

void ApplyChannelSteps(std::string_view steps, std::span<const float* const> vectors,
                       const uint8_t* ok, int64_t first, int64_t last, int64_t channels, float min,
                       float max, const float* y, float* out) {
  constexpr int64_t kRows = 32;  // At a time, so that they stay in cache.
  for (int64_t row = first; row < last; row += kRows) {
    const int64_t count = std::min(kRows, last - row);
    const int64_t elements = count * channels;
    float* to = out + row * channels;
    if (out != y) {
      std::memcpy(to, y + row * channels, static_cast<size_t>(elements) * sizeof(float));
    }
    for (int64_t c = 0; c < channels; ++c) {
      if (ok[c]) continue;
      for (size_t i = 0; i < steps.size(); ++i) {
        Apply(steps[i], vectors[i][c], count, channels, to + c);
      }
    }
    ClampElements(0, elements, min, max, to);
  }
}

}  // namespace webhlo
