// _journal.ts: the pen of settlement_log.ts.

import { endTurn } from "./_turns.ts";
import { ChannelClosedError } from "../../mod.ts";

/** Further than any operation's promises reach in microtask rounds. */
const ROUNDS = 40;

/** Writes down how promises settle, and in which round of microtasks. */
export class Journal {
  readonly #lines: string[] = [];
  #round = 0;
  /** Stops the rounds of the stretch before. */
  #stretch = 0;

  /** Adds a line as it is. */
  write(line: string): void {
    this.#lines.push(line);
  }

  /** Begins a synchronous stretch: rounds are counted from here. */
  begin(): void {
    this.#count(++this.#stretch);
  }

  /** Lets all microtasks run, and whatever waits for the next turn; begins a new stretch. */
  async tick(): Promise<void> {
    await endTurn();
    this.begin();
  }

  /** Notes something that happens now. */
  note(what: string): void {
    this.write(`${what} @${this.#round}`);
  }

  /** Notes how a promise settles; never rejects. */
  async watch(name: string, promise: Promise<unknown>): Promise<void> {
    // Not by `await`, which would settle in a round of its own.
    await promise.then(
      (value) => this.note(`${name}: ${show(value)}`),
      (reason) => this.note(`${name}! ${show(reason)}`),
    );
  }

  /** All lines. */
  text(): string {
    return this.#lines.join("\n") + "\n";
  }

  async #count(stretch: number): Promise<void> {
    this.#round = 0;
    while (this.#round < ROUNDS && stretch === this.#stretch) {
      await undefined;
      if (stretch === this.#stretch) this.#round++;
    }
  }
}

/** A value, a result or a reason, the same in every runtime. */
export function show(value: unknown): string {
  if (value instanceof ChannelClosedError) {
    return "value" in value
      ? `${value.name}(${show(value.value)})`
      : value.name;
  }
  // Messages of the platform's own differ.
  if (value instanceof Error || value instanceof DOMException) {
    return value.name;
  }
  if (Array.isArray(value)) return `[${value.map(show)}]`;
  if (typeof value === "object" && value !== null) {
    if ("then" in value) return "thenable";
    const entries = Object.entries(value);
    return `{${
      entries.map(([key, one]) => `${key}: ${show(one)}`).join(", ")
    }}`;
  }
  return String(value);
}
