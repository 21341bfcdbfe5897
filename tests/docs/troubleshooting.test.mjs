// SPDX-License-Identifier: Apache-2.0
// docs/troubleshooting.md: each message that it explains is provoked, and has a code that it names.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { load, Tensor } from "../../js/dist/index.js";
import { digitsFile, launch, serve, visit } from "../browser/pages.mjs";
import { docs } from "./snippets.mjs";

const index = new URL("../../js/dist/index.js", import.meta.url).href;
const model = fileURLToPath(
  new URL("../../models/digits/model.jaxexport", import.meta.url),
);
const image = new Float32Array(784);

let browser, server, address, folder;
before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "webhlo-errors-"));
  writeFileSync(
    path.join(folder, "index.html"),
    '<!doctype html><link rel="icon" href="data:,">',
  );
  browser = await launch();
  // A server that knows no file, and of an app that answers its page instead.
  server = createServer(({ url }, response) =>
    url.startsWith("/app/")
      ? response.end("<!doctype html>")
      : response.writeHead(404).end(),
  );
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  address = `http://127.0.0.1:${server.address().port}/`;
});
after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const program = (
  body,
  argument = "tensor<4xf32>",
  result = argument,
  where = "",
) =>
  new Blob([
    `func.func @main(%x: ${argument}${where}) -> ${result} {
${body}
}`,
  ]);
const file = (content) => load(new Blob([content]));
const calls =
  program(`  %y = stablehlo.custom_call @nobody(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>`);

/** Weights of the digits model, of which one may have another name or shape. */
function weights(change = {}) {
  const bytes = readFileSync(
    new URL("../../models/digits/weights.safetensors", import.meta.url),
  );
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  delete header.__metadata__;
  return Object.fromEntries(
    Object.entries(header).flatMap(([name, { shape, data_offsets }]) => {
      const [begin, end] = data_offsets.map((offset) => 8 + length + offset);
      const values = new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + begin, bytes.byteOffset + end),
      );
      const {
        name: other = name,
        shape: sizes = shape,
        gone,
      } = change[name] ?? {};
      return gone ? [] : [[other, new Tensor(values, { shape: sizes })]];
    }),
  );
}

/** What a use of the digits model throws. */
async function using(use, options) {
  const model = await load(digitsFile, { threads: 1, ...options });
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

/** What a script in a process with such flags of V8 prints of its error. */
async function inProcess(flags, script) {
  const code = `import { load } from ${JSON.stringify(index)};
    const digits = ${JSON.stringify(digitsFile)};
    try { ${script} } catch (error) { console.log(error.code + ' ' + error.message); }`;
  const args = [...flags, "--input-type=module", "-e", code];
  return (await promisify(execFile)(process.execPath, args)).stdout.trimEnd();
}

/** What a page that loads the digits model prints: WebHLO's own notes, or its error. */
async function inPage(serving, { policy, origin = "/" } = {}) {
  const mounts = { "/": folder, "/digits.whlo": digitsFile };
  const site = await serve(mounts, serving);
  const { context, page } = await visit(browser, site.address);
  try {
    return await page.evaluate(
      async ([policy, origin]) => {
        const meta = document.createElement("meta");
        meta.httpEquiv = "Content-Security-Policy";
        meta.content = policy;
        if (policy) document.head.append(meta);
        const said = [];
        console.info = (text) => said.push(text);
        const { load } = await import(`${origin}webhlo/index.js`);
        await load("/digits.whlo", { threads: 2 }).then(
          // Workers tell their errors a little later.
          () => new Promise((done) => setTimeout(done, 500)),
          (error) => said.push(`${error.code} ${error.message}`),
        );
        return said.join("\n");
      },
      [policy, origin],
    );
  } finally {
    await context.close();
    site.close();
  }
}

/** The same of a page that takes the package from another origin. */
async function fromElsewhere() {
  const headers = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
  };
  const other = await serve({}, { isolate: false, headers });
  return inPage({}, { origin: other.address }).finally(() => other.close());
}

