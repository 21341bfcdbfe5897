// SPDX-License-Identifier: Apache-2.0
// What `webpack ./main.js` does, and the page.
import { cpSync } from "node:fs";
import webpack from "webpack";

webpack({ mode: "production", entry: "./main.js" }, (error, stats) => {
  if (error) throw error;
  console.log(stats.toString());
  process.exitCode = stats.hasErrors() ? 1 : 0;
  cpSync("index.html", "dist/index.html");
});
