// SPDX-License-Identifier: Apache-2.0
// Two of XNNPACK's WebAssembly SIMD files include arm_neon.h by mistake; they mean this header.
#pragma once
#include <wasm_simd128.h>
