// _redis_options.ts: what a channel on a server is made of, and what it must be.

import type { RemoteChannel } from "./_redis_types.ts";

/**
 * A client of Redis or Valkey, as far as it is needed here: `fromNodeRedis` and
 * `fromIoredis` make one of the usual clients. It reconnects by itself; what was under
 * way then may reject, or be sent again.
 */
export interface RedisLike {
  /**
   * Sends one command.
   *
   * @param args The command's name and its arguments.
   * @returns The reply: strings, numbers, `null` and arrays of them, or, of `XREAD`,
   * whatever the client makes of it. Rejects with the server's error, code first.
   */
  readonly command: (args: string[]) => Promise<unknown>;
  /**
   * Opens one more connection with the same settings, for commands that wait.
   *
   * @returns The connection.
   */
  readonly duplicate: () => RedisConnection | Promise<RedisConnection>;
}

/** A connection of one's own. */
export interface RedisConnection {
  /** As {@linkcode RedisLike.command}. */
  readonly command: (args: string[]) => Promise<unknown>;
  /** Ends the connection at once, and rejects what waits for it. */
  readonly close: () => unknown;
}

/**
 * How values become text, and text values.
 *
 * @typeParam T The type of the values.
 */
export interface RemoteCodec<T> {
  /**
   * Makes text of a value. What it throws, the send rejects with.
   *
   * @param value The value.
   * @returns The text: well-formed Unicode, since it crosses in UTF-8, where half of a
   * surrogate pair would be replaced.
   */
  readonly encode: (value: T) => string;
  /**
   * Makes a value of text, which may be anything that somebody has put on the server.
   *
   * @param text The text.
   * @returns The value.
   */
  readonly decode: (text: string) => T;
}

/**
 * Options of {@linkcode openChannel}. `capacity`, `visibility` and `producers` belong to the
 * channel: whoever opens it must say the same. The others belong to the handle.
 *
 * @typeParam T The type of the values.
 */
export interface RemoteChannelOptions<T> {
  /** Values that the channel holds, queued or leased: 1 or more. A network has no rendezvous. */
  readonly capacity: number;
  /**
   * How long a lease lasts unless it is renewed, in ms; 30,000 by default, at least 100.
   * It is renewed while the process lives, so this is how long the values of a dead one
   * are late, and how long a live one may stand still.
   */
  readonly visibility?: number | undefined;
  /**
   * How many values this handle may lease at a time: those being worked on and those ahead;
   * 32 by default. So many are delivered again when its process dies.
   */
  readonly window?: number | undefined;
  /** How many handles will call `done`; the last one closes the channel. Only who sends need know. */
  readonly producers?: number | undefined;
  /** How often a value is delivered before it goes to `deadLetter`, which must be given too. */
  readonly maxDeliveries?: number | undefined;
  /** Where values go that were delivered so often. Its codec is not asked: they go as they are. */
  readonly deadLetter?: RemoteChannel<T> | undefined;
  /** How values become text; JSON by default. */
  readonly codec?: RemoteCodec<T> | undefined;
  /**
   * How long a call goes on while the server cannot be reached, in ms; 30,000 by default.
   * After that it rejects.
   */
  readonly patience?: number | undefined;
  /**
   * How long the channel stays closed on the server once it is drained, in ms; a day by
   * default. After that its name is free. Whoever makes the channel decides.
   */
  readonly tombstone?: number | undefined;
}

/** The options, complete. */
export interface Settings<T> {
  readonly capacity: number;
  readonly visibility: number;
  readonly window: number;
  readonly producers: number | undefined;
  readonly maxDeliveries: number;
  readonly deadLetter: RemoteChannel<T> | undefined;
  readonly codec: RemoteCodec<T>;
  readonly patience: number;
  readonly tombstone: number;
}

/** Timers run no longer. */
const LONGEST = 2 ** 31 - 1; // ms

const JSON_CODEC: RemoteCodec<unknown> = {
  encode: (value) => JSON.stringify(value),
  decode: (text) => JSON.parse(text),
};

/** Throws unless a channel can be opened so; fills in what is not given. */
export function settingsOf<T>(
  client: RedisLike,
  name: string,
  options: RemoteChannelOptions<T>,
): Settings<T> {
  checkAdapted(client);
  if (
    typeof client?.command !== "function" ||
    typeof client.duplicate !== "function"
  ) {
    throw new TypeError(
      "Cannot open channel: client has no command and duplicate",
    );
  }
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot open channel: name must be a string, received ${typeof name}`,
    );
  }
  // The braces mark what a cluster hashes; whoever breaks them out splits the channel.
  if (!/^[^{}]+$/.test(name)) {
    throw new RangeError(
      "Cannot open channel: name must have a character, and no brace",
    );
  }
  // Halves of surrogate pairs cross as one and the same character.
  if (/\p{Surrogate}/u.test(name)) {
    throw new RangeError(
      "Cannot open channel: name must be well-formed Unicode",
    );
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot open channel: options must be an object");
  }
  const { producers, maxDeliveries, deadLetter, codec = JSON_CODEC } = options;
  const { visibility = 30_000, window = 32 } = options;
  const { patience = 30_000, tombstone = 86_400_000 } = options;
  checkNumber("capacity", options.capacity, 1);
  checkNumber("visibility", visibility, 100, LONGEST);
  checkNumber("window", window, 1);
  if (producers !== undefined) checkNumber("producers", producers, 1);
  if (maxDeliveries !== undefined) {
    checkNumber("maxDeliveries", maxDeliveries, 1);
  }
  if ((maxDeliveries === undefined) !== (deadLetter === undefined)) {
    throw new TypeError(
      "Cannot open channel: maxDeliveries and deadLetter need each other",
    );
  }
  checkNumber("patience", patience, 1, LONGEST);
  checkNumber("tombstone", tombstone, 1);
  if (
    typeof codec?.encode !== "function" || typeof codec.decode !== "function"
  ) {
    throw new TypeError("Cannot open channel: invalid codec");
  }
  return {
    capacity: options.capacity,
    visibility,
    window,
    producers,
    maxDeliveries: maxDeliveries ?? Infinity,
    deadLetter,
    codec: codec as RemoteCodec<T>,
    patience,
    tombstone,
  };
}

/** Throws if it is one of the usual clients: some have what is looked for, but mean other things. */
function checkAdapted(client: unknown): void {
  const methods = Object(client) as Record<string, unknown>;
  const has = (...names: string[]) =>
    names.every((name) => typeof methods[name] === "function");
  const [whose, adapter] = has("call", "disconnect")
    ? ["ioredis", "fromIoredis"]
    : has("sendCommand", "connect")
    ? ["node-redis", "fromNodeRedis"]
    : [];
  if (whose) {
    throw new TypeError(
      `Cannot open channel: client is ${whose}'s own: pass ${adapter}(client)`,
    );
  }
}

function checkNumber(
  subject: string,
  number: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(number) && number >= least && number <= most) return;
  const numeric = typeof number === "number";
  throw new (numeric ? RangeError : TypeError)(
    `Cannot open channel: ${subject} must be a whole number >= ${least}${
      most === LONGEST ? ` and <= ${most}` : ""
    }, received ${numeric ? number : typeof number}`,
  );
}
