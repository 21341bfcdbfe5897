// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.convolution: https://openxla.org/stablehlo/spec#convolution
#include "core/ops/convolution.h"

#include "core/base/memory.h"
#include "core/graph/layouts.h"
#include "core/ops/accumulate.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

std::vector<int64_t> AllDimensions(int64_t first, std::span<const int64_t> spatial, int64_t last) {
  std::vector<int64_t> all = {first};
  all.insert(all.end(), spatial.begin(), spatial.end());
  all.push_back(last);
  return all;
}

int64_t At(std::span<const int64_t> values, int64_t i) { return values[static_cast<size_t>(i)]; }

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 2));
  const TensorType& lhs = op.operand(0);
  const TensorType& rhs = op.operand(1);
  const ConvolutionAttributes a(op);
  const int n = lhs.rank();
  // C1
  OP_CHECK(op, n >= 2 && rhs.rank() == n, "lhs has rank ", n, ", rhs has rank ", rhs.rank(),
           ", expected equal ranks of at least 2 (C1)");
  const size_t spatial = static_cast<size_t>(n) - 2;
  // C2-C9
  RETURN_IF_ERROR(CheckSize(op, "window_strides", a.window_strides, spatial, "C2"));
  RETURN_IF_ERROR(CheckAtLeast(op, "window_strides", a.window_strides, 1, "C3"));
  RETURN_IF_ERROR(CheckSize(op, "padding", a.padding, 2 * spatial, "C4"));
  RETURN_IF_ERROR(CheckSize(op, "lhs_dilation", a.lhs_dilation, spatial, "C5"));
  RETURN_IF_ERROR(CheckAtLeast(op, "lhs_dilation", a.lhs_dilation, 1, "C6"));
  RETURN_IF_ERROR(CheckSize(op, "rhs_dilation", a.rhs_dilation, spatial, "C7"));
  RETURN_IF_ERROR(CheckAtLeast(op, "rhs_dilation", a.rhs_dilation, 1, "C8"));
  RETURN_IF_ERROR(CheckSize(op, "window_reversal", a.window_reversal, spatial, "C9"));
  // C12, C13
  RETURN_IF_ERROR(
      CheckSize(op, "input_spatial_dimensions", a.input_spatial_dimensions, spatial, "C12"));
  const std::vector<int64_t> input_dimensions =
      AllDimensions(a.input_batch_dimension, a.input_spatial_dimensions, a.input_feature_dimension);
  RETURN_IF_ERROR(CheckUnique(op, "input dimensions", input_dimensions, "C13"));
  RETURN_IF_ERROR(CheckRange(op, "input dimensions", input_dimensions, n, "C13"));
  // C17, C18
  RETURN_IF_ERROR(
      CheckSize(op, "kernel_spatial_dimensions", a.kernel_spatial_dimensions, spatial, "C17"));
  const std::vector<int64_t> kernel_dimensions =
      AllDimensions(a.kernel_input_feature_dimension, a.kernel_spatial_dimensions,
                    a.kernel_output_feature_dimension);
  RETURN_IF_ERROR(CheckUnique(op, "kernel dimensions", kernel_dimensions, "C18"));
  RETURN_IF_ERROR(CheckRange(op, "kernel dimensions", kernel_dimensions, n, "C18"));
  // C19, C20
  RETURN_IF_ERROR(
      CheckSize(op, "output_spatial_dimensions", a.output_spatial_dimensions, spatial, "C19"));
  const std::vector<int64_t> output_dimensions = AllDimensions(
      a.output_batch_dimension, a.output_spatial_dimensions, a.output_feature_dimension);
  RETURN_IF_ERROR(CheckUnique(op, "output dimensions", output_dimensions, "C20"));
  RETURN_IF_ERROR(CheckRange(op, "output dimensions", output_dimensions, n, "C20"));
  // C21-C23
  OP_CHECK(op, a.feature_group_count > 0, "feature_group_count is ", a.feature_group_count,
           " (C21)");
  OP_CHECK(op, a.batch_group_count > 0, "batch_group_count is ", a.batch_group_count, " (C22)");
  OP_CHECK(op, a.feature_group_count == 1 || a.batch_group_count == 1, "feature_group_count is ",
           a.feature_group_count, " and batch_group_count is ", a.batch_group_count,
           ", expected one of them to be 1 (C23)");
  const int64_t batch = At(lhs.dims, a.input_batch_dimension);
  const int64_t input_features = At(lhs.dims, a.input_feature_dimension);
  const int64_t kernel_inputs = At(rhs.dims, a.kernel_input_feature_dimension);
  const int64_t output_features = At(rhs.dims, a.kernel_output_feature_dimension);
  // C10, C11
  OP_CHECK(op, batch % a.batch_group_count == 0, "lhs has a batch of ", batch,
           ", batch_group_count is ", a.batch_group_count, " (C10)");
  OP_CHECK(op, input_features % a.feature_group_count == 0, "lhs has ", input_features,
           " features, feature_group_count is ", a.feature_group_count, " (C11)");
  // C14
  OP_CHECK(op, kernel_inputs == input_features / a.feature_group_count, "rhs takes ", kernel_inputs,
           " features, lhs has ", input_features, " in ", a.feature_group_count, " groups (C14)");
  // C15, C16
  OP_CHECK(op, output_features % a.batch_group_count == 0, "rhs makes ", output_features,
           " features, batch_group_count is ", a.batch_group_count, " (C15)");
  OP_CHECK(op, output_features % a.feature_group_count == 0, "rhs makes ", output_features,
           " features, feature_group_count is ", a.feature_group_count, " (C16)");
  // C24
  if (const Attribute* precision = op.attribute("precision_config")) {
    OP_CHECK(op, precision->elements().empty() || precision->elements().size() == 2,
             "precision_config has ", precision->elements().size(), " entries (C24)");
  }
  // C27, widened.
  const ElementType element = op.result().element;
  OP_CHECK(op, CanMultiply(lhs.element, rhs.element, element),
           "lhs, rhs and result have element types ", ElementTypeName(lhs.element), ", ",
           ElementTypeName(rhs.element), " and ", ElementTypeName(element), " (C27)");
  // C25, C26
  std::vector<int64_t> dims(static_cast<size_t>(n));
  dims[static_cast<size_t>(a.output_batch_dimension)] = batch / a.batch_group_count;
  dims[static_cast<size_t>(a.output_feature_dimension)] = output_features;
  for (size_t i = 0; i < spatial; ++i) {
    const std::optional<int64_t> num_windows =
        NumWindows(At(lhs.dims, a.input_spatial_dimensions[i]),
                   a.Window(i, At(rhs.dims, a.kernel_spatial_dimensions[i])));
    OP_CHECK(op, num_windows.has_value(), "the padded size of spatial dimension ", i,
             " overflows (C25)");
    dims[static_cast<size_t>(a.output_spatial_dimensions[i])] = *num_windows;
  }
  return SetResult(op, results, 0, element, std::move(dims));
}

