// _groups.ts: which workloads there are, and who takes part in each.

import { floorBuffered, floorRendezvous, ours, std } from "./_contenders.ts";
import type { Kit, Workload } from "./_workloads.ts";

type Workloads = typeof import("./_workloads.ts");

/** One workload and its contenders. */
export interface Group {
  name: string;
  /** What ours may cost, as a share of std's (and of the floor's), at most. */
  must?: { std?: number; floor?: number };
  contenders: Record<string, Workload>;
}

async function copy(name: string): Promise<Workloads> {
  return await import(`./_workloads.ts?${name}`);
}

/** Makes all groups. Each contender's functions are its own. */
export async function groups(): Promise<Group[]> {
  const all: Group[] = [];
  const add = async (
    name: string,
    must: Group["must"],
    floor: Kit | "two tasks" | undefined,
    make: (workloads: Workloads, kit: Kit) => Workload,
    rival: Kit | null = std,
  ) => {
    const contenders: Record<string, Workload> = {};
    if (floor !== undefined) {
      const workloads = await copy(`floor-${name}`);
      contenders.floor = floor === "two tasks"
        ? workloads.twoTasks()
        : make(workloads, floor);
    }
    contenders.ours = make(await copy(`ours-${name}`), ours);
    if (rival !== null) {
      contenders.std = make(await copy(`std-${name}`), rival);
    }
    all.push({ name, ...(must && { must }), contenders });
  };

  for (const capacity of [1, 16, 128, 1024]) {
    await add(
      `W1 hand-off, capacity ${capacity}`,
      { std: 0.82 },
      floorBuffered,
      (w, kit) => w.handOff(kit, capacity),
    );
  }
  await add(
    "W1full hand-off, buffer of 128 full",
    { std: 0.72 },
    floorRendezvous,
    (w, kit) => w.handOffFull(kit, 128),
  );
  await add(
    "W2 rendezvous",
    { std: 0.78 },
    floorRendezvous,
    (w, kit) => w.handOff(kit, 0),
  );
  await add(
    "W3 for await, capacity 16",
    { std: 0.26 },
    floorBuffered,
    (w, kit) => w.iterate(kit, 16),
  );
  await add(
    "W3 for await, capacity 0",
    { std: 0.42 },
    floorRendezvous,
    (w, kit) => w.iterate(kit, 0),
  );
  for (
    const [name, capacity, loop] of [
      ["W1 hand-off, capacity 16, receiver first", 16, false],
      ["W2 rendezvous, receiver first", 0, false],
      ["W3 for await, capacity 0, receiver first", 0, true],
    ] as const
  ) {
    await add(
      name,
      undefined,
      undefined,
      (w, kit) => w.receiverFirst(kit, capacity, loop),
    );
  }
  await add(
    "W4a try-operations, 1,024 at a time",
    { std: 0.18 },
    floorBuffered,
    (w, kit) => w.tryOperations(kit, 1024, 1024, 100),
  );
  await add(
    "W4b try-operations, 1,000,000 unbounded",
    { std: 0.45 },
    undefined,
    (w, kit) => w.tryOperations(kit, Infinity, 1_000_000, 1),
  );
  await add(
    "batches, capacity 128",
    { std: 0.35 },
    "two tasks",
    (w, kit) => w.batches(kit, 128),
  );
  for (const [n, must] of [[1_000, 0.08], [10_000, 0.01]] as const) {
    await add(
      `W6b abort of ${n} waiters on one signal`,
      { std: must },
      undefined,
      (w, kit) => w.abortShared(kit, n),
    );
  }
  for (
    const [width, n, must] of [
      [2, 5_000, 0.12],
      [10, 2_000, 0.06],
      [100, 200, 0.05],
    ] as const
  ) {
    await add(
      `W7 select of ${width}, parked`,
      { std: must },
      undefined,
      (w, kit) => w.selectParked(kit, width, n),
    );
  }
  await add(
    "W7 select of 2, ready",
    { floor: 2.7 },
    "two tasks",
    (w, kit) => w.selectReady(kit, 2),
    null,
  );
  await add("W11a create", { std: 0.28 }, undefined, (w, kit) => w.create(kit));
  await add(
    "W11b create, one value, close",
    { std: 0.60 },
    undefined,
    (w, kit) => w.createUseClose(kit),
  );
  await add(
    "W11c close with 1,000 waiting",
    { std: 1.0 },
    undefined,
    (w, kit) => w.closeWaiting(kit),
  );
  await add(
    "W11d stream of 3 values",
    { std: 0.08 },
    undefined,
    (w, kit) => w.shortStream(kit),
  );
  return all;
}
