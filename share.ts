// share.ts: the two ends of a channel in two threads.

import { Intake } from "./_intake.ts";
import { Lender } from "./_lender.ts";
import { checkPort } from "./_link.ts";
import { PortReceiver } from "./_port_receiver.ts";
import { PortSender } from "./_port_sender.ts";
import { checkFunctions, checkObject, windowOf } from "./_worker_checks.ts";
import type { Receiver, Sender } from "./ends.ts";
import { available, sendable } from "./ends.ts";

/** What {@linkcode share} returns. */
export interface Shared extends Disposable {
  /** The other side: post it to a thread, and transfer it. */
  readonly port: MessagePort;
  /**
   * Ends the sharing at once. The values that the other side has received and is not
   * done with go back to the head of the queue; what it says of them later is ignored.
   * A value that it has sent and that was not accepted is refused.
   */
  [Symbol.dispose](): void;
}

/**
 * How a receiving end is shared.
 *
 * @typeParam T The type of the values.
 */
export interface ShareReceiverOptions<in T> {
  /** The other side receives. */
  as: "receiver";
  /**
   * What of a value is transferred and not cloned. It is gone here then: it cannot come
   * back from a thread that dies.
   *
   * @default {() => []}
   */
  transfer?: ((value: T) => Transferable[]) | undefined;
  /**
   * Is told of a value that is in no queue any more and may never be worked on: one
   * that was transferred to a thread that died, or that cannot be cloned (with the
   * `DataCloneError`). Without it the latter is an unhandled rejection.
   */
  onLost?: ((value: T, reason: unknown) => void) | undefined;
}

/** How a sending end is shared. */
export interface ShareSenderOptions {
  /** The other side sends. */
  as: "sender";
  /**
   * How many values may be on their way, or wait here for room, 1 or more.
   *
   * @default {64}
   */
  window?: number | undefined;
}

/** Options of {@linkcode receiver}. */
export interface PortReceiverOptions {
  /**
   * How many values a loop may have: the one that it works on, and those that have been
   * asked for ahead. 1 asks for nothing ahead; 2 hides the way there and back; streams of
   * small values gain by up to 1,024. Whoever else waits at the same time, or has received
   * and is not done, has one more each; a loop over `batches(max)` may have `max` more.
   *
   * @default {2}
   */
  window?: number | undefined;
}

/**
 * Options of {@linkcode sender}.
 *
 * @typeParam T The type of the values.
 */
export interface PortSenderOptions<in T> {
  /**
   * What of a value is transferred and not cloned.
   *
   * @default {() => []}
   */
  transfer?: ((value: T) => Transferable[]) | undefined;
  /**
   * Is told of a value that `trySend` or a `select` has sent, when the channel turns out
   * to be closed before it has come there.
   */
  onLost?: ((value: T, reason: unknown) => void) | undefined;
}

/**
 * Makes an end of a channel that another thread can have.
 *
 * The other side asks for values ahead of its need, as its `window` says, and gets no
 * more than it asked for; the values of one turn go in one message. A value that it has
 * is leased: it counts for `join`, and holds back the end of iteration everywhere, until
 * the other side asks for the next one. When it leaves its loop, is disposed, or dies,
 * what it was not done with comes back to the head of the queue.
 *
 * @typeParam T The type of the values.
 * @param channel What is shared. To share it among threads, call this for each of them.
 * @param options Which end the other side gets.
 * @returns The port, and the way to end it.
 * @throws {TypeError} If `channel` has no such end, or an option is of the wrong type.
 */
export function share<T>(
  channel: Receiver<T>,
  options: ShareReceiverOptions<T>,
): Shared;
/**
 * Makes an end of a channel to which another thread can send.
 *
 * Up to `window` values are on their way or wait for room; a send over there resolves
 * once its value is accepted here. Closing there closes here, behind all that was sent.
 * If that thread dies the channel stays as it is; but a `producer()` is closed. (One that
 * dies before it has called `sender` is not noticed in Deno and browsers: dispose it.) Of
 * a `sender` that is shared on, a send resolves once its value has left this thread.
 *
 * @typeParam T The type of the values.
 * @param channel What is shared: a channel, or a producer of its own for each thread.
 * @param options Which end the other side gets.
 * @returns The port, and the way to end it.
 * @throws {TypeError} If `channel` has no such end, or an option is of the wrong type.
 * @throws {RangeError} If `window` is not a whole number >= 1 or Infinity.
 */