std::vector<int64_t> Pick(std::span<const int64_t> values, std::span<const int64_t> at) {
  std::vector<int64_t> picked;
  for (int64_t d : at) picked.push_back(At(values, d));
  return picked;
}

// A group's kernel, widened, and the sums of a block of output positions. Typed rows of the loops
// in Convolution, which are the same for all types.
class Sums {
 public:
  virtual ~Sums() = default;
  // Row r of the kernel: elements from, from + stride, ... of rhs.
  virtual void Load(int64_t r, const TensorView& rhs, int64_t from, int64_t stride) = 0;
  virtual void Clear() = 0;
  // For each position: adds the element of lhs at `elements[b] + feature` times row r, outputs
  // begin to end. Negative elements are padding.
  virtual void Multiply(std::span<const int64_t> elements, const TensorView& lhs, int64_t feature,
                        int64_t r, int64_t begin, int64_t end) = 0;
  virtual void Store(size_t b, const TensorView& result, int64_t at, int64_t stride) const = 0;
};

template <typename Wide>
class SumsOf : public Sums {
 public:
  // `weights`: room for the kernel.
  SumsOf(bool is_unsigned, AlignedBuffer weights, size_t positions, int64_t outputs)
      : is_unsigned_(is_unsigned),
        weights_(std::move(weights)),
        outputs_(outputs),
        sums_(positions * static_cast<size_t>(outputs)) {}

