// SPDX-License-Identifier: Apache-2.0
// Stands in for src/configs/dwconv-config.c: depthwise convolutions are the project's own
// (core/kernels/depthwise.cc), so XNNPACK's need not be downloaded. Tiles of size 0 fit no filter.
#include "xnnpack/config.h"

const struct xnn_dwconv_config* xnn_init_f32_dwconv_config(void) {
  static const struct xnn_dwconv_config none[XNN_MAX_F32_DWCONV_UKERNELS];
  return none;
}
const struct xnn_dwconv_config* xnn_init_f16_dwconv_config(void) { return NULL; }
const struct xnn_dwconv_config* xnn_init_qs8_dwconv_config(void) { return NULL; }
const struct xnn_dwconv_config* xnn_init_qs8_qc8w_dwconv_config(void) { return NULL; }
const struct xnn_dwconv_config* xnn_init_qu8_dwconv_config(void) { return NULL; }
