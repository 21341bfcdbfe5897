// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.dot_general: https://openxla.org/stablehlo/spec#dot_general
// The result type may be wider than the operands'. precision_config and the algorithm attributes
// only allow less precision than the reference has.
#include <algorithm>
#include <map>
#include <numeric>

#include "core/base/memory.h"
#include "core/base/sort.h"
#include "core/base/strings.h"
#include "core/graph/layouts.h"
#include "core/kernels/choice.h"
#include "core/kernels/loop_kernel.h"
#include "core/kernels/matmul/products.h"
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
  // C13, widened.
  const ElementType element = op.result().element;
  OP_CHECK(op, CanMultiply(lhs.element, rhs.element, element),
           "lhs, rhs and result have element types ", ElementTypeName(lhs.element), ", ",
           ElementTypeName(rhs.element), " and ", ElementTypeName(element), " (C13)");
  // C12
  std::vector<int64_t> dims = Pick(lhs.dims, l.batching);
  dims = Concat(dims, Pick(lhs.dims, l.result));
  dims = Concat(dims, Pick(rhs.dims, r.result));
  return SetResult(op, results, 0, element, std::move(dims));
}

// The offsets of all indices of some dimensions of an operand.
struct Offsets {
  Task Fill(const TensorView& view, std::span<const int64_t> dimensions, Budget& budget) {
    OffsetWalk walk(Pick(view.dims(), dimensions), Pick(RowMajorStrides(view.dims()), dimensions));
    Result<AlignedBuffer> buffer = TryAllocate(
        static_cast<uint64_t>(walk.count()) * sizeof(int64_t), "dot_general's index table");
    co_await buffer.status();
    memory = std::move(*buffer);
    size = static_cast<size_t>(walk.count());
    for (size_t i = 0; i < size; ++i, walk.Next()) {
      at(i) = walk.offset();
      co_await budget.Spend(4);
    }
  }
  int64_t& at(size_t i) { return reinterpret_cast<int64_t*>(memory.data())[i]; }

  AlignedBuffer memory;
  size_t size = 0;
};

constexpr size_t kRows = 64, kColumns = 128, kDepth = 64;

// A block of rhs, widened, and a block of sums that products with it are added to.
class Block {
 public:
  virtual ~Block() = default;
  virtual void Clear() = 0;
  // Row k of the block: elements of rhs behind `from`.
  virtual void Load(size_t k, const TensorView& rhs, int64_t from,
                    std::span<const int64_t> columns) = 0;
  // Adds to row m: elements of lhs behind `from`, one for each row of the block.
  virtual void Multiply(size_t m, const TensorView& lhs, int64_t from,
                        std::span<const int64_t> depth, size_t columns) = 0;
  virtual void Store(size_t m, size_t columns, const TensorView& result, int64_t at) const = 0;
};

template <typename Wide>
class BlockOf : public Block {
 public:
  explicit BlockOf(bool is_unsigned) : is_unsigned_(is_unsigned) {}

  void Clear() override { std::fill(sums_.begin(), sums_.end(), Wide{}); }
  void Load(size_t k, const TensorView& rhs, int64_t from,
            std::span<const int64_t> columns) override {
    Wide* row = &block_[k * kColumns];
    for (int64_t column : columns) *row++ = LoadWide<Wide>(rhs, from + column);
  }
  void Multiply(size_t m, const TensorView& lhs, int64_t from, std::span<const int64_t> depth,
                size_t columns) override {
    Wide* sum = &sums_[m * kColumns];
    const Wide* row = block_.data();
    for (int64_t k : depth) {
      const Wide a = LoadWide<Wide>(lhs, from + k);
      for (size_t n = 0; n < columns; ++n) MultiplyAdd(a, row[n], &sum[n]);
      row += kColumns;
    }
  }
  void Store(size_t m, size_t columns, const TensorView& result, int64_t at) const override {
    for (size_t n = 0; n < columns; ++n) {
      StoreWide(result, at + static_cast<int64_t>(n), sums_[m * kColumns + n], is_unsigned_);
    }
  }

