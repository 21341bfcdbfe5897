// SPDX-License-Identifier: Apache-2.0
// Strokes, lists of points from 0 to 1, drawn on a canvas and as the image that the model reads.

import { fromImage } from "webhlo";

/** A 2. */
export const sample = [
  [
    ...Array.from({ length: 22 }, (_, i) => {
      const angle = ((10 * i - 170) * Math.PI) / 180;
      return {
        x: 0.48 + 0.2 * Math.cos(angle),
        y: 0.35 + 0.2 * Math.sin(angle),
      };
    }),
    { x: 0.28, y: 0.85 },
    { x: 0.75, y: 0.85 },
  ],
];

export function draw(context, strokes, lineWidth) {
  Object.assign(context, { lineWidth, lineCap: "round", lineJoin: "round" });
  for (const [first, ...rest] of strokes) {
    context.beginPath();
    context.moveTo(first.x, first.y);
    for (const { x, y } of rest.length ? rest : [first]) context.lineTo(x, y);
    context.stroke();
  }
}

/** White on black, the ink in the middle 20 of 28 pixels, as the model learned it. */
export function imageOf(strokes) {
  const canvas = new OffscreenCanvas(280, 280);
  const context = canvas.getContext("2d");
  context.fillRect(0, 0, 280, 280);
  const points = strokes.flat();
  const range = (values) => [Math.min(...values), Math.max(...values)];
  const [left, right] = range(points.map(({ x }) => x));
  const [top, bottom] = range(points.map(({ y }) => y));
  // A dot is not blown up to a disc.
  const scale = 180 / Math.max(right - left, bottom - top, 0.1);
  const x = 140 - (scale * (left + right)) / 2;
  const y = 140 - (scale * (top + bottom)) / 2;
  context.setTransform(scale, 0, 0, scale, x, y);
  context.strokeStyle = "white";
  draw(context, strokes, 22 / scale);
  return fromImage(canvas, { shape: [1, 28, 28, 1] }).data();
}
