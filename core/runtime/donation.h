// SPDX-License-Identifier: Apache-2.0
//
// Donation: arguments whose memory results may take, as the exporter says (tf.aliasing_output names
// the result, jax.buffer_donor leaves it open). A step of training updates its state in place so.
#ifndef WEBHLO_CORE_RUNTIME_DONATION_H_
#define WEBHLO_CORE_RUNTIME_DONATION_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/graph/graph.h"
#include "core/import/import.h"

namespace webhlo {

// By input of `main`: the result of the same type that takes its place, or kNone; empty if none
// does. Input i is the program's argument `inputs[i]`. Donors without a result of their own take
// the first that is left, in order, as XLA does.
std::vector<uint32_t> ResultsOverInputs(const Program& program, const Graph& main,
                                        std::span<const uint32_t> inputs);

// Whether runs of the program may have such inputs.
bool HasDonors(const Program& program);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_DONATION_H_
