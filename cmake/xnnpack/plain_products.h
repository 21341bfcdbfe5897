// SPDX-License-Identifier: Apache-2.0
// Included before src/configs/gemm-config.c, whose configurations name kernels that nothing calls:
// those of convolutions, which are the project's own (core/kernels/convolution/), and those of
// products with bounds, which core/kernels/matmul/xnnpack.cc clamps itself. They need not be
// downloaded.
#pragma once
#include "xnnpack/config.h"
#include "xnnpack/gemm.h"
#define xnn_init_hmp_igemm_ukernel(function) ((struct xnn_hmp_igemm_ukernel){{0}})
// #define NAME NULL, for each kernel with bounds.
#include "kernels_with_bounds.h"
