// SPDX-License-Identifier: Apache-2.0
// WebHLO: the built package, from model.jaxexport with its weights or from one converted file.

export async function create({ package: base, model, source, tied, inputs, imported, ...context }) {
  const { load } = await import(`${base}/index.js`);
  imported();
  const { threads, precision } = context;
  const loaded = source.endsWith('.whlo')
    ? await load(source, { threads })
    : await load(`${model}/${source}`, {
        weights: `${model}/weights.safetensors`,
        tied,
        threads,
        ...(precision && { precision }),
      });
  const values = {};
  for (const [name, { data }] of Object.entries(inputs)) values[name] = data;
  return {
    run: () => loaded.run(values),
    runSync: () => loaded.runSync(values),
    memory: () => loaded.memory,
  };
}
