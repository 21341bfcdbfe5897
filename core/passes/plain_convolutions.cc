// SPDX-License-Identifier: Apache-2.0
//
// Brings convolutions into the form that kernels have: f32, one or two spatial dimensions, no
// dilation of the input, no batch groups, no reversal. What is taken away becomes moves of operands
// and results: a reversal of the filter; batch groups that are feature groups; taps of a third
// dimension as features; and, for a dilated input (a transposed convolution, the gradient of one
// with strides), a convolution for each phase of the result, which sees the elements and not the
// holes between them. Those of other types become matrix products: a sum of one for each tap, or,
// where these are many, one for each place of the result.
#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/math.h"
#include "core/graph/rewriter.h"
#include "core/graph/tensor.h"
#include "core/ops/convolution.h"
#include "core/ops/expansion.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// Convolutions with more taps of a third dimension, or more phases, stay as they are.
constexpr int64_t kMaxParts = 64;
// As do those of other types than f32 with more taps and more places.
constexpr int64_t kMaxTaps = 256;

// A convolution [N, spatial..., C] x [O, spatial..., I] -> [N, spatial..., O] over target values.
struct Convolution {
  ValueId input, filter;
  std::vector<int64_t> strides, padding, lhs_dilation, rhs_dilation;
  int64_t groups;

  size_t rank() const { return strides.size(); }
};

class PlainConvolution {
 public:
  PlainConvolution(Rewriter& r, const Node& node)
      : x_(r, node),
        a_(x_.op()),
        element_(IsSmallFloat(x_.op().result().element) ? ElementType::kF32
                                                        : x_.op().result().element) {}

  // Whether anything keeps kernels from it that can be taken away.
  static bool Applies(const OpView& op) {
    const ElementType input = op.operand(0).element, filter = op.operand(1).element;
    const ElementType result = op.result().element;
    const bool small_floats = IsSmallFloat(input) && IsSmallFloat(filter) && IsSmallFloat(result);
    const bool wide =
        (input == ElementType::kF64 || IsComplex(input)) && filter == input && result == input;
    const bool integers = IsInteger(input) && IsInteger(filter) && IsInteger(result);
    if ((!small_floats && !wide && !integers) || op.operand(0).NumElements() == 0 ||
        op.operand(1).NumElements() == 0 || op.result().NumElements() == 0) {
      return false;
    }
    const ConvolutionAttributes a(op);
    const size_t n = a.input_spatial_dimensions.size();
    if (small_floats) {
      bool plain = (n == 1 || n == 2) && a.batch_group_count == 1 && input == ElementType::kF32 &&
                   filter == ElementType::kF32 && result == ElementType::kF32;
      for (int64_t d : a.lhs_dilation) plain &= d == 1;
      for (int64_t reversed : a.window_reversal) plain &= reversed == 0;
      if (plain) return false;
    } else {
      const auto product = [](const TensorType& type, std::span<const int64_t> dimensions) {
        int64_t size = 1;
        for (int64_t d : dimensions) size *= type.dims[static_cast<size_t>(d)];
        return size;
      };
      const int64_t taps = product(op.operand(1), a.kernel_spatial_dimensions);
      const int64_t places = product(op.result(), a.output_spatial_dimensions);
      const bool one_group = a.feature_group_count * a.batch_group_count == 1;
      if (taps > kMaxTaps && (places > kMaxTaps || !one_group)) return false;
    }
    int64_t parts = 1;
    for (size_t d = 0; d < n; ++d) {
      const int64_t size = op.operand(0).dims[static_cast<size_t>(a.input_spatial_dimensions[d])];
      const int64_t taps = op.operand(1).dims[static_cast<size_t>(a.kernel_spatial_dimensions[d])];
      if (!CheckedMul(parts, a.lhs_dilation[d], &parts) || parts > kMaxParts) return false;
      // What is padded stays near its size.
      const int64_t padding =
          std::max<int64_t>(a.padding[2 * d], 0) + std::max<int64_t>(a.padding[2 * d + 1], 0);
      if (d + 2 < n && (taps > kMaxParts || padding > kMaxParts + size)) return false;
    }
    return true;
  }