 private:
  bool is_unsigned_;
  std::vector<Wide> block_ = std::vector<Wide>(kDepth * kColumns);
  std::vector<Wide> sums_ = std::vector<Wide>(kRows * kColumns);
};

// result[b, m, n] = sum over k of lhs[b, m, k] * rhs[b, k, n], the operands seen through offsets. A
// block of rhs is widened once and used for a block of rows, so that the loads do not dominate.
Task Reference(const ReferenceArgs& args) {
  const TensorView& lhs = args.inputs[0];
  const TensorView& rhs = args.inputs[1];
  const TensorView& result = args.outputs[0];
  const Dimensions l(args.op, "lhs", lhs.rank());
  const Dimensions r(args.op, "rhs", rhs.rank());
  Offsets lhs_m, lhs_k, rhs_k, rhs_n;
  co_await lhs_m.Fill(lhs, l.result, args.budget);
  co_await lhs_k.Fill(lhs, l.contracting, args.budget);
  co_await rhs_k.Fill(rhs, r.contracting, args.budget);
  co_await rhs_n.Fill(rhs, r.result, args.budget);
  OffsetWalk lhs_b(Pick(lhs.dims(), l.batching), Pick(RowMajorStrides(lhs.dims()), l.batching));
  OffsetWalk rhs_b(Pick(rhs.dims(), r.batching), Pick(RowMajorStrides(rhs.dims()), r.batching));
  const std::unique_ptr<Block> block =
      WithWideType(lhs.element(), result.element(), [&](auto wide) -> std::unique_ptr<Block> {
        return std::make_unique<BlockOf<decltype(wide)>>(IsUnsignedInteger(lhs.element()));
      });
  for (int64_t b = 0; b < lhs_b.count(); ++b, lhs_b.Next(), rhs_b.Next()) {
    for (size_t m0 = 0; m0 < lhs_m.size; m0 += kRows) {
      const size_t rows = std::min(kRows, lhs_m.size - m0);
      for (size_t n0 = 0; n0 < rhs_n.size; n0 += kColumns) {
        const size_t columns = std::min(kColumns, rhs_n.size - n0);
        block->Clear();
        for (size_t k0 = 0; k0 < lhs_k.size; k0 += kDepth) {
          const size_t depth = std::min(kDepth, lhs_k.size - k0);
          for (size_t k = 0; k < depth; ++k) {
            block->Load(k, rhs, rhs_b.offset() + rhs_k.at(k0 + k), {&rhs_n.at(n0), columns});
          }
          co_await args.budget.Spend(static_cast<int64_t>(depth * columns * 8));
          for (size_t m = 0; m < rows; ++m) {
            block->Multiply(m, lhs, lhs_b.offset() + lhs_m.at(m0 + m), {&lhs_k.at(k0), depth},
                            columns);
            co_await args.budget.Spend(static_cast<int64_t>(depth * (8 + 2 * columns)));
          }
        }
        for (size_t m = 0; m < rows; ++m) {
          const size_t at = (static_cast<size_t>(b) * lhs_m.size + m0 + m) * rhs_n.size + n0;
          block->Store(m, columns, result, static_cast<int64_t>(at));
        }
        co_await args.budget.Spend(static_cast<int64_t>(rows * columns * 8));
      }
    }
  }
}

double ReferenceCost(const OpView& op) {
  double steps = 1;
  for (int64_t d : op.Ints("lhs_contracting_dimensions")) {
    steps *= static_cast<double>(op.operand(0).dims[static_cast<size_t>(d)]);
  }
  return steps;
}

double Flops(const OpView& op) {
  return 2 * ReferenceCost(op) * static_cast<double>(op.result().NumElements());
}

