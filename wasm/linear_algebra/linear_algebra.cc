// SPDX-License-Identifier: Apache-2.0
//
// What LAPACK's routines of these names compute, with their storage, signs and `info`, for batches
// of matrices, as JavaScript calls it (js/src/linear_algebra.ts): row-major matrices at addresses
// that malloc gave, none of them empty, shapes checked. What a routine works on is overwritten by
// its first result. `type` is one of s, d, c, z.
#include <algorithm>

#include "wasm/linear_algebra/elimination-inl.h"
#include "wasm/linear_algebra/reflectors-inl.h"
#include "wasm/linear_algebra/spectra-inl.h"

namespace webhlo::linear_algebra {
namespace {

// Calls `routine` with a number of the type, which tells it what the addresses point to.
template <typename Routine>
void WithType(int type, const Routine& routine) {
  switch (type) {
    case 's':
      return routine(float());
    case 'd':
      return routine(double());
    case 'c':
      return routine(std::complex<float>());
    case 'z':
      return routine(std::complex<double>());
  }
}

// The i-th of the parts of that many numbers, or null.
template <typename T>
T* Part(void* data, Index i, Index size) {
  return data == nullptr ? nullptr : static_cast<T*>(data) + i * size;
}

}  // namespace
}  // namespace webhlo::linear_algebra

using namespace webhlo::linear_algebra;  // NOLINT: all that follows is their face.

#define EXPORT extern "C" __attribute__((visibility("default"), used)) void

EXPORT potrf(int type, int batch, int n, bool upper, void* a, int32_t* info) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) Potrf(n, upper, Part<T>(a, i, n * n), info + i);
  });
}

EXPORT getrf(int type, int batch, int m, int n, void* a, int32_t* pivots, int32_t* info) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) {
      Getrf(m, n, Part<T>(a, i, m * n), pivots + i * std::min(m, n), info + i);
    }
  });
}

EXPORT geqrf(int type, int batch, int m, int n, void* a, void* taus) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) {
      Geqrf(m, n, Part<T>(a, i, m * n), Part<T>(taus, i, std::min(m, n)));
    }
  });
}

EXPORT orgqr(int type, int batch, int m, int n, int num_reflectors, void* a, void* taus) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) {
      Orgqr(m, n, num_reflectors, Part<T>(a, i, m * n), Part<T>(taus, i, num_reflectors));
    }
  });
}

EXPORT gehrd(int type, int batch, int n, int low, int high, void* a, void* taus) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) {
      Gehrd(n, low, high, Part<T>(a, i, n * n), Part<T>(taus, i, n - 1));
    }
  });
}

EXPORT sytrd(int type, int batch, int n, bool upper, void* a, void* d, void* e, void* taus) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) {
      Sytrd(n, upper, Part<T>(a, i, n * n), Part<Real<T>>(d, i, n), Part<Real<T>>(e, i, n - 1),
            Part<T>(taus, i, n - 1));
    }
  });
}

EXPORT trsm(int type, int batch, int m, int n, bool left, bool upper, int transpose, bool unit,
            void* alpha, void* a, void* b) {
  WithType(type, [&]<typename T>(T) {
    const Index size = left ? m : n;
    for (int i = 0; i < batch; ++i) {
      Trsm(m, n, left, upper, transpose, unit, static_cast<const T*>(alpha),
           Part<T>(a, i, size * size), Part<T>(b, i, m * n));
    }
  });
}

EXPORT gtsv(int type, int batch, int n, int num_rhs, void* lower, void* diagonal, void* upper,
            void* b, int32_t* info) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) {
      Gtsv(n, num_rhs, Part<T>(lower, i, n), Part<T>(diagonal, i, n), Part<T>(upper, i, n),
           Part<T>(b, i, n * num_rhs), info + i);
    }
  });
}

EXPORT syevd(int type, int batch, int n, bool vectors, bool upper, void* a, void* values,
             int32_t* info) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) {
      Syevd(n, vectors, upper, Part<T>(a, i, n * n), Part<Real<T>>(values, i, n), info + i);
    }
  });
}

EXPORT gees(int type, int batch, int n, bool vectors, void* a, void* z, void* values,
            void* imaginary, int32_t* info) {
  WithType(type, [&]<typename T>(T) {
    for (int i = 0; i < batch; ++i) {
      Gees(n, vectors, Part<T>(a, i, n * n), Part<T>(z, i, n * n), Part<T>(values, i, n),
           Part<T>(imaginary, i, n), info + i);
    }
  });
}

EXPORT geev(int type, int batch, int n, void* a, void* values, void* imaginary, void* left,
            void* right, int32_t* info) {
  WithType(type, [&]<typename T>(T) {
    using C = std::complex<Real<T>>;
    for (int i = 0; i < batch; ++i) {
      Geev(n, Part<T>(a, i, n * n), Part<T>(values, i, n), Part<T>(imaginary, i, n),
           Part<C>(left, i, n * n), Part<C>(right, i, n * n), info + i);
    }
  });
}

EXPORT gesdd(int type, int batch, int m, int n, bool full, void* a, void* s, void* u, void* vt,
             int32_t* info) {
  WithType(type, [&]<typename T>(T) {
    const Index size = std::min(m, n);
    for (int i = 0; i < batch; ++i) {
      Gesdd(m, n, full, Part<T>(a, i, m * n), Part<Real<T>>(s, i, size),
            Part<T>(u, i, m * (full ? m : size)), Part<T>(vt, i, (full ? n : size) * n), info + i);
    }
  });
}