  void Load(int64_t r, const TensorView& rhs, int64_t from, int64_t stride) override {
    for (int64_t o = 0; o < outputs_; ++o) Row(r)[o] = LoadWide<Wide>(rhs, from + o * stride);
  }
  void Clear() override { std::fill(sums_.begin(), sums_.end(), Wide{}); }
  void Multiply(std::span<const int64_t> elements, const TensorView& lhs, int64_t feature,
                int64_t r, int64_t begin, int64_t end) override {
    const Wide* w = Row(r);
    for (size_t b = 0; b < elements.size(); ++b) {
      if (elements[b] < 0) continue;
      const Wide x = LoadWide<Wide>(lhs, elements[b] + feature);
      Wide* sum = &sums_[b * static_cast<size_t>(outputs_)];
      for (int64_t o = begin; o < end; ++o) MultiplyAdd(x, w[o], &sum[o]);
    }
  }
  void Store(size_t b, const TensorView& result, int64_t at, int64_t stride) const override {
    const Wide* sum = &sums_[b * static_cast<size_t>(outputs_)];
    for (int64_t o = 0; o < outputs_; ++o) StoreWide(result, at + o * stride, sum[o], is_unsigned_);
  }

 private:
  Wide* Row(int64_t r) { return reinterpret_cast<Wide*>(weights_.data()) + r * outputs_; }

  bool is_unsigned_;
  AlignedBuffer weights_;
  int64_t outputs_;
  std::vector<Wide> sums_;
};

// The specification's convolution with its groups, dimension numbers and dilations resolved into
// offsets. Kernels of one group are widened once, output features innermost; output positions go in
// blocks, so that each weight read serves several.
class Convolution {
 public:
  explicit Convolution(const ReferenceArgs& args)
      : a_(args.op),
        lhs_(args.inputs[0]),
        rhs_(args.inputs[1]),
        result_(args.outputs[0]),
        budget_(args.budget) {
    lhs_strides_ = RowMajorStrides(lhs_.dims());
    rhs_strides_ = RowMajorStrides(rhs_.dims());
    result_strides_ = RowMajorStrides(result_.dims());
    groups_ = a_.feature_group_count * a_.batch_group_count;
    inputs_ = At(rhs_.dims(), a_.kernel_input_feature_dimension);
    outputs_ = At(rhs_.dims(), a_.kernel_output_feature_dimension) / groups_;
    for (size_t i = 0; i < a_.input_spatial_dimensions.size(); ++i) {
      windows_.push_back(a_.Window(i, At(rhs_.dims(), a_.kernel_spatial_dimensions[i])));
    }
  }

  Task Run() {
    if (result_.NumElements() == 0) co_return;
    OffsetWalk kernel(Pick(rhs_.dims(), a_.kernel_spatial_dimensions),
                      Pick(rhs_strides_, a_.kernel_spatial_dimensions));
    const std::vector<int64_t> dimensions =
        Concat(std::vector<int64_t>{a_.output_batch_dimension}, a_.output_spatial_dimensions);
    OffsetWalk positions(Pick(result_.dims(), dimensions), Pick(result_strides_, dimensions));
    const int64_t lhs_feature = At(lhs_strides_, a_.input_feature_dimension);
    co_await MakeSums(kernel.count());
    std::vector<std::vector<int64_t>> index(kPositions);
    std::vector<int64_t> results(kPositions), elements(kPositions);
    for (int64_t group = 0; group < groups_; ++group) {
      // sums' kernel: [kernel position][input feature][output feature]
      for (int64_t k = 0; k < kernel.count(); ++k, kernel.Next()) {
        for (int64_t i = 0; i < inputs_; ++i) {
          sums_->Load(k * inputs_ + i, rhs_, RhsElement(group, kernel.offset(), i),
                      At(rhs_strides_, a_.kernel_output_feature_dimension));
          co_await budget_.Spend(16 + 8 * outputs_);
        }
      }
      for (int64_t p = 0; p < positions.count(); p += kPositions) {
        const size_t block =
            static_cast<size_t>(std::min<int64_t>(kPositions, positions.count() - p));
        for (size_t b = 0; b < block; ++b, positions.Next()) {
          index[b].assign(positions.index().begin(), positions.index().end());
          results[b] = positions.offset();
        }
        sums_->Clear();
        for (int64_t k = 0; k < kernel.count(); ++k, kernel.Next()) {
          for (size_t b = 0; b < block; ++b) {
            elements[b] = LhsElement(group, index[b], kernel.index());
          }
          co_await budget_.Spend(16 * kPositions);
          for (int64_t i = 0; i < inputs_; ++i) {
            for (int64_t o = 0; o < outputs_; o += kOutputs) {
              const int64_t end = std::min(o + kOutputs, outputs_);
              sums_->Multiply({elements.data(), block}, lhs_, i * lhs_feature, k * inputs_ + i, o,
                              end);
              co_await budget_.Spend(kPositions * (16 + 2 * (end - o)));
            }
          }
        }
        for (size_t b = 0; b < block; ++b) {
          const int64_t stride = At(result_strides_, a_.output_feature_dimension);
          sums_->Store(b, result_, results[b] + group * outputs_ * stride, stride);
          co_await budget_.Spend(16 + 8 * outputs_);
        }
      }
    }
  }

