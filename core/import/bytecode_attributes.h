// SPDX-License-Identifier: Apache-2.0
//
// AttributeTable: the attributes, types and locations of a bytecode file, resolved when first asked
// for. Entries refer to each other by index in any order and to any depth (locations do nest deep),
// so resolving works off an explicit stack: an entry that meets an unresolved one is decoded again
// once that one is there. Cycles, deep trees and trees that grow beyond the file's size when their
// shared parts are counted each time are errors.
#ifndef WEBHLO_CORE_IMPORT_BYTECODE_ATTRIBUTES_H_
#define WEBHLO_CORE_IMPORT_BYTECODE_ATTRIBUTES_H_

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/graph/attribute.h"
#include "core/graph/graph.h"
#include "core/graph/type.h"
#include "core/import/bytecode_file.h"

namespace webhlo {

class EntryReader;

class AttributeTable {
 public:
  // Both must outlive the table. Locations are appended to `graph`.
  AttributeTable(const BytecodeFile& file, Graph* graph);

  // Pointers stay valid as long as the table.
  Result<const Attribute*> GetAttribute(uint64_t index);
  Result<const Type*> GetType(uint64_t index);
  Result<LocationId> GetLocation(uint64_t index);
  // How many objects a resolved entry's tree holds, shared parts counted each time.
  uint64_t AttributeWeight(uint64_t index) const { return attributes_[index]->weight; }
  uint64_t TypeWeight(uint64_t index) const { return types_[index]->weight; }

  const BytecodeFile& file() const { return file_; }

 private:
  friend class EntryReader;

  enum class Kind : uint8_t { kAttribute, kType };
  struct Entry {
    Kind kind;
    uint32_t index;
  };
  struct Slot {
    enum class State : uint8_t { kOpen, kDone } state = State::kOpen;
    bool is_location = false;
    uint32_t depth = 0;
    uint64_t weight = 0;
    LocationId location = 0;
    Attribute attribute;
    Type type;
  };

  std::unique_ptr<Slot>& SlotOf(Entry entry) {
    return entry.kind == Kind::kAttribute ? attributes_[entry.index] : types_[entry.index];
  }
  std::string Describe(Entry entry) const;
  Status Resolve(Entry root);
  Status Decode(EntryReader& reader, Entry entry, Slot* slot);

  const BytecodeFile& file_;
  Graph& graph_;
  uint64_t weight_left_;
  std::vector<std::unique_ptr<Slot>> attributes_;
  std::vector<std::unique_ptr<Slot>> types_;
};

// One entry's bytes while they are decoded. The readers of children answer null when the child is
// not resolved yet (or the bytes are malformed); the decoder goes on as far as it can, so that all
// missing children are found at once, and gives up its result when pending().
class EntryReader {
 public:
  EntryReader(AttributeTable* table, BytecodeFile::Slice slice)
      : bytes(table->file_.Reader(slice)), table_(*table) {}

  ByteReader bytes;

  const Attribute* ReadAttribute();
  const Attribute* AttributeAt(uint64_t index);
  const Type* ReadType();
  bool ReadLocation(LocationId* location);
  std::string_view ReadString();
  // A child that is a string attribute; empty when it is not there yet.
  std::string_view ReadStringAttribute();
  std::vector<Attribute> ReadAttributes();
  std::vector<Type> ReadTypes();
  // An integer of the width that MLIR writes for it, sign-extended unless `type` is unsigned.
  int64_t ReadInteger(ElementType type);
  double ReadFloat(ElementType type);
  std::vector<int64_t> ReadSignedVarints();

  bool pending() const { return !missing_.empty(); }
  const BytecodeFile& file() const { return table_.file_; }
  // Counts an object's own size beyond the one that every object counts.
  void AddWeight(uint64_t weight) { own_weight_ += weight; }
  // Says that this build does not know something that a newer producer may write.
  void SetUnknown(std::string what) { unknown_ = std::move(what); }

 private:
  friend class AttributeTable;
  const AttributeTable::Slot* Child(AttributeTable::Kind kind, uint64_t index);

  AttributeTable& table_;
  std::vector<AttributeTable::Entry> missing_;
  uint64_t own_weight_ = 1;
  uint64_t children_weight_ = 0;
  uint32_t depth_ = 0;
  std::string unknown_;
};

// `blob` as MLIR keeps the elements of a constant -> our DenseElements. Splats stay splats.
Result<DenseElements> DecodeDense(const Type& type, std::span<const uint8_t> blob,
                                  const VhloVersion& version);

// A file that asks for something newer than this build.
Status NewerThanThisBuild(const BytecodeFile& file, std::string_view what);

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_BYTECODE_ATTRIBUTES_H_
