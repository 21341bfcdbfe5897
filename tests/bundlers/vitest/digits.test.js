// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { classify, factor } from "./app.js";

test("the digit is read", async () => {
  expect(await classify()).toBe("a 1 on 2");
  await factor();
});
