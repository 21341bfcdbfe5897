// SPDX-License-Identifier: Apache-2.0
#ifndef WEBHLO_CORE_OPS_PRODUCT_WEIGHTS_H_
#define WEBHLO_CORE_OPS_PRODUCT_WEIGHTS_H_

#include <optional>
#include <string>

#include "core/graph/encoding.h"
#include "core/graph/op_def.h"
#include "core/kernels/choice.h"

namespace webhlo {

// How a file may hold operand 1 of the op, so that the kernel of this choice packs the same bits of
// what is decoded: where it packs weights of a product in fewer bits. Else raw.
Encoding EncodingOfWeights(const OpView& op, const KernelChoice& choice);

// The key under which a product of the request's graph packs this operand of its op, a matrix whose
// rows are the product's columns, in fewer bits; nothing where none does. Who reads rows of it may
// read them there.
std::optional<std::string> PackKeyOfTable(const KernelRequest& request, size_t operand);

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_PRODUCT_WEIGHTS_H_
