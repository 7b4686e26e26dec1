// Stands in for jsr:@std/async: the same code, compiled and published on npm.
// @ts-self-types="./std_async.d.ts"
import "npm:deno-std@1.4.0/data_structures/deque.js";
import source from "npm:deno-std@1.4.0/async/channel.js" with { type: "text" };

export * from "npm:deno-std@1.4.0/async/deadline.js";
export * from "npm:deno-std@1.4.0/async/delay.js";
export * from "npm:deno-std@1.4.0/async/mux_async_iterator.js";
export * from "npm:deno-std@1.4.0/async/pool.js";
export * from "npm:deno-std@1.4.0/async/tee.js";

// The package's channel.js looks for "../data-structures/deque.js", but the folder is called data_structures.
const mended = source.replace(
  '"../data-structures/deque.js"',
  '"npm:deno-std@1.4.0/data_structures/deque.js"',
);
export const { Channel, ChannelClosedError } = await import(
  `data:text/javascript,${encodeURIComponent(mended)}`
);
