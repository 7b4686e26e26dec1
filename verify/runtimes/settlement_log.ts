// settlement_log.ts: in which order the promises of many programs settle, as one text.
//
// The language fixes the order of microtasks, so the text is the same in every
// runtime, to the byte. A line is `program.operation name: outcome @step`, where
// step counts the microtask rounds since the last synchronous stretch: a promise
// that settles one round later than elsewhere shows.
//
// What is not fixed is put in place: chance, which is seeded; the turns of the event
// loop (_turns.ts); and the clock, by which a busy channel makes way for the event
// loop (rule 9). The clock stands still, so that nothing ever waits for the next
// turn; in the last part each look at it finds STEP ms gone, so that pauses come
// thick, and always at the same operations.

import { turnsEnded } from "./_turns.ts"; // first: it must load before the library
import { random } from "../../_testing.ts";
import { Journal } from "./_journal.ts";
import { SCENES } from "./_scenes.ts";
import { Program } from "./_program.ts";

/** Programs that run at the same time, on channels of their own. */
const TOGETHER = 100;
/** How many such batches there are of each kind. */
const BATCHES = 10;
/** More than the 1 ms that makes the library look again at the next operation. */
const STEP = 1.5;

/** Runs programs side by side, operation by operation. */
async function runBatch(
  journal: Journal,
  seed: number,
  between: (index: number) => Promise<unknown> | undefined,
): Promise<void> {
  const programs = Array.from(
    { length: TOGETHER },
    (_, i) => new Program(journal, seed * TOGETHER + i),
  );
  for (const program of programs) journal.write(`${program}`);
  journal.begin();
  for (let index = 0; index < Program.LENGTH; index++) {
    for (const program of programs) program.step(index);
    await between(index);
  }
  await journal.tick();
  for (const program of programs) program.end();
  await journal.tick();
}

async function write(
  journal: Journal,
  clock: { step: number },
): Promise<void> {
  for (const [name, scene] of Object.entries(SCENES)) {
    journal.write(`== ${name}`);
    journal.begin();
    await scene(journal);
    await journal.tick();
  }
  const kinds: Record<string, (index: number) => Promise<unknown> | undefined> =
    {
      "all in one synchronous run": () => undefined,
      "microtasks between": (index) => rounds(index % 4),
      "ticks between": () => journal.tick(),
    };
  let seed = 0;
  for (const [name, between] of Object.entries(kinds)) {
    for (let batch = 0; batch < BATCHES; batch++) {
      journal.write(`== random programs, ${name}`);
      await runBatch(journal, seed++, between);
    }
  }
  clock.step = STEP;
  for (let batch = 0; batch < BATCHES; batch++) {
    journal.write("== random programs, with pauses");
    const before = turnsEnded();
    await runBatch(journal, seed++, (index) => rounds(index % 4));
    if (turnsEnded() === before) throw new Error("There was no pause");
  }
}

async function rounds(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await undefined;
}

/** Runs all programs; resolves to what was written. */
export async function settlementLog(): Promise<string> {
  const journal = new Journal();
  const { random: chance } = Math;
  const now = performance.now;
  const clock = { step: 0 };
  let time = 0;
  Math.random = random(1);
  performance.now = () => time += clock.step;
  try {
    await write(journal, clock);
  } finally {
    Math.random = chance;
    performance.now = now;
  }
  return journal.text();
}
