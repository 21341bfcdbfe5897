// SPDX-License-Identifier: Apache-2.0
#include "core/graph/op_def.h"

#include <algorithm>

#include "core/base/strings.h"

namespace webhlo {

int64_t OpView::Int(std::string_view name, int64_t fallback) const {
  const Attribute* a = attribute(name);
  return a ? a->int_value() : fallback;
}

bool OpView::Bool(std::string_view name, bool fallback) const {
  const Attribute* a = attribute(name);
  return a ? a->bool_value() : fallback;
}

double OpView::Float(std::string_view name, double fallback) const {
  const Attribute* a = attribute(name);
  return a ? a->float_value() : fallback;
}

std::string_view OpView::String(std::string_view name, std::string_view fallback) const {
  const Attribute* a = attribute(name);
  return a ? std::string_view(a->string()) : fallback;
}

std::span<const int64_t> OpView::Ints(std::string_view name) const {
  const Attribute* a = attribute(name);
  return a ? a->ints() : std::span<const int64_t>();
}

std::vector<int64_t> OpView::IntsOr(std::string_view name, size_t size, int64_t fallback) const {
  const Attribute* a = attribute(name);
  if (!a) return std::vector<int64_t>(size, fallback);
  return std::vector<int64_t>(a->ints().begin(), a->ints().end());
}

Status OpView::Error(std::string_view message) const {
  return InvalidModel(StrCat(DescribeNode(*graph_, *node_), ": ", message));
}

Status OpView::UnsupportedError(std::string_view message) const {
  return Unsupported(StrCat(DescribeNode(*graph_, *node_), ": ", message));
}

namespace {

// Set once, as the program starts; graphs are built on one thread.
constinit std::span<const OpDef* const> op_table;

// A widened element in, a function of it, a rounded one out.
constexpr int64_t kElementWork = 16;
// Done at once: what a region of scalars does must not cost an allocation each.
constexpr int64_t kFewElements = 4096;

Task RunElements(const ReferenceArgs& args, int64_t count) {
  for (int64_t begin = 0; begin < count; begin += kFewElements) {
    const int64_t end = std::min(begin + kFewElements, count);
    args.op.node().op->elements(args, begin, end);
    co_await args.budget.Spend((end - begin) * kElementWork);
  }
}

}  // namespace

void SetOpTable(std::span<const OpDef* const> rows) { op_table = rows; }

const OpDef* FindOp(OpName name) {
  const auto i = static_cast<size_t>(name);
  return i < op_table.size() ? op_table[i] : nullptr;
}

Task RunReference(const ReferenceArgs& args) {
  const OpDef* op = args.op.node().op;
  if (!HasReference(op)) return args.op.UnsupportedError("has no reference");
  if (op->reference) return op->reference(args);
  const int64_t count = args.outputs[0].NumElements();
  if (count > kFewElements) return RunElements(args, count);
  if (count > 0) op->elements(args, 0, count);
  args.budget.Charge(count * kElementWork);
  return OkStatus();
}

}  // namespace webhlo
