// shim.ts: what the tests need of Deno, in the same form in every runtime.

/** A test as it was registered. */
export interface RegisteredTest {
  name: string;
  ignore?: boolean;
  fn: (context: StepContext) => unknown;
}

/** What a test is given; only `step` is used. */
export interface StepContext {
  readonly name: string;
  step(...given: Given[]): Promise<boolean>;
}

/** Tests and steps are given in several forms: a name, options, a body, in this order, none of them always. */
type Given = string | Partial<RegisteredTest> | RegisteredTest["fn"];

/** What the runtimes have beside the web's own globals. */
interface Host {
  Bun?: { gc(force: boolean): void };
  Deno?: { inspect: unknown; memoryUsage: unknown };
  process?: {
    versions: { node?: string };
    memoryUsage(): unknown;
    on(event: string, listener: (...given: unknown[]) => void): void;
    listenerCount(event: string): number;
  };
  gc?: () => void;
  require?: unknown;
}

const host = globalThis as Host;

// Kept, since a test counts how many are made.
const Channel = MessageChannel;

/** Which runtime this is. */
export const runtime: "deno" | "bun" | "node" | "browser" = host.Bun
  ? "bun"
  : host.Deno
  ? "deno"
  : host.process?.versions.node
  ? "node"
  : "browser";

/** Reads a test or a step out of the forms in which it may come. */
function registered(given: Given[]): RegisteredTest {
  const test: Partial<RegisteredTest> = {};
  for (const part of given) {
    if (typeof part === "string") test.name = part;
    else if (typeof part === "function") test.fn = part;
    else Object.assign(test, part);
  }
  test.name ??= test.fn?.name;
  if (!test.name || !test.fn) {
    throw new TypeError("Cannot register test: no name or no body");
  }
  return test as RegisteredTest;
}

/** Runs a test and its steps; rejects if any of them fails. */
export async function perform(test: RegisteredTest): Promise<void> {
  const failures: unknown[] = [];
  await test.fn({
    name: test.name,
    async step(...given) {
      const step = registered(given);
      if (step.ignore) return true;
      try {
        await perform(step);
        return true;
      } catch (error) {
        failures.push(error);
        return false;
      }
    },
  });
  if (failures.length > 0) throw failures[0];
}

/** Node has it on `util`, and Bun too; a browser has nothing of the kind. */
async function inspector(): Promise<unknown> {
  if (host.Deno) return host.Deno.inspect;
  if (runtime === "browser") return undefined;
  const name = "node:util"; // not for the bundler
  return (await import(name)).inspect;
}

/** A file beside the bundle. The one thing that needs I/O reads itself. */
async function readTextFile(url: URL): Promise<string> {
  if (runtime !== "node") return await (await fetch(url)).text();
  const name = "node:fs/promises"; // its fetch knows no file
  return await (await import(name)).readFile(url, "utf8");
}

/**
 * Puts a `Deno` in place, in Deno too, so that all run the same tests.
 *
 * @param tests Where `Deno.test` puts them.
 */
export async function installDeno(tests: RegisteredTest[]): Promise<void> {
  const test = (...given: Given[]) => {
    tests.push(registered(given));
  };
  test.ignore = (...given: Given[]) => test({ ignore: true }, ...given);
  const parts = {
    test,
    noColor: true,
    inspect: await inspector(),
    memoryUsage: host.Deno?.memoryUsage ??
      (host.process && (() => host.process!.memoryUsage())),
    readTextFile,
  };
  // In Deno the rest stays in reach: its own modules for Node look for it here.
  const shim = Object.create(
    host.Deno ?? null,
    Object.getOwnPropertyDescriptors(parts),
  );
  Object.defineProperty(globalThis, "Deno", {
    value: shim,
    configurable: true,
  });
  if (host.Bun) host.gc ??= () => host.Bun!.gc(true);
  if (runtime === "node" || runtime === "deno") {
    // A library in a bundle may ask for what only CommonJS modules have there.
    const name = "node:module";
    host.require ??= (await import(name)).createRequire(import.meta.url);
  }
}

/**
 * Makes timers of 0 ms quick in a browser.
 *
 * A browser makes a timer that was set by a timer that was set by a timer wait 4 ms,
 * and the tests' ticks are such a chain, 60 times as slow as they could be. A message
 * in between ends it. All timers of 0 ms take this way, those of a library that is
 * loaded after this too, so that they still fire in the order in which they were set.
 */
export function hastenTimers(): void {
  if (runtime !== "browser") return;
  const { setTimeout, clearTimeout } = globalThis;
  const ids = new Map<number, number>();
  let next = -1;
  const hasten = (fire: () => void, ms = 0) => {
    if (ms > 0) return setTimeout(fire, ms);
    const id = next--;
    ids.set(id, 0);
    const { port1, port2 } = new Channel();
    port2.onmessage = () => {
      port2.close();
      if (!ids.has(id)) return;
      const fireOnce = () => {
        ids.delete(id);
        fire();
      };
      ids.set(id, setTimeout(fireOnce, 0) as unknown as number);
    };
    port1.postMessage(undefined);
    return id;
  };
  const clear = (id: number) => {
    clearTimeout(ids.get(id) ?? id);
    ids.delete(id);
  };
  Object.assign(globalThis, { setTimeout: hasten, clearTimeout: clear });
}

/** The events that a test may want to hear of, and that are failures if nobody does. */
const TROUBLES = ["unhandledrejection", "error"];

/**
 * Gives every runtime the web's events of what nobody handled.
 *
 * @param note Is told of those that no listener has prevented.
 */
export function watchTroubles(note: (trouble: string) => void): void {
  const target = new EventTarget();
  const { addEventListener, removeEventListener } = globalThis;
  // Between the platform and the tests, so that we know last and at once.
  for (const way of ["addEventListener", "removeEventListener"] as const) {
    const real = { addEventListener, removeEventListener }[way];
    const instead = (type: string, ...rest: [EventListener]) =>
      TROUBLES.includes(type)
        ? target[way](type, ...rest)
        : real.call(globalThis, type, ...rest);
    Object.defineProperty(globalThis, way, {
      value: instead,
      configurable: true,
      writable: true,
    });
  }
  const tell = (type: string, reason: unknown) => {
    const event = new Event(type, { cancelable: true });
    Object.assign(event, { reason, error: reason });
    target.dispatchEvent(event);
    if (!event.defaultPrevented) note(`${type}: ${textOf(reason)}`);
  };
  if (runtime === "node" || runtime === "bun") {
    const process = host.process!;
    const forward = (event: string, see: (subject: unknown) => void) => {
      process.on(event, (subject) => {
        // A test that listens by itself takes care of it.
        if (process.listenerCount(event) === before) see(subject);
      });
      const before = process.listenerCount(event);
    };
    forward("unhandledRejection", (reason) => tell(TROUBLES[0]!, reason));
    forward("uncaughtException", (error) => tell(TROUBLES[1]!, error));
    forward("warning", (warning) => note(`warning: ${textOf(warning)}`));
    return;
  }
  for (const type of TROUBLES) {
    addEventListener.call(globalThis, type, (event) => {
      event.preventDefault();
      const { reason, error } = event as PromiseRejectionEvent & ErrorEvent;
      tell(type, type === "error" ? error : reason);
    });
  }
}

/** Lines of a stack that are shown. */
const FRAMES = 5;

/** What is known of something thrown. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = error.stack?.split("\n").filter((line) =>
    /^\s+at /.test(line)
  );
  return [`${error}`, ...frames?.slice(0, FRAMES) ?? []].join("\n");
}
