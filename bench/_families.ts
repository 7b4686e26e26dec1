// _families.ts: where the workloads are, and the contenders.

import type { Group, Kit, Workload } from "./_kit.ts";
import { floors } from "./_floors.ts";

/** The files of workloads, in the order of every table. */
export const FAMILIES = [
  "handoff",
  "queue",
  "crowd",
  "cancel",
  "select",
  "pipeline",
  "lifetime",
  "flow",
] as const;

/** One of the files. */
export type Family = typeof FAMILIES[number];

/** What takes part beside the floor, ours and std: files of rivals/, by the names to show. */
export const RIVALS: Readonly<Record<string, string>> = {
  "@thi.ng/csp": "thi_ng_csp",
  "ts-chan": "ts_chan",
  "@nodeguy/channel": "nodeguy_channel",
  "js-csp": "js_csp",
  "effect Queue": "effect",
  "it-pushable": "it_pushable",
  "@repeaterjs/repeater": "repeater",
  "ReadableStream": "readable_stream",
  "TransformStream": "transform_stream",
  "async generator": "async_generator",
  "EventTarget": "event_target",
  // Last: its polyfill slows down every promise of the process that it is in.
  "async-csp": "async_csp",
};

/** What the module of a contender exports. */
export interface Loaded {
  readonly kit: Kit;
  readonly version?: string;
}

/** "ts" where the sources run, "js" where a bundle does. */
const ENDING = import.meta.url.match(/\w+$/)![0];

/** Loads a family once more, so that its functions are one contender's own. */
export async function load(
  family: Family,
  contender: string,
): Promise<readonly Group[]> {
  const { groups } = await import(
    new URL(
      `${family}.${ENDING}?${encodeURIComponent(contender)}`,
      import.meta.url,
    ).href
  );
  return groups;
}

/** Loads a contender. */
export async function loadKit(contender: string): Promise<Loaded> {
  const file = contender === "ours" || contender === "std"
    ? `_${contender}`
    : `rivals/${RIVALS[contender]}`;
  return await import(new URL(`${file}.${ENDING}`, import.meta.url).href);
}

/** Whether a contender, but for the floor, takes part in a group. */
export function takesPart(
  { asks, without }: Group,
  contender: string,
  can: Kit["can"],
): boolean {
  if (without?.includes(contender)) return false;
  return can === undefined || asks.every((skill) => can.includes(skill));
}

/** Makes the workload of one contender; nothing if it does not take part. */
export async function prepare(
  family: Family,
  name: string,
  contender: string,
): Promise<Workload | undefined> {
  const group = (await load(family, contender))
    .find((group) => group.name === name)!;
  if (contender === "floor") {
    const { floor } = group;
    return floor &&
      (floor === "two tasks" ? twoTasks(20_000) : group.make(floors[floor]));
  }
  const { kit } = await loadKit(contender);
  return takesPart(group, contender, kit.can) ? group.make(kit) : undefined;
}

/** floor2: two tasks that await a shared resolved promise in turn. */
function twoTasks(n: number): Workload {
  return {
    n,
    async run() {
      const other = awaitTimes(n);
      await awaitTimes(n);
      await other;
    },
  };
}

const DONE = Promise.resolve();

async function awaitTimes(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await DONE;
}
