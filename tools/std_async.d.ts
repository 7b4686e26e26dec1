// The types of @std/async that tests and benches may use.

export declare class ChannelClosedError extends Error {
  readonly value?: unknown;
  constructor(message: string, ...rest: [value: unknown] | []);
}

export type ChannelReceiveResult<T> =
  | { state: "ok"; value: T }
  | { state: "empty" }
  | { state: "closed" };

export interface ChannelOptions {
  capacity?: number;
}

export interface ChannelSendOptions {
  signal?: AbortSignal;
}

export interface ChannelReceiveOptions {
  signal?: AbortSignal;
}

export declare class Channel<T>
  implements AsyncIterable<T>, Disposable, AsyncDisposable {
  #private;
  constructor(options?: ChannelOptions);
  get capacity(): number;
  get closed(): boolean;
  get size(): number;
  send(value: T, options?: ChannelSendOptions): Promise<void>;
  receive(options?: ChannelReceiveOptions): Promise<T>;
  trySend(value: T): boolean;
  tryReceive(): ChannelReceiveResult<T>;
  close(): void;
  close(reason: unknown): void;
  toReadableStream(): ReadableStream<T>;
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DelayOptions {
  signal?: AbortSignal;
  persistent?: boolean;
}

export declare function delay(
  ms: number,
  options?: DelayOptions,
): Promise<void>;

export interface DeadlineOptions {
  signal?: AbortSignal;
}

export declare function deadline<T>(
  p: Promise<T>,
  ms: number,
  options?: DeadlineOptions,
): Promise<T>;

export declare class MuxAsyncIterator<T> implements AsyncIterable<T> {
  #private;
  add(iterable: AsyncIterable<T>): void;
  iterate(): AsyncIterableIterator<T>;
  [Symbol.asyncIterator](): AsyncIterator<T>;
}

export declare function pooledMap<T, R>(
  poolLimit: number,
  array: Iterable<T> | AsyncIterable<T>,
  iteratorFn: (data: T) => Promise<R>,
): AsyncIterableIterator<R>;

type Repeat<T, N extends number, R extends T[] = []> = R["length"] extends N ? R
  : Repeat<T, N, [...R, T]>;

export declare function tee<T, N extends number = 2>(
  iterable: AsyncIterable<T>,
  n?: N,
): number extends N ? AsyncIterable<T>[] : Repeat<AsyncIterable<T>, N>;
