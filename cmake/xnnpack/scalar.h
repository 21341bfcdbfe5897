// SPDX-License-Identifier: Apache-2.0
// Included before everything else in native builds: whatever the processor is, XNNPACK takes it for
// one that it has no special code for, and chooses its portable scalar kernels.
#pragma once
#include "xnnpack/common.h"
#undef XNN_ARCH_X86
#undef XNN_ARCH_X86_64
#undef XNN_ARCH_ARM
#undef XNN_ARCH_ARM64
#define XNN_ARCH_X86 0
#define XNN_ARCH_X86_64 0
#define XNN_ARCH_ARM 0
#define XNN_ARCH_ARM64 0
// The list of processor features would now be empty, which C forbids: keep one that nothing asks
// for.
#undef XNN_ARCH_HEXAGON
#define XNN_ARCH_HEXAGON 1
#include "xnnpack/hardware-config.h"
#undef XNN_ARCH_HEXAGON
#define XNN_ARCH_HEXAGON 0
