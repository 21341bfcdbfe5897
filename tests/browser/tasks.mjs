// SPDX-License-Identifier: Apache-2.0
// What a page's main thread did, out of a trace of Chromium: its tasks, each with the time that passed and the time
// that it had a processor. On a machine that is busy these differ, and only the second one is the page's own doing.

/**
 * Evaluates `work` in the page, as page.evaluate does, while Chromium traces. `measure(name, f)`, which work is given
 * on `globalThis`, names what `f` does until its promise is settled.
 *
 * Answers what `work` answers, and by those names the tasks of the page's main thread that ran meanwhile, as lists of
 * { clock, processor }, in ms.
 */
export async function traceTasks(browser, page, work, argument) {
  await page.evaluate(() => {
    globalThis.measure = async (name, f) => {
      performance.mark(`${name}: begins`);
      const value = await f();
      performance.mark(`${name}: ends`);
      return value;
    };
  });
  const categories = ["toplevel", "blink.user_timing"];
  const { value, events } = await trace(browser, page, work, {
    argument,
    categories,
  });
  return { value, tasks: tasksByName(events) };
}

/** What `work` answers, and the trace events of these categories meanwhile. */
export async function trace(browser, page, work, { argument, categories }) {
  await browser.startTracing(page, { categories: ["-*", ...categories] });
  let value;
  let bytes;
  try {
    value = await page.evaluate(work, argument);
  } finally {
    bytes = await browser.stopTracing();
  }
  return { value, events: JSON.parse(bytes).traceEvents };
}

function tasksByName(events) {
  const tasks = {};
  for (const begin of events) {
    const [, name] = /^(.*): begins$/.exec(begin.name) ?? [];
    if (name === undefined) continue;
    const isThere = ({ pid, tid }) => pid === begin.pid && tid === begin.tid;
    const end = events.find((e) => e.name === `${name}: ends` && isThere(e));
    tasks[name] = events
      .filter((e) => e.name === "ThreadControllerImpl::RunTask" && isThere(e))
      .filter(
        ({ ph, ts, dur }) => ph === "X" && ts < end.ts && ts + dur > begin.ts,
      )
      .map(({ dur, tdur }) => ({
        clock: dur / 1000,
        processor: tdur / 1000,
      }));
  }
  return tasks;
}

/** The longest tasks, and how many had a processor for more than so many ms, in words. */
export function tell(tasks, limit) {
  const longest = (key) =>
    Math.max(...tasks.map((task) => task[key])).toFixed(1);
  const over = tasks.filter(({ processor }) => processor > limit).length;
  return (
    `of ${tasks.length} tasks the longest took ${longest("processor")} ms of a processor, ` +
    `${longest("clock")} ms by the clock; ${over} took over ${limit} ms of a processor`
  );
}
