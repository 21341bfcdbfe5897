// SPDX-License-Identifier: Apache-2.0
import { threadLoaded } from "./thread.cjs";
import { classify, factor } from "./app.js";

console.log(await classify());
await factor();
await threadLoaded;
