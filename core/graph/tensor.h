// SPDX-License-Identifier: Apache-2.0
//
// TensorView: a typed window on a tensor's elements in memory, for code that favours size and
// clarity over speed (references, folding, tests). Elements load as f64, i64, u64 or c128 and are
// rounded once at the store. Storage is row-major, ByteWidth(type) bytes an element; i1 and
// sub-byte types take a byte each. Quantized tensors are seen as their storage type.
#ifndef WEBHLO_CORE_GRAPH_TENSOR_H_
#define WEBHLO_CORE_GRAPH_TENSOR_H_

#include <complex>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/graph/type.h"

namespace webhlo {

// Rounds to nearest even into `type` as the specification's `convert` does (overflow, NaN and
// infinities as each type has them) and returns the bits; and back, exactly.
uint64_t EncodeFloat(ElementType type, double value);
double DecodeFloat(ElementType type, uint64_t bits);

// One element at `p`, widened. LoadI64 sign-extends, and reads u64 modulo 2^64.
double LoadF64(ElementType type, const void* p);   // floats; integers and i1 converted
int64_t LoadI64(ElementType type, const void* p);  // integers, i1, index
std::complex<double> LoadC128(ElementType type, const void* p);  // complex; reals with imag 0
void StoreF64(ElementType type, void* p, double value);          // floats only
void StoreI64(ElementType type, void* p, int64_t value);         // integers: wraps; i1: value != 0
void StoreC128(ElementType type, void* p, std::complex<double> value);  // complex only

class TensorView {
 public:
  TensorView() = default;
  TensorView(const TensorType* type, void* data)
      : type_(type),
        element_(type->StorageType()),
        width_(ByteWidth(type->StorageType())),
        data_(static_cast<uint8_t*>(data)) {}

  const TensorType& type() const { return *type_; }
  ElementType element() const { return element_; }
  int width() const { return width_; }  // Bytes an element.
  int rank() const { return type_->rank(); }
  std::span<const int64_t> dims() const { return type_->dims; }
  int64_t NumElements() const { return type_->NumElements(); }
  void* data() const { return data_; }
  uint8_t* at(int64_t i) const { return data_ + i * width_; }

  double F64(int64_t i) const { return LoadF64(element_, at(i)); }
  int64_t I64(int64_t i) const { return LoadI64(element_, at(i)); }
  uint64_t U64(int64_t i) const { return static_cast<uint64_t>(LoadI64(element_, at(i))); }
  std::complex<double> C128(int64_t i) const { return LoadC128(element_, at(i)); }
  bool Bool(int64_t i) const { return *at(i) != 0; }
  void SetF64(int64_t i, double value) const { StoreF64(element_, at(i), value); }
  void SetI64(int64_t i, int64_t value) const { StoreI64(element_, at(i), value); }
  void SetC128(int64_t i, std::complex<double> value) const { StoreC128(element_, at(i), value); }
  void SetBool(int64_t i, bool value) const { *at(i) = value; }

 private:
  const TensorType* type_ = nullptr;
  ElementType element_ = ElementType::kF32;
  int width_ = 0;
  uint8_t* data_ = nullptr;
};

// Row-major strides in elements.
std::vector<int64_t> RowMajorStrides(std::span<const int64_t> dims);

// Walks every index of `dims` in row-major order: for (IndexIterator it(dims); !it.done();
// it.Next()) it.index() is the multi-index, it.linear() its row-major position. Rank 0 has one
// index.
class IndexIterator {
 public:
  explicit IndexIterator(std::span<const int64_t> dims);
  bool done() const { return done_; }
  void Next();
  std::span<const int64_t> index() const { return index_; }
  int64_t linear() const { return linear_; }

 private:
  std::vector<int64_t> dims_;
  std::vector<int64_t> index_;
  int64_t linear_ = 0;
  bool done_ = false;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_TENSOR_H_
