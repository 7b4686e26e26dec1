// Stands in for jsr:@std/assert: the same code, compiled and published on npm.
// @ts-self-types="./std_assert.d.ts"
export * from "npm:deno-std@1.4.0/assert/mod.js";
