// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dot_general: https://openxla.org/stablehlo/spec#dot_general
// The result type may be wider than the operands'. precision_config and the algorithm attributes
// only allow less precision than the reference has.
#include "core/base/memory.h"
#include "core/ops/accumulate.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

struct Dimensions {
  std::span<const int64_t> batching, contracting;
  std::vector<int64_t> result;  // [d for d in axes and d not in batching and not in contracting]

  Dimensions(const OpView& op, std::string_view side, int rank)
      : batching(op.Ints(StrCat(side, "_batching_dimensions"))),
        contracting(op.Ints(StrCat(side, "_contracting_dimensions"))) {
    for (int64_t d = 0; d < rank; ++d) {
      if (!Contains(batching, d) && !Contains(contracting, d)) result.push_back(d);
    }
  }
};

std::vector<int64_t> Pick(std::span<const int64_t> values, std::span<const int64_t> at) {
  std::vector<int64_t> picked;
  for (int64_t d : at) picked.push_back(values[static_cast<size_t>(d)]);
  return picked;
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType& lhs = op.operand(0);
  const TensorType& rhs = op.operand(1);
  const Dimensions l(op, "lhs", lhs.rank());
  const Dimensions r(op, "rhs", rhs.rank());
  // C1
  OP_CHECK(op, l.batching.size() == r.batching.size(), "lhs_batching_dimensions ",
           Brackets(l.batching), " and rhs_batching_dimensions ", Brackets(r.batching),
           " differ in size (C1)");
  // C2
  OP_CHECK(op, l.contracting.size() == r.contracting.size(), "lhs_contracting_dimensions ",
           Brackets(l.contracting), " and rhs_contracting_dimensions ", Brackets(r.contracting),
           " differ in size (C2)");
  // C3, C4
  RETURN_IF_ERROR(CheckUnique(op, "lhs dimensions", Concat(l.batching, l.contracting), "C3"));
  RETURN_IF_ERROR(CheckUnique(op, "rhs dimensions", Concat(r.batching, r.contracting), "C4"));
  // C5-C8
  RETURN_IF_ERROR(CheckRange(op, "lhs_batching_dimensions", l.batching, lhs.rank(), "C5"));
  RETURN_IF_ERROR(CheckRange(op, "lhs_contracting_dimensions", l.contracting, lhs.rank(), "C6"));
  RETURN_IF_ERROR(CheckRange(op, "rhs_batching_dimensions", r.batching, rhs.rank(), "C7"));
  RETURN_IF_ERROR(CheckRange(op, "rhs_contracting_dimensions", r.contracting, rhs.rank(), "C8"));
  // C9, C10
  const auto same_sizes = [&](std::span<const int64_t> a, std::span<const int64_t> b,
                              std::string_view kind, std::string_view label) -> Status {
    for (size_t i = 0; i < a.size(); ++i) {
      const int64_t lhs_dim = lhs.dims[static_cast<size_t>(a[i])];
      const int64_t rhs_dim = rhs.dims[static_cast<size_t>(b[i])];
      OP_CHECK(op, lhs_dim == rhs_dim, "lhs ", kind, " dim ", a[i], " is ", lhs_dim, ", rhs dim ",
               b[i], " is ", rhs_dim, " (", label, ")");
    }
    return OkStatus();
  };
  RETURN_IF_ERROR(same_sizes(l.batching, r.batching, "batching", "C9"));
  RETURN_IF_ERROR(same_sizes(l.contracting, r.contracting, "contracting", "C10"));
  // C11
  if (const Attribute* precision = op.attribute("precision_config")) {
    OP_CHECK(op, precision->elements().empty() || precision->elements().size() == 2,
             "precision_config has ", precision->elements().size(), " entries (C11)");
  }
  // C13, widened to operands of two types of one kind, which producers emit for small floats.
  const ElementType element = op.result().element;
  OP_CHECK(op, SameKind(lhs.element, rhs.element) && SameKind(lhs.element, element),
           "lhs, rhs and result have element types ", ElementTypeName(lhs.element), ", ",
           ElementTypeName(rhs.element), " and ", ElementTypeName(element), " (C13)");
  // C12
  std::vector<int64_t> dims = Pick(lhs.dims, l.batching);
  dims = Concat(dims, Pick(lhs.dims, l.result));
  dims = Concat(dims, Pick(rhs.dims, r.result));
  return SetResult(op, results, 0, element, std::move(dims));
}

// The offsets of all indices of some dimensions of an operand.
Result<AlignedBuffer> Offsets(const TensorView& view, std::span<const int64_t> dimensions) {
  OffsetWalk walk(Pick(view.dims(), dimensions), Pick(RowMajorStrides(view.dims()), dimensions));
  ASSIGN_OR_RETURN(AlignedBuffer buffer,
                   TryAllocate(static_cast<uint64_t>(walk.count()) * sizeof(int64_t),
                               "dot_general's index table"));
  int64_t* offsets = reinterpret_cast<int64_t*>(buffer.data());
  for (int64_t i = 0; i < walk.count(); ++i, walk.Next()) offsets[i] = walk.offset();
  return buffer;
}

