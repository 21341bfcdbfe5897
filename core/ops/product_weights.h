// SPDX-License-Identifier: Apache-2.0
#ifndef WEBHLO_CORE_OPS_PRODUCT_WEIGHTS_H_
#define WEBHLO_CORE_OPS_PRODUCT_WEIGHTS_H_

#include "core/graph/encoding.h"
#include "core/graph/op_def.h"
#include "core/kernels/choice.h"

namespace webhlo {

// How a file may hold operand 1 of the op, so that the kernel of this choice packs the same bits of
// what is decoded: where it packs weights of a product in fewer bits. Else raw.
Encoding EncodingOfWeights(const OpView& op, const KernelChoice& choice);

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_PRODUCT_WEIGHTS_H_
