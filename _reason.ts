// _reason.ts: what a channel was closed with, as it goes from thread to thread.
//
// The structured clone of an error keeps no class of ours, of some runtimes no cause,
// and of a `DOMException` nothing; so errors are taken apart.

import {
  ChannelClosedError,
  ChannelEmptyError,
  ChannelError,
  ChannelFullError,
} from "./errors.ts";

/** An error taken apart. */
interface ErrorParts {
  readonly dom: boolean;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause?: Packed;
}

/** A reason that can be cloned. */
export type Packed =
  | { readonly error: ErrorParts }
  | { readonly value: unknown };

/** How many causes, one of the other, are told. */
const DEEPEST = 16;

const CLASSES: Readonly<Record<string, new (message: string) => Error>> = {
  ChannelClosedError,
  ChannelEmptyError,
  ChannelError,
  ChannelFullError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/**
 * Takes a reason apart; never throws. Of an error its name, message, stack and cause go
 * on; what else cannot be cloned, and an error that cannot be read, becomes its text.
 */
export function pack(reason: unknown, deep = 0): Packed {
  try {
    return reason instanceof Error
      ? { error: partsOf(reason, deep) }
      : { value: structuredClone(reason) };
  } catch {
    return { value: textOf(reason) };
  }
}

function partsOf(error: Error, deep: number): ErrorParts {
  const { name, message, stack } = error;
  const dom = typeof DOMException === "function" &&
    error instanceof DOMException;
  const told = "cause" in error && deep < DEEPEST;
  return {
    dom,
    name: String(name),
    message: String(message),
    stack: stack === undefined ? undefined : String(stack),
    ...told && { cause: pack(error.cause, deep + 1) },
  };
}

/** Puts a reason together again. */
export function unpack(packed: Packed): unknown {
  if (!("error" in packed)) return packed.value;
  const { dom, name, message, stack, cause } = packed.error;
  const error = dom
    ? new DOMException(message, name)
    : new (Object.hasOwn(CLASSES, name) ? CLASSES[name]! : Error)(message);
  if (error.name !== name) define(error, "name", name);
  if (stack !== undefined) define(error, "stack", stack);
  if (cause) define(error, "cause", unpack(cause));
  return error;
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    configurable: true,
    writable: true,
  });
}

/** The text of a reason, whatever it is. */
export function textOf(reason: unknown): string {
  try {
    return String(reason);
  } catch {
    return "a reason that cannot be told";
  }
}
