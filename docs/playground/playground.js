// SPDX-License-Identifier: Apache-2.0
// The playground: a program in an editor or from files is loaded, run, and looked at stage by stage.

import { load, WebHLOError } from "webhlo";

import "./playground.css";

import { bytesText, element, msText, quiet, select } from "./dom.js";
import { Editor } from "./editor.js";
import dense from "./examples/dense_gelu.mlir?raw";
import edges from "./examples/edges.mlir?raw";
import softmax from "./examples/softmax.mlir?raw";
import uniform from "./examples/uniform.mlir?raw";
import oscillator from "./examples/van_der_pol.mlir?raw";
import { InputForm, wishesOf } from "./inputs.js";
import { memoryView } from "./memory.js";
import { resultCard } from "./results.js";
import { fragmentOf, programIn } from "./share.js";
import { listing, passesView } from "./stages.js";
import { stepsView } from "./steps.js";

const examples = {
  Softmax: softmax,
  "Dense layers with GELU": dense,
  "Oscillator: a loop in f64": oscillator,
  "Edges: a convolution": edges,
  "Uniform random numbers": uniform,
};

/** What a page of somebody's is given: a program of somebody else's may want much of it. */
const limits = { maxMemory: 2 ** 31, deadline: 60_000 };

const runLimits = { deadline: limits.deadline };

/** Short runs are repeated: engines get faster, and clocks are coarse. */
async function again(run) {
  const end = performance.now() + 250;
  for (let i = 0; i < 30; i++) {
    await run();
    if (performance.now() > end) return;
  }
}

const fileName = "program.mlir";

