// SPDX-License-Identifier: Apache-2.0
//
// What follows a product or a convolution that it does not do itself.
#ifndef WEBHLO_CORE_KERNELS_EPILOGUE_H_
#define WEBHLO_CORE_KERNELS_EPILOGUE_H_

#include <cstdint>
#include <memory>

#include "core/kernels/kernel.h"

namespace webhlo {

// Clamps the elements [first, last) of y. A NaN stays, and -0 is less than +0.
void ClampElements(int64_t first, int64_t last, float min, float max, float* y);

// A product, then `rest` with the same arguments; the product alone when that is null.
std::unique_ptr<Kernel> MakeThen(std::unique_ptr<Kernel> product, std::unique_ptr<Kernel> rest);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_EPILOGUE_H_