  void Rewrite() {
    const size_t n = a_.input_spatial_dimensions.size();
    Convolution c{
        .input = Canonical(0, a_.input_batch_dimension, a_.input_spatial_dimensions,
                           a_.input_feature_dimension),
        .filter = Canonical(1, a_.kernel_output_feature_dimension, a_.kernel_spatial_dimensions,
                            a_.kernel_input_feature_dimension),
        .strides = a_.window_strides,
        .padding = a_.padding,
        .lhs_dilation = a_.lhs_dilation,
        .rhs_dilation = a_.rhs_dilation,
        .groups = a_.feature_group_count};
    std::vector<int64_t> reversed;
    for (size_t d = 0; d < n; ++d) {
      if (a_.window_reversal[d]) reversed.push_back(static_cast<int64_t>(d) + 1);
    }
    if (!reversed.empty()) {
      const TensorType type = x_.type(c.filter);
      c.filter = x_.Emit(ops::kReverse, {c.filter}, type,
                         {{"dimensions", Attribute::Ints(std::move(reversed))}});
    }
    if (a_.batch_group_count != 1) GroupFeatures(c);
    ValueId y = Emit(std::move(c));

    // The result's dimensions in the program's order, and its type.
    Permutation from(n + 2);
    from[static_cast<size_t>(a_.output_batch_dimension)] = 0;
    from[static_cast<size_t>(a_.output_feature_dimension)] = static_cast<int64_t>(n) + 1;
    for (size_t d = 0; d < n; ++d) {
      from[static_cast<size_t>(a_.output_spatial_dimensions[d])] = static_cast<int64_t>(d) + 1;
    }
    y = Transpose(y, from);
    x_.SetResult(0, x_.Convert(y, x_.op().result().element));
  }

 private:
  using Permutation = std::vector<int64_t>;

  const std::vector<int64_t>& dims(ValueId x) const { return x_.type(x).dims; }

  ValueId Reshape(ValueId x, std::vector<int64_t> to) {
    if (dims(x) == to) return x;
    return x_.Emit(ops::kReshape, {x}, TensorType(x_.type(x).element, std::move(to)));
  }
  ValueId Transpose(ValueId x, const Permutation& permutation) {
    if (std::is_sorted(permutation.begin(), permutation.end())) return x;
    std::vector<int64_t> to;
    for (int64_t d : permutation) to.push_back(dims(x)[static_cast<size_t>(d)]);
    return x_.Emit(ops::kTranspose, {x}, TensorType(x_.type(x).element, std::move(to)),
                   {{"permutation", Attribute::Ints(permutation)}});
  }
  // Elements begin, begin + stride, ... of a dimension, `count` of them.
  ValueId Slice(ValueId x, size_t d, int64_t begin, int64_t count, int64_t stride) {
    std::vector<int64_t> starts(dims(x).size(), 0), limits = dims(x), strides(dims(x).size(), 1),
                                                    to = dims(x);
    starts[d] = begin;
    limits[d] = begin + (count - 1) * stride + 1;
    strides[d] = stride;
    to[d] = count;
    if (to == dims(x)) return x;
    return x_.Emit(ops::kSlice, {x}, TensorType(x_.type(x).element, std::move(to)),
                   {{"limit_indices", Attribute::Ints(std::move(limits))},
                    {"start_indices", Attribute::Ints(std::move(starts))},
                    {"strides", Attribute::Ints(std::move(strides))}});
  }
  // Zeros around and between the elements of a dimension.
  ValueId Pad(ValueId x, size_t d, int64_t low, int64_t high, int64_t interior) {
    if (low == 0 && high == 0 && interior == 0) return x;
    std::vector<int64_t> lows(dims(x).size(), 0), highs = lows, interiors = lows, to = dims(x);
    lows[d] = low;
    highs[d] = high;
    interiors[d] = interior;
    to[d] += low + high + (to[d] - 1) * interior;
    const ElementType element = x_.type(x).element;
    const ValueId zero = x_.Splat(0, TensorType(element, {}));
    return x_.Emit(ops::kPad, {x, zero}, TensorType(element, std::move(to)),
                   {{"edge_padding_high", Attribute::Ints(std::move(highs))},
                    {"edge_padding_low", Attribute::Ints(std::move(lows))},
                    {"interior_padding", Attribute::Ints(std::move(interiors))}});
  }

  // Operand i with these dimensions first, between and last; small floats in f32.
  ValueId Canonical(size_t i, int64_t first, std::span<const int64_t> spatial, int64_t last) {
    Permutation permutation = {first};
    permutation.insert(permutation.end(), spatial.begin(), spatial.end());
    permutation.push_back(last);
    const ValueId x = x_.Operand(i);
    return Transpose(element_ == ElementType::kF32 ? x_.Convert(x, element_) : x, permutation);
  }

  // The batch's groups become groups of features.
  void GroupFeatures(Convolution& c) {
    const int64_t groups = a_.batch_group_count;
    std::vector<int64_t> split = dims(c.input);
    split[0] /= groups;
    split.insert(split.begin(), groups);
    c.input = JoinFeatures(Reshape(c.input, std::move(split)), 0);
    c.groups = groups;
  }

