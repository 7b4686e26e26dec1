// _std_testing.ts: the two channels that the conformance tests ask the same of.

import * as std from "@std/async/channel";
import * as sluice from "./mod.ts";

/** The channel that std's users write against; its private part is std's alone. */
export type StdChannel<T> = Pick<std.Channel<T>, keyof std.Channel<T>>;

/** One of the two. */
export interface Implementation {
  readonly name: string;
  readonly Channel: new <T>(
    options?: std.ChannelOptions,
  ) => StdChannel<T>;
  readonly ChannelClosedError: new (
    message: string,
    ...rest: [value: unknown] | []
  ) => Error & { readonly value?: unknown };
}

/** This package. */
export const OURS: Implementation = { name: "@sluice/channel", ...sluice };
/** `@std/async`. */
export const THEIRS: Implementation = { name: "@std/async", ...std };
