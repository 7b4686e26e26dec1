// _resp.ts: a client of forty lines for the processes of redis_crash.ts, that every runtime can run.

import type { RedisConnection, RedisLike } from "../redis.ts";

interface Socket {
  on(event: string, listener: (data: Uint8Array) => void): void;
  write(text: string): void;
  destroy(): void;
}

interface Net {
  connect(port: number, host: string): Socket;
}

// Named so that a bundler for browsers leaves it alone.
const net: Net = await import(["node", "net"].join(":"));

type Settle = (error: Error | undefined, reply?: unknown) => void;

/** Connects when it is first used, and again when the connection was lost. */
export function connect(port: number): RedisLike & RedisConnection {
  let socket: Socket | undefined;
  let waiting: Settle[] = [];
  const lose = () => {
    const lost = waiting;
    [socket, waiting] = [undefined, []];
    for (const settle of lost) settle(new Error("Connection lost"));
  };
  const open = () => {
    const own = socket = net.connect(port, "127.0.0.1");
    let text = "";
    const decoder = new TextDecoder("latin1"); // what is sent here is ASCII
    own.on("data", (data) => {
      if (own !== socket) return;
      text += decoder.decode(data);
      for (let parsed; (parsed = parse(text, 0));) {
        text = text.slice(parsed.end);
        const { value } = parsed;
        const settle = waiting.shift()!;
        if (value instanceof Error) settle(value);
        else settle(undefined, value);
      }
    });
    own.on("error", () => {});
    own.on("close", () => own === socket && lose());
    return own;
  };
  return {
    command: (args) =>
      new Promise((resolve, reject) => {
        const to = socket ?? open();
        waiting.push((error, reply) => error ? reject(error) : resolve(reply));
        const parts = args.map((arg) => `$${arg.length}\r\n${arg}\r\n`);
        to.write(`*${args.length}\r\n${parts.join("")}`);
      }),
    duplicate: () => connect(port),
    close: () => {
      const own = socket;
      lose();
      own?.destroy();
    },
  };
}

interface Parsed {
  readonly value: unknown;
  readonly end: number;
}

/** Reads a reply, unless a part of it is still to come. */
function parse(text: string, from: number): Parsed | undefined {
  const line = text.indexOf("\r\n", from);
  if (line < 0) return undefined;
  const rest = text.slice(from + 1, line);
  const end = line + 2;
  switch (text[from]) {
    case "-":
      return { value: new Error(rest), end };
    case ":":
      return { value: Number(rest), end };
    case "$": {
      const size = Number(rest);
      if (size < 0) return { value: null, end };
      if (text.length < end + size + 2) return undefined;
      return { value: text.slice(end, end + size), end: end + size + 2 };
    }
    case "*": {
      if (rest === "-1") return { value: null, end };
      const value: unknown[] = [];
      let at = end;
      for (let i = 0; i < Number(rest); i++) {
        const part = parse(text, at);
        if (!part) return undefined;
        value.push(part.value);
        at = part.end;
      }
      return { value, end: at };
    }
    default:
      return { value: rest, end };
  }
}
