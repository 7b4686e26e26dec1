// mandelbrot_worker.ts: a thread of mandelbrot.ts, which draws the rows that it is given.

import { serve } from "@sluice/channel/worker";
import type { Row } from "./mandelbrot.ts";

const SHADES = " .:-=+*%@";
/** Steps after which a point that has not left is taken to stay. */
const DEPTH = 20_000;

function depthOf(x: number, y: number): number {
  let [a, b, depth] = [0, 0, 0];
  while (a * a + b * b < 4 && depth < DEPTH) {
    [a, b] = [a * a - b * b + x, 2 * a * b + y];
    depth++;
  }
  return depth;
}

serve<Row, string>(({ x, y, step, columns }) => {
  let line = "";
  for (let column = 0; column < columns; column++) {
    const depth = depthOf(x + column * step, y);
    line += SHADES[Math.min(Math.floor(Math.log2(depth)), SHADES.length - 1)];
  }
  return line;
});