// Kernels of f32 are webhlo.matmul's, which assign-layouts makes of a dot_general.
ProductSizes SizesOf(const OpView& op) {
  const TensorType &lhs = op.operand(0), &rhs = op.operand(1);
  const Dimensions l(op, "lhs", lhs.rank()), r(op, "rhs", rhs.rank());
  const auto group = [](const TensorType& type, std::span<const int64_t> dimensions) {
    return ProductSizes::Group{Pick(type.dims, dimensions),
                               Pick(RowMajorStrides(type.dims), dimensions)};
  };
  return {.lhs = lhs.element,
          .rhs = rhs.element,
          .result = op.result().element,
          .lhs_b = group(lhs, l.batching),
          .lhs_m = group(lhs, l.result),
          .lhs_k = group(lhs, l.contracting),
          .rhs_b = group(rhs, r.batching),
          .rhs_k = group(rhs, r.contracting),
          .rhs_n = group(rhs, r.result)};
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const OpView& op = request.op;
  if (op.result().NumElements() == 0 || !SizesOf(op).HasKernel()) return std::nullopt;
  return KernelChoice{.sizes = StrCat(ToString(op.operand(0)), " ", ToString(op.operand(1)))};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return std::unique_ptr<Kernel>(
      std::make_unique<LoopKernel<Products>>(Products(SizesOf(site.op))));
}

constexpr KernelRow kKernels[] = {{.name = "products", .propose = Propose, .make = Make}};

// One operand of a dot_general: its dimensions by role, each group in physical order.
struct Side {
  std::vector<int64_t> batch, contracting, free;  // Logical dimensions.
};

