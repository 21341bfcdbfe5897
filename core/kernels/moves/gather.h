// SPDX-License-Identifier: Apache-2.0
//
// Windows of a tensor whose places an index tensor tells, one window for each of its vectors.
#ifndef WEBHLO_CORE_KERNELS_MOVES_GATHER_H_
#define WEBHLO_CORE_KERNELS_MOVES_GATHER_H_

#include <cstdint>
#include <memory>

#include "core/kernels/kernel.h"
#include "core/kernels/moves/places.h"

namespace webhlo {

// Operands (tensor, indices), result: the windows. `width`: bytes of an element.
std::unique_ptr<Kernel> MakeGather(int width, WindowShape window, WindowPlaces places);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_GATHER_H_