 private:
  static constexpr int64_t kPositions = 16, kOutputs = 4096;

  Status MakeSums(int64_t kernel_positions) {
    return WithWideType(lhs_.element(), result_.element(), [&](auto wide) -> Status {
      using Wide = decltype(wide);
      ASSIGN_OR_RETURN(
          AlignedBuffer weights,
          TryAllocate(static_cast<uint64_t>(kernel_positions * inputs_ * outputs_) * sizeof(Wide),
                      "convolution's widened kernel"));
      sums_ = std::make_unique<SumsOf<Wide>>(IsUnsignedInteger(lhs_.element()), std::move(weights),
                                             kPositions, outputs_);
      return OkStatus();
    });
  }

  // The offset of output feature 0 of the group.
  int64_t RhsElement(int64_t group, int64_t kernel_offset, int64_t input) const {
    return kernel_offset + input * At(rhs_strides_, a_.kernel_input_feature_dimension) +
           group * outputs_ * At(rhs_strides_, a_.kernel_output_feature_dimension);
  }

  // The offset of feature 0 of what a kernel position sees from an output position (batch, then
  // spatial), or -1 for padding and holes, which are zero.
  int64_t LhsElement(int64_t group, std::span<const int64_t> position,
                     std::span<const int64_t> kernel_index) const {
    // lhses of the group: a slice of lhs's batch, or of its features.
    const int64_t batch_stride = At(lhs_strides_, a_.input_batch_dimension);
    int64_t offset = position[0] * batch_stride +
                     (a_.batch_group_count > 1
                          ? group * At(result_.dims(), a_.output_batch_dimension) * batch_stride
                          : group * inputs_ * At(lhs_strides_, a_.input_feature_dimension));
    for (size_t i = 0; i < windows_.size(); ++i) {
      const int64_t d = a_.input_spatial_dimensions[i];
      const int64_t k =
          a_.window_reversal[i] ? windows_[i].size - 1 - kernel_index[i] : kernel_index[i];
      const int64_t element = WindowElement(windows_[i], At(lhs_.dims(), d), position[i + 1], k);
      if (element < 0) return -1;
      offset += element * At(lhs_strides_, d);
    }
    return offset;
  }

  const ConvolutionAttributes a_;
  const TensorView &lhs_, &rhs_, &result_;
  Budget& budget_;
  std::vector<int64_t> lhs_strides_, rhs_strides_, result_strides_;
  std::vector<WindowDimension> windows_;
  int64_t groups_, inputs_, outputs_;
  std::unique_ptr<Sums> sums_;
};

Task Reference(const ReferenceArgs& args) {
  Convolution convolution(args);
  co_await convolution.Run();
}

double ReferenceCost(const OpView& op) {
  const TensorType& filter = op.operand(1);
  const int64_t d = op.Int("kernel_output_feature_dimension");
  return static_cast<double>(filter.NumElements()) /
         static_cast<double>(std::max<int64_t>(1, filter.dims[static_cast<size_t>(d)]));
}

