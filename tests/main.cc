// SPDX-License-Identifier: Apache-2.0
// The entry point of all C++ tests: doctest's own.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