  // Dimension d becomes the outer part of the last one.
  ValueId JoinFeatures(ValueId x, size_t d) {
    Permutation permutation(dims(x).size());
    std::iota(permutation.begin(), permutation.end(), 0);
    permutation.erase(permutation.begin() + static_cast<ptrdiff_t>(d));
    permutation.insert(permutation.end() - 1, static_cast<int64_t>(d));
    x = Transpose(x, permutation);
    std::vector<int64_t> to = dims(x);
    const int64_t inner = to.back();
    to.pop_back();
    to.back() *= inner;
    return Reshape(x, std::move(to));
  }

  int64_t Outputs(const Convolution& c, size_t d) const {
    return *NumWindows(dims(c.input)[d + 1],
                       {dims(c.filter)[d + 1], c.strides[d], c.lhs_dilation[d], c.rhs_dilation[d],
                        c.padding[2 * d], c.padding[2 * d + 1]});
  }

  ValueId Emit(Convolution c) {
    if (c.rank() == 0) return EmitWithoutDimensions(std::move(c));
    if (c.rank() > 2) return EmitFolded(std::move(c));
    for (size_t d = 0; d < c.rank(); ++d) {
      if (c.lhs_dilation[d] != 1) return EmitDilated(std::move(c), d);
    }
    return EmitPlain(c);
  }

  ValueId EmitPlain(const Convolution& c) {
    if (element_ != ElementType::kF32) return EmitProducts(c);
    const size_t n = c.rank();
    std::vector<int64_t> spatial(n), to = {dims(c.input)[0]};
    std::iota(spatial.begin(), spatial.end(), 1);
    for (size_t d = 0; d < n; ++d) to.push_back(Outputs(c, d));
    to.push_back(dims(c.filter)[0]);
    const auto last = Attribute::Int(static_cast<int64_t>(n) + 1);
    return x_.Emit(ops::kConvolution, {c.input, c.filter},
                   TensorType(ElementType::kF32, std::move(to)),
                   {{"batch_group_count", Attribute::Int(1)},
                    {"feature_group_count", Attribute::Int(c.groups)},
                    {"input_batch_dimension", Attribute::Int(0)},
                    {"input_feature_dimension", last},
                    {"input_spatial_dimensions", Attribute::Ints(spatial)},
                    {"kernel_input_feature_dimension", last},
                    {"kernel_output_feature_dimension", Attribute::Int(0)},
                    {"kernel_spatial_dimensions", Attribute::Ints(spatial)},
                    {"output_batch_dimension", Attribute::Int(0)},
                    {"output_feature_dimension", last},
                    {"output_spatial_dimensions", Attribute::Ints(spatial)},
                    {"padding", Attribute::Ints(c.padding)},
                    {"rhs_dilation", Attribute::Ints(c.rhs_dilation)},
                    {"window_strides", Attribute::Ints(c.strides)}});
  }

  ValueId EmitProducts(const Convolution& c) {
    const size_t n = c.rank();
    ValueId x = c.input;
    std::vector<int64_t> outputs, taps(dims(c.filter).begin() + 1, dims(c.filter).end() - 1);
    int64_t num_taps = 1;
    for (size_t d = 0; d < n; ++d) {
      outputs.push_back(Outputs(c, d));
      num_taps *= taps[d];
      x = Pad(x, d + 1, c.padding[2 * d], c.padding[2 * d + 1], 0);
    }
    if (num_taps > kMaxTaps && c.groups == 1) return EmitPlaces(c, x, taps, outputs);
    ValueId sum = kNone;
    for (IndexIterator tap(taps); !tap.done(); tap.Next()) {
      ValueId places = x, filter = c.filter;
      for (size_t d = 0; d < n; ++d) {
        places = Slice(places, d + 1, tap.index()[d] * c.rhs_dilation[d], outputs[d], c.strides[d]);
        filter = Slice(filter, d + 1, tap.index()[d], 1, 1);
      }
      const ValueId product = EmitTap(places, filter, c.groups);
      sum = sum == kNone ? product : x_.Emit(ops::kAdd, {sum, product});
    }
    return sum;
  }

