// SPDX-License-Identifier: Apache-2.0
#ifndef WEBHLO_CORE_KERNELS_COPY_ELEMENT_H_
#define WEBHLO_CORE_KERNELS_COPY_ELEMENT_H_

#include <cstdint>
#include <cstring>

namespace webhlo {

// Copies 1, 2, 4 or 8 bytes: for loops in which the width does not change.
inline void CopyElement(int64_t width, const uint8_t* from, uint8_t* to) {
  switch (width) {
    case 1:
      *to = *from;
      break;
    case 2:
      std::memcpy(to, from, 2);
      break;
    case 4:
      std::memcpy(to, from, 4);
      break;
    default:
      std::memcpy(to, from, 8);
  }
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_COPY_ELEMENT_H_
