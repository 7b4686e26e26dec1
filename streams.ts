// streams.ts: the channel with what is built on its two ends: producers, web streams,
// and a channel that fills itself.
//
// All of it is put on the core's class, so that there is one kind of channel,
// whichever entry point it came by; the types are those of the entry point.

import { fill } from "./_fill.ts";
import { Pulling, Sinking } from "./_web_streams.ts";
import type { ChannelOptions } from "./channel.ts";
import { Channel as Core } from "./channel.ts";
import type { Producer } from "./producer.ts";
import { producerOf } from "./producer.ts";

/**
 * A channel: values go in at one end and come out, in order and each once, at the
 * other, and it can be closed for good. This is the class of the core,
 * `@sluice/channel/channel`, where all other operations stand, with producers, web
 * streams and {@linkcode ChannelConstructor.from} added to it.
 *
 * @example Workers that end when the work does
 * ```ts
 * import { Channel } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const jobs = new Channel<number>(16);
 * let sum = 0;
 * const worker = async () => {
 *   for await (const job of jobs) sum += job;
 * };
 * const workers = [worker(), worker()];
 * for (let job = 1; job <= 100; job++) await jobs.send(job);
 * jobs.close();
 * await Promise.all([jobs.join(), ...workers]);
 * assertEquals(sum, 5050);
 * ```
 *
 * @example Through a stream of the platform's and back
 * ```ts
 * import { Channel } from "@sluice/channel";
 * import { assertEquals } from "@std/assert";
 *
 * const words = new Channel<string>(4);
 * const bytes = Channel.from(
 *   words.toReadableStream().pipeThrough(new TextEncoderStream()),
 * );
 * words.sendAll(["he", "llo"]).then(() => words.close());
 *
 * let text = "";
 * for await (const chunk of bytes) text += new TextDecoder().decode(chunk);
 * assertEquals(text, "hello");
 * ```
 *
 * @typeParam T The type of the values. A channel is invariant in it; its ends vary.
 */
export interface Channel<in out T> extends Core<T> {
  /**
   * Makes a sender that counts: the channel closes when the last one is closed or
   * disposed. Those who send on the channel itself are not counted.
   *
   * @example Two producers, one end
   * ```ts
   * import { Channel } from "@sluice/channel";
   * import { assertEquals } from "@std/assert";
   *
   * const channel = new Channel<number>(2);
   * const produce = async (from: number) => {
   *   using producer = channel.producer();
   *   for (let n = from; n < from + 3; n++) await producer.send(n);
   * };
   * produce(10);
   * produce(20);
   * let sum = 0;
   * for await (const n of channel) sum += n;
   * assertEquals(sum, 96);
   * ```
   *
   * @returns The producer.
   */
  producer(): Producer<T>;

  /**
   * The channel as a stream: one receiver more. It takes a value when one is asked for
   * and never before. It ends as iteration does. To cancel it closes the channel, with
   * the reason if there is one; what is in the buffer stays receivable. A reader that is
   * released while its read waits has asked already: the value stays in the stream.
   *
   * @returns The stream.
   */
  toReadableStream(): ReadableStream<T>;

  /**
   * The channel as the end of a stream: one sender more. A write is done when its value is
   * accepted. To close it closes the channel, to abort it does so with the reason,
   * `undefined` included. When the channel closes, the stream errors, with the reason
   * if there is one.
   *
   * @returns The stream.
   */
  toWritableStream(): WritableStream<T>;
}

/** The class of {@linkcode Channel}. */
export interface ChannelConstructor {
  /**
   * Makes an open channel.
   *
   * @param options The capacity, in values, or all options; unbuffered by default.
   * @throws {TypeError} If the capacity is no number, or another option is unknown.
   * @throws {RangeError} If the capacity is neither a whole number >= 0 nor
   * Infinity, or is 0 with an overflow policy that drops.
   */
  new <T>(options?: number | ChannelOptions<T>): Channel<T>;
  /** What all channels share. */
  // deno-lint-ignore no-explicit-any -- as the prototype of every generic class
  readonly prototype: Channel<any>;

  /**
   * Makes a channel that fills itself, at once and with backpressure: it closes at the
   * end of the source, and with its error. Closing the channel stops the source, by its
   * `return` or its `cancel`, the latter with the reason; a value that comes too late
   * for the channel goes to `onDrop`.
   *
   * @typeParam T The type of the values.
   * @param source An iterable (its values are sent as they are), async iterable or stream.
   * @param options As the constructor's.
   * @returns The channel.
   * @throws {TypeError} If `source` is none of these, or a stream that is locked.
   * @throws {RangeError} As the constructor.
   */
  from<T>(
    source: Iterable<T> | AsyncIterable<T> | ReadableStream<T>,
    options?: number | ChannelOptions<T>,
  ): Channel<T>;
}

/** See the interface of the same name. */
export const Channel: ChannelConstructor =
  Core as unknown as ChannelConstructor;

function method(value: unknown): PropertyDescriptor {
  return { value, writable: true, configurable: true };
}

Object.defineProperties(Core.prototype, {
  producer: method(function producer<T>(this: Core<T>): Producer<T> {
    return producerOf(this);
  }),
  toReadableStream: method(
    function toReadableStream<T>(this: Core<T>): ReadableStream<T> {
      return new ReadableStream(new Pulling(this), { highWaterMark: 0 });
    },
  ),
  toWritableStream: method(
    function toWritableStream<T>(this: Core<T>): WritableStream<T> {
      return new WritableStream(new Sinking(this));
    },
  ),
});

Object.defineProperty(Core, "from", method(fill));
