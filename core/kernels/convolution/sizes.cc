// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/convolution/sizes.h"

#include "core/base/strings.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {

bool AreValid(const Conv2dSizes& s) {
  for (int64_t positive :
       {s.batch, s.height, s.width, s.channels, s.output_channels, s.filter_height, s.filter_width,
        s.stride_height, s.stride_width, s.dilation_height, s.dilation_width, s.groups}) {
    if (positive < 1 || positive > INT32_MAX) return false;
  }
  for (int64_t pad : {s.pad_top, s.pad_bottom, s.pad_left, s.pad_right}) {
    if (pad < -INT32_MAX || pad > INT32_MAX) return false;
  }
  return s.channels % s.groups == 0 && s.output_channels % s.groups == 0 &&
         s.height + s.pad_top + s.pad_bottom > (s.filter_height - 1) * s.dilation_height &&
         s.width + s.pad_left + s.pad_right > (s.filter_width - 1) * s.dilation_width &&
         s.clamp.IsValid() && FitsSize({s.batch, s.height, s.width, s.channels}) &&
         FitsSize({s.batch, s.output_height(), s.output_width(), s.output_channels}) &&
         FitsSize({s.filter_height, s.filter_width, s.channels, s.output_channels});
}

double Flops(const Conv2dSizes& s) {
  return 2.0 * static_cast<double>(s.batch * s.output_height() * s.output_width()) *
         static_cast<double>(s.output_channels) *
         static_cast<double>(s.filter_height * s.filter_width * (s.channels / s.groups));
}

std::optional<FullyConnectedSizes> AsProduct(const Conv2dSizes& s) {
  if (!AreValid(s) || s.filter_height != 1 || s.filter_width != 1 || s.stride_height != 1 ||
      s.stride_width != 1 || s.groups != 1 ||
      (s.pad_top | s.pad_bottom | s.pad_left | s.pad_right) != 0) {
    return std::nullopt;
  }
  return FullyConnectedSizes{.m = s.batch * s.height * s.width,
                             .k = s.channels,
                             .n = s.output_channels,
                             .transposed_weights = true,
                             .has_bias = s.has_bias,
                             .extras = s.extras,
                             .clamp = s.clamp};
}

std::string Describe(const Conv2dSizes& s) {
  std::string out = StrCat(s.batch, "x", s.height, "x", s.width, "x", s.channels, " filter ",
                           s.filter_height, "x", s.filter_width, "x", s.output_channels);
  if (s.stride_height != 1 || s.stride_width != 1) {
    StrAppend(&out, " strides ", s.stride_height, "x", s.stride_width);
  }
  if (s.dilation_height != 1 || s.dilation_width != 1) {
    StrAppend(&out, " dilation ", s.dilation_height, "x", s.dilation_width);
  }
  if ((s.pad_top | s.pad_bottom | s.pad_left | s.pad_right) != 0) {
    StrAppend(&out, " padding ", s.pad_top, ",", s.pad_bottom, ",", s.pad_left, ",", s.pad_right);
  }
  if (s.groups != 1) StrAppend(&out, " groups ", s.groups);
  if (s.has_bias) out += " bias";
  return out + Describe(s.clamp);
}

}  // namespace webhlo
