// _mutant.ts: what a fault put into the library looks like.

/** A small fault. */
export interface Mutant {
  /** What goes wrong. */
  readonly about: string;
  /** What stands in the file, once. */
  readonly from: string;
  readonly to: string;
  /** The test file that must find it; by default the model's. */
  readonly by?: string;
  /** Why nothing but speed or memory below any test's notice changes. */
  readonly equivalent?: string;
}

/** The faults of one source file. */
export interface MutantFile {
  readonly file: string;
  readonly mutants: readonly Mutant[];
}
