// SPDX-License-Identifier: Apache-2.0
//
// Kernels against references, op by op, on small random tensors.
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/kernels/choice.h"
#include "tests/core/kernels/kernel_testing.h"
#include "tests/core/ops/infer_test_util.h"

namespace webhlo {
namespace {

class NoRegions : public RegionRunner {
 public:
  Task Run(RegionId, std::span<const TensorView>, std::span<const TensorView>) override {
    return Internal("no region runs here");
  }
};

NamedAttribute Bool(std::string name) { return {std::move(name), Attribute::Bool(true)}; }

TestBuffer<uint8_t> RandomTensor(const TensorType& type, TestRandom& random, int64_t low = -8) {
  TestBuffer<uint8_t> bytes(type.ByteSize());
  FillSmall(TensorView(&type, bytes.data()), random, low);
  return bytes;
}

// Runs the reference and all kernels; the results' bits must agree. `constants`: which operands the
// kernel may pack.
void CheckKernel(const TestOp& test, uint64_t constants = 0, double tolerance = 0,
                 bool expect_kernel = true) {
  Graph graph;
  const Node& node = BuildNode(test, &graph);
  const OpView op(graph, node);
  const OpDef* def = node.op;
  std::vector<Type> results = test.results;
  const Status inferred = def->infer(op, results);
  INFO(test.name, " ", inferred.ToString());
  REQUIRE(inferred.ok());
  REQUIRE(results == test.results);

  static TestRandom random(77);
  for (int threads : {1, 3}) {
    const SmallPieces small(threads == 1 ? 100 : 1500);
    ThreadPool pool(threads);
    std::vector<TestBuffer<uint8_t>> buffers;
    std::vector<TensorView> inputs;
    std::vector<const void*> pointers;
    for (size_t i = 0; i < op.num_operands(); ++i) {
      buffers.push_back(RandomTensor(op.operand(i), random));
      inputs.emplace_back(&op.operand(i), buffers.back().data());
      pointers.push_back(buffers.back().data());
    }
    TestBuffer<uint8_t> expected(op.result().ByteSize());
    // What both leave unwritten differs as well.
    std::memset(expected.data(), 0x5a, static_cast<size_t>(expected.size()));
    const TensorView expected_view(&op.result(), expected.data());
    NoRegions regions;
    Budget budget;
    const ReferenceArgs args{op, inputs, {&expected_view, 1}, regions, budget};
    REQUIRE(RunToEnd(RunReference(args)).ok());

    bool any = false;
    for (const KernelRow& row : def->kernels) {
      std::optional<KernelChoice> choice = row.propose({op, constants, threads});
      if (!choice) continue;
      any = true;
      choice->kernel = row.name;
      INFO(ToString(*choice));
      auto kernel = MakeKernel(def->kernels, {op, *choice});
      REQUIRE_MESSAGE(kernel.ok(), kernel.status().ToString());
      const ChosenKernel chosen = {*choice, std::move(*kernel)};
      TestBuffer<uint8_t> got(op.result().ByteSize());
      RunKernel(chosen, pointers, got, pool);
      CHECK(got.PaddingIntact());
      if (tolerance == 0) {
        CHECK(got.SameBits(expected));
      } else {
        const TensorView got_view(&op.result(), got.data());
        for (int64_t i = 0; i < got_view.NumElements(); ++i) {
          REQUIRE(got_view.F64(i) == doctest::Approx(expected_view.F64(i)).epsilon(tolerance));
        }
      }
      if (choice->in_place_operand >= 0) {
        const size_t in_place = static_cast<size_t>(choice->in_place_operand);
        TestBuffer<uint8_t> kept = buffers[in_place];
        RunKernel(chosen, pointers, buffers[in_place], pool, false);
        CHECK(buffers[in_place].SameBits(got));
        std::memcpy(buffers[in_place].data(), kept.data(), static_cast<size_t>(kept.size()));
      }
    }
    REQUIRE(any == expect_kernel);
  }
}

TEST_CASE("kernels of moves do what the references do, for every width") {
  for (std::string e : {"i1", "i8", "bf16", "f32", "i64", "complex<f64>"}) {
    const auto t = [&](std::string dims) { return T(dims + e); };
    CheckKernel({"stablehlo.transpose",
                 {t("3x4x5x")},
                 {t("5x3x4x")},
                 {Ints("permutation", {2, 0, 1})},
                 {}});
    CheckKernel(
        {"stablehlo.transpose", {t("70x33x")}, {t("33x70x")}, {Ints("permutation", {1, 0})}, {}});
    CheckKernel(
        {"stablehlo.slice",
         {t("7x9x")},
         {t("3x2x")},
         {Ints("start_indices", {1, 2}), Ints("limit_indices", {6, 8}), Ints("strides", {2, 4})},
         {}});
    CheckKernel({"stablehlo.slice",
                 {t("7x9x")},
                 {t("7x1x")},
                 {Ints("start_indices", {0, 8}), Ints("limit_indices", {7, 9}),
                  Ints("strides", {1, INT64_MAX})},
                 {}});
    CheckKernel(
        {"stablehlo.reverse", {t("4x5x3x")}, {t("4x5x3x")}, {Ints("dimensions", {2, 0})}, {}});
    CheckKernel({"stablehlo.broadcast_in_dim",
                 {t("3x1x")},
                 {t("2x1x3x4x")},
                 {Ints("broadcast_dimensions", {2, 1})},
                 {}});
    CheckKernel({"stablehlo.broadcast_in_dim",
                 {t("")},
                 {t("40x50x")},
                 {Ints("broadcast_dimensions", {})},
                 {}});
    CheckKernel({"stablehlo.concatenate",
                 {t("2x3x4x"), t("2x0x4x"), t("2x5x4x")},
                 {t("2x8x4x")},
                 {Int("dimension", 1)},
                 {}});
    CheckKernel({"stablehlo.pad",
                 {t("3x4x"), t("")},
                 {t("8x6x")},
                 {Ints("edge_padding_low", {2, -1}), Ints("edge_padding_high", {1, 0}),
                  Ints("interior_padding", {1, 1})},
                 {}});
    CheckKernel({"stablehlo.pad",
                 {t("3x4x"), t("")},
                 {t("0x4x")},
                 {Ints("edge_padding_low", {-3, 0}), Ints("edge_padding_high", {0, 0}),
                  Ints("interior_padding", {0, 0})},
                 {}});
    CheckKernel({"stablehlo.pad",
                 {t("3x4x"), t("")},
                 {t("3x4x")},
                 {Ints("edge_padding_low", {1, 0}), Ints("edge_padding_high", {-1, 0}),
                  Ints("interior_padding", {0, 0})},
                 {}});
    CheckKernel({"stablehlo.dynamic_slice",
                 {t("5x6x"), T("i32"), T("i32")},
                 {t("2x3x")},
                 {Ints("slice_sizes", {2, 3})},
                 {}});
    CheckKernel({"stablehlo.dynamic_slice", {t("")}, {t("")}, {Ints("slice_sizes", {})}, {}});
    CheckKernel({"stablehlo.dynamic_update_slice",
                 {t("5x6x"), t("2x3x"), T("i8"), T("i8")},
                 {t("5x6x")},
                 {},
                 {}});
  }
}

TEST_CASE("kernels of gather: rows, windows, batches, indices out of bounds") {
  CheckKernel(
      {"stablehlo.gather",
       {T("20x7xf32"), T("3x4x1xi32")},
       {T("3x4x7xf32")},
       {Ints("offset_dims", {2}), Ints("collapsed_slice_dims", {0}), Ints("start_index_map", {0}),
        Int("index_vector_dim", 2), Ints("slice_sizes", {1, 7})},
       {}});
  CheckKernel({"stablehlo.gather",
               {T("6x7x3xi8"), T("2x5xui8")},
               {T("2x5x3xi8")},
               {Ints("offset_dims", {0, 2}), Ints("collapsed_slice_dims", {0}),
                Ints("start_index_map", {1, 0}), Int("index_vector_dim", 0),
                Ints("slice_sizes", {1, 2, 3})},
               {}});
  CheckKernel(
      {"stablehlo.gather",
       {T("4x9xf32"), T("4x2xi64")},
       {T("4x2xf32")},
       {Ints("offset_dims", {}), Ints("collapsed_slice_dims", {1}),
        Ints("operand_batching_dims", {0}), Ints("start_indices_batching_dims", {0}),
        Ints("start_index_map", {1}), Int("index_vector_dim", 2), Ints("slice_sizes", {1, 1})},
       {}});
}

TEST_CASE("kernels of reduce: simple bodies; none for the rest") {
  for (std::string body : {"add", "multiply", "maximum", "minimum"}) {
    for (std::string e : {"f32", "f64", "i32", "ui8", "i64"}) {
      const TestRegion region = {Ts({e, e}), Ts({e}), "stablehlo." + body};
      // Products of more than a few factors are not exact.
      const std::string big = body == "multiply" ? "2x3x5x" : "12x30x5x";
      const std::string kept = body == "multiply" ? "2x5x" : "12x5x";
      CheckKernel({"stablehlo.reduce",
                   {T(big + e), T(e)},
                   {T(kept + e)},
                   {Ints("dimensions", {1})},
                   {region}});
      CheckKernel({"stablehlo.reduce",
                   {T("3x0x2x" + e), T(e)},
                   {T("2x" + e)},
                   {Ints("dimensions", {0, 1})},
                   {region}});
      CheckKernel({"stablehlo.reduce",
                   {T("3x2x" + e), T(e)},
                   {T("3x2x" + e)},
                   {Ints("dimensions", {})},
                   {region}});
    }
  }
  const TestRegion half = {Ts({"f16", "f16"}), Ts({"f16"}), "stablehlo.add"};
  CheckKernel(
      {"stablehlo.reduce", {T("3xf16"), T("f16")}, {T("f16")}, {Ints("dimensions", {0})}, {half}},
      0, 0, false);
}

TEST_CASE("kernels of webhlo.matmul: every combination of constants and transposes") {
  for (int mask = 0; mask < 16; ++mask) {
    const bool transpose_lhs = mask & 1, transpose_rhs = mask & 2, batched = mask & 4,
               constant = mask & 8;
    for (std::string m : {"1", "7"}) {
      TestOp op = {"webhlo.matmul", {}, {T("2x" + m + "x9xf32")}, {}, {}};
      op.operands.push_back(T(transpose_lhs ? "2x5x" + m + "xf32" : "2x" + m + "x5xf32"));
      op.operands.push_back(
          T(std::string(batched ? "2x" : "") + (transpose_rhs ? "9x5xf32" : "5x9xf32")));
      if (transpose_lhs) op.attributes.push_back(Bool("transpose_lhs"));
      if (transpose_rhs) op.attributes.push_back(Bool("transpose_rhs"));
      CheckKernel(op, constant ? 2 : 0);
    }
  }
  CheckKernel({"webhlo.matmul", {T("2x3xf64"), T("3x2xf64")}, {T("2x2xf64")}, {}, {}}, 2, 0, false);
}

TEST_CASE("kernels of webhlo.conv2d, pools and softmax") {
  CheckKernel({"webhlo.conv2d",
               {T("2x9x8x6xf32"), T("4x3x3x3xf32")},
               {T("2x5x4x4xf32")},
               {Int("feature_group_count", 2), Ints("window_strides", {2, 2}),
                Ints("padding", {1, 1, 1, 0})},
               {}},
              2);
  CheckKernel({"webhlo.conv2d", {T("1x9x8x6xf32"), T("4x1x1x6xf32")}, {T("1x9x8x4xf32")}, {}, {}},
              2);
  CheckKernel({"webhlo.conv2d", {T("1x9x8x6xf32"), T("4x1x1x6xf32")}, {T("1x9x8x4xf32")}, {}, {}});
  for (std::string_view pool : {"webhlo.max_pool2d", "webhlo.sum_pool2d"}) {
    CheckKernel({pool,
                 {T("2x9x8x6xf32")},
                 {T("2x5x4x6xf32")},
                 {Ints("window_dimensions", {3, 2}), Ints("window_strides", {2, 2}),
                  Ints("padding", {1, 1, 0, 0})},
                 {}});
  }
  CheckKernel({"webhlo.softmax", {T("3x7x19xf32")}, {T("3x7x19xf32")}, {}, {}}, 0, 1e-6);
  struct Attention {
    const char *queries, *keys, *values, *result;
  };
  for (const auto& [queries, keys, values, result] :
       {Attention{"2x50x8xf32", "2x8x33xf32", "2x33x9xf32", "2x50x9xf32"},
        Attention{"3x13x4xf32", "3x4x16xf32", "3x16x17xf32", "3x13x17xf32"},
        Attention{"1x26x5xf32", "1x5x5000xf32", "1x5000x3xf32", "1x26x3xf32"},
        Attention{"1x500x1xf32", "1x1x97xf32", "1x97x16xf32", "1x500x16xf32"}}) {
    CheckKernel({"webhlo.attention", {T(queries), T(keys), T(values)}, {T(result)}, {}, {}}, 0,
                1e-5);
  }
}

// ---- Random shapes and attributes. A tensor's sizes may be 0, padding negative.

using Dims = std::vector<int64_t>;

Dims RandomDims(TestRandom& random, int64_t rank, int64_t least, int64_t most) {
  Dims dims(static_cast<size_t>(rank));
  for (int64_t& dim : dims) dim = random.Int(0, 9) == 0 ? least : random.Int(1, most);
  return dims;
}

Dims RandomPermutation(TestRandom& random, int64_t rank) {
  Dims order(static_cast<size_t>(rank));
  for (size_t d = 0; d < order.size(); ++d) order[d] = static_cast<int64_t>(d);
  for (size_t d = order.size(); d > 1; --d) {
    std::swap(order[d - 1], order[static_cast<size_t>(random.Int(0, static_cast<int64_t>(d) - 1))]);
  }
  return order;
}

// The types that the op's Infer gives, or nothing where it refuses the attributes.
bool Completed(TestOp* test) {
  std::vector<Type> inferred;
  if (!InferOp(*test, &inferred).ok()) return false;
  test->results = std::move(inferred);
  return true;
}

ElementType RandomElement(TestRandom& random) {
  constexpr ElementType kTypes[] = {ElementType::kI1,  ElementType::kI8,  ElementType::kBF16,
                                    ElementType::kF32, ElementType::kI64, ElementType::kC128};
  return kTypes[random.Int(0, 5)];
}

TEST_CASE("kernels of moves do what the references do, for random shapes and attributes") {
  TestRandom random(12);
  int checked = 0;
  for (int round = 0; round < 1500; ++round) {
    const ElementType element = RandomElement(random);
    const int64_t rank = random.Int(0, 4);
    const Dims dims = RandomDims(random, rank, 0, 6);
    const Type operand(TensorType(element, dims));
    const Type scalar(TensorType(element, {}));
    // Rank and element type are all that Infer needs of a result.
    TestOp test = {"", {operand}, {operand}, {}, {}};
    const auto each = [&](const auto& f) {
      Dims values;
      for (int64_t dim : dims) values.push_back(f(dim));
      return values;
    };
    switch (round % 8) {
      case 0: {
        test.name = "stablehlo.pad";
        test.operands.push_back(scalar);
        const auto edge = [&](int64_t) { return random.Int(-7, 5); };
        test.attributes = {
            Ints("edge_padding_low", each(edge)), Ints("edge_padding_high", each(edge)),
            Ints("interior_padding",
                 each([&](int64_t) { return random.Int(0, 2) == 0 ? random.Int(0, 3) : 0; }))};
        break;
      }
      case 1: {
        test.name = "stablehlo.slice";
        Dims limits;
        const Dims starts = each([&](int64_t dim) {
          const int64_t start = random.Int(0, dim);
          limits.push_back(random.Int(start, dim));
          return start;
        });
        test.attributes = {Ints("start_indices", starts), Ints("limit_indices", limits),
                           Ints("strides", each([&](int64_t) { return random.Int(1, 3); }))};
        break;
      }
      case 2:
        test.name = "stablehlo.transpose";
        test.attributes = {Ints("permutation", RandomPermutation(random, rank))};
        break;
      case 3: {
        test.name = "stablehlo.reverse";
        Dims reversed = RandomPermutation(random, rank);
        reversed.resize(static_cast<size_t>(random.Int(0, rank)));
        test.attributes = {Ints("dimensions", reversed)};
        break;
      }
      case 4: {
        test.name = "stablehlo.broadcast_in_dim";
        const Dims result = RandomDims(random, 4, 0, 6);
        Dims places = RandomPermutation(random, 4), from;
        places.resize(static_cast<size_t>(rank));
        for (int64_t d : places) {
          from.push_back(random.Int(0, 2) == 0 ? 1 : result[static_cast<size_t>(d)]);
        }
        test.operands = {Type(TensorType(element, from))};
        test.results = {Type(TensorType(element, result))};
        test.attributes = {Ints("broadcast_dimensions", places)};
        break;
      }
      case 5: {
        if (rank == 0) continue;
        test.name = "stablehlo.concatenate";
        const int64_t along = random.Int(0, rank - 1);
        for (int64_t more = random.Int(0, 3); more > 0; --more) {
          Dims other = dims;
          other[static_cast<size_t>(along)] = random.Int(0, 5);
          test.operands.emplace_back(TensorType(element, other));
        }
        test.attributes = {Int("dimension", along)};
        break;
      }
      case 6: {
        test.name = "stablehlo.dynamic_slice";
        for (int64_t d = 0; d < rank; ++d) test.operands.push_back(T("i32"));
        test.attributes = {
            Ints("slice_sizes", each([&](int64_t dim) { return random.Int(0, dim); }))};
        break;
      }
      default: {
        test.name = "stablehlo.dynamic_update_slice";
        test.operands.emplace_back(
            TensorType(element, each([&](int64_t dim) { return random.Int(0, dim); })));
        for (int64_t d = 0; d < rank; ++d) test.operands.push_back(T("ui8"));
      }
    }
    if (!Completed(&test)) continue;
    CheckKernel(test);
    ++checked;
  }
  CHECK(checked > 1000);
}

TEST_CASE("kernels of reductions do what the references do, for random shapes") {
  TestRandom random(13);
  for (int round = 0; round < 300; ++round) {
    constexpr std::string_view kBodies[] = {"add", "maximum", "minimum"};
    constexpr std::string_view kTypes[] = {"f32", "f64", "i32", "ui8", "i64", "i1"};
    const std::string e(kTypes[random.Int(0, 5)]);
    const int64_t rank = random.Int(0, 5);
    const Dims dims = RandomDims(random, rank, 0, 7);
    Dims reduced = RandomPermutation(random, rank);
    reduced.resize(static_cast<size_t>(random.Int(0, rank)));
    const TestRegion region = {Ts({e, e}), Ts({e}),
                               "stablehlo." + std::string(kBodies[random.Int(0, 2)])};
    const ElementType element = T(e).tensor.element;
    TestOp test = {"stablehlo.reduce",
                   {Type(TensorType(element, dims)), T(e)},
                   {T(e)},
                   {Ints("dimensions", reduced)},
                   {region}};
    if (Completed(&test)) CheckKernel(test);
  }
}

TEST_CASE("kernels of windows do what the references do, for random shapes and padding") {
  TestRandom random(14);
  int checked = 0;
  for (int round = 0; round < 400; ++round) {
    const int64_t groups = round % 4 == 3 ? random.Int(1, 5) : 1;
    const int64_t channels = groups * random.Int(1, 6);
    const Type input(TensorType(ElementType::kF32,
                                {random.Int(1, 2), random.Int(1, 9), random.Int(1, 9), channels}));
    const Dims window = {random.Int(1, 4), random.Int(1, 4)};
    Dims padding(4);
    for (int64_t& pad : padding) pad = random.Int(-3, 3);
    const Dims strides = {random.Int(1, 3), random.Int(1, 3)};
    const Dims dilations = {random.Int(1, 2), random.Int(1, 2)};
    TestOp test = {
        "", {input}, {input}, {Ints("padding", padding), Ints("window_strides", strides)}, {}};
    uint64_t constants = 0;
    if (round % 2 == 0) {
      test.name = round % 4 == 0 ? "webhlo.max_pool2d" : "webhlo.sum_pool2d";
      test.attributes.push_back(Ints("window_dimensions", window));
      test.attributes.push_back(Ints("window_dilations", dilations));
    } else {
      test.name = "webhlo.conv2d";
      const int64_t outputs = groups * random.Int(1, 10);
      test.operands.emplace_back(
          TensorType(ElementType::kF32, {outputs, window[0], window[1], channels / groups}));
      test.attributes.push_back(Ints("rhs_dilation", dilations));
      test.attributes.push_back(Int("feature_group_count", groups));
      constants = 2;
    }
    if (!Completed(&test) || test.results[0].tensor.NumElements() == 0) continue;
    CheckKernel(test, constants);
    ++checked;
  }
  CHECK(checked > 150);
}

TEST_CASE("kernels of gather do what the references do, for random dimension numbers") {
  TestRandom random(15);
  int checked = 0;
  for (int round = 0; round < 600; ++round) {
    const ElementType element = RandomElement(random);
    const int64_t rank = random.Int(1, 4);
    const Dims dims = RandomDims(random, rank, 1, 5);
    const Dims indexed = RandomPermutation(random, rank);
    const int64_t index_size = random.Int(0, rank);
    Dims sizes, collapsed;
    for (int64_t d = 0; d < rank; ++d) {
      sizes.push_back(random.Int(0, dims[static_cast<size_t>(d)]));
      if (sizes.back() == 1 && random.Int(0, 1) == 0) collapsed.push_back(d);
    }
    Dims batch = RandomDims(random, random.Int(0, 2), 0, 4), indices = batch;
    const int64_t vector = random.Int(0, static_cast<int64_t>(batch.size()));
    indices.insert(indices.begin() + vector, index_size);
    const int64_t windows = rank - static_cast<int64_t>(collapsed.size());
    const int64_t result_rank = windows + static_cast<int64_t>(batch.size());
    Dims offsets = RandomPermutation(random, result_rank);
    offsets.resize(static_cast<size_t>(windows));
    std::sort(offsets.begin(), offsets.end());
    TestOp test = {"stablehlo.gather",
                   {Type(TensorType(element, dims)), Type(TensorType(ElementType::kI32, indices))},
                   {Type(TensorType(element, {}))},
                   {Ints("offset_dims", offsets), Ints("collapsed_slice_dims", collapsed),
                    Ints("start_index_map", Dims(indexed.begin(), indexed.begin() + index_size)),
                    Int("index_vector_dim", vector), Ints("slice_sizes", sizes)},
                   {}};
    if (!Completed(&test)) continue;
    CheckKernel(test, 0, 0, std::find(sizes.begin(), sizes.end(), 0) == sizes.end());
    ++checked;
  }
  CHECK(checked > 300);
}

}  // namespace
}  // namespace webhlo
