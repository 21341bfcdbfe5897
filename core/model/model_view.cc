// SPDX-License-Identifier: Apache-2.0
#include "core/model/model_view.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/base/strings.h"

namespace webhlo {
namespace {

constexpr char kMagic[] = {'W', 'H', 'L', 'O'};
constexpr size_t kHeaderFields = 16;  // Magic, version, size.

uint64_t ReadLittleEndian(const uint8_t* p, int size) {
  uint64_t value = 0;
  for (int i = size; i-- > 0;) value = value << 8 | p[i];
  return value;
}

template <typename Vector>
uint32_t Size(const Vector* vector) {
  return vector ? vector->size() : 0;
}

// The checks of one program.
class ProgramChecker {
 public:
  explicit ProgramChecker(const model::Program& program) : program_(program) {}

  Status Check() {
    CheckTypes();
    CheckConstants();
    CheckLocations();
    CheckGraph();
    CheckAttributes(program_.module_attributes());
    CheckAttributes(program_.attribute_pool());
    CheckFunctions();
    if (!failure_) return OkStatus();
    return InvalidModel(StrCat(".whlo: program \"", program_.name()->c_str(), "\": ", failure_));
  }

 private:
  void Expect(bool condition, const char* failure) {
    if (!condition && !failure_) failure_ = failure;
  }

  void ExpectEarlier(const flatbuffers::Vector<uint32_t>* indices, uint32_t self,
                     const char* failure) {
    for (uint32_t i = 0; i < Size(indices); ++i) Expect(indices->Get(i) < self, failure);
  }

  void CheckTypes() {
    for (uint32_t i = 0; i < program_.types()->size(); ++i) {
      const model::Type& type = *program_.types()->Get(i);
      ExpectEarlier(type.elements(), i, "a type refers to a later one");
      ExpectEarlier(type.results(), i, "a type refers to a later one");
    }
  }

  void CheckConstants() {
    for (uint32_t i = 0; i < Size(program_.constants()); ++i) {
      Expect(program_.constants()->Get(i)->type() < program_.types()->size(),
             "a constant's type does not exist");
    }
  }

  void CheckLocations() {
    num_locations_ = Size(program_.locations()) + uint64_t{1};
    for (uint32_t i = 0; i < Size(program_.locations()); ++i) {
      // Number 0 is the unknown location, which the file does not hold.
      ExpectEarlier(program_.locations()->Get(i)->children(), i + 1,
                    "a location refers to a later one");
    }
  }

  bool Fits(const model::Span& span, uint64_t size) const {
    return uint64_t{span.begin()} + span.size() <= size;
  }

  void ExpectIndices(const flatbuffers::Vector<uint32_t>* indices, uint64_t limit,
                     const char* failure) {
    for (uint32_t i = 0; i < Size(indices); ++i) Expect(indices->Get(i) < limit, failure);
  }

  void CheckGraph() {
    const uint32_t num_values = program_.value_types()->size();
    const uint32_t num_operands = program_.operand_pool()->size();
    ExpectIndices(program_.value_types(), program_.types()->size(),
                  "a value's type does not exist");
    Expect(
        Size(program_.value_locations()) == 0 || program_.value_locations()->size() == num_values,
        "values and their locations differ in number");
    ExpectIndices(program_.value_locations(), num_locations_, "a location does not exist");
    ExpectIndices(program_.operand_pool(), num_values, "an operand does not exist");
    ExpectIndices(program_.region_pool(), program_.regions()->size(), "a region does not exist");
    for (const model::Node* node : *program_.nodes()) {
      Expect(node->name() < program_.names()->size(), "a node's name does not exist");
      Expect(node->location() < num_locations_, "a location does not exist");
      Expect(Fits(node->operands(), num_operands), "a node's operands do not exist");
      Expect(Fits(node->results(), num_values), "a node's results do not exist");
      Expect(Fits(node->attributes(), program_.attribute_pool()->size()),
             "a node's attributes do not exist");
      Expect(Fits(node->regions(), program_.region_pool()->size()),
             "a node's regions do not exist");
    }
    for (const model::Region* region : *program_.regions()) {
      Expect(Fits(region->arguments(), num_values), "a region's arguments do not exist");
      Expect(Fits(region->nodes(), program_.nodes()->size()), "a region's nodes do not exist");
      Expect(Fits(region->results(), num_operands), "a region's results do not exist");
    }
  }

  void CheckAttributes(
      const flatbuffers::Vector<flatbuffers::Offset<model::NamedAttribute>>* attributes) {
    for (uint32_t i = 0; i < Size(attributes); ++i) {
      const model::NamedAttribute& attribute = *attributes->Get(i);
      Expect(attribute.name() < program_.names()->size(), "an attribute's name does not exist");
      CheckAttribute(*attribute.value());
    }
  }

  // As deep as the FlatBuffer's verifier allowed.
  void CheckAttribute(const model::Attribute& attribute) {
    const bool has_type = attribute.kind() == model::AttributeKind::Int ||
                          attribute.kind() == model::AttributeKind::Float ||
                          attribute.kind() == model::AttributeKind::Type;
    Expect(!has_type || attribute.type() < program_.types()->size(),
           "an attribute's type does not exist");
    Expect(attribute.kind() != model::AttributeKind::Dense ||
               attribute.dense() < Size(program_.constants()),
           "an attribute's constant does not exist");
    for (uint32_t i = 0; i < Size(attribute.elements()); ++i) {
      CheckAttribute(*attribute.elements()->Get(i));
    }
    CheckAttributes(attribute.fields());
  }