// Orders pairs of dimensions by where `layout` puts the first of each.
void SortPairs(const Permutation& layout, Dims* first, Dims* second, Dims* third) {
  std::vector<size_t> order(first->size());
  std::iota(order.begin(), order.end(), size_t{0});
  Sort(order, [&](size_t a, size_t b) {
    return layout[static_cast<size_t>((*first)[a])] < layout[static_cast<size_t>((*first)[b])];
  });
  for (Dims* dims : {first, second, third}) {
    if (!dims) continue;
    Dims sorted;
    for (size_t i : order) sorted.push_back((*dims)[i]);
    *dims = std::move(sorted);
  }
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  const Graph& source = layouts.source();
  Rewriter& rewriter = layouts.rewriter();
  const OpView view(source, node);
  ValueId lhs = source.operands(node)[0], rhs = source.operands(node)[1];
  const ValueId result = node.results.begin;
  for (ValueId v : {lhs, rhs, result}) {
    const TensorType& type = source.tensor(v);
    if (type.element != ElementType::kF32 || type.NumElements() == 0)
      return layouts.KeepWritten(node);
  }
  const auto to_vector = [](std::span<const int64_t> s) { return Dims(s.begin(), s.end()); };
  Side l{to_vector(view.Ints("lhs_batching_dimensions")),
         to_vector(view.Ints("lhs_contracting_dimensions")),
         {}};
  Side r{to_vector(view.Ints("rhs_batching_dimensions")),
         to_vector(view.Ints("rhs_contracting_dimensions")),
         {}};
  // Where each free dimension stands in the result: after the batch ones, lhs before rhs.
  std::map<int64_t, int64_t> l_at, r_at;
  int64_t at = static_cast<int64_t>(l.batch.size());
  const auto find_free = [&](ValueId v, Side* side, std::map<int64_t, int64_t>* positions) {
    for (int64_t d = 0; d < source.tensor(v).rank(); ++d) {
      if (std::find(side->batch.begin(), side->batch.end(), d) != side->batch.end()) continue;
      if (std::find(side->contracting.begin(), side->contracting.end(), d) !=
          side->contracting.end()) {
        continue;
      }
      side->free.push_back(d);
      (*positions)[d] = at++;
    }
  };
  find_free(lhs, &l, &l_at);
  find_free(rhs, &r, &r_at);
  Dims batch_at = Identity(l.batch.size());  // Result position of each batch pair.
  // Constant weights on the left are better on the right: they are packed there.
  if (layouts.IsConstant(lhs) && !layouts.IsConstant(rhs) && l.batch.empty()) {
    std::swap(lhs, rhs);
    std::swap(l, r);
    std::swap(l_at, r_at);
  }
  // Free dimensions in the order they lie in memory; pairs in the order of the operand whose
  // layout is not free to choose.
  const auto by_layout = [&](ValueId v, Dims* dims) {
    const Permutation p = layouts.Of(v).permutation;
    Sort(*dims, [&](int64_t a, int64_t b) {
      return p[static_cast<size_t>(a)] < p[static_cast<size_t>(b)];
    });
  };
  by_layout(lhs, &l.free);
  by_layout(rhs, &r.free);
  SortPairs(layouts.Of(lhs).permutation, &l.batch, &r.batch, &batch_at);
  SortPairs(layouts.Of(lhs).permutation, &l.contracting, &r.contracting, nullptr);

  const auto order = [](std::initializer_list<const Dims*> groups) {
    Dims dims;
    for (const Dims* group : groups) dims.insert(dims.end(), group->begin(), group->end());
    Permutation p(dims.size());
    for (size_t i = 0; i < dims.size(); ++i) {
      p[static_cast<size_t>(dims[i])] = static_cast<int64_t>(i);
    }
    return p;
  };
  const auto size = [&](ValueId v, const Dims& dims) {
    int64_t n = 1;
    for (int64_t d : dims) n *= source.tensor(v).dims[static_cast<size_t>(d)];
    return n;
  };
  const int64_t b = size(lhs, l.batch), m = size(lhs, l.free), k = size(lhs, l.contracting),
                n = size(rhs, r.free);
  const Permutation lhs_layout = order({&l.batch, &l.free, &l.contracting});
  const Permutation rhs_plain = order({&r.batch, &r.contracting, &r.free});
  const Permutation rhs_transposed = order({&r.batch, &r.free, &r.contracting});
  // Either order of the right operand will do. When both need a copy, the better one keeps the
  // innermost dimension where it is.
  bool transpose_rhs = layouts.MovesData(rhs, rhs_plain);
  if (transpose_rhs && layouts.MovesData(rhs, rhs_transposed)) {
    const int64_t innermost = layouts.Innermost(rhs);
    transpose_rhs =
        std::find(r.contracting.begin(), r.contracting.end(), innermost) != r.contracting.end();
  }
  const Permutation& rhs_layout = transpose_rhs ? rhs_transposed : rhs_plain;
  const auto with_batch = [&](Dims dims) {
    if (b != 1) dims.insert(dims.begin(), b);
    return dims;
  };
  const ValueId x = layouts.Reshape(layouts.Get(lhs, lhs_layout), with_batch({m, k}));
  const ValueId w = layouts.Reshape(layouts.Get(rhs, rhs_layout),
                                    with_batch(transpose_rhs ? Dims{n, k} : Dims{k, n}));
  const TensorType product(ElementType::kF32, with_batch({m, n}));
  std::vector<NamedAttribute> attributes;
  if (transpose_rhs) attributes.push_back({"transpose_rhs", Attribute::Bool(true)});
  const ValueId y = rewriter.Emit(ops::kWebhloMatmul, {x, w}, product, std::move(attributes),
                                  rewriter.MapLocation(node.location));
  // The result's physical dimensions: batch, free of the left, free of the right.
  Permutation out(source.tensor(result).dims.size());
  int64_t physical = 0;
  for (int64_t position : batch_at) out[static_cast<size_t>(position)] = physical++;
  for (int64_t d : l.free) out[static_cast<size_t>(l_at[d])] = physical++;
  for (int64_t d : r.free) out[static_cast<size_t>(r_at[d])] = physical++;
  layouts.Define(result, layouts.Reshape(y, ToPhysical(source.tensor(result).dims, out)), out);
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.dot_general",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .reference_cost = ReferenceCost,
                           .flops = Flops,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(dot_general, kOps);

}  // namespace webhlo
