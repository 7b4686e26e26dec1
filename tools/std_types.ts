// Stands in for jsr:@std/testing/types, which grew out of this npm package.
export { assert as assertType } from "npm:conditional-type-checks@1.0.6";
export type {
  Assert,
  AssertFalse,
  AssertTrue,
  Has,
  IsAny,
  IsNever,
  IsNullable,
  IsUnknown,
  NotHas,
} from "npm:conditional-type-checks@1.0.6";

// The package's own IsExact asks for assignability both ways; @std's, and so this one, for identity.
type Flat<T> = T extends Record<PropertyKey, unknown>
  ? { [K in keyof T]: Flat<T[K]> }
  : T;

/** Whether two types are the same, `any` and `readonly` included. */
export type IsExact<T, U> = (<X>() => X extends Flat<T> ? 1 : 2) extends
  (<X>() => X extends Flat<U> ? 1 : 2) ? true : false;
