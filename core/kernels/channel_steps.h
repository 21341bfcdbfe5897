// SPDX-License-Identifier: Apache-2.0
//
// Chains of scales and offsets after a product, channel by channel: when they may be folded into
// its weights, and doing them as they are written where they may not.
//
// A chain is a string, one letter a step, and one vector over the channels a step:
//   '*' y * v   '/' y / v   '+' y + v   '-' y - v   '~' v - y
#ifndef WEBHLO_CORE_KERNELS_CHANNEL_STEPS_H_
#define WEBHLO_CORE_KERNELS_CHANNEL_STEPS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace webhlo {

inline constexpr std::string_view kChannelSteps = "*/+-~";

// The chain over one channel is y * scale + offset. When that is not as exact as the chain, `ok` is
// false, the scale 1 and the offset 0.
struct FoldedChannel {
  bool ok = false;
  float scale = 1;
  float offset = 0;
};

// `vectors[i][channel]` is the constant of step i, `largest_weight` the largest magnitude among the
// channel's weights.
//
// With the scale in the weights, sum(x * w) * scale becomes sum(x * (w * scale)), whose rounding
// the bound of a product allows for. What it does not allow for is refused:
//   - constants and folded weights that are not finite;
//   - a scale above 2^40: terms that cancel in the sum could overflow once they are scaled;
//   - a scale, or folded weights on the whole, so small that they lose digits or vanish;
//   - offsets that cancel by more than 2^12: y + c - c rounds y as the program wants it rounded.
// A scale or an offset of zero is exact.
FoldedChannel FoldChannel(std::string_view steps, std::span<const float* const> vectors,
                          int64_t channel, float largest_weight);

// Raises largest[c] to the largest magnitude among runs [first, last) of `inner` weights, of which
// channel c has those whose number modulo `channels` is c. NaN does not count.
void RaiseToMagnitudes(int64_t channels, int64_t inner, const float* weights, int64_t first,
                       int64_t last, float* largest);

// out[row, c] = clamp(ok[c] ? y[row, c] : chain(y[row, c])), each step rounded, for the rows
// [first, last). A NaN stays. `out` may be `y`.
void ApplyChannelSteps(std::string_view steps, std::span<const float* const> vectors,
                       const uint8_t* ok, int64_t first, int64_t last, int64_t channels, float min,
                       float max, const float* y, float* out);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_CHANNEL_STEPS_H_
