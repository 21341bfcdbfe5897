// SPDX-License-Identifier: Apache-2.0
#ifndef WEBHLO_CORE_OPS_RNG_H_
#define WEBHLO_CORE_OPS_RNG_H_

#include <cstdint>

namespace webhlo {

// Begins the sequence of numbers that stablehlo.rng draws from. Programs that are equal and run
// alike draw the same after the same seed. A process has one sequence, as it has one session.
void SeedRandomNumbers(uint64_t seed);

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_RNG_H_
