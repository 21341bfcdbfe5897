// SPDX-License-Identifier: Apache-2.0
// Programs that leave sizes free, made static ones that call them: as JAX does it when an exported
// function is called, so that sizes are refined by what the package refines them by.

const tensor = /tensor<(?:[^<>]|<[^<>]*>)*>/g;
const signature = /func\.func (?:public )?@main\(([^]*?)\) -> ([^]*?) \{\n/;

/**
 * The text of a module whose @main takes arguments of known sizes, `size` wherever the one of `text`
 * has `?`, and calls that one; undefined where it leaves no size free. JAX's exported functions take
 * the values of dimension variables as their first arguments, integers: these are literals.
 */
export function refined(text, size) {
  const [, head, tail] = signature.exec(text) ?? [];
  const types = head?.replace(/\{[^}]*\}/g, '').match(tensor) ?? [];
  if (!types.some((type) => type.includes('?'))) return undefined;
  const results = tail.replace(/\{[^}]*\}/g, '').match(tensor);
  const parameters = [];
  const lines = [];
  let leading = true;
  for (const [i, type] of types.entries()) {
    leading &&= /^tensor<i(32|64)>$/.test(type);
    if (leading) {
      lines.push(`%v${i} = stablehlo.constant dense<${size}> : ${type}`);
      continue;
    }
    const known = type.replaceAll('?', size).replace(/, #stablehlo.bounds<.*?>/, '');
    parameters.push(`%a${i}: ${known}`);
    lines.push(`%v${i} = stablehlo.convert %a${i} : (${known}) -> ${type}`);
  }
  const returned = results.map((_, i) => (results.length > 1 ? `%r#${i}` : '%r'));
  lines.push(
    `%r${results.length > 1 ? `:${results.length}` : ''} = call @polymorphic(` +
      `${types.map((_, i) => `%v${i}`).join(', ')}) : (${types.join(', ')}) -> (${results.join(', ')})`,
    `return ${returned.join(', ')} : ${results.join(', ')}`,
  );
  const main = `func.func public @main(${parameters.join(', ')}) -> (${results.join(', ')}) {
    ${lines.join('\n    ')}
  }
  `;
  const inner = text.replace(signature, (all) =>
    all.replace('@main', '@polymorphic').replace('public ', 'private '),
  );
  const at = inner.indexOf('func.func');
  return inner.slice(0, at) + main + inner.slice(at);
}

const patterns = {
  f32: (n, value) => new Float32Array(n).map(value),
  f64: (n, value) => new Float64Array(n).map(value),
  bf16: (n, value) => new Uint16Array(n).map((_, i) => floatBits(value(0, i)) >>> 16),
  i8: (n, value) => new Int8Array(n).map(value),
  i32: (n, value) => new Int32Array(n).map(value),
  i64: (n, value) => new BigInt64Array(n).map((_, i) => BigInt(Math.trunc(value(0, i)))),
  u32: (n, value) => new Uint32Array(n).map((_, i) => Math.abs(value(0, i))),
  i1: (n) => new Uint8Array(n).map((_, i) => i % 3 & 1),
  c64: (n, value) => new Float32Array(2 * n).map(value),
};

function floatBits(value) {
  return new Uint32Array(new Float32Array([value]).buffer)[0];
}

/** The bytes of `n` elements: multiples of a quarter from -2.5 to 2.5, in no order. */
export function someValues(dtype, n, seed) {
  const pattern = patterns[dtype];
  if (!pattern) throw new Error(`no values of dtype ${dtype}`);
  const array = pattern(n, (_, i) => ((i * 7 + seed) % 21) / 4 - 2.5);
  return new Uint8Array(array.buffer);
}
