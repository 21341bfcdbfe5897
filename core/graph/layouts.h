// SPDX-License-Identifier: Apache-2.0
//
// Layouts: what an op's `assign_layout` works with. The pass assign-layouts does not execute
// transposes where they are written but carries them along lazily: each source value is a physical
// target value and a permutation, logical = transpose(physical, permutation). An op takes the
// layouts that its operands have, or asks for others, and defines those of its results.
#ifndef WEBHLO_CORE_GRAPH_LAYOUTS_H_
#define WEBHLO_CORE_GRAPH_LAYOUTS_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "core/graph/rewriter.h"

namespace webhlo {

using Dims = std::vector<int64_t>;
// By logical dimension, its place in memory.
using Permutation = std::vector<int64_t>;

Permutation Identity(size_t rank);
bool IsIdentity(const Permutation& p);
// physical[p[i]] = logical[i].
Dims ToPhysical(std::span<const int64_t> logical, const Permutation& p);

class Layouts {
 public:
  struct Lazy {
    ValueId physical = kNone;
    Permutation permutation;
  };

  // `constant`: which values depend on weights and literals alone. `rewriter` has cloned or defined
  // what the node at hand uses.
  Layouts(const Graph& source, std::vector<bool> constant, Rewriter& rewriter);

  const Graph& source() const { return source_; }
  Rewriter& rewriter() { return rewriter_; }
  bool IsConstant(ValueId v) const { return constant_[v]; }

  // ---- Source values.

  const Lazy& Of(ValueId v);
  void Define(ValueId v, ValueId physical, Permutation permutation);
  // The value with the wanted layout: logical = transpose(result, want).
  ValueId Get(ValueId v, const Permutation& want);
  // Whether Get moves bytes at run time.
  bool MovesData(ValueId v, const Permutation& want);
  // The value as the program wrote it.
  ValueId Materialize(ValueId v) { return Get(v, Identity(source_.tensor(v).dims.size())); }
  // The same, so that Rewriter::Map finds it.
  void MaterializeMapped(ValueId v);
  // What the node's regions use from outside: first materialized inside, it would not be visible
  // after them.
  void MaterializeCaptured(const Node& node);
  TensorType PhysicalType(ValueId v, const Permutation& p) const;
  // The logical dimension that is innermost in memory, units aside; -1 when all are units.
  int64_t Innermost(ValueId v);
  // The layout for an op whose operands share one shape: the one that most of their bytes have
  // already. When two tie, the written order, unless a convolution or pool comes next.
  Permutation CommonLayout(const Node& node, std::span<const ValueId> values, size_t rank);

  // A target value with other dimensions.
  ValueId Reshape(ValueId x, Dims dims);

  // ---- Nodes.

  // Needs the written order of everything.
  Status KeepWritten(const Node& node);
  Status AssignElementwise(const Node& node);
  // One operand of the result's rank (others are scalars), attributes with one entry a dimension.
  Status AssignSameRank(const Node& node, std::initializer_list<std::string_view> per_dimension);

 private:
  ValueId Transpose(ValueId x, const Permutation& p, const TensorType& type);
  // Whether any layout of the value is as cheap as any other.
  bool LayoutIsFree(ValueId v);
  // Whether the node's result reaches a convolution or a pool through elementwise nodes alone.
  bool LeadsToWindow(const Node& node) const;

  const Graph& source_;
  const std::vector<bool> constant_;
  Rewriter& rewriter_;
  std::vector<std::vector<const Node*>> users_;  // By source value.
  std::vector<Lazy> lazy_;                       // By source value.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_LAYOUTS_H_
