// _leaveable.ts: loops over values that tell when they are left.

import { ChannelIterator } from "./_iterate.ts";
import type { ReceivePort } from "./ends.ts";

/** A loop that calls `leave`, once, unless it came to the end of the channel. */
export function leaveable<T, R>(
  port: ReceivePort<T>,
  max: number | undefined,
  signal: AbortSignal | null | undefined,
  leave: () => void,
): AsyncIterableIterator<R> {
  return signal
    ? new AbortableLoop<T, R>(port, max, signal, leave)
    : new LeaveableLoop<T, R>(port, max, signal, leave);
}

class LeaveableLoop<T, R> extends ChannelIterator<T, R> {
  #leave: (() => void) | undefined;

  constructor(
    port: ReceivePort<T>,
    max: number | undefined,
    signal: AbortSignal | null | undefined,
    leave: () => void,
  ) {
    super(port, max, signal);
    this.#leave = leave;
  }

  override return(value?: unknown): Promise<IteratorResult<R>> {
    const result = super.return(value);
    this.leave();
    return result;
  }

  protected leave(): void {
    const leave = this.#leave;
    this.#leave = undefined;
    leave?.();
  }
}

// A loop that its signal ends calls no `return`.
class AbortableLoop<T, R> extends LeaveableLoop<T, R> {
  override next(): Promise<IteratorResult<R>> {
    const step = super.next();
    step.catch(() => this.leave());
    return step;
  }
}
