// _crossing.ts: how values go to another thread, and what becomes of those that are lost.

/** The most that a thread is allowed to have: Infinity stands for it. */
export const MOST = 2 ** 20;

/** What is transferred of a value, and who is told if it is lost. */
export interface Crossing<T> {
  readonly transfer?: ((value: T) => Transferable[]) | undefined;
  readonly onLost?: ((value: T, reason: unknown) => void) | undefined;
}

/** What is to be transferred of a value. Throws unless it is a list. */
export function transferred<T>(
  { transfer }: Pick<Crossing<T>, "transfer">,
  value: T,
): Transferable[] {
  const list = transfer?.(value) ?? [];
  // The platform would take anything iterable, and options: then nobody knows what is gone.
  if (Array.isArray(list)) return list;
  throw new TypeError("Cannot transfer: transfer must return an array");
}

/** Tells that a value is lost. What `onLost` throws becomes a rejection of its own. */
export function lose<T>(
  { onLost }: Crossing<T>,
  value: T,
  reason: unknown,
): void {
  if (onLost) new Promise(() => onLost(value, reason));
}
