// _crossing.ts: how values go to another thread, and what becomes of those that are lost.

/** The most that a thread is allowed to have: Infinity stands for it. */
export const MOST = 2 ** 20;

/** What is transferred of a value, and who is told if it is lost. */
export interface Crossing<T> {
  readonly transfer?: ((value: T) => Transferable[]) | undefined;
  readonly onLost?: ((value: T, reason: unknown) => void) | undefined;
}

/** Tells that a value is lost. What `onLost` throws becomes a rejection of its own. */
export function lose<T>(
  { onLost }: Crossing<T>,
  value: T,
  reason: unknown,
): void {
  if (onLost) new Promise(() => onLost(value, reason));
}
