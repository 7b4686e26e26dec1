// _sites.ts: the cases that a generated select is made of, each with its outcome
// foretold.

import type { SelectCase } from "../../mod.ts";
import { Channel, sending } from "../../mod.ts";
import type { ChoiceTree } from "./_choices.ts";

export type Value = number | string;

/** A case, its channel, and what becomes of that. */
export interface Site {
  readonly kind: string;
  /** The form of the kind, if it has several. */
  readonly form?: string;
  readonly one: SelectCase;
  readonly channel?: Channel<Value>;
  readonly ready: boolean;
  /** What winning gives: a received value, nothing for a send, an end, a rejection. */
  readonly gives: Value | undefined | typeof ENDS | typeof REJECTS;
  /** Who is in the channel before, and after if the case wins. */
  readonly before: string;
  readonly after: string;
  /** Makes the case win, once the select waits. */
  readonly help?: () => void;
}

/** The channel ends: a receive gives that, a send rejects. */
export const ENDS: unique symbol = Symbol("ends");
export const REJECTS: unique symbol = Symbol("rejects");

/** What a site is called in a message. */
export function nameOf({ kind, form }: Site): string {
  return form === undefined ? kind : `${kind} ${form}`;
}

/** A channel's buffered values, waiting senders, waiting receivers. */
export function stateOf(channel: Channel<Value>): string {
  const { size, waitingSenders, waitingReceivers } = channel.stats();
  return `${size} ${waitingSenders} ${waitingReceivers}`;
}

const IDLE = "0 0 0";
const BUFFERED = "1 0 0";
const SENDER_WAITS = "0 1 0";
const RECEIVER_WAITS = "0 0 1";

/** What is never ready. */
const NEVER = [null, undefined, false] as const;

/** Numbers and strings in turn. */
function valueOf(id: number): Value {
  return id % 2 === 0 ? id : `${id}`;
}

function readySend(id: number, rendezvous: boolean): Site {
  const channel = new Channel<Value>(rendezvous ? 0 : 1);
  if (rendezvous) channel.receive();
  return {
    kind: "send",
    form: rendezvous ? "to a receiver" : "to the buffer",
    channel,
    one: sending(channel, valueOf(id)),
    ready: true,
    gives: undefined,
    before: rendezvous ? RECEIVER_WAITS : IDLE,
    after: rendezvous ? IDLE : BUFFERED,
  };
}

function readyReceive(id: number, rendezvous: boolean): Site {
  const channel = new Channel<Value>(rendezvous ? 0 : 1);
  channel.send(valueOf(id));
  return {
    kind: "receive",
    form: rendezvous ? "from a sender" : "from the buffer",
    channel,
    one: channel,
    ready: true,
    gives: valueOf(id),
    before: rendezvous ? SENDER_WAITS : BUFFERED,
    after: IDLE,
  };
}

function waitingSend(id: number, helped: boolean): Site {
  const channel = new Channel<Value>();
  return {
    kind: "waiting send",
    channel,
    one: sending(channel, valueOf(id)),
    ready: false,
    gives: undefined,
    before: IDLE,
    after: IDLE,
    ...(helped && {
      help() {
        const received = channel.receiveNow();
        if (received !== valueOf(id)) throw new Error(`helped by ${received}`);
      },
    }),
  };
}

function waitingReceive(id: number, helped: boolean): Site {
  const channel = new Channel<Value>();
  return {
    kind: "waiting receive",
    channel,
    one: channel,
    ready: false,
    gives: valueOf(id),
    before: IDLE,
    after: IDLE,
    ...(helped && { help: () => channel.sendNow(valueOf(id)) }),
  };
}

function never(kind: string, one: SelectCase): Site {
  return {
    kind,
    one,
    ready: false,
    gives: undefined,
    before: IDLE,
    after: IDLE,
  };
}

function closed(id: number, sends: boolean): Site {
  const channel = new Channel<Value>(id % 2);
  channel.close();
  return {
    kind: sends ? "closed send" : "closed receive",
    channel,
    one: sends ? sending(channel, valueOf(id)) : channel,
    ready: true,
    gives: sends ? REJECTS : ENDS,
    before: IDLE,
    after: IDLE,
  };
}

/**
 * The cases of one way through the tree: of each of eight kinds one or none, and
 * a waiting one with or without somebody who may help it. `id`s tell the values
 * apart. Of several forms that a kind has without another outcome, `way` takes one.
 */
export function chooseSites(tree: ChoiceTree, way: number): Site[] {
  const sites: Site[] = [];
  const form = () => way % (2 + sites.length) === 0;
  const nobody = NEVER[way % 3];
  if (tree.maybe()) sites.push(readySend(sites.length, form()));
  if (tree.maybe()) sites.push(readyReceive(sites.length, form()));
  if (tree.maybe()) sites.push(waitingSend(sites.length, tree.maybe()));
  if (tree.maybe()) sites.push(waitingReceive(sites.length, tree.maybe()));
  if (tree.maybe()) {
    sites.push(never("null send", sending<Value>(nobody, way)));
  }
  if (tree.maybe()) sites.push(never("null receive", nobody));
  if (tree.maybe()) sites.push(closed(sites.length, true));
  if (tree.maybe()) sites.push(closed(sites.length, false));
  return sites;
}