double Flops(const OpView& op) {
  return 2 * ReferenceCost(op) * static_cast<double>(op.result().NumElements());
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  const Graph& source = layouts.source();
  Rewriter& rewriter = layouts.rewriter();
  const OpView view(source, node);
  const ValueId input = source.operands(node)[0], filter = source.operands(node)[1];
  const ValueId result = node.results.begin;
  const auto input_spatial = view.Ints("input_spatial_dimensions");
  const auto kernel_spatial = view.Ints("kernel_spatial_dimensions");
  const auto output_spatial = view.Ints("output_spatial_dimensions");
  const size_t n = input_spatial.size();
  const std::vector<int64_t> strides = view.IntsOr("window_strides", n, 1);
  const std::vector<int64_t> padding = view.IntsOr("padding", 2 * n, 0);
  const std::vector<int64_t> lhs_dilation = view.IntsOr("lhs_dilation", n, 1);
  const std::vector<int64_t> rhs_dilation = view.IntsOr("rhs_dilation", n, 1);
  bool plain = (n == 1 || n == 2) && view.Int("batch_group_count", 1) == 1 &&
               source.tensor(result).NumElements() > 0 && source.tensor(input).NumElements() > 0 &&
               source.tensor(filter).NumElements() > 0;
  for (ValueId v : {input, filter, result}) {
    plain &= source.tensor(v).element == ElementType::kF32;
  }
  for (int64_t d : lhs_dilation) plain &= d == 1;
  for (int64_t reversed : view.Ints("window_reversal")) plain &= reversed == 0;
  if (!plain) return layouts.KeepWritten(node);

  Permutation input_layout(n + 2), filter_layout(n + 2), output_layout(n + 2);
  const int64_t last = static_cast<int64_t>(n) + 1;
  input_layout[static_cast<size_t>(view.Int("input_batch_dimension"))] = 0;
  input_layout[static_cast<size_t>(view.Int("input_feature_dimension"))] = last;
  filter_layout[static_cast<size_t>(view.Int("kernel_output_feature_dimension"))] = 0;
  filter_layout[static_cast<size_t>(view.Int("kernel_input_feature_dimension"))] = last;
  output_layout[static_cast<size_t>(view.Int("output_batch_dimension"))] = 0;
  output_layout[static_cast<size_t>(view.Int("output_feature_dimension"))] = last;
  for (size_t k = 0; k < n; ++k) {
    const int64_t at = static_cast<int64_t>(k) + 1;
    input_layout[static_cast<size_t>(input_spatial[k])] = at;
    filter_layout[static_cast<size_t>(kernel_spatial[k])] = at;
    output_layout[static_cast<size_t>(output_spatial[k])] = at;
  }
  // One spatial dimension is two of which the first has size 1.
  const auto two_d = [&](Dims dims) {
    if (n == 1) dims.insert(dims.begin() + 1, 1);
    return dims;
  };
  const auto lead = [&](std::vector<int64_t> v, int64_t value, size_t count) {
    if (n == 1) v.insert(v.begin(), count, value);
    return Attribute::Ints(std::move(v));
  };
  ValueId x = layouts.Get(input, input_layout);
  x = layouts.Reshape(x, two_d(rewriter.type(x).dims));
  ValueId w = layouts.Get(filter, filter_layout);
  w = layouts.Reshape(w, two_d(rewriter.type(w).dims));
  const TensorType out_type = layouts.PhysicalType(result, output_layout);
  TensorType out_2d = out_type;
  out_2d.dims = two_d(out_2d.dims);
  std::vector<NamedAttribute> attributes = {{"window_strides", lead(strides, 1, 1)},
                                            {"padding", lead(padding, 0, 2)},
                                            {"rhs_dilation", lead(rhs_dilation, 1, 1)}};
  attributes.push_back({"feature_group_count", Attribute::Int(view.Int("feature_group_count", 1))});
  ValueId y = rewriter.Emit(ops::kWebhloConv2d, {x, w}, out_2d, std::move(attributes),
                            rewriter.MapLocation(node.location));
  layouts.Define(result, layouts.Reshape(y, out_type.dims), output_layout);
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.convolution",
                           .infer = Infer,
                           .reference = Reference,
                           .reference_cost = ReferenceCost,
                           .flops = Flops,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(convolution, kOps);

}  // namespace webhlo
