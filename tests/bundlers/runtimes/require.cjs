// SPDX-License-Identifier: Apache-2.0
const { threadLoaded } = require("./thread.cjs");
const { load } = require("webhlo");
const { default: digits } = require("webhlo/digits.js");

load(digits, { threads: 2 }).then(async (model) => {
  const { probabilities } = await model.run({ image: new Float32Array(784) });
  console.log(`${probabilities.length} on ${model.threads}`);
  await threadLoaded;
});
