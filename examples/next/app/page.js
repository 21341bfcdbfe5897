// SPDX-License-Identifier: Apache-2.0
"use client";
import { useEffect, useRef, useState } from "react";

import { draw, imageOf, sample } from "./drawing.js";
import { classify } from "./model.js";

async function askServer(image) {
  const response = await fetch("/api/classify", {
    method: "POST",
    body: image,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export default function Page() {
  const pad = useRef(null);
  const [strokes, setStrokes] = useState(sample);

  useEffect(() => {
    const canvas = pad.current;
    const context = canvas.getContext("2d");
    context.reset();
    context.scale(canvas.width, canvas.height);
    context.strokeStyle = getComputedStyle(canvas).color;
    draw(context, strokes, 0.07);
  }, [strokes]);

  const pointOf = ({ clientX, clientY }) => {
    const { left, top, width, height } = pad.current.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  const begin = (event) => {
    pad.current.setPointerCapture(event.pointerId);
    setStrokes((old) => [...(old === sample ? [] : old), [pointOf(event)]]);
  };
  const goOn = (event) => {
    if (!event.buttons) return;
    const point = pointOf(event);
    setStrokes((old) => [...old.slice(0, -1), [...(old.at(-1) ?? []), point]]);
  };

  return (
    <main>
      <header>
        <h1>Here and there</h1>
        <p>
          Draw a digit: the page reads it, and so does a route of the server,
          with the same lines and the same model file.
        </p>
      </header>
      <section aria-label="Drawing">
        <canvas
          ref={pad}
          id="pad"
          width="560"
          height="560"
          onPointerDown={begin}
          onPointerMove={goOn}
        />
        <button type="button" onClick={() => setStrokes([])}>
          Clear
        </button>
      </section>
      <Answer id="here" title="This page" strokes={strokes} ask={classify} />
      <Answer id="there" title="The server" strokes={strokes} ask={askServer} />
    </main>
  );
}

/** What `ask` makes of the strokes. While it is asked they may change; then the last ones are asked about next. */
function Answer({ id, title, strokes, ask }) {
  const [answer, setAnswer] = useState({});
  const latest = useRef(strokes);
  const busy = useRef(false);

  useEffect(() => {
    latest.current = strokes;
    if (busy.current) return;
    busy.current = true;
    const work = async () => {
      let done;
      while (done !== latest.current) {
        done = latest.current;
        setAnswer(done.length ? await ask(imageOf(done)) : {});
      }
    };
    work()
      .catch(({ message }) => setAnswer({ message }))
      .finally(() => (busy.current = false));
  }, [strokes, ask]);

  const { probabilities = [], milliseconds, variant, message } = answer;
  const share = Math.max(...probabilities);
  return (
    <section className="answer" id={id} aria-label={title}>
      <h2>{title}</h2>
      <output>
        {probabilities.length ? probabilities.indexOf(share) : "?"}
      </output>
      <p>{probabilities.length ? `${(100 * share).toFixed(1)} %` : " "}</p>
      <p className="soft">
        {message ??
          (variant ? `${milliseconds.toFixed(2)} ms · ${variant}` : " ")}
      </p>
    </section>
  );
}
