// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/fft/loops.h"

#include <algorithm>

#include "core/kernels/vector.h"

namespace webhlo::fft {
namespace {

template <typename T>
inline constexpr int64_t kLanes = 16 / sizeof(T);
template <typename T>
using Tag = hn::FixedTag<T, kLanes<T>>;
template <typename T>
using Vector = hn::Vec<Tag<T>>;

template <typename T>
struct ComplexVector {
  Vector<T> re, im;

  friend HWY_INLINE ComplexVector operator+(ComplexVector a, ComplexVector b) {
    return {hn::Add(a.re, b.re), hn::Add(a.im, b.im)};
  }
  friend HWY_INLINE ComplexVector operator-(ComplexVector a, ComplexVector b) {
    return {hn::Sub(a.re, b.re), hn::Sub(a.im, b.im)};
  }
  friend HWY_INLINE ComplexVector operator*(ComplexVector a, ComplexVector b) {
    const Hwy<T> l;
    return {l.NegMulAdd(a.im, b.im, hn::Mul(a.re, b.re)),
            l.MulAdd(a.re, b.im, hn::Mul(a.im, b.re))};
  }
};
template <typename T>
HWY_INLINE ComplexVector<T> TimesMinusI(ComplexVector<T> a) {
  return {a.im, hn::Neg(a.re)};
}

// Planes of a type.
template <typename T>
struct Lanes {
  explicit Lanes(Planes planes) : re(static_cast<T*>(planes.re)), im(static_cast<T*>(planes.im)) {}

  HWY_INLINE ComplexVector<T> Load(int64_t i) const {
    return {hn::LoadU(Tag<T>(), re + i), hn::LoadU(Tag<T>(), im + i)};
  }
  HWY_INLINE void Store(ComplexVector<T> v, int64_t i) const {
    hn::StoreU(v.re, Tag<T>(), re + i);
    hn::StoreU(v.im, Tag<T>(), im + i);
  }
  HWY_INLINE ComplexVector<T> Splat(int64_t i) const {
    return {hn::Set(Tag<T>(), re[i]), hn::Set(Tag<T>(), im[i])};
  }

