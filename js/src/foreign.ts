// SPDX-License-Identifier: Apache-2.0
// Files that people give by mistake, known by their first bytes: errors say what a file is and what to
// do with it. Nothing is ever accepted by this.

const exported =
  'export the model as StableHLO from the framework that made it (in JAX jax.export, in PyTorch ' +
  'torch_xla.stablehlo, in TensorFlow by way of jax2tf or its MLIR bridge)';

/** What each is, and what to do. */
export const foreignModels = {
  html: 'a page of HTML or XML, not a file of a model; look whether the address is right, and what the server answers there',
  lfs: 'a pointer of Git LFS, not the file itself; `git lfs pull` fetches that, or download it from where it is stored',
  ONNX: `an ONNX model; ${exported}`,
  TFLite: `a TensorFlow Lite (LiteRT) model; ${exported}`,
  SavedModel: `a TensorFlow SavedModel; ${exported}`,
  HDF5: `an HDF5 file, such as Keras weights; ${exported}`,
  GGUF: 'a GGUF file: weights of another runtime without a program',
  pickle: `a Python pickle, such as torch.save writes; save weights as safetensors, and ${exported}`,
  zip: `a ZIP archive, such as torch.save, Keras and NumPy (.npz) write; save weights as safetensors, and ${exported}`,
  gzip: 'compressed with gzip; unpack it, or let the server say Content-Encoding: gzip',
  json: 'JSON, not a model',
  hlo: "XLA's HLO text; export StableHLO in its place, of which this is a later form",
  safetensors: 'a safetensors file: weights without a program; load(program, { weights: file })',
  program: 'a program; it is the first argument of load, and weights are safetensors files',
} as const;

type Kind = keyof typeof foreignModels;

/** Text of a file's first bytes, for comparison only. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 64));
}

function kindOfFile(head: Uint8Array): Kind | undefined {
  const text = latin1(head);
  const trimmed = text.replace(/^(\xef\xbb\xbf|\s)+/, '');
  // Before the others: the length that it begins with may look like any of them.
  if (/^.{4}\0{4}\{/s.test(text)) return 'safetensors';
  if (/^(ML\xefR|WHLO)/.test(text)) return 'program';
  // A jax.export container may begin with `<` too, but never with text behind it.
  if (/^<[a-z!?]/i.test(trimmed)) return 'html';
  if (text.startsWith('version ht')) return 'lfs';
  if (text.slice(4, 8) === 'TFL3') return 'TFLite';
  if (text.startsWith('\x89HDF')) return 'HDF5';
  if (text.startsWith('GGUF')) return 'GGUF';
  if (text.startsWith('PK\x03\x04')) return 'zip';
  if (text.startsWith('\x1f\x8b')) return 'gzip';
  if (/^\x80[\x02-\x05]/.test(text)) return 'pickle';
  if (trimmed.startsWith('HloModule')) return 'hlo';
  // Protocol buffers: saved_model_schema_version 1 and a graph; ir_version and producer, graph or opsets.
  if (text.startsWith('\x08\x01\x12')) return 'SavedModel';
  if (/^\x08[\x02-\x20][\x12\x1a\x22\x3a\x42]/.test(text)) return 'ONNX';
  if (/^[[{]\s*["\][{}\d]/.test(trimmed)) return 'json';
  return undefined;
}

/** What a file that should be a program is instead, or undefined when it may be one. */
export function foreignProgram(head: Uint8Array): string | undefined {
  const kind = kindOfFile(head);
  return kind === undefined || kind === 'program' ? undefined : `it is ${foreignModels[kind]}`;
}

/** What a file that should be of safetensors is instead. */
export function foreignWeights(head: Uint8Array): string | undefined {
  const kind = kindOfFile(head);
  return kind === undefined || kind === 'safetensors' ? undefined : `it is ${foreignModels[kind]}`;
}
