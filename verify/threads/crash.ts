// crash.ts: threads that die, or are let go of, in the middle of their work.
//
// Two threads receive 10,000 values, and report each before they ask for the next.
// One of them is lost on the way: then every value was reported, no more of them twice
// than it could have had, `join` resolves and the other one sees the end.

import { Channel } from "../../streams.ts";
import { share } from "../../worker.ts";
import type { Way } from "./_ending.ts";
import { OWN_WAYS, WAYS } from "./_ending.ts";
import { count, Hired, must, random, within } from "./_hired.ts";
import type { ReceivingJob, Style, Work } from "./_jobs.ts";
import { BATCH, STYLES } from "./_jobs.ts";

const VALUES = 10_000;
/** Wide, and so narrow that each acknowledgement is told at once. */
const WINDOWS: readonly number[] = [16, 2];
/** Values that a thread works on before it ends itself: half of its share at most. */
const OWN_END = VALUES / 4;

/** How the host loses a thread. */
type Loss = Way | "dispose";

/** A thread that works, and its two ends. */
class Party {
  readonly lent;
  readonly told;
  readonly hired: Hired;

  constructor(
    jobs: Channel<number>,
    reports: Channel<Work>,
    job: Pick<ReceivingJob, "who" | "style" | "window" | "dies">,
  ) {
    this.lent = share(jobs, { as: "receiver" });
    this.told = share(reports.producer(), { as: "sender" });
    const ports = { jobs: this.lent.port, reports: this.told.port };
    this.hired = new Hired(
      "receiving_worker",
      { ...job, ...ports } satisfies ReceivingJob,
      [ports.jobs, ports.reports],
    );
  }
}

/** One run; resolves to the number of duplicates, or undefined if nobody was lost. */
async function lose(
  loss: Loss,
  style: Style,
  window: number,
): Promise<number | undefined> {
  const jobs = new Channel<number>(64);
  const reports = new Channel<Work>(64);
  const own = OWN_WAYS.find((way) => way === loss);
  const at = own ? random(1, OWN_END) : random(1, VALUES - 2000);
  const dies = own && [at, own] as const;
  const victim = new Party(jobs, reports, {
    who: 0,
    style,
    window,
    dies,
  });
  const survivor = new Party(jobs, reports, { who: 1, style, window });
  const times = new Uint8Array(VALUES);
  const shares = [0, 0];
  let reported = 0;
  const state = () =>
    `${loss} at ${at}, ${style}, window ${window}: ${jobs.stats().size} in the channel, ` +
    `${shares.join(" and ")} reported, victim ${victim.hired}, ` +
    `survivor ${survivor.hired}`;
  const limited = <T>(promise: Promise<T>, what: string) =>
    within(promise, what, state);

  const read = async () => {
    for await (const [who, value] of reports) {
      times[value]!++;
      shares[who]!++;
      if (++reported !== at || own) continue;
      if (loss === "dispose") victim.lent[Symbol.dispose]();
      else victim.hired.stop();
    }
  };
  const parties = [victim, survivor];
  try {
    await limited(
      Promise.all(parties.map(({ hired }) => hired.said("ready"))),
      "both threads ready",
    );
    const reading = read();
    await limited(jobs.sendAll(count(VALUES)), "all values sent");
    jobs.close();
    await limited(jobs.join(), "join of the channel");
    await limited(survivor.hired.said("end"), "end of the survivor's loop");
    if (loss === "dispose") {
      const why = await limited(
        victim.hired.said("left"),
        "error of the victim",
      );
      must(/gone/.test(`${why}`), `the victim was told: ${why}`);
    }
    await limited(reading, "close of both producers of reports");
    if (victim.hired.has("end")) return undefined;
  } finally {
    for (const { hired } of parties) hired.stop();
  }
  const lost = times.reduce((sum, n) => sum + (n === 0 ? 1 : 0), 0);
  const duplicates = times.reduce((sum, n) => sum + Math.max(0, n - 1), 0);
  must(lost === 0, `${lost} lost: ${state()}`);
  must(
    duplicates <= mostOut(style, window),
    `${duplicates} duplicates, at most ${
      mostOut(style, window)
    } were out: ${state()}`,
  );
  return duplicates;
}

/** A loop over batches holds a whole one beside what was asked for ahead. */
function mostOut(style: Style, window: number): number {
  return style === "batches" ? window - 1 + BATCH : window;
}

async function repeat(losses: readonly Loss[], times: number): Promise<string> {
  const most = new Map(WINDOWS.map((window) => [window, 0]));
  let sum = 0;
  let outlived = 0;
  for (let run = 0; run < times;) {
    const loss = losses[run % losses.length]!;
    // 3 of the one and 2 of the other: all pairs in turn.
    const pair = Math.floor(run / losses.length);
    const style = STYLES[pair % STYLES.length]!;
    const window = WINDOWS[pair % WINDOWS.length]!;
    const duplicates = await lose(loss, style, window);
    if (duplicates === undefined) {
      must(++outlived <= times, "the victim never dies in time");
      continue;
    }
    most.set(window, Math.max(most.get(window)!, duplicates));
    sum += duplicates;
    run++;
  }
  const mosts = [...most].map(([window, n]) =>
    `${n} with a window of ${window}`
  );
  const again = outlived ? `, run again ${outlived}` : "";
  return `${times} runs (${losses.join(", ")}) of ${VALUES} values: lost 0, ` +
    `duplicates ${sum} in all, at most ${mosts.join(" and ")}${again}`;
}

/** A thread dies. */
export function crash(times: number): Promise<string> {
  return repeat(WAYS, times);
}

/** The host ends the sharing, and the thread goes on. */
export function dispose(times: number): Promise<string> {
  return repeat(["dispose"], Math.ceil(times / 5));
}
