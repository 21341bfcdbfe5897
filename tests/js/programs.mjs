// SPDX-License-Identifier: Apache-2.0
// What tests of the package share: programs from text, and what an error must be.

import assert from "node:assert/strict";

import { WebHLOError } from "../../js/dist/index.js";

export const program = (text) => new TextEncoder().encode(text);

/** For assert.throws and assert.rejects. */
export const refused = (code, message) => (error) => {
  assert.ok(error instanceof WebHLOError, error.stack);
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};
