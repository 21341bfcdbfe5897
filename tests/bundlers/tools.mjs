// SPDX-License-Identifier: Apache-2.0
// The tools that the packed package is tried with: how each builds its project here, and what serves
// the result. `needs` is what a user has to write for WebHLO's sake; the other tools need nothing.

const node = process.execPath;
const npx = (name) => ["node_modules/.bin/" + name];
/** Where no bundler puts them, the files that the code asks for are copied beside it. */
const copy =
  "cp node_modules/webhlo/dist/webhlo-* node_modules/webhlo/digits.whlo dist/";

/** For a tool that needs a line in its configuration. */
const withLine = (file, line) => ({
  needs: `\`${line}\` in \`${file}\``,
  write: { [file]: `export default { ${line} };\n` },
});
const viteDev = (port) => [
  ...npx("vite"),
  "--port",
  port,
  "--host",
  "127.0.0.1",
];
const nextStart = (port) => [
  ...npx("next"),
  "start",
  "--port",
  port,
  "--hostname",
  "127.0.0.1",
];

export const pages = [
  {
    name: "Vite 8, build",
    folder: "vite8",
    tool: "vite",
    short: true,
    build: [[...npx("vite"), "build"]],
    files: "dist",
  },
  {
    name: "Vite 8, dev",
    folder: "vite8",
    tool: "vite",
    serve: viteDev,
  },
  ...[5, 6, 7].flatMap((major) => [
    {
      name: `Vite ${major}, build`,
      folder: `vite${major}`,
      tool: "vite",
      build: [[...npx("vite"), "build"]],
      files: "dist",
    },
    {
      name: `Vite ${major}, dev`,
      folder: `vite${major}`,
      tool: "vite",
      ...withLine("vite.config.js", "optimizeDeps: { exclude: ['webhlo'] }"),
      serve: viteDev,
    },
  ]),
  {
    name: "webpack 5",
    folder: "webpack5",
    tool: "webpack",
    short: true,
    build: [[node, "build.mjs"]],
    files: "dist",
  },
  {
    name: "Next, Turbopack, and a route on the server",
    folder: "next",
    tool: "next",
    short: true,
    build: [[...npx("next"), "build"]],
    serve: nextStart,
    route: "api",
  },
  {
    name: "Next, webpack",
    folder: "next",
    tool: "next",
    build: [[...npx("next"), "build", "--webpack"]],
    serve: nextStart,
  },
  {
    name: "Next, webpack, and a route on the server",
    folder: "next",
    tool: "next",
    ...withLine("next.config.mjs", "serverExternalPackages: ['webhlo']"),
    build: [[...npx("next"), "build", "--webpack"]],
    serve: nextStart,
    route: "api",
  },
  {
    name: "esbuild",
    folder: "esbuild",
    tool: "esbuild",
    short: true,
    needs: `\`--format=esm\`, and its files beside the bundle: \`${copy}\``,
    build: [
      [
        ...npx("esbuild"),
        "main.js",
        "--bundle",
        "--format=esm",
        "--minify",
        "--outdir=dist",
      ],
      ["sh", "-c", `${copy} && cp index.html dist/`],
    ],
    files: "dist",
  },
  {
    name: "Rollup",
    folder: "rollup",
    tool: "rollup",
    short: true,
    needs: `its files beside the bundle: \`${copy}\``,
    build: [
      [
        ...npx("rollup"),
        "main.js",
        "--plugin",
        "node-resolve",
        "--dir",
        "dist",
      ],
      ["sh", "-c", `${copy} && cp index.html dist/`],
    ],
    files: "dist",
  },
  {
    name: "Parcel",
    folder: "parcel",
    tool: "parcel",
    build: [[...npx("parcel"), "build", "index.html", "--no-cache"]],
    files: "dist",
  },
  {
    name: "SvelteKit",
    folder: "sveltekit",
    tool: "@sveltejs/kit",
    build: [[...npx("vite"), "build"]],
    serve: (port) => [
      ...npx("vite"),
      "preview",
      "--port",
      port,
      "--host",
      "127.0.0.1",
    ],
  },
];

// What the package's own installation script would link to.
const bun = `node_modules/@oven/bun-linux-${process.arch === "arm64" ? "aarch64" : "x64"}/bin/bun`;

/** Programs that run the package outside of a page: name, folder, command. */
export const programs = [
  ...[20, 22, 24, 26].flatMap((major) => {
    const program = process.env[`WEBHLO_NODE_${major}`] ?? node;
    return ["import.mjs", "require.cjs"].map((file) => ({
      name: `Node ${major}, ${file.split(".")[0]}`,
      folder: "runtimes",
      major,
      command: [program, file],
    }));
  }),
  {
    name: "Deno",
    folder: "runtimes",
    tool: "deno",
    command: [...npx("deno"), "run", "-A", "import.mjs"],
  },
  {
    name: "Bun",
    folder: "runtimes",
    tool: "bun",
    command: [bun, "import.mjs"],
  },
  {
    name: "Vitest",
    folder: "vitest",
    tool: "vitest",
    command: [...npx("vitest"), "run"],
  },
  {
    name: "workerd",
    folder: "workerd",
    tool: "workerd",
    command: [node, "visit.mjs"],
    // There are no threads.
    answer: /^a 1 on 1$/m,
  },
];
