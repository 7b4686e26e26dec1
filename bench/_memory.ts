// _memory.ts: bytes that things hold on to, for as long as they are there.

import type { Chan, Kit } from "./_kit.ts";

interface Host {
  process?: { memoryUsage(): { heapUsed: number } };
  gc?: () => void;
}

const { process, gc } = globalThis as Host;

const N = 10_000;
const VALUES = 1_000_000;

/** Makes n things; returns what keeps them. */
type Make = (kit: Kit, n: number) => unknown;

const kinds: Readonly<Record<string, readonly [n: number, make: Make]>> = {
  "idle channel": [N, (kit, n) => {
    const channels: Chan[] = new Array(n);
    for (let i = 0; i < n; i++) channels[i] = kit.make(16);
    return channels;
  }],
  "parked receiver": [N, (kit, n) => {
    const channel = kit.make(0);
    for (let i = 0; i < n; i++) channel.receive();
    return channel;
  }],
  "parked receiver on a shared signal": [N, (kit, n) => {
    const channel = kit.make(0);
    const controller = new AbortController();
    const options = { signal: controller.signal };
    for (let i = 0; i < n; i++) channel.receive(options);
    return [channel, controller];
  }],
  "queued value": [VALUES, (kit, n) => {
    const channel = kit.make(Infinity);
    for (let i = 0; i < n; i++) channel.trySend(i);
    return channel;
  }],
};

/** Bytes by kind, for one thing of it. */
export async function retained(kit: Kit): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const [kind, [n, make]] of Object.entries(kinds)) {
    await held(kit, n, make); // so that code and its caches are there
    bytes[kind] = await held(kit, n, make);
  }
  return bytes;
}

/** Apart, since an async function holds on to what it has named until it ends. */
async function held(kit: Kit, n: number, make: Make): Promise<number> {
  const before = await heap();
  const kept = make(kit, n);
  const bytes = await heap() - before;
  // What keeps them, which is not theirs: the array of idle channels.
  const own = Array.isArray(kept) && kept.length === n ? 8 * n : 0;
  return Math.round((bytes - own) / n);
}

/** In a turn of its own, where nothing is left on the stack. */
async function heap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    gc!();
  }
  return process!.memoryUsage().heapUsed;
}
