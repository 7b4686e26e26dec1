// enumerate_main.ts: all programs up to a length, on all cores.
//
//     deno task enumerate [length]

import { share } from "./_crew.ts";
import type { Report } from "./_enumerate_worker.ts";
import type { Tally, Task } from "./enumerate.ts";
import { CHANNELS, SHARES } from "./enumerate.ts";

/** A line of the report: one kind of channel, one way of ticking. */
interface Row extends Tally {
  readonly name: string;
  readonly tasks: Task[];
  left: number;
}

/** Programs that are asked after each step who waits are one shorter: they are twice as many steps. */
function rowsOf(longest: number): Row[] {
  const rows: Row[] = [];
  for (const channel of CHANNELS) {
    for (const ticks of ["counted", "between"] as const) {
      for (const watched of [false, true]) {
        const { capacity, overflow = "wait" } = channel;
        const name = `capacity ${capacity}, ${overflow}, ticks ${ticks}` +
          (watched ? ", watched" : "");
        const tasks: Task[] = [];
        const top = watched ? longest - 1 : longest;
        for (let length = 1; length <= top; length++) {
          for (let first = 0; first < SHARES; first++) {
            tasks.push({ length, channel, ticks, watched, first });
          }
        }
        const none = { programs: 0, steps: 0, choices: 0 };
        rows.push({ name, tasks, left: tasks.length, ...none });
      }
    }
  }
  return rows;
}

function add(to: Tally, { programs, steps, choices }: Tally): void {
  to.programs += programs;
  to.steps += steps;
  to.choices += choices;
}

function show({ programs, steps, choices }: Tally): string {
  const [a, b, c] = [programs, steps, choices]
    .map((count) => count.toLocaleString("en"));
  return `${a} programs, ${b} steps, ${c} choices of a select`;
}

const longest = Number(Deno.args[0] ?? 5);
if (!Number.isInteger(longest) || longest < 1) {
  console.error("Usage: deno task enumerate [length]; 5 if it is not given");
  Deno.exit(2);
}
const start = performance.now();
const rows = rowsOf(longest);
const rowOf = new Map(
  rows.flatMap((row) => row.tasks.map((task): [Task, Row] => [task, row])),
);
const module = new URL("./_enumerate_worker.ts", import.meta.url);
try {
  await share<Task, Report>(module, [...rowOf.keys()], (task, report) => {
    const row = rowOf.get(task)!;
    add(row, report.tally);
    if (report.difference) throw new Error(report.difference);
    if (--row.left === 0) console.log(`${row.name}: ${show(row)}`);
  });
} catch (error) {
  console.error(`The library differs from the model.\n${error}`);
  Deno.exit(1);
}
const total: Tally = { programs: 0, steps: 0, choices: 0 };
for (const row of rows) add(total, row);
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(
  `enumerate: every program of up to ${longest} operations equals the model: ${
    show(total)
  }; ${seconds} s`,
);
