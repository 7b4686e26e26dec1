// all.ts: the acceptance cases, in order.

import type { Case } from "./_kit.ts";
import { cases as construction } from "./a_construction.ts";
import { cases as buffered } from "./b_buffered.ts";
import { cases as rendezvous } from "./c_rendezvous.ts";
import { cases as now } from "./d_now.ts";
import { cases as close } from "./e_close.ts";
import { cases as join } from "./f_join.ts";
import { cases as abort } from "./g_abort.ts";
import { cases as abortMany } from "./g_abort_many.ts";
import { cases as iteration } from "./h_iteration.ts";
import { cases as select } from "./i_select.ts";
import { cases as selectEnumerated } from "./i_select_enumerated.ts";
import { cases as selectMany } from "./i_select_many.ts";
import { cases as values } from "./j_values.ts";
import { cases as memory } from "./k_memory.ts";

/** All cases, by number. */
export const cases: readonly Case[] = [
  ...construction,
  ...buffered,
  ...rendezvous,
  ...now,
  ...close,
  ...join,
  ...abort,
  ...abortMany,
  ...iteration,
  ...select,
  ...selectEnumerated,
  ...selectMany,
  ...values,
  ...memory,
].sort((a, b) => a.id - b.id);
