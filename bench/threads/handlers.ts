// handlers.ts: the work of a job.

export const HANDLERS = {
  /** As little as there can be: what remains is the way there and back. */
  trivial: (n: number): number => n + 1,
  /** About a millisecond of one core. */
  busy: (n: number): number => {
    let mixed = n;
    for (let i = 0; i < 1_000_000; i++) mixed = (Math.imul(mixed, 31) + i) | 0;
    return mixed === 0.5 ? 0 : n + 1; // so that the loop is not left out
  },
};

/** Jobs in a sample. */
export const JOBS: Readonly<Record<keyof typeof HANDLERS, number>> = {
  trivial: 5_000,
  busy: 200,
};

/** A job: which handler, and for what. */
export type Job = readonly [handler: keyof typeof HANDLERS, n: number];

export function handle([handler, n]: Job): number {
  return HANDLERS[handler](n);
}
