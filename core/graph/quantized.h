// SPDX-License-Identifier: Apache-2.0
//
// Quantized types, as two others see them: the integers that are stored, and the floats that they
// express (spec, "Quantized types"). An op's Infer knows neither; it is asked about a program whose
// tensors are what they express, and what the specification says of quantization parameters is
// checked here.
#ifndef WEBHLO_CORE_GRAPH_QUANTIZED_H_
#define WEBHLO_CORE_GRAPH_QUANTIZED_H_

#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/graph/op_def.h"

namespace webhlo {

bool HasQuantizedTypes(const Graph& graph);
// Whether an operand or a result is quantized.
bool HasQuantizedTypes(const Graph& graph, const Node& node);

// A type with integers or floats in the place of quantized elements; any other as it is.
TensorType StorageOf(const TensorType& type);
TensorType ExpressedOf(const TensorType& type);

// The program with all types so replaced; ids are the same.
Graph WithTypes(const Graph& graph, TensorType (*replace)(const TensorType& type));

// Which of them the Infer of an op is asked about: those of what converts are about both.
enum class QuantizedReading : uint8_t { kAsWritten, kStorage, kExpressed };
QuantizedReading ReadingOf(OpName name);

// The specification's constraints on quantization parameters, for a node with any.
Status CheckQuantization(const OpView& op);

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_QUANTIZED_H_
