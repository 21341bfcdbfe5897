// SPDX-License-Identifier: Apache-2.0
// The command line as such: what is wrong with it ends with a status of its own, and says what.

import assert from "node:assert/strict";
import { test } from "node:test";

import { webhlo } from "./webhlo.mjs";

test("a wrong command line ends with status 2 and says why", async () => {
  const cases = [
    [[], /no command/],
    [["fly"], /no command "fly"/],
    [["rnu", "a"], /no command "rnu"; did you mean run\?/],
    [
      ["run", "a", "--thread", "2"],
      /no option --thread; did you mean --threads\?/,
    ],
    [["serve", "a", "--prot", "2"], /did you mean --port\?/],
    [
      ["inspect", "a", "--stage", "memroy"],
      /memroy; did you mean memory\?; expected/,
    ],
    [
      ["run", "a", "--max-memory", "3 parsecs"],
      /3 parsecs: expected bytes, as in/,
    ],
    [["run", "a", "--max-memory", "-1"], /--max-memory/],
    [
      ["serve", ".", "--port", "65536"],
      /--port 65536: expected a port, 0 to 65535/,
    ],
    [["serve", ".", "--port", "80.5"], /--port 80.5/],
    [["serve", ".", "--port", "x"], /--port x/],
    [["run"], /run what/],
    [["run", "a", "--stage", "plan"], /run has no option --stage/],
    [["run", "a", "--fast"], /--fast/],
    [["run", "a", "--steps"], /run has no option --steps/],
    [["run", "a", "--rtol", "x"], /--rtol x/],
    [["inspect", "a", "--stage", "x"], /--stage x/],
    [["convert", "a"], /-o OUT/],
    [["run", "a", "b"], /NAME=MODEL/],
    [["run", "a", "--trace"], /--trace <value>' argument missing/],
    [["serve", ".", "--json"], /serve has no option --json/],
    [["help", "rnu"], /no command "rnu"; did you mean run\?/],
    [["rnu", "--help"], /no command "rnu"; did you mean run\?/],
    [["completion"], /completion what/],
    [
      ["completion", "bsh"],
      /"bsh"; did you mean bash\?; there are bash, zsh, fish/,
    ],
  ];
  for (const [line, message] of cases) {
    const { status, stderr } = await webhlo(...line);
    assert.equal(status, 2, line.join(" "));
    assert.match(stderr, message);
  }
  assert.match((await webhlo("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
});
