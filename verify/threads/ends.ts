// ends.ts: what a thread leaves behind when it ends: channels that end, and no handle.

import { Channel } from "../../streams.ts";
import { pool, share } from "../../worker.ts";
import type { Way } from "./_ending.ts";
import { WAYS } from "./_ending.ts";
import { count, Hired, must, within } from "./_hired.ts";
import type { ProducingJob, ReceivingJob, Work } from "./_jobs.ts";
import { STYLES } from "./_jobs.ts";

const VALUES = 100;

/** One thread dies and one closes its producer: the channel ends. */
async function produce(way: Way): Promise<void> {
  const values = new Channel<number>(8);
  const hire = (dies: Way | undefined) => {
    const { port } = share(values.producer(), { as: "sender" });
    const job: ProducingJob = { values: port, count: VALUES, dies };
    return new Hired("producing_worker", job, [port]);
  };
  const [mortal, other] = [hire(way), hire(undefined)];
  let came = 0;
  const read = async () => {
    for await (const _ of values) came++;
  };
  const state = () => `${way}: ${came} came, ${mortal} died, ${other} closed`;
  if (way === "terminate") mortal.said("sent").then(() => mortal.stop());
  await within(read(), "end of the channel", state);
  must(came === 2 * VALUES, `not all have come: ${state()}`);
}

/** A thread that sends is gone, and with it the last producer. */
export async function producers(times: number): Promise<string> {
  const rounds = Math.ceil(times / 5);
  for (let round = 0; round < rounds; round++) {
    for (const way of WAYS) await produce(way);
  }
  return `${rounds * WAYS.length} channels have ended (${WAYS.join(", ")})`;
}

/** Threads that receive all and end themselves. */
async function shareOut(): Promise<void> {
  const jobs = new Channel<number>(8);
  const reports = new Channel<Work>(8);
  const hired = STYLES.map((style, who) => {
    const ports = {
      jobs: share(jobs, { as: "receiver" }).port,
      reports: share(reports.producer(), { as: "sender" }).port,
    };
    return new Hired(
      "receiving_worker",
      { ...ports, who, style, window: 4, leaves: true } satisfies ReceivingJob,
      [ports.jobs, ports.reports],
    );
  });
  const sending = jobs.sendAll(count(VALUES)).then(() => jobs.close());
  let came = 0;
  const read = async () => {
    for await (const _ of reports) came++;
    await sending;
    await jobs.join();
  };
  const state = () => `${came} reported, threads ${hired.join(" ")}`;
  await within(read(), "end of the reports", state);
  must(came === VALUES, `${came} of ${VALUES} values were reported`);
}

/** The shares of a channel that goes on are disposed of. */
async function letGo(): Promise<void> {
  const jobs = new Channel<number>();
  const reports = new Channel<Work>();
  const lent = share(jobs, { as: "receiver" });
  const told = share(reports, { as: "sender" });
  const hired = new Hired(
    "receiving_worker",
    {
      jobs: lent.port,
      reports: told.port,
      who: 0,
      window: 2,
      style: "values",
      leaves: true,
    } satisfies ReceivingJob,
    [lent.port, told.port],
  );
  await within(hired.said("ready"), "readiness", () => `${hired}`);
  lent[Symbol.dispose]();
  told[Symbol.dispose]();
  await within(hired.said("closed"), "end of the thread", () => `${hired}`);
}

/** Pools that end when their source does, by `close`, and by leaving their loop. */
async function pools(): Promise<void> {
  const url = new URL("./serving_worker.js", import.meta.url);
  for (const end of ["source", "close", "break"]) {
    const source = new Channel<{ number: number }>(VALUES);
    for (const number of count(VALUES)) await source.send({ number });
    if (end === "source") source.close();
    const results = pool<{ number: number }, number>(source, url, { size: 2 });
    let came = 0;
    const read = async () => {
      for await (const _ of results) {
        if (++came < VALUES / 2 || end === "source") continue;
        if (end === "break") break;
        results.close();
      }
    };
    await within(read(), "end of the results", () => `${end}: ${came} came`);
    // A loop that was left leaves its pool at work.
    if (end === "break") results.close();
  }
}

/** Whoever starts this sees to it that the process ends afterwards. */
export async function ends(): Promise<string> {
  await shareOut();
  await letGo();
  await pools();
  return "shares and pools end, each in its ways";
}