  ValueId EmitPlaces(const Convolution& c, ValueId x, const std::vector<int64_t>& taps,
                     const std::vector<int64_t>& outputs) {
    const int64_t batch = dims(x)[0], features = dims(c.filter)[0];
    std::vector<int64_t> contracting(c.rank() + 1);
    std::iota(contracting.begin(), contracting.end(), 1);
    std::vector<ValueId> places;
    for (IndexIterator place(outputs); !place.done(); place.Next()) {
      ValueId window = x;
      for (size_t d = 0; d < c.rank(); ++d) {
        window = Slice(window, d + 1, place.index()[d] * c.strides[d], taps[d], c.rhs_dilation[d]);
      }
      places.push_back(
          Reshape(EmitDot(window, c.filter, {}, contracting, {}, contracting, {batch, features}),
                  {batch, 1, features}));
    }
    std::vector<int64_t> to = {batch};
    to.insert(to.end(), outputs.begin(), outputs.end());
    to.push_back(features);
    const int64_t count = static_cast<int64_t>(places.size());
    return Reshape(x_.Concatenate(places, 1, TensorType(element_, {batch, count, features})),
                   std::move(to));
  }

  // The product of the elements at each place with one tap of the filter.
  ValueId EmitTap(ValueId places, ValueId filter, int64_t groups) {
    const int64_t last = static_cast<int64_t>(dims(places).size()) - 1;
    const int64_t inputs = dims(filter).back(), outputs = dims(filter)[0];
    std::vector<int64_t> to(dims(places).begin(), dims(places).end() - 1);
    if (groups == 1) {
      to.push_back(outputs);
      return EmitDot(places, Reshape(filter, {outputs, inputs}), {}, {last}, {}, {1},
                     std::move(to));
    }
    std::vector<int64_t> result = to;
    result.push_back(outputs);
    if (inputs == 1 && outputs == groups) {
      const ValueId x = x_.Convert(places, element_);
      const ValueId factors = Reshape(x_.Convert(filter, element_), {outputs});
      return x_.Emit(ops::kMultiply, {x, x_.Broadcast(factors, {last}, x_.type(x))});
    }
    std::vector<int64_t> split = to, product = to;
    split.insert(split.end(), {groups, inputs});
    product.insert(product.begin(), groups);
    product.push_back(outputs / groups);
    const ValueId y = EmitDot(Reshape(places, std::move(split)),
                              Reshape(filter, {groups, outputs / groups, inputs}), {last},
                              {last + 1}, {0}, {2}, std::move(product));
    Permutation groups_last(dims(y).size());
    std::iota(groups_last.begin(), groups_last.end(), 1);
    groups_last[groups_last.size() - 2] = 0;
    groups_last.back() = last + 1;
    return Reshape(Transpose(y, groups_last), std::move(result));
  }

  ValueId EmitDot(ValueId lhs, ValueId rhs, std::vector<int64_t> lhs_batching,
                  std::vector<int64_t> lhs_contracting, std::vector<int64_t> rhs_batching,
                  std::vector<int64_t> rhs_contracting, std::vector<int64_t> result) {
    return x_.Emit(ops::kDotGeneral, {lhs, rhs}, TensorType(element_, std::move(result)),
                   {{"lhs_batching_dimensions", Attribute::Ints(std::move(lhs_batching))},
                    {"lhs_contracting_dimensions", Attribute::Ints(std::move(lhs_contracting))},
                    {"rhs_batching_dimensions", Attribute::Ints(std::move(rhs_batching))},
                    {"rhs_contracting_dimensions", Attribute::Ints(std::move(rhs_contracting))}});
  }

  // A spatial dimension of one element.
  ValueId EmitWithoutDimensions(Convolution c) {
    for (ValueId* x : {&c.input, &c.filter}) {
      std::vector<int64_t> to = dims(*x);
      to.insert(to.begin() + 1, 1);
      *x = Reshape(*x, std::move(to));
    }
    c.strides = c.lhs_dilation = c.rhs_dilation = {1};
    c.padding = {0, 0};
    const ValueId y = EmitPlain(c);
    return Reshape(y, {dims(y)[0], dims(y)[2]});
  }

