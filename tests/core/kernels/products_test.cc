// SPDX-License-Identifier: Apache-2.0
//
// Kernels of products and convolutions, whoever computes them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/kernels/convolution/sizes.h"
#include "core/kernels/matmul/sizes.h"
#include "tests/core/kernels/kernel_testing.h"

namespace webhlo {
namespace {

// |got - expected| <= 4 sqrt(terms) eps sum|a b|
void CheckClose(float got, double expected, double magnitude, int64_t terms) {
  const double bound = 4 * std::sqrt(static_cast<double>(terms)) * 0x1p-24 * magnitude + 1e-30;
  REQUIRE(std::abs(got - expected) <= bound);
}

template <typename Make>
ChosenKernel Chosen(std::optional<KernelChoice> choice, std::string name, Make make) {
  if (!choice) return {};
  choice->kernel = std::move(name);
  Result<std::unique_ptr<Kernel>> kernel = make(*choice);
  REQUIRE_MESSAGE(kernel.ok(), kernel.status().ToString());
  return {std::move(*choice), std::move(*kernel)};
}

std::vector<ChosenKernel> ThatAre(std::vector<ChosenKernel> all) {
  std::erase_if(all, [](const ChosenKernel& chosen) { return chosen.kernel == nullptr; });
  return all;
}

// All kernels that can compute it, in the order in which plans prefer them.
std::vector<ChosenKernel> FullyConnected(const FullyConnectedSizes& s, int threads) {
  std::vector<ChosenKernel> all;
  all.push_back(
      Chosen(ProposeRows(s), "matmul.rows", [&](const KernelChoice&) { return MakeRows(s); }));
  all.push_back(Chosen(ProposeTiled(s, threads), "matmul.tiled",
                       [&](const KernelChoice& choice) { return MakeTiled(s, choice); }));
  all.push_back(
      Chosen(ProposeXnnFullyConnected(s, threads), "xnnpack.fully_connected",
             [&](const KernelChoice& choice) { return MakeXnnFullyConnected(s, choice); }));
  if (!PrefersRows(s)) std::swap(all[0], all[1]);
  return ThatAre(std::move(all));
}

// Likewise.
std::vector<ChosenKernel> BatchMatMul(const BatchMatMulSizes& s, int threads) {
  std::vector<ChosenKernel> all;
  all.push_back(Chosen(ProposeFewRows(s), "matmul.few_rows",
                       [&](const KernelChoice&) { return MakeFewRows(s); }));
  all.push_back(Chosen(ProposeTiledBatch(s, threads), "matmul.tiled_batch",
                       [&](const KernelChoice& choice) { return MakeTiledBatch(s, choice); }));
  all.push_back(Chosen(ProposeXnnBatchMatMul(s, threads), "xnnpack.batch_matmul",
                       [&](const KernelChoice& choice) { return MakeXnnBatchMatMul(s, choice); }));
  if (!PrefersFewRows(s)) std::rotate(all.begin(), all.begin() + 1, all.end());
  return ThatAre(std::move(all));
}

ChosenKernel First(std::vector<ChosenKernel> all) {
  return all.empty() ? ChosenKernel() : std::move(all[0]);
}
ChosenKernel MakeFullyConnected(const FullyConnectedSizes& s, int threads) {
  return First(FullyConnected(s, threads));
}
ChosenKernel MakeBatchMatMul(const BatchMatMulSizes& s, int threads) {
  return First(BatchMatMul(s, threads));
}

// All kernels that can compute it, in the order in which plans prefer them.
std::vector<ChosenKernel> Convolutions(const Conv2dSizes& s, int threads) {
  std::vector<ChosenKernel> all;
  if (const std::optional<FullyConnectedSizes> product = AsProduct(s)) {
    all = FullyConnected(*product, threads);
  }
  all.push_back(Chosen(ProposeDepthwise(s), "depthwise",
                       [&](const KernelChoice&) { return MakeDepthwise(s); }));
  all.push_back(
      Chosen(ProposeTiledConvolution(s, threads), "convolution.tiled",
             [&](const KernelChoice& choice) { return MakeTiledConvolution(s, choice); }));
  all.push_back(Chosen(ProposePatches(s, threads), "convolution.patches",
                       [&](const KernelChoice&) { return MakePatches(s); }));
  return ThatAre(std::move(all));
}

ChosenKernel MakeConv2d(const Conv2dSizes& s, int threads) {
  return First(Convolutions(s, threads));
}

void CheckFullyConnected(const FullyConnectedSizes& s, int threads, TestRandom& random,
                         const ChosenKernel& kernel, bool pack = true) {
  INFO(ToString(kernel.choice), " transposed ", s.transposed_weights, " threads ", threads);
  ThreadPool pool(threads);
  const TestBuffer<float> x = random.Floats(s.m * s.k);
  static TestBuffer<float>* weights = nullptr;
  static TestBuffer<float>* bias = nullptr;
  if (pack) {
    delete weights;
    delete bias;
    weights = new TestBuffer<float>(random.Floats(s.k * s.n));
    bias = new TestBuffer<float>(random.Floats(s.n));
  }
  TestBuffer<float> y(s.m * s.n);
  std::vector<const void*> operands = {x.data(), weights->data()};
  if (s.has_bias) operands.push_back(bias->data());
  RunKernel(kernel, operands, y, pool, pack);
  CheckUnpacks(*kernel.kernel, *weights, s.has_bias ? bias : nullptr);
  CHECK(y.PaddingIntact());
  for (int64_t i = 0; i < s.m; ++i) {
    for (int64_t j = 0; j < s.n; ++j) {
      double sum = s.has_bias ? (*bias)[j] : 0, magnitude = std::abs(sum);
      for (int64_t k = 0; k < s.k; ++k) {
        const double term =
            static_cast<double>(x[i * s.k + k]) *
            (s.transposed_weights ? (*weights)[j * s.k + k] : (*weights)[k * s.n + j]);
        sum += term;
        magnitude += std::abs(term);
      }
      sum = std::clamp<double>(sum, s.clamp.min, s.clamp.max);
      CheckClose(y[i * s.n + j], sum, magnitude, s.k + 1);
    }
  }
}

TEST_CASE("fully connected: random sizes, one row and many, both weight orders") {
  TestRandom random(1);
  for (int round = 0; round < 120; ++round) {
    FullyConnectedSizes s;
    s.m = round % 3 == 0 ? 1 : random.Int(1, 13);
    s.k = random.Int(1, 70);
    s.n = random.Int(1, 70);
    s.transposed_weights = random.Int(0, 1) != 0;
    s.has_bias = random.Int(0, 1) != 0;
    if (random.Int(0, 1) != 0) s.clamp = {-0.5f, 1.5f};
    const SmallPieces small(round % 2 == 0 ? 200 : 5000);
    const int threads = static_cast<int>(random.Int(1, 3));
    for (const ChosenKernel& kernel : FullyConnected(s, threads)) {
      CheckFullyConnected(s, threads, random, kernel);
    }
  }
  FullyConnectedSizes large = {.m = 1, .k = 300, .n = 1003, .has_bias = true};
  for (int64_t m : {1, 64}) {
    large.m = m;
    for (const ChosenKernel& kernel : FullyConnected(large, 2)) {
      CheckFullyConnected(large, 2, random, kernel);
    }
  }
}

TEST_CASE("fully connected: kernels of different rows and clamps share packed weights") {
  TestRandom random(2);
  const FullyConnectedSizes prefill = {.m = 9, .k = 33, .n = 21, .has_bias = true};
  FullyConnectedSizes decode = prefill;
  decode.m = 1;
  decode.clamp.min = 0;
  auto a = Must(MakeFullyConnected(prefill, 2));
  auto b = Must(MakeFullyConnected(decode, 2));
  CHECK(a.choice.pack_key == b.choice.pack_key);
  CheckFullyConnected(prefill, 2, random, a);
  const TestBuffer<float> weights = random.Floats(33 * 21), bias = random.Floats(21);
  const std::vector<const void*> operands = {nullptr, weights.data(), bias.data()};
  const auto packed = PackFor(*a.kernel, operands);
  CHECK(packed->ByteSize() >= 33 * 21 * 4);
  REQUIRE(b->UsePacked(packed).ok());
  ThreadPool pool(2);
  const TestBuffer<float> x = random.Floats(9 * 33);
  TestBuffer<float> ya(9 * 21), yb(21);
  for (int round = 0; round < 2; ++round) {
    RunKernel(a, {x.data(), nullptr, nullptr}, ya, pool, false);
    RunKernel(b, {x.data(), nullptr, nullptr}, yb, pool, false);
    for (int j = 0; j < 21; ++j) CHECK(yb[j] == doctest::Approx(std::max(ya[j], 0.0f)));
  }
}

TEST_CASE("fully connected: nothing for empty sizes and clamps") {
  CHECK(MakeFullyConnected({.m = 0, .k = 1, .n = 1}, 1).kernel == nullptr);
  CHECK(MakeFullyConnected({.m = 1, .k = 0, .n = 1}, 1).kernel == nullptr);
  CHECK(MakeFullyConnected({.m = 4, .k = 1, .n = 1, .clamp = {1, 1}}, 1).kernel == nullptr);
  CHECK(MakeFullyConnected({.m = 4, .k = 1, .n = 1, .clamp = {NAN, 1}}, 1).kernel == nullptr);
}

TEST_CASE("products: a large one falls into pieces of some milliseconds, a small one into none") {
  const double most = 64e6;  // Multiplications and additions: some milliseconds on a poor machine.
  for (int threads : {1, 2}) {
    const auto product = Must(MakeFullyConnected({.m = 4096, .k = 4096, .n = 4096}, threads));
    CHECK(static_cast<double>(product->pieces()) >= 2.0 * 4096 * 4096 * 4096 / most);
    const auto computed =
        Must(MakeBatchMatMul({.batch = 8, .m = 512, .k = 512, .n = 512}, threads));
    CHECK(static_cast<double>(computed->pieces()) >= 8.0 * 2 * 512 * 512 * 512 / most);
    const Conv2dSizes image = {.height = 224,
                               .width = 224,
                               .channels = 64,
                               .output_channels = 64,
                               .filter_height = 3,
                               .filter_width = 3};
    const auto convolution = Must(MakeConv2d(image, threads));
    CHECK(static_cast<double>(convolution->pieces()) >= 2.0 * 222 * 222 * 64 * 64 * 9 / most);
    CHECK(Must(MakeFullyConnected({.m = 64, .k = 64, .n = 64}, threads))->pieces() == 1);
    CHECK(Must(MakeBatchMatMul({.m = 64, .k = 64, .n = 64}, threads))->pieces() == 1);
    // A vector times a matrix, and two long vectors: as much as memory moves in that time.
    CHECK(Must(MakeFullyConnected({.m = 1, .k = 16384, .n = 16384}, threads))->pieces() >= 100);
    CHECK(Must(MakeBatchMatMul({.m = 1, .k = 100000000, .n = 1}, threads))->pieces() >= 40);
  }
}

TEST_CASE("batch matmul: long sums are added up part by part") {
  TestRandom random(8);
  for (int64_t m : {1, 3}) {
    for (int64_t n : {1, 6}) {
      for (const bool transposed : {false, true}) {
        const SmallPieces small(100000);
        ThreadPool pool(2);
        const int64_t k = 150001;
        auto kernel =
            Must(MakeBatchMatMul({.m = m, .k = k, .n = n, .transposed_rhs = transposed}, 2));
        CHECK(kernel.choice.kernel == "matmul.few_rows");
        const TestBuffer<float> a = random.Floats(m * k), b = random.Floats(k * n);
        TestBuffer<float> c(m * n);
        RunKernel(kernel, {a.data(), b.data()}, c, pool);
        for (int64_t at = 0; at < m * n; ++at) {
          double sum = 0, magnitude = 0;
          for (int64_t i = 0; i < k; ++i) {
            const int64_t j = at % n;
            const double term =
                static_cast<double>(a[at / n * k + i]) * b[transposed ? j * k + i : i * n + j];
            sum += term;
            magnitude += std::abs(term);
          }
          CheckClose(c[at], sum, magnitude, k);
        }
      }
    }
  }
}

TEST_CASE("batch matmul: random sizes, few rows and many, both orders") {
  TestRandom random(3);
  for (int round = 0; round < 120; ++round) {
    BatchMatMulSizes s;
    s.batch = random.Int(1, 4);
    s.m = random.Int(1, 19);
    s.k = random.Int(1, 40);
    s.n = random.Int(1, 90);
    s.transposed_rhs = random.Int(0, 1) != 0;
    const SmallPieces small(round % 2 == 0 ? 200 : 5000);
    const int threads = static_cast<int>(random.Int(1, 3));
    ThreadPool pool(threads);
    const TestBuffer<float> a = random.Floats(s.batch * s.m * s.k);
    const TestBuffer<float> b = random.Floats(s.batch * s.k * s.n);
    for (const ChosenKernel& kernel : BatchMatMul(s, threads)) {
      INFO(ToString(kernel.choice));
      TestBuffer<float> c(s.batch * s.m * s.n);
      RunKernel(kernel, {a.data(), b.data()}, c, pool);
      CHECK(c.PaddingIntact());
      for (int64_t at = 0; at < s.batch * s.m * s.n; ++at) {
        const int64_t g = at / s.n / s.m, j = at % s.n;
        double sum = 0, magnitude = 0;
        for (int64_t k = 0; k < s.k; ++k) {
          const int64_t from = s.transposed_rhs ? j * s.k + k : k * s.n + j;
          const double term = static_cast<double>(a[at / s.n * s.k + k]) * b[g * s.k * s.n + from];
          sum += term;
          magnitude += std::abs(term);
        }
        CheckClose(c[at], sum, magnitude, s.k);
      }
    }
  }
}

void CheckConv2d(const Conv2dSizes& s, const float* x, const float* filter, const float* bias,
                 const TestBuffer<float>& y) {
  const int64_t in = s.channels / s.groups, out = s.output_channels / s.groups;
  CHECK(y.PaddingIntact());
  int64_t at = 0;
  for (int64_t b = 0; b < s.batch; ++b) {
    for (int64_t oy = 0; oy < s.output_height(); ++oy) {
      for (int64_t ox = 0; ox < s.output_width(); ++ox) {
        for (int64_t o = 0; o < s.output_channels; ++o, ++at) {
          double sum = bias ? bias[o] : 0, magnitude = std::abs(sum);
          for (int64_t fy = 0; fy < s.filter_height; ++fy) {
            for (int64_t fx = 0; fx < s.filter_width; ++fx) {
              const int64_t iy = oy * s.stride_height + fy * s.dilation_height - s.pad_top;
              const int64_t ix = ox * s.stride_width + fx * s.dilation_width - s.pad_left;
              if (iy < 0 || ix < 0 || iy >= s.height || ix >= s.width) continue;
              for (int64_t i = 0; i < in; ++i) {
                const double term =
                    static_cast<double>(
                        x[((b * s.height + iy) * s.width + ix) * s.channels + o / out * in + i]) *
                    filter[((o * s.filter_height + fy) * s.filter_width + fx) * in + i];
                sum += term;
                magnitude += std::abs(term);
              }
            }
          }
          sum = std::clamp<double>(sum, s.clamp.min, s.clamp.max);
          CheckClose(y[at], sum, magnitude, s.filter_height * s.filter_width * in + 1);
        }
      }
    }
  }
  CHECK(at == y.size());
}

// Runs a kernel for `s` on random numbers and checks the result.
void RunAndCheckConv2d(const ChosenKernel& kernel, const Conv2dSizes& s, TestRandom& random,
                       ThreadPool& pool) {
  INFO(ToString(kernel.choice));
  const TestBuffer<float> x = random.Floats(s.batch * s.height * s.width * s.channels);
  const TestBuffer<float> filter =
      random.Floats(s.output_channels * s.filter_height * s.filter_width * s.channels / s.groups);
  const TestBuffer<float> bias = random.Floats(s.output_channels);
  TestBuffer<float> y(s.batch * s.output_height() * s.output_width() * s.output_channels);
  std::vector<const void*> operands = {x.data(), filter.data()};
  if (s.has_bias) operands.push_back(bias.data());
  RunKernel(kernel, operands, y, pool);
  CheckConv2d(s, x.data(), filter.data(), s.has_bias ? bias.data() : nullptr, y);
  CheckUnpacks(*kernel.kernel, filter, s.has_bias ? &bias : nullptr);
}

TEST_CASE("convolution: random sizes, grouped, depthwise, strided, dilated, padded") {
  TestRandom random(4);
  for (int round = 0; round < 150; ++round) {
    Conv2dSizes s;
    s.batch = random.Int(1, 2);
    s.height = random.Int(1, 12);
    s.width = random.Int(1, 12);
    s.groups = round % 2 == 0 ? 1 : random.Int(1, 20);
    const bool depthwise = round % 4 == 1;
    s.channels = s.groups * (depthwise ? 1 : random.Int(1, 6));
    s.output_channels = s.groups * (depthwise ? 1 : random.Int(1, 9));
    s.filter_height = random.Int(1, 5);
    s.filter_width = random.Int(0, 1) != 0 ? s.filter_height : random.Int(1, 5);
    s.stride_height = random.Int(1, 2);
    s.stride_width = random.Int(0, 3) != 0 ? s.stride_height : random.Int(1, 3);
    s.dilation_height = s.dilation_width = random.Int(0, 3) != 0 ? 1 : 2;
    const int64_t least = round % 3 == 0 ? -2 : 0;
    s.pad_top = random.Int(least, 2);
    s.pad_bottom = random.Int(least, 2);
    s.pad_left = random.Int(least, 2);
    s.pad_right = random.Int(least, 2);
    s.has_bias = random.Int(0, 1) != 0;
    if (random.Int(0, 1) != 0) s.clamp = {0, 6};
    const SmallPieces small(round % 2 == 0 ? 200 : 5000);
    const int threads = static_cast<int>(random.Int(1, 3));
    const std::vector<ChosenKernel> kernels = Convolutions(s, threads);
    const bool any =
        s.height + s.pad_top + s.pad_bottom > (s.filter_height - 1) * s.dilation_height &&
        s.width + s.pad_left + s.pad_right > (s.filter_width - 1) * s.dilation_width;
    REQUIRE(kernels.empty() == !any);
    ThreadPool pool(threads);
    for (const ChosenKernel& kernel : kernels) RunAndCheckConv2d(kernel, s, random, pool);
  }
}

TEST_CASE("convolution: depthwise tiles of every filter width and stride, at all edges") {
  TestRandom random(6);
  for (int round = 0; round < 150; ++round) {
    Conv2dSizes s;
    s.batch = random.Int(1, 2);
    s.groups = s.channels = s.output_channels = random.Int(1, 21);
    s.filter_height = random.Int(1, 7);
    s.filter_width = 3 + 2 * random.Int(0, 2);
    s.stride_height = random.Int(1, 2);
    s.stride_width = random.Int(1, 2);
    s.height = random.Int(s.filter_height, 12);
    s.width = random.Int(7, 40);
    s.pad_top = random.Int(0, 4);
    s.pad_bottom = random.Int(0, 4);
    s.pad_left = random.Int(0, 5);
    s.pad_right = random.Int(0, 5);
    s.has_bias = random.Int(0, 1) != 0;
    if (random.Int(0, 1) != 0) s.clamp = {-1, 1};
    const SmallPieces small(round % 2 == 0 ? 200 : 5000);
    ThreadPool pool(static_cast<int>(random.Int(1, 3)));
    auto kernel = Must(MakeConv2d(s, pool.num_threads()));
    RunAndCheckConv2d(kernel, s, random, pool);
  }
}

TEST_CASE("convolution: kernels of different batch and image sizes share packed weights") {
  TestRandom random(5);
  Conv2dSizes one;
  one.height = one.width = 7;
  one.channels = 5;
  one.output_channels = 11;
  one.filter_height = one.filter_width = 3;
  one.pad_top = one.pad_left = one.pad_bottom = one.pad_right = 1;
  Conv2dSizes three = one;
  three.batch = 3;
  Conv2dSizes wide = one;
  wide.width = 21;
  auto a = Must(MakeConv2d(one, 1)), b = Must(MakeConv2d(three, 1)), c = Must(MakeConv2d(wide, 1));
  REQUIRE(a.choice.pack_key == b.choice.pack_key);
  REQUIRE(a.choice.pack_key == c.choice.pack_key);
  TestBuffer<float> filter = random.Floats(11 * 9 * 5);
  const TestBuffer<float> kept = filter;
  const auto packed = PackFor(*a.kernel, {nullptr, filter.data()});
  std::memset(filter.data(), 0xff, 11 * 9 * 5 * 4);  // The source may be freed now.
  REQUIRE(b->UsePacked(packed).ok());
  REQUIRE(c->UsePacked(packed).ok());
  ThreadPool pool(1);
  const TestBuffer<float> x = random.Floats(3 * 49 * 5);
  for (int round = 0; round < 3; ++round) {
    TestBuffer<float> ya(49 * 11), yb(3 * 49 * 11), yc(3 * 49 * 11);
    RunKernel(a, {x.data(), nullptr}, ya, pool, false);
    CheckConv2d(one, x.data(), kept.data(), nullptr, ya);
    RunKernel(b, {x.data(), nullptr}, yb, pool, false);
    CheckConv2d(three, x.data(), kept.data(), nullptr, yb);
    RunKernel(c, {x.data(), nullptr}, yc, pool, false);
    CheckConv2d(wide, x.data(), kept.data(), nullptr, yc);
  }
}

TEST_CASE("convolution: negative padding, and windows larger than a tile of patches") {
  TestRandom random(8);
  for (int round = 0; round < 60; ++round) {
    Conv2dSizes s;
    s.batch = random.Int(1, 2);
    s.height = random.Int(5, 12);
    s.width = random.Int(5, 12);
    s.groups = random.Int(1, 3);
    s.channels = s.groups * random.Int(2, 40);
    s.output_channels = s.groups * random.Int(1, 20);
    s.filter_height = random.Int(1, 5);
    s.filter_width = random.Int(1, 5);
    s.stride_height = random.Int(1, 2);
    s.stride_width = random.Int(1, 2);
    s.dilation_width = random.Int(1, 2);
    s.pad_top = -1;
    s.pad_bottom = random.Int(0, 3);
    s.pad_left = random.Int(-1, 7);
    s.pad_right = random.Int(5, 7);
    s.has_bias = random.Int(0, 1) != 0;
    if (random.Int(0, 1) != 0) s.clamp = {0, 6};
    if (s.height + s.pad_top + s.pad_bottom < s.filter_height) continue;
    const int threads = static_cast<int>(random.Int(1, 3));
    ThreadPool pool(threads);
    for (const ChosenKernel& kernel : Convolutions(s, threads)) {
      CHECK_FALSE(kernel.choice.kernel.starts_with("xnnpack"));
      RunAndCheckConv2d(kernel, s, random, pool);
    }
  }
}

// Each of all kernels that can compute it, of which the first has that name, and another not.
void CheckKernels(const Conv2dSizes& s, std::string_view first) {
  const std::vector<ChosenKernel> all = Convolutions(s, 2);
  REQUIRE(!all.empty());
  CHECK(all[0].choice.kernel == first);
  for (const ChosenKernel& kernel : all) {
    CHECK(kernel.choice.scratch_bytes <= kScratchAllowance);
  }
}

TEST_CASE("convolution: pointers to taps must not outweigh the operands") {
  Conv2dSizes s;
  s.height = s.width = 123;
  s.channels = 1;
  s.output_channels = 2;
  s.filter_height = s.filter_width = 24;
  TestRandom random(9);
  ThreadPool pool(2);
  CheckKernels(s, "convolution.tiled");
  for (const ChosenKernel& kernel : Convolutions(s, 2)) RunAndCheckConv2d(kernel, s, random, pool);
  // The bytes of a pointer for each tap of each pixel wrap around in 32 bits.
  s.height = s.width = 1055;
  s.filter_height = s.filter_width = 32;
  CheckKernels(s, "convolution.tiled");
  // Taps without end.
  s.height = s.width = 300;
  s.filter_height = s.filter_width = 255;
  CheckKernels(s, "convolution.tiled");
  s.filter_height = s.filter_width = 260;
  CheckKernels(s, "convolution.patches");
}

TEST_CASE("convolution: what would be computed in more than 32 bits") {
  Conv2dSizes s = {.height = 3,
                   .width = 4,
                   .channels = 2,
                   .output_channels = 3,
                   .filter_height = 2,
                   .filter_width = 2};
  // Coordinates.
  Conv2dSizes padded = s;
  padded.pad_left = padded.pad_right = INT32_MAX;
  padded.stride_width = int64_t{1} << 30;
  CHECK(padded.output_width() == 5);
  CheckKernels(padded, "convolution.tiled");
  TestRandom random(10);
  ThreadPool pool(1);
  for (const ChosenKernel& kernel : Convolutions(padded, 1)) {
    RunAndCheckConv2d(kernel, padded, random, pool);
  }
  // Packed weights: one output channel takes the room of eight.
  Conv2dSizes narrow = s;
  narrow.channels = 1 << 18;
  narrow.output_channels = 1;
  narrow.filter_height = narrow.filter_width = 32;
  narrow.height = narrow.width = 32;
  CheckKernels(narrow, "convolution.patches");
  // Tensors of their own.
  Conv2dSizes large = s;
  large.channels = int64_t{1} << 26;
  CHECK(Convolutions(large, 1).empty());
}

TEST_CASE("batch matmul: one row times long rows, some of them at a time") {
  TestRandom random(12);
  const SmallPieces small(5000);
  ThreadPool pool(2);
  for (int64_t k : {1, 7, 8, 9, 40}) {
    for (int64_t n : {511, 512, 515, 700}) {
      const BatchMatMulSizes s = {.batch = 2, .m = 1, .k = k, .n = n};
      auto kernel = Must(MakeBatchMatMul(s, 2));
      CHECK(kernel.choice.kernel == "matmul.few_rows");
      const TestBuffer<float> a = random.Floats(2 * k), b = random.Floats(2 * k * n);
      TestBuffer<float> c(2 * n);
      RunKernel(kernel, {a.data(), b.data()}, c, pool);
      CHECK(c.PaddingIntact());
      for (int64_t i = 0; i < 2 * n; ++i) {
        double sum = 0, magnitude = 0;
        for (int64_t t = 0; t < k; ++t) {
          const double term =
              static_cast<double>(a[i / n * k + t]) * b[(i / n * k + t) * n + i % n];
          sum += term;
          magnitude += std::abs(term);
        }
        CheckClose(c[i], sum, magnitude, k);
      }
    }
  }
}

TEST_CASE("batch matmul: a narrow rhs is not packed where that takes more than the operands") {
  TestRandom random(11);
  for (bool transposed : {false, true}) {
    const BatchMatMulSizes s = {
        .batch = 1, .m = 6, .k = 3'000'003, .n = 1, .transposed_rhs = transposed};
    auto kernel = Must(MakeBatchMatMul(s, 2));
    CHECK(kernel.choice.kernel.starts_with("matmul.few_rows"));
    CHECK(kernel.choice.scratch_bytes == 0);
    const TestBuffer<float> a = random.Floats(s.m * s.k), b = random.Floats(s.k);
    TestBuffer<float> c(s.m);
    ThreadPool pool(2);
    RunKernel(kernel, {a.data(), b.data()}, c, pool);
    for (int64_t i = 0; i < s.m; ++i) {
      double sum = 0, magnitude = 0;
      for (int64_t k = 0; k < s.k; ++k) {
        const double term = static_cast<double>(a[i * s.k + k]) * b[k];
        sum += term;
        magnitude += std::abs(term);
      }
      CheckClose(c[i], sum, magnitude, s.k);
    }
  }
}

// Sums that are NaN, of both signs, stay NaN behind bounds; others are bounded.
void CheckKeepsNan(const ChosenKernel& kernel, int64_t inputs, int64_t weights, int64_t outputs,
                   ThreadPool& pool) {
  INFO(ToString(kernel.choice));
  TestBuffer<float> x(inputs), w(weights), y(outputs);
  std::fill_n(w.data(), weights, 1.0f);
  for (float sign : {1.0f, -1.0f}) {
    std::fill_n(x.data(), inputs, std::copysign(std::nanf(""), sign));
    RunKernel(kernel, {x.data(), w.data()}, y, pool);
    CHECK(std::all_of(y.data(), y.data() + outputs, [](float v) { return std::isnan(v); }));
    // infinity - infinity, in neighbours of a row and of a channel
    for (int64_t i = 0; i < inputs; ++i) {
      x[i] = std::copysign(std::numeric_limits<float>::infinity(),
                           (i + i / 8) % 2 == 0 ? sign : -sign);
    }
    RunKernel(kernel, {x.data(), w.data()}, y, pool);
    CHECK(std::all_of(y.data(), y.data() + outputs, [](float v) { return std::isnan(v); }));
  }
  std::fill_n(x.data(), inputs, -1.0f);
  RunKernel(kernel, {x.data(), w.data()}, y, pool);
  CHECK(std::all_of(y.data(), y.data() + outputs, [](float v) { return v == 0; }));
}

TEST_CASE("bounds keep NaN: products of one row, some and many, convolutions of all kinds") {
  for (int threads : {1, 2}) {
    ThreadPool pool(threads);
    for (const ClampRange& clamp : {ClampRange{.min = 0}, ClampRange{.min = 0, .max = 6}}) {
      for (int64_t m : {1, 2, 3, 4, 5, 700}) {
        for (int64_t n : {3, 16, 37, 200}) {
          auto kernel = Must(MakeFullyConnected({.m = m, .k = 6, .n = n, .clamp = clamp}, threads));
          CheckKeepsNan(kernel, m * 6, 6 * n, m * n, pool);
        }
      }
      for (int64_t groups : {1, 2, 8}) {
        const Conv2dSizes sizes = {.height = 7,
                                   .width = 9,
                                   .channels = 8,
                                   .output_channels = 8,
                                   .filter_height = 1,
                                   .filter_width = 2,
                                   .groups = groups,
                                   .clamp = clamp};
        auto kernel = Must(MakeConv2d(sizes, threads));
        CheckKeepsNan(kernel, 7 * 9 * 8, 8 * 2 * 8 / groups, 7 * 8 * 8, pool);
      }
    }
  }
}

}  // namespace
}  // namespace webhlo
