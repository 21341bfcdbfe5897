// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/choice.h"

#include <charconv>
#include <utility>

#include "core/base/strings.h"

namespace webhlo {
namespace {

// Fields are separated by '|', which no name, size or key has.
constexpr char kSeparator = '|';

std::string_view TakeField(std::string_view* line) {
  const size_t end = line->find(kSeparator);
  const std::string_view field = line->substr(0, end);
  line->remove_prefix(end == line->npos ? line->size() : end + 1);
  return field;
}

template <typename T>
bool ReadNumber(std::string_view text, T* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string ToString(const KernelChoice& choice) {
  return choice.sizes.empty() ? choice.kernel : StrCat(choice.kernel, " ", choice.sizes);
}

std::string WriteKernelChoice(const KernelChoice& choice) {
  return StrCat(choice.kernel, "|", choice.sizes, "|", Join(choice.parameters, ","), "|",
                choice.pack_key, "|", choice.packed_operands, "|", choice.scratch_bytes, "|",
                choice.in_place_operand);
}

Result<KernelChoice> ReadKernelChoice(std::string_view line) {
  const Status wrong = InvalidArgument(StrCat("no choice of a kernel: \"", line, "\""));
  KernelChoice choice;
  choice.kernel = TakeField(&line);
  choice.sizes = TakeField(&line);
  for (std::string_view parameters = TakeField(&line); !parameters.empty();) {
    const size_t end = std::min(parameters.find(','), parameters.size());
    if (!ReadNumber(parameters.substr(0, end), &choice.parameters.emplace_back())) return wrong;
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
  }
  choice.pack_key = TakeField(&line);
  const std::string_view packed = TakeField(&line), scratch = TakeField(&line);
  if (choice.kernel.empty() || !ReadNumber(packed, &choice.packed_operands) ||
      !ReadNumber(scratch, &choice.scratch_bytes) || !ReadNumber(line, &choice.in_place_operand)) {
    return wrong;
  }
  return choice;
}

std::optional<KernelChoice> ChooseKernel(std::span<const KernelRow> rows,
                                         const KernelRequest& request, std::string_view measured,
                                         std::vector<std::string>* proposed) {
  enum Rank : uint8_t { kNone, kProposed, kPreferred, kMeasured };
  std::optional<KernelChoice> chosen;
  Rank best = kNone;
  for (const KernelRow& row : rows) {
    Rank rank = kProposed;
    if (row.prefers == nullptr || row.prefers(request)) rank = kPreferred;
    if (row.name == measured) rank = kMeasured;
    // Of no use to anybody but a reader.
    if (proposed == nullptr && rank <= best) continue;
    std::optional<KernelChoice> choice = row.propose(request);
    if (!choice) continue;
    choice->kernel = row.name;
    if (proposed != nullptr) proposed->emplace_back(row.name);
    if (rank <= best) continue;
    chosen = std::move(choice);
    best = rank;
    if (proposed == nullptr && best >= kPreferred && measured.empty()) break;
  }
  return chosen;
}

Result<std::unique_ptr<Kernel>> MakeKernel(std::span<const KernelRow> rows,
                                           const KernelSite& site) {
  for (const KernelRow& row : rows) {
    if (row.name == site.choice.kernel) return row.make(site);
  }
  return site.op.UnsupportedError(StrCat("has no kernel ", site.choice.kernel));
}

}  // namespace webhlo