export function share<T>(
  channel: Sender<T>,
  options: ShareSenderOptions,
): Shared;
export function share<T>(
  channel: Receiver<T> | Sender<T>,
  options: ShareReceiverOptions<T> | ShareSenderOptions,
): Shared {
  checkObject("share", options, true);
  const { as } = options;
  if (as !== "receiver" && as !== "sender") {
    throw new TypeError('Cannot share: as must be "receiver" or "sender"');
  }
  const end = channel as (Receiver<T> & Sender<T>) | null;
  if (typeof end?.[as === "receiver" ? available : sendable] !== "function") {
    throw new TypeError(`Cannot share: not a ${as}`);
  }
  return as === "receiver"
    ? shareReceiver(end, options)
    : shareSender(end, options);
}

function shareReceiver<T>(
  channel: Receiver<T>,
  options: ShareReceiverOptions<T>,
): Shared {
  checkFunctions("share", options, ["transfer", "onLost"]);
  const { port1, port2 } = new MessageChannel();
  const lender = new Lender(channel, port1, options);
  return { port: port2, [Symbol.dispose]: () => lender.stop() };
}

function shareSender<T>(
  channel: Sender<T>,
  options: ShareSenderOptions,
): Shared {
  const window = windowOf("share", options.window, 64);
  const { port1, port2 } = new MessageChannel();
  const intake = new Intake(channel, port1, window);
  return { port: port2, [Symbol.dispose]: () => intake.stop() };
}

/**
 * The receiving end of a channel that another thread has shared. It takes part in
 * `select`, and in all of `flow`.
 *
 * To ask for a value is to say that the last one is done with: a loop does so for what
 * it received itself; `receive`, `tryReceive`, `receiveMany` and `select` do so
 * together for all that they have received, and so does who begins a loop or joins. Leaving
 * a loop by `break`, `return` or an error gives its value back. What was asked for ahead
 * goes back with the last loop, and when the last call that waits is aborted or loses its
 * `select`. `join` waits until everybody is done with everything.
 *
 * `tryReceive` and `trySelect` take what has come, and ask for nothing: who polls needs a
 * loop or a call that waits. What other stages have asked for ahead, such as a `merge` that
 * is left, goes back when this is disposed.
 *
 * Listens at once, and keeps its thread alive, as ports do, until the channel has ended
 * or this is disposed. If the other thread dies, what waits rejects with a
 * `ChannelError`.
 *
 * @typeParam T The type of the values.
 * @param port What the other thread got from {@linkcode share}.
 * @param options How many values may be out.
 * @returns The receiving end; disposing it gives back what it is not done with.
 * @throws {TypeError} If `port` is not a MessagePort, or `window` not a number.
 * @throws {RangeError} If `window` is not a whole number >= 1 or Infinity.
 * @throws {ChannelError} If the port is in use in this thread already.
 */
export function receiver<T>(
  port: MessagePort,
  options?: PortReceiverOptions,
): Receiver<T> & AsyncDisposable {
  checkObject("receive", options);
  checkPort("receive", port);
  return new PortReceiver<T>(port, windowOf("receive", options?.window, 2));
}

/**
 * The sending end of a channel that another thread has shared. It takes part in
 * `select`.
 *
 * `send` resolves once the channel has accepted the value; `trySend` and `select` send
 * while there is room on the way, which the other side's `window` is. An aborted send
 * rejects once the other side has said that it was in time; so what rejects was not
 * delivered. A value that cannot be cloned rejects its own send with the
 * `DataCloneError`.
 *
 * @typeParam T The type of the values.
 * @param port What the other thread got from {@linkcode share}.
 * @param options What is transferred, and who is told of lost values.
 * @returns The sending end; disposing it closes it, and resolves when everything that was
 * sent is settled.
 * @throws {TypeError} If `port` is not a MessagePort, or an option of the wrong type.
 * @throws {ChannelError} If the port is in use in this thread already.
 */
export function sender<T>(
  port: MessagePort,
  options?: PortSenderOptions<T>,
): Sender<T> & AsyncDisposable {
  checkObject("send", options);
  checkFunctions("send", options, ["transfer", "onLost"]);
  checkPort("send", port);
  return new PortSender<T>(port, options ?? {});
}
