// Request coalescing: while one request is on its way, questions gather in a channel; `batches` takes all of them
// for the next request, which asks for each key once. The answer comes by a channel that each question brings.

import { after, Channel } from "@sluice/channel";

interface Question {
  key: string;
  answer: Channel<string | undefined>;
}

/** One request, for several keys. */
type Load = (keys: string[]) => Promise<Map<string, string>>;

export class Lookup implements Disposable {
  readonly #questions = new Channel<Question>(Infinity);

  constructor(load: Load) {
    this.#answer(load);
  }

  /** Rejects with the error of the request. */
  async ask(key: string): Promise<string | undefined> {
    const answer = new Channel<string | undefined>(1);
    await this.#questions.send({ key, answer });
    return await answer.receive();
  }

  async #answer(load: Load): Promise<void> {
    for await (const batch of this.#questions.batches()) {
      try {
        const known = await load([...new Set(batch.map(({ key }) => key))]);
        for (const { key, answer } of batch) answer.sendNow(known.get(key));
      } catch (error) {
        for (const { answer } of batch) answer.close(error);
      }
    }
  }

  /** No further questions; those that were asked are answered. */
  [Symbol.dispose](): void {
    this.#questions.close();
  }
}

export async function main(
  keys: string[] = ["ann", "joe", "ann", "sue", "joe", "sue"],
  ms = 100,
  print: (line: string) => void = console.log,
): Promise<void> {
  using lookup = new Lookup(async (keys) => {
    print(`request for ${keys.join(", ")}`);
    await after(ms).receive();
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  const answers = await Promise.all(keys.map((key) => lookup.ask(key)));
  print(answers.join(" "));
}

if (import.meta.main) await main();