const provoked = {
  "cannot read …: 404 …": () => load(`${address}model.whlo`),
  "cannot read …: fetch failed…": () => load("http://127.0.0.1:1/model.whlo"),
  "…: it is a page of HTML or XML, not a file of a model; …": () =>
    file("<!doctype html>"),
  "…: it is a pointer of Git LFS, not the file itself; …": () =>
    file("version https://git-lfs.github.com/spec/v1\n"),
  "…: it is an ONNX model; …": () =>
    file(new Uint8Array([8, 7, 18, 7, ...Buffer.from("pytorch")])),
  "… ends at byte …, … bytes too early": () =>
    load(new Uint8Array(readFileSync(digitsFile).subarray(0, 100_000))),
  "…:…:…: …": () => file("func.func @main( {"),
  "cannot read …/webhlo-….wasm: 404 …": () =>
    load(digitsFile, { wasmURL: `${address}files/` }),
  "cannot load …: … expected magic word …": () =>
    load(digitsFile, { wasmURL: `${address}app/` }),

  "operations that this build cannot run:…": () =>
    load(
      program(
        '  %y = "tosa.abs"(%x) : (tensor<4xf32>) -> tensor<4xf32>\n  return %y : tensor<4xf32>',
      ),
    ),
  "no function answers custom_call …; registerCustomCall gives a target its function, before the load":
    () => load(calls),
  "no argument takes the weight tensors …": () =>
    load(model, {
      weights: { ...weights(), extra: new Tensor(new Float32Array(1)) },
    }),
  "no weight tensor for … of program …: …": () =>
    load(model, { weights: weights({ "conv1.weight": { gone: true } }) }),
  "tensor … is …, but … is …": () =>
    load(model, { weights: weights({ "conv1.weight": { shape: [144] } }) }),
  "the weights have … bytes, maxMemory is …": () =>
    load(
      program(
        "  return %x : tensor<1048576xf32>",
        "tensor<1048576xf32>",
        "tensor<1048576xf32>",
        " loc(\"weights['w']\")",
      ),
      {
        weights: { w: new Tensor(new Float32Array(2 ** 20)) },
        maxMemory: 3 * 2 ** 20,
      },
    ),
  "… do not fit the model's memory": () =>
    load(new Blob(["x".repeat(8 * 2 ** 20)]), { maxMemory: 4 * 2 ** 20 }),
  "the engine gives no WebAssembly memory: …": () =>
    inProcess(
      ["--wasm-max-mem-pages=16"],
      "await load(digits, { threads: 1 });",
    ),
  "load: revec is for the first load alone": () =>
    inProcess([], "await load(digits); await load(digits, { revec: true });"),

  "program … takes …; missing: …": () => using((model) => model.run({})),
  "input …: expected …; got …": () =>
    using((model) => model.run({ image: new Float32Array(3) })),
  "input …: got a tensor …": () =>
    using((model) => model.run({ image: new Tensor(image) })),
  "input … leaves several sizes free; pass a Tensor, which has a shape":
    async () => {
      const free = program("  return %x : tensor<?x?xf32>", "tensor<?x?xf32>");
      const model = await load(free, { threads: 1 });
      return model
        .run({ arg0: new Float32Array(6) })
        .finally(() => model.dispose());
    },
  "tensor … was disposed or donated": () =>
    using(async (model) => {
      const { logits } = await model.run({ image }, { keep: ["logits"] });
      logits.dispose();
      return logits.data();
    }),
  "a run of this model is under way; await it first": () =>
    using(async (model) => {
      const running = model.run({ image }, { deadline: 1000 });
      try {
        model.runSync({ image });
      } finally {
        await running;
      }
    }),
  "the model was disposed": () =>
    using((model) => {
      model.dispose();
      return model.run({ image });
    }),
  "custom_call … answered a promise; use run": async () => {
    const { registerCustomCall } = await import(index);
    registerCustomCall("somebody", async ([x]) => x);
    const source =
      program(`  %y = stablehlo.custom_call @somebody(%x) : (tensor<4xf32>) -> tensor<4xf32>
      return %y : tensor<4xf32>`);
    const model = await load(source, { threads: 1 });
    try {
      model.runSync({ arg0: [1, 2, 3, 4] });
    } finally {
      model.dispose();
    }
  },
  "the deadline of … ms has passed": () =>
    using((model) => model.run({ image }, { deadline: 0 })),

  "WebHLO runs on one thread: this page is not cross-origin isolated.": () =>
    inPage({ isolate: false }),
  "WebHLO runs on one thread: no worker can be started (…).": fromElsewhere,
  "WebHLO lacks a thread: its file cannot be loaded": () =>
    inPage({}, { policy: "worker-src 'none'" }),
  "cannot load …: …Content Security Policy…": () =>
    inPage({}, { policy: "script-src 'self'" }),
};

const [, ...sections] = readFileSync(`${docs}troubleshooting.md`, "utf8").split(
  /^### /m,
);
/** Heading and text of what begins with a message. */
const explained = new Map(
  sections.flatMap((section) => {
    const [, heading, body] = /^`(.+)`\n([^]*)$/.exec(section) ?? [];
    return heading ? [[heading, body]] : [];
  }),
);

test("every message is provoked, and none else", () => {
  assert.deepEqual([...explained.keys()], Object.keys(provoked));
});

for (const [heading, provoke] of Object.entries(provoked)) {
  test(heading, async () => {
    const said = await new Promise((resolve) => resolve(provoke())).then(
      (answer) => answer,
      ({ code, message }) => `${code} ${message}`,
    );
    const literal = heading
      .split("…")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`^(?:(\\w+) )?${literal.join("[^]+")}$`, "m");
    assert.match(String(said), pattern);
    const [, code] = pattern.exec(said);
    if (code)
      assert.match(
        explained.get(heading),
        new RegExp(`^[^.]*\`${code}\`[^.]*\\.`),
      );
  });
}