export class Playground {
  #editor = new Editor(() => {
    this.#examples.value = "";
    this.#edited();
  });
  #inputs = new InputForm(() => {
    this.#forgetProfile();
    this.#status.textContent = "The inputs changed: run it again.";
  });
  #status = element("p", { className: "status", role: "status" });
  #error = element("div", { className: "error", role: "alert", hidden: true });
  #files = element("ul", { className: "files" });
  #examples;
  #threads;
  #run = element("button", {
    type: "button",
    className: "primary",
    textContent: "Run",
  });
  #tabs = new Map();
  #panel = element("div", { className: "panel", role: "tabpanel" });
  #chosen = "Results";

  /** A File that stands in place of the editor's text. */
  #program;
  #weights = [];
  #model;
  /** Whether the model is of another program, weights or options than there are now. */
  #stale = true;
  #compileMs = 0;
  #results = [];
  /** A promise of the model's profile, once somebody wanted to see it. */
  #profile;
  #profiling;
  /** Ends what is under way. */
  #working;

  constructor(parent) {
    this.#examples = select(
      "Example",
      [["", "Examples…"], ...Object.keys(examples).map((name) => [name, name])],
      "",
      (name) => {
        if (name === "") return;
        this.#take(examples[name]);
        this.run();
      },
    );
    const most = crossOriginIsolated
      ? Math.min(navigator.hardwareConcurrency, 8)
      : 1;
    const counts = Array.from({ length: most }, (_, i) => String(i + 1));
    this.#threads = select(
      "Threads",
      counts.map((count) => [
        count,
        count === "1" ? "1 thread" : `${count} threads`,
      ]),
      "1",
      () => this.#edited(),
    );
    this.#run.onclick = () =>
      this.#working ? this.#working.abort() : this.run();
    const chooser = element("input", {
      type: "file",
      multiple: true,
      hidden: true,
    });
    chooser.onchange = () => {
      const files = [...chooser.files];
      // So that the same files, changed, can be chosen again.
      chooser.value = "";
      this.#open(files);
    };
    const open = element("button", {
      type: "button",
      textContent: "Open files",
    });
    open.title =
      "A program (.jaxexport, .mlir, .mlirbc, .whlo) and its .safetensors; or drop them here";
    open.onclick = () => chooser.click();
    const share = element("button", { type: "button", textContent: "Share" });
    share.title = "Puts the program into the page's address and copies it";
    share.onclick = () => this.#share();

    this.node = element(
      "div",
      { className: "playground" },
      element(
        "div",
        { className: "bar" },
        this.#examples,
        open,
        chooser,
        share,
        element("span", { className: "space" }),
        this.#threads,
        this.#run,
      ),
      element(
        "div",
        { className: "columns" },
        element(
          "div",
          { className: "column" },
          element(
            "section",
            { className: "card" },
            this.#files,
            this.#editor.node,
            this.#error,
          ),
          element(
            "section",
            { className: "card" },
            element("h2", { textContent: "Inputs" }),
            this.#inputs.node,
          ),
        ),
        element(
          "section",
          { className: "card" },
          this.#tabList(),
          this.#status,
          this.#panel,
        ),
      ),
    );
    this.#acceptDrops();
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.run();
    });
    parent.append(this.node);
    this.#begin();
    this.onhashchange = () => this.#begin();
    addEventListener("hashchange", this.onhashchange);
  }

  dispose() {
    removeEventListener("hashchange", this.onhashchange);
    this.#working?.abort();
    this.#forget();
    this.node.remove();
  }

  /** What the address holds, else the first example. A stranger's program waits for somebody to run it. */
  async #begin() {
    try {
      const text = await programIn(location.hash);
      if (text === this.#editor.text && text !== "") return;
      this.#take(text ?? softmax);
      if (text === undefined) await this.run();
      else this.#status.textContent = "A program from the address: run it.";
    } catch {
      this.#take(softmax);
      this.#fail(new Error("The address holds no program that can be read."));
    }
  }

  #take(text) {
    this.#program = undefined;
    this.#weights = [];
    this.#editor.text = text;
    this.#examples.value =
      Object.keys(examples).find((name) => examples[name] === text) ?? "";
    this.#edited();
    this.#showFiles();
  }

  #edited() {
    this.#working?.abort();
    this.#stale = true;
    this.#status.textContent =
      "Changed: run it again, by Ctrl+Enter in the editor.";
    this.#error.hidden = true;
  }

  #forget() {
    this.#forgetProfile();
    this.#model?.dispose();
    this.#model = undefined;
    this.#results = [];
    this.#show();
  }

  #forgetProfile() {
    this.#profiling?.abort();
    this.#profile = undefined;
  }

  async #open(files) {
    const isWeights = ({ name }) => name.endsWith(".safetensors");
    const programs = files.filter((file) => !isWeights(file));
    const weights = files.filter(isWeights);
    if (programs.length > 1) {
      this.#fail(
        new Error(
          `One program at a time, not ${programs.length}: ${programs.map(({ name }) => name).join(", ")}.`,
        ),
      );
      return;
    }
    if (programs.length === 1) {
      const [program] = programs;
      this.#take("");
      // Text goes to the editor; what is binary has zeros among its first bytes, as text never has.
      const first = new Uint8Array(await program.slice(0, 4096).arrayBuffer());
      if (first.includes(0) || program.size > 2 ** 20) this.#program = program;
      else this.#editor.text = await program.text();
    }
    this.#weights.push(...weights);
    this.#edited();
    this.#showFiles();
    await this.run();
  }

  #showFiles() {
    const files = [...(this.#program ? [this.#program] : []), ...this.#weights];
    this.#editor.disabled = this.#program !== undefined;
    this.#editor.node.hidden = this.#program !== undefined;
    this.#files.hidden = files.length === 0;
    this.#files.replaceChildren(
      ...files.map((file) => {
        const remove = element("button", { type: "button", textContent: "×" });
        remove.ariaLabel = `Remove ${file.name}`;
        remove.onclick = () => {
          if (file === this.#program) this.#take(softmax);
          else this.#weights = this.#weights.filter((other) => other !== file);
          this.#edited();
          this.#showFiles();
        };
        return element(
          "li",
          {},
          element("code", { textContent: file.name }),
          ` ${bytesText(file.size)} `,
          remove,
        );
      }),
    );
  }

  #acceptDrops() {
    const over = (is) => this.node.classList.toggle("dropping", is);
    this.node.ondragover = (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      over(true);
    };
    this.node.ondragleave = (event) => {
      if (!this.node.contains(event.relatedTarget)) over(false);
    };
    this.node.ondrop = (event) => {
      over(false);
      if (event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      this.#open([...event.dataTransfer.files]);
    };
  }

  async #share() {
    if (this.#program) {
      this.#fail(
        new Error("An address holds a program's text; this one is a file."),
      );
      return;
    }
    const fragment = await fragmentOf(this.#editor.text);
    history.replaceState(history.state, "", fragment);
    const copied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    const where = copied
      ? "The address was copied"
      : "The page's address holds the program now";
    this.#status.textContent = `${where}: ${location.href.length} letters.`;
  }

  async run() {
    this.#working?.abort();
    const working = (this.#working = new AbortController());
    const { signal } = working;
    this.#error.hidden = true;
    this.#run.textContent = "Stop";
    try {
      if (this.#stale) await this.#compile(signal);
      await this.#compute(signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      else if (this.#working === working) this.#status.textContent = "Stopped.";
    } finally {
      if (this.#working === working) {
        this.#working = undefined;
        this.#run.textContent = "Run";
      }
    }
  }

  async #compile(signal) {
    this.#forget();
    this.#status.textContent = "Compiling…";
    const source = this.#program ?? new File([this.#editor.text], fileName);
    const start = performance.now();
    const model = await load(source, {
      ...limits,
      ...(this.#weights.length > 0 && { weights: this.#weights }),
      threads: Number(this.#threads.value),
      signal,
    });
    this.#compileMs = performance.now() - start;
    if (signal.aborted) {
      model.dispose();
      signal.throwIfAborted();
    }
    this.#model = model;
    this.#stale = false;
    const wishes = wishesOf(this.#program ? "" : this.#editor.text);
    this.#inputs.show(model.inputs, wishes);
    this.#show();
  }

  async #compute(signal) {
    const model = this.#model;
    this.#status.textContent = "Running…";
    const inputs = this.#inputs.values();
    const keep = model.outputs.map(({ name }) => name);
    let best = Infinity;
    await again(async () => {
      const start = performance.now();
      const results = await model.run(inputs, { ...runLimits, keep, signal });
      best = Math.min(best, performance.now() - start);
      for (const { tensor } of this.#results) tensor.dispose();
      this.#results = Object.entries(results).map(([name, tensor]) => ({
        name,
        tensor,
      }));
    });
    const { variant, threads } = model;
    const workers = threads === 1 ? "one thread" : `${threads} threads`;
    this.#status.textContent = `Compiled in ${msText(this.#compileMs)}, runs in ${msText(best)}; ${variant}, ${workers}.`;
    this.#show();
  }

  async #stepsView() {
    if (!this.#profile) {
      this.#panel.replaceChildren(quiet("Measuring…"));
      const { signal } = (this.#profiling = new AbortController());
      const options = { ...runLimits, runs: 10, signal };
      this.#profile = this.#model.profile(this.#inputs.values(), options);
    }
    const profile = this.#profile;
    try {
      return stepsView(await profile);
    } catch (error) {
      if (this.#profile === profile) this.#profile = undefined;
      throw error;
    }
  }

  /** A message; a place in the program that it names is marked there. */
  #fail(error) {
    const code = error instanceof WebHLOError ? error.code : undefined;
    const place = new RegExp(
      `${fileName.replace(".", "\\.")}"?:(\\d+):(\\d+)`,
    ).exec(error.message);
    this.#status.textContent = "";
    this.#error.replaceChildren(
      ...(code
        ? [element("code", { className: "code", textContent: code }), " "]
        : []),
      element("span", { textContent: error.message }),
    );
    if (place) {
      const [line, column] = place.slice(1).map(Number);
      this.#editor.mark(line, column);
      const go = element("button", {
        type: "button",
        textContent: `Go to line ${line}`,
      });
      go.onclick = () => this.#editor.goToMark();
      this.#error.append(" ", go);
    }
    this.#error.hidden = false;
  }

  #tabList() {
    const views = {
      Results: () => this.#resultsView(),
      Steps: () => this.#stepsView(),
      Graph: () => this.#listing("graph"),
      Passes: async () => passesView(await this.#model.inspect("passes")),
      Init: () =>
        this.#listing(
          "init",
          "Nothing depends on weights alone: there is nothing to compute at load.",
        ),
      Plan: () => this.#listing("plan"),
      Memory: async () =>
        memoryView(await this.#model.inspect("memory"), this.#model.memory),
      JIT: () => this.#listing("jit", "No step needs code of its own."),
    };
    for (const [name, view] of Object.entries(views)) {
      const tab = element("button", {
        type: "button",
        role: "tab",
        textContent: name,
      });
      tab.onclick = () => {
        this.#chosen = name;
        this.#show();
      };
      this.#tabs.set(name, { tab, view });
    }
    const list = element("div", { className: "tabs", role: "tablist" });
    list.append(...[...this.#tabs.values()].map(({ tab }) => tab));
    list.onkeydown = ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const names = [...this.#tabs.keys()];
      this.#chosen = names.at(
        (names.indexOf(this.#chosen) + step) % names.length,
      );
      this.#show();
      this.#tabs.get(this.#chosen).tab.focus();
    };
    return list;
  }

  async #show() {
    for (const [name, { tab }] of this.#tabs) {
      tab.ariaSelected = String(name === this.#chosen);
      tab.tabIndex = name === this.#chosen ? 0 : -1;
    }
    this.#panel.ariaLabel = this.#chosen;
    if (!this.#model) {
      const hint = "What comes of the program stands here once it was run.";
      this.#panel.replaceChildren(quiet(hint));
      return;
    }
    const [chosen, model] = [this.#chosen, this.#model];
    try {
      const nodes = await this.#tabs.get(chosen).view();
      if (chosen === this.#chosen && model === this.#model)
        this.#panel.replaceChildren(...nodes);
    } catch (error) {
      const ended = this.#profiling?.signal.aborted;
      if (model === this.#model && !ended) this.#fail(error);
    }
  }

  async #listing(stage, empty = "") {
    const text = await this.#model.inspect(stage);
    return text.trim() === "" && empty !== ""
      ? [quiet(empty)]
      : [listing(text)];
  }

  #resultsView() {
    return this.#results.map(({ name, tensor }) => resultCard(name, tensor));
  }
}