  T* re;
  T* im;
};

template <typename T>
void Read(const Columns& x, const void* data, Planes planes, int64_t begin, int64_t end) {
  constexpr int64_t kL = kLanes<T>;
  const T* const source = static_cast<const T*>(data);
  const Lanes<T> to(planes);
  const bool whole = !x.real && !x.mirrored && x.present == x.columns && x.columns >= kL;
  if (whole && x.column_step == 1) {
    for (int64_t k = begin; k < end; ++k) {
      for (int64_t c = 0; c < x.columns; c += kL) {
        ComplexVector<T> v;
        hn::LoadInterleaved2(Tag<T>(), source + 2 * (k * x.row_step + c), v.re, v.im);
        to.Store(v, k * x.columns + c);
      }
    }
    return;
  }
  if (whole && x.row_step == 1) {
    int64_t k = begin;
    for (int64_t c = 0; c < x.columns; c += kL) {
      const T* const from = source + 2 * c * x.column_step;
      for (k = begin; k + kL <= end; k += kL) {
        Vector<T> re[kL], im[kL];
        WEBHLO_UNROLL for (int64_t i = 0; i < kL; ++i) {
          hn::LoadInterleaved2(Tag<T>(), from + 2 * (k + i * x.column_step), re[i], im[i]);
        }
        Transpose(re);
        Transpose(im);
        WEBHLO_UNROLL for (int64_t i = 0; i < kL; ++i) {
          to.Store({re[i], im[i]}, (k + i) * x.columns + c);
        }
      }
    }
    begin = k;
  }
  for (int64_t k = begin; k < end; ++k) {
    for (int64_t c = 0; c < x.columns; ++c) {
      T re = 0, im = 0;
      if (c < x.present) {
        int64_t at = k * x.row_step + c * x.column_step;
        const int64_t place = x.place + k * x.row_place + c * x.column_place;
        const bool conjugate = x.mirrored && 2 * place > x.whole;
        if (conjugate) at += x.whole - 2 * place;
        if (x.real) {
          re = source[at];
        } else {
          re = source[2 * at];
          im = conjugate ? -source[2 * at + 1] : source[2 * at + 1];
          if (x.mirrored && (place == 0 || 2 * place == x.whole)) im = 0;
        }
      }
      to.re[k * x.columns + c] = re;
      to.im[k * x.columns + c] = im;
    }
  }
}

template <typename T>
void Write(const Columns& x, Planes planes, void* data, int64_t begin, int64_t end) {
  constexpr int64_t kL = kLanes<T>;
  T* const sink = static_cast<T*>(data);
  const Lanes<T> from(planes), factors(x.factors);
  const T scale = static_cast<T>(x.scale);
  const Vector<T> scales = hn::Set(Tag<T>(), scale);
  const bool whole = !x.real && x.present == x.columns && x.columns >= kL;
  if (whole && x.row_step == 1) {
    int64_t k = begin;
    for (int64_t c = 0; c < x.columns; c += kL) {
      T* const to = sink + 2 * c * x.column_step;
      for (k = begin; k + kL <= end; k += kL) {
        Vector<T> re[kL], im[kL];
        WEBHLO_UNROLL for (int64_t i = 0; i < kL; ++i) {
          const ComplexVector<T> v = from.Load((k + i) * x.columns + c);
          re[i] = hn::Mul(v.re, scales);
          im[i] = hn::Mul(v.im, scales);
        }
        Transpose(re);
        Transpose(im);
        WEBHLO_UNROLL for (int64_t i = 0; i < kL; ++i) {
          hn::StoreInterleaved2(re[i], im[i], Tag<T>(), to + 2 * (k + i * x.column_step));
        }
      }
    }
    begin = k;
  }
  for (int64_t k = begin; k < end; ++k) {
    const int64_t place = x.place + k * x.row_place, at = k * x.row_step;
    int64_t c = 0;
    if (whole && x.column_step == 1 && place + (x.columns - 1) * x.column_place < x.end) {
      for (; c < x.columns; c += kL) {
        ComplexVector<T> v = from.Load(k * x.columns + c);
        if (factors.re) v = v * factors.Load(k * x.factor_step + c);
        hn::StoreInterleaved2(hn::Mul(v.re, scales), hn::Mul(v.im, scales), Tag<T>(),
                              sink + 2 * (at + c));
      }
    }
    for (; c < x.present && place + c * x.column_place < x.end; ++c) {
      T re = from.re[k * x.columns + c] * scale, im = from.im[k * x.columns + c] * scale;
      if (factors.re) {
        const T a = re, b_re = factors.re[k * x.factor_step + c];
        const T b_im = factors.im[k * x.factor_step + c];
        re = a * b_re - im * b_im;
        im = a * b_im + im * b_re;
      }
      T* const to = sink + (x.real ? 1 : 2) * (at + c * x.column_step);
      to[0] = re;
      if (!x.real) to[1] = im;
    }
  }
}

// Open where the radix is known.
template <int kRadix, typename F>
HWY_INLINE void ForEach(int64_t begin, int64_t end, F f) {
  if constexpr (kRadix == kMaxRadix) {
    for (int64_t j = begin; j < end; ++j) f(j);
  } else {
    WEBHLO_UNROLL for (int64_t j = begin; j < end; ++j) f(j);
  }
}

// The transform of elements that lie `reach` apart.
template <int kRadix, typename T>
HWY_INLINE void Butterfly(const Stage& stage, int64_t r, Lanes<T> from, int64_t reach, int64_t t,
                          ComplexVector<T>* y) {
  using V = ComplexVector<T>;
  const V first = from.Load(t);
  if constexpr (kRadix == 2) {
    const V b = from.Load(t + reach);
    y[0] = first + b;
    y[1] = first - b;
  } else if constexpr (kRadix == 4) {
    const V b = from.Load(t + reach), c = from.Load(t + 2 * reach), d = from.Load(t + 3 * reach);
    const V even = first + c, odd = b + d, across = first - c, turned = TimesMinusI(b - d);
    y[0] = even + odd;
    y[1] = across + turned;
    y[2] = even - odd;
    y[3] = across - turned;
  } else {
    // Sums and differences of elements that are as far from the first as from the end share their
    // products.
    const Hwy<T> l;
    const Lanes<T> roots(stage.roots);
    const int64_t half = r / 2, unit = stage.length / r;
    V sums[kRadix / 2], differences[kRadix / 2];
    y[0] = first;
    ForEach<kRadix>(0, half, [&](int64_t k) {
      const V a = from.Load(t + (k + 1) * reach), b = from.Load(t + (r - 1 - k) * reach);
      sums[k] = a + b;
      differences[k] = TimesMinusI(a - b);
      y[0] = y[0] + sums[k];
    });
    ForEach<kRadix>(1, half + 1, [&](int64_t j) {
      V even = first, odd = {hn::Zero(Tag<T>()), hn::Zero(Tag<T>())};
      ForEach<kRadix>(0, half, [&](int64_t k) {
        // Sines are negative in the roots.
        const V root = roots.Splat((k + 1) * j % r * unit);
        even = {l.MulAdd(root.re, sums[k].re, even.re), l.MulAdd(root.re, sums[k].im, even.im)};
        odd = {l.NegMulAdd(root.im, differences[k].re, odd.re),
               l.NegMulAdd(root.im, differences[k].im, odd.im)};
      });
      y[j] = even + odd;
      y[r - j] = even - odd;
    });
  }
}

template <int kRadix, typename T>
void RunStageOf(const Stage& stage, Planes source, Planes sink, int64_t begin, int64_t end) {
  constexpr int64_t kL = kLanes<T>;
  const Lanes<T> roots(stage.roots), from(source), to(sink);
  const int64_t r = kRadix == kMaxRadix ? stage.radix : kRadix, s = stage.apart;
  const int64_t reach = stage.length * stage.columns / r, until = end * kL;
  int64_t t = begin * kL;
  ComplexVector<T> y[kRadix], w[kRadix];
  if constexpr (kRadix == 4) {
    if (s == 1) {
      // Lanes are neighbouring p: their roots follow each other, their results interleave.
      for (; t < until; t += kL) {
        Butterfly<4>(stage, r, from, reach, t, y);
        w[1] = roots.Load(t);
        w[2] = w[1] * w[1];
        w[3] = w[2] * w[1];
        ForEach<4>(1, 4, [&](int64_t j) { y[j] = w[j] * y[j]; });
        hn::StoreInterleaved4(y[0].re, y[1].re, y[2].re, y[3].re, Tag<T>(), to.re + 4 * t);
        hn::StoreInterleaved4(y[0].im, y[1].im, y[2].im, y[3].im, Tag<T>(), to.im + 4 * t);
      }
      return;
    }
  }
  for (int64_t p = t / s; t < until; ++p) {
    const int64_t last = std::min(until, (p + 1) * s), turn = p * (s / stage.columns);
    ForEach<kRadix>(1, r, [&](int64_t j) { w[j] = roots.Splat(j * turn); });
    for (int64_t at = t + p * s * (r - 1); t < last; t += kL, at += kL) {
      Butterfly<kRadix>(stage, r, from, reach, t, y);
      if (turn != 0) ForEach<kRadix>(1, r, [&](int64_t j) { y[j] = w[j] * y[j]; });
      ForEach<kRadix>(0, r, [&](int64_t j) { to.Store(y[j], at + j * s); });
    }
  }
}

template <typename T>
void RunStage(const Stage& stage, Planes from, Planes to, int64_t begin, int64_t end) {
  auto run = RunStageOf<kMaxRadix, T>;
  if (stage.radix == 4) run = RunStageOf<4, T>;
  if (stage.radix == 2) run = RunStageOf<2, T>;
  // Of f64, other lengths are rare enough.
  if constexpr (sizeof(T) == 4) {
    if (stage.radix == 5) run = RunStageOf<5, T>;
  }
  run(stage, from, to, begin, end);
}

template <typename T>
void Multiply(Planes from, Planes to, Planes factors, int64_t columns, int64_t count, int64_t begin,
              int64_t end) {
  const Lanes<T> x(from), y(to), w(factors);
  for (int64_t k = begin; k < end; ++k) {
    for (int64_t i = k * columns; i < (k + 1) * columns; ++i) {
      T re = 0, im = 0;
      if (k < count) {
        re = w.re[k] * x.re[i] - w.im[k] * x.im[i];
        im = w.re[k] * x.im[i] + w.im[k] * x.re[i];
      }
      y.re[i] = re;
      y.im[i] = im;
    }
  }
}

// Where e and o are the transforms of the x of even and of odd j and w is the root of order 2 h,
// z_k is e_k + i o_k and the k-th number of the other one e_k + w^k o_k; both with -o_k in place of
// o_k are the conjugates of those at h - k.
template <typename T>
void Separate(int64_t h, bool joins, int64_t columns, Planes roots, Planes from, Planes to) {
  using V = ComplexVector<T>;
  const Lanes<T> x(from), y(to), w(roots);
  for (int64_t k = 0; 2 * k <= h; ++k) {
    const V root = w.Splat(k), turn = {root.im, joins ? root.re : hn::Neg(root.re)};
    const int64_t mirror = k == 0 && !joins ? 0 : h - k;
    for (int64_t c = 0; c < columns; c += kLanes<T>) {
      V a = x.Load(k * columns + c), b = x.Load(mirror * columns + c);
      // What imaginary parts the first and the last have does not count.
      if (joins && k == 0) a.im = b.im = hn::Zero(Tag<T>());
      b.im = hn::Neg(b.im);
      const V sum = a + b, difference = turn * (a - b), last = sum - difference;
      y.Store({last.re, hn::Neg(last.im)}, (h - k) * columns + c);
      y.Store(sum + difference, k * columns + c);
    }
  }
}

template <typename T>
constexpr Loops LoopsOf() {
  return {.lanes = kLanes<T>,
          .bytes = sizeof(T),
          .read = Read<T>,
          .write = Write<T>,
          .stage = RunStage<T>,
          .multiply = Multiply<T>,
          .separate = Separate<T>};
}

}  // namespace

constinit const Loops kF32Loops = LoopsOf<float>(), kF64Loops = LoopsOf<double>();

}  // namespace webhlo::fft
