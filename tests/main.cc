// SPDX-License-Identifier: Apache-2.0
// The entry point of all C++ tests: doctest's own, with the op table in place.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "core/ops/op_table.h"

int main(int argc, char** argv) {
  webhlo::UseOps();
  return doctest::Context(argc, argv).run();
}
