// values.ts: what is sent from thread to thread.

/** A kind of values. */
export interface Payload {
  /** Values in a sample. */
  readonly n: number;
  /** Values in a message of those who batch by hand. */
  readonly batch: number;
  readonly transfers: boolean;
  make(i: number): unknown;
}

export const PAYLOADS: Readonly<Record<string, Payload>> = {
  "small objects": {
    n: 20_000,
    batch: 256,
    transfers: false,
    make: (id) => ({ id, name: `name ${id}` }),
  },
  "1 kB strings": {
    n: 10_000,
    batch: 256,
    transfers: false,
    make: (i) => String(i).padEnd(1024, "."),
  },
  "1 kB objects": {
    n: 5_000,
    batch: 256,
    transfers: false,
    make: (id) => ({
      id,
      names: Array.from({ length: 20 }, (_, i) => `name ${id} of ${i}`),
      points: Array.from({ length: 20 }, (_, i) => ({ x: id, y: i })),
      note: "a value like those that come out of JSON".repeat(4),
    }),
  },
  "1 MB buffers": {
    n: 200,
    batch: 4,
    transfers: true,
    make: () => new ArrayBuffer(2 ** 20),
  },
};

/** All values of a sample. */
export function* valuesOf({ n, make }: Payload): Generator<unknown> {
  for (let i = 0; i < n; i++) yield make(i);
}

/** What of a value is transferred, if the payload says so. */
export function transferOf(
  { transfers }: Payload,
): ((value: unknown) => Transferable[]) | undefined {
  return transfers ? (value) => [value as ArrayBuffer] : undefined;
}
