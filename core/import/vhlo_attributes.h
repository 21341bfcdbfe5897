// SPDX-License-Identifier: Apache-2.0
//
// The attributes and types of VHLO, the versioned dialect of portable artifacts: each entry is a
// code followed by its fields.
#ifndef WEBHLO_CORE_IMPORT_VHLO_ATTRIBUTES_H_
#define WEBHLO_CORE_IMPORT_VHLO_ATTRIBUTES_H_

#include "core/base/status.h"
#include "core/graph/attribute.h"
#include "core/graph/type.h"
#include "core/import/bytecode_attributes.h"

namespace webhlo {

// The result means something only when the reader is neither pending nor failed.
Result<Attribute> DecodeVhloAttribute(EntryReader& reader);
Result<Type> DecodeVhloType(EntryReader& reader);

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_VHLO_ATTRIBUTES_H_
