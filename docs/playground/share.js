// SPDX-License-Identifier: Apache-2.0
// A program in a URL's fragment, which browsers keep to themselves: compressed, in base64url.

const key = "program=";

const through = async (bytes, stream) =>
  new Uint8Array(
    await new Response(
      new Blob([bytes]).stream().pipeThrough(stream),
    ).arrayBuffer(),
  );

export async function fragmentOf(text) {
  const bytes = await through(
    new TextEncoder().encode(text),
    new CompressionStream("deflate-raw"),
  );
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const base64 = btoa(binary)
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  return `#${key}${base64}`;
}

/** What a program may have when it is unpacked: a few KB of a link could hold gigabytes. */
const maxBytes = 4 * 2 ** 20;

/** The program in a fragment; undefined where there is none. Throws of one that is broken. */
export async function programIn(fragment) {
  const base64 = new URLSearchParams(fragment.replace(/^#/, "")).get(
    key.slice(0, -1),
  );
  if (base64 === null) return undefined;
  const binary = atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .getReader();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw new Error(`the program has more than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
