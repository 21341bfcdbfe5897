// SPDX-License-Identifier: Apache-2.0
// Included before src/configs/gemm-config.c: convolutions are the project's own (core/kernels/convolution/),
// so the kernels that configurations of products name for XNNPACK's need not be downloaded.
#pragma once
#include "xnnpack/config.h"
#define xnn_init_hmp_igemm_ukernel(function) ((struct xnn_hmp_igemm_ukernel){{0}})
