// Draws the Mandelbrot set with a pool of threads: each row is a job, and `ordered` keeps the rows in their places.
// Run: deno run -A examples/mandelbrot.ts [COLUMNS] [THREADS]

import { argv } from "node:process";
import { Channel } from "@sluice/channel";
import { pool } from "@sluice/channel/worker";

/** A row of points: where it begins, and how far each is from the last. */
export interface Row {
  readonly x: number;
  readonly y: number;
  readonly step: number;
  readonly columns: number;
}

/** The rows of a picture that is so wide. A character is twice as high as wide. */
function* rowsOf(columns: number): Generator<Row> {
  const step = 3 / columns;
  const rows = Math.round(columns * 0.4);
  for (let row = 0; row < rows; row++) {
    yield { x: -2.25, y: 2 * step * (row - (rows - 1) / 2), step, columns };
  }
}

export async function main(
  columns = 78,
  threads?: number,
  print: (line: string) => void = console.log,
): Promise<void> {
  // Beside this file, and with the same ending, though both be bundled.
  const worker = new URL(import.meta.url.replace(/\.\w+$/, "_worker$&"));
  const rows = Channel.from(rowsOf(columns));
  const lines = pool<Row, string>(rows, worker, {
    size: threads,
    ordered: true,
  });
  for await (const line of lines) print(line);
}

if (import.meta.main) {
  const [columns, threads] = argv.slice(2).map(Number);
  await main(columns, threads);
}