  void CheckLists(const flatbuffers::Vector<flatbuffers::Offset<model::AttributeList>>* lists) {
    for (uint32_t i = 0; i < Size(lists); ++i) CheckAttributes(lists->Get(i)->attributes());
  }

  void CheckFunctions() {
    for (const model::Function* function : *program_.functions()) {
      Expect(function->body() == kNoIndex || function->body() < program_.regions()->size(),
             "a function's body does not exist");
      Expect(function->location() < num_locations_, "a location does not exist");
      CheckLists(function->argument_attributes());
      CheckLists(function->result_attributes());
      CheckAttributes(function->attributes());
    }
    const uint32_t entry = program_.entry();
    if (entry >= program_.functions()->size()) {
      Expect(false, "the entry function does not exist");
      return;
    }
    const uint32_t body = program_.functions()->Get(entry)->body();
    if (body >= program_.regions()->size()) {
      Expect(false, "the entry function has no body");
      return;
    }
    const model::Region& region = *program_.regions()->Get(body);
    Expect(region.arguments().size() == program_.arguments()->size() &&
               region.results().size() == program_.results()->size(),
           "the entry function's arguments and results are not those that are named");
  }

  const model::Program& program_;
  uint64_t num_locations_ = 1;
  const char* failure_ = nullptr;
};

}  // namespace

bool IsModelFile(std::span<const uint8_t> bytes) {
  return bytes.size() >= sizeof(kMagic) &&
         std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin());
}

Result<uint64_t> ModelHeadSize(std::span<const uint8_t> bytes) {
  if (!IsModelFile(bytes)) return InvalidModel(".whlo: the file does not start with \"WHLO\"");
  if (bytes.size() < kHeaderFields) return InvalidModel(".whlo: the file ends inside its header");
  const uint64_t version = ReadLittleEndian(bytes.data() + 4, 4);
  if (version == 0) return InvalidModel(".whlo: format version 0 does not exist");
  if (version > kModelFormatVersion) {
    return Unsupported(StrCat(".whlo: the file is of format version ", version,
                              ", this build reads versions up to ", kModelFormatVersion));
  }
  const uint64_t size = ReadLittleEndian(bytes.data() + 8, 8);
  if (size >= FLATBUFFERS_MAX_BUFFER_SIZE) {
    return InvalidModel(StrCat(".whlo: the header states programs of ", size, " bytes"));
  }
  return (kModelHeaderSize + size + kSegmentAlignment - 1) / kSegmentAlignment * kSegmentAlignment;
}

std::vector<uint8_t> MakeModelHeader(uint64_t flatbuffer_size) {
  std::vector<uint8_t> header(kModelHeaderSize);
  std::copy(std::begin(kMagic), std::end(kMagic), header.begin());
  for (int i = 0; i < 4; ++i) header[4 + i] = static_cast<uint8_t>(kModelFormatVersion >> (8 * i));
  for (int i = 0; i < 8; ++i) header[8 + i] = static_cast<uint8_t>(flatbuffer_size >> (8 * i));
  return header;
}

Result<ModelView> ModelView::Open(std::span<const uint8_t> bytes) {
  RETURN_IF_ERROR(ModelHeadSize(bytes).status());
  ModelView view;
  const uint64_t size = ReadLittleEndian(bytes.data() + 8, 8);
  if (bytes.size() < kModelHeaderSize || bytes.size() - kModelHeaderSize < size) {
    return InvalidModel(StrCat(".whlo: the file is truncated: its programs end at byte ",
                               kModelHeaderSize + size, ", the file at ", bytes.size()));
  }
  view.size_ = static_cast<size_t>(size);
  const uint8_t* data = bytes.data() + kModelHeaderSize;
  if (reinterpret_cast<uintptr_t>(data) % alignof(uint64_t) != 0) {
    view.copy_.resize((view.size_ + 7) / 8);
    std::memcpy(view.copy_.data(), data, view.size_);
    data = reinterpret_cast<const uint8_t*>(view.copy_.data());
  }
  // A table takes at least eight bytes: more than this many are shared ones, seen many times.
  const auto max_tables = static_cast<flatbuffers::uoffset_t>(size / 8 + 1);
  flatbuffers::Verifier verifier(data, view.size_, kMaxModelDepth, max_tables);
  if (!model::VerifyModelBuffer(verifier)) {
    return InvalidModel(".whlo: the FlatBuffer is malformed or of another kind");
  }
  view.model_ = model::GetModel(data);
  const auto* segments = view.model_->segments();
  if (segments->size() != view.model_->weights()->size()) {
    return InvalidModel(".whlo: weights and segments differ in number");
  }
  // The verifier compares no vector with its elements' alignment; all others are of 32 bits or
  // copied.
  if (segments->size() > 0 &&
      reinterpret_cast<uintptr_t>(segments->Data()) % alignof(model::Segment) != 0) {
    return InvalidModel(".whlo: the segments are misaligned");
  }
  for (const model::Program* program : *view.model_->programs()) {
    RETURN_IF_ERROR(ProgramChecker(*program).Check());
  }
  return view;
}

}  // namespace webhlo