  // The first spatial dimension goes: its places to the batch, its taps to the features.
  ValueId EmitFolded(Convolution c) {
    const int64_t outputs = Outputs(c, 0), taps = dims(c.filter)[1];
    const ValueId padded = Pad(c.input, 1, c.padding[0], c.padding[1], c.lhs_dilation[0] - 1);
    // Features are grouped, so that a group's taps stay together.
    std::vector<int64_t> part = dims(padded);
    part[1] = outputs;
    const int64_t features = part.back();
    part.back() = c.groups;
    part.push_back(1);
    part.push_back(features / c.groups);
    std::vector<ValueId> parts;
    for (int64_t k = 0; k < taps; ++k) {
      parts.push_back(
          Reshape(Slice(padded, 1, k * c.rhs_dilation[0], outputs, c.strides[0]), part));
    }
    part[part.size() - 2] = taps;
    const ValueId joined = x_.Concatenate(parts, static_cast<int64_t>(part.size()) - 2,
                                          TensorType(x_.type(c.input).element, part));
    std::vector<int64_t> to = {part[0] * outputs};
    to.insert(to.end(), part.begin() + 2, part.end() - 3);
    to.push_back(features * taps);
    const int64_t batch = part[0];
    c.input = Reshape(joined, std::move(to));

    c.filter = JoinFeatures(c.filter, 1);

    for (auto* list : {&c.strides, &c.lhs_dilation, &c.rhs_dilation}) list->erase(list->begin());
    c.padding.erase(c.padding.begin(), c.padding.begin() + 2);
    const ValueId y = Emit(std::move(c));
    std::vector<int64_t> result = dims(y);
    result[0] = batch;
    result.insert(result.begin() + 1, outputs);
    return Reshape(y, std::move(result));
  }

  // The results at places r, r + b, ... along a dimension whose input is dilated by b see every bth
  // tap and no holes; or, where strides, dilations and b have factors in common, all see zeros.
  ValueId EmitDilated(Convolution c, size_t d) {
    const int64_t b = std::exchange(c.lhs_dilation[d], 1);
    const int64_t low = c.padding[2 * d], high = c.padding[2 * d + 1];
    const int64_t e = c.rhs_dilation[d];
    const int64_t size = dims(c.input)[d + 1], taps = dims(c.filter)[d + 1];
    if (c.strides[d] != 1 || std::gcd(b, e) != 1) {
      c.input = Pad(c.input, d + 1, 0, 0, b - 1);
      return Emit(std::move(c));
    }
    const int64_t outputs = (size - 1) * b + 1 + low + high - (taps - 1) * e;
    const int64_t rows = CeilDiv(outputs, b);
    std::vector<ValueId> phases;
    for (int64_t r = 0; r < b; ++r) {
      // Result q * b + r sees tap k of element q + (r + k * e - low) / b, where that is whole.
      int64_t first = 0;
      while (first < taps && Modulo(r + first * e - low, b) != 0) ++first;
      if (first >= taps) {
        phases.push_back(kNone);
        continue;
      }
      Convolution phase = c;
      const int64_t count = CeilDiv(taps - first, b);
      phase.filter = Slice(c.filter, d + 1, first, count, b);
      phase.padding[2 * d] = -((r + first * e - low) / b);
      phase.padding[2 * d + 1] = rows - 1 + (count - 1) * e + 1 - size - phase.padding[2 * d];
      phases.push_back(Emit(std::move(phase)));
    }
    return Interleave(phases, d + 1, rows, outputs);
  }

  static int64_t Modulo(int64_t a, int64_t b) { return (a % b + b) % b; }

  // Element q of phase r becomes element q * phases + r; phases without a value are zeros.
  ValueId Interleave(std::vector<ValueId> phases, size_t d, int64_t rows, int64_t outputs) {
    const int64_t count = static_cast<int64_t>(phases.size());
    const ValueId some =
        *std::find_if(phases.begin(), phases.end(), [](ValueId v) { return v != kNone; });
    std::vector<int64_t> part = dims(some);
    part.insert(part.begin() + static_cast<ptrdiff_t>(d) + 1, 1);
    const TensorType type(element_, part);
    for (ValueId& phase : phases) {
      phase = phase == kNone ? x_.Splat(0, type) : Reshape(phase, part);
    }
    part[d + 1] = count;
    const ValueId joined =
        x_.Concatenate(phases, static_cast<int64_t>(d) + 1, TensorType(element_, part));
    part.erase(part.begin() + static_cast<ptrdiff_t>(d) + 1);
    part[d] = rows * count;
    return Slice(Reshape(joined, std::move(part)), d, 0, outputs, 1);
  }

  Expansion x_;
  const ConvolutionAttributes a_;
  const ElementType element_;  // Of sums.
};

}  // namespace

Status PlainConvolutions(const PassContext&, const Graph& source, Graph* target) {
  const auto applies = [&](const Node& node) {
    return node.name == ops::kConvolution && PlainConvolution::Applies(OpView(source, node));
  };
  if (std::none_of(source.nodes.begin(), source.nodes.end(), applies)) return OkStatus();
  Rewriter rewriter(source, target, [&](Rewriter& r, const Node& node) {
    if (!applies(node)) return r.Clone(node);
    PlainConvolution(r, node).Rewrite();
    return OkStatus();
  });
  return rewriter.Run();
}

}  // namespace webhlo
