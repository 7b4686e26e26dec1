// _select_cases.ts: what a select may wait for.

import type { Receiver, Sender } from "./ends.ts";

/** @ignore */
export const target: unique symbol = Symbol();

/** @ignore */
export interface SendTarget {
  /** Where the value goes if the case wins; `undefined` for nowhere. */
  readonly [target]: Sender<never> | undefined;
}

/**
 * A send as a case of a select; made by `sending`.
 *
 * @typeParam T The type of the value.
 */
export interface SendCase<out T = unknown> extends SendTarget {
  /** What is sent if the case wins. */
  readonly value: T;
}

/**
 * What a select waits for: a receive from a {@linkcode Receiver}, a send made by
 * `sending`, or something that is never ready, as Go's nil channel.
 */
export type SelectCase =
  | Receiver<unknown>
  | SendCase
  | null
  | undefined
  | false;

/** The cases of a select: a record, or an array whose indices are the keys. */
export type SelectCases =
  | readonly SelectCase[]
  | { readonly [key: string]: SelectCase };