std::span<const int64_t> AsOffsets(const AlignedBuffer& buffer) {
  return {reinterpret_cast<const int64_t*>(buffer.data()), buffer.size() / sizeof(int64_t)};
}

// result[b, m, n] = sum over k of lhs[b, m, k] * rhs[b, k, n], the operands seen through offsets. A
// block of rhs is widened once and used for a block of rows, so that the loads do not dominate.
template <typename Wide>
void Dot(const TensorView& lhs, const TensorView& rhs, const TensorView& result, OffsetWalk& lhs_b,
         OffsetWalk& rhs_b, std::span<const int64_t> lhs_m, std::span<const int64_t> lhs_k,
         std::span<const int64_t> rhs_k, std::span<const int64_t> rhs_n) {
  constexpr size_t kRows = 64, kColumns = 128, kDepth = 64;
  std::vector<Wide> block(kDepth * kColumns);
  std::vector<Wide> sums(kRows * kColumns);
  const size_t m_size = lhs_m.size(), n_size = rhs_n.size(), k_size = lhs_k.size();
  for (int64_t b = 0; b < lhs_b.count(); ++b, lhs_b.Next(), rhs_b.Next()) {
    for (size_t m0 = 0; m0 < m_size; m0 += kRows) {
      const size_t rows = std::min(kRows, m_size - m0);
      for (size_t n0 = 0; n0 < n_size; n0 += kColumns) {
        const size_t columns = std::min(kColumns, n_size - n0);
        std::fill(sums.begin(), sums.end(), Wide{});
        for (size_t k0 = 0; k0 < k_size; k0 += kDepth) {
          const size_t depth = std::min(kDepth, k_size - k0);
          for (size_t k = 0; k < depth; ++k) {
            for (size_t n = 0; n < columns; ++n) {
              block[k * kColumns + n] =
                  LoadWide<Wide>(rhs, rhs_b.offset() + rhs_k[k0 + k] + rhs_n[n0 + n]);
            }
          }
          for (size_t m = 0; m < rows; ++m) {
            for (size_t k = 0; k < depth; ++k) {
              const Wide a = LoadWide<Wide>(lhs, lhs_b.offset() + lhs_m[m0 + m] + lhs_k[k0 + k]);
              Wide* sum = &sums[m * kColumns];
              const Wide* row = &block[k * kColumns];
              for (size_t n = 0; n < columns; ++n) MultiplyAdd(a, row[n], &sum[n]);
            }
          }
        }
        for (size_t m = 0; m < rows; ++m) {
          for (size_t n = 0; n < columns; ++n) {
            const size_t at = (static_cast<size_t>(b) * m_size + m0 + m) * n_size + n0 + n;
            StoreWide(result, static_cast<int64_t>(at), sums[m * kColumns + n]);
          }
        }
      }
    }
  }
}

Status Reference(const ReferenceArgs& args) {
  const TensorView& lhs = args.inputs[0];
  const TensorView& rhs = args.inputs[1];
  const Dimensions l(args.op, "lhs", lhs.rank());
  const Dimensions r(args.op, "rhs", rhs.rank());
  ASSIGN_OR_RETURN(const AlignedBuffer lhs_m, Offsets(lhs, l.result));
  ASSIGN_OR_RETURN(const AlignedBuffer lhs_k, Offsets(lhs, l.contracting));
  ASSIGN_OR_RETURN(const AlignedBuffer rhs_k, Offsets(rhs, r.contracting));
  ASSIGN_OR_RETURN(const AlignedBuffer rhs_n, Offsets(rhs, r.result));
  OffsetWalk lhs_b(Pick(lhs.dims(), l.batching), Pick(RowMajorStrides(lhs.dims()), l.batching));
  OffsetWalk rhs_b(Pick(rhs.dims(), r.batching), Pick(RowMajorStrides(rhs.dims()), r.batching));
  WithWideType(args.outputs[0].element(), [&](auto wide) {
    Dot<decltype(wide)>(lhs, rhs, args.outputs[0], lhs_b, rhs_b, AsOffsets(lhs_m), AsOffsets(lhs_k),
                        AsOffsets(rhs_k), AsOffsets(rhs_n));
  });
  return OkStatus();
}

constexpr OpDef kOps[] = {
    {.name = "stablehlo.dot_general", .infer = Infer, .reference = Reference}};

}  // namespace

WEBHLO_EXPORT_OPS(dot_general, kOps);

}  // namespace webhlo
