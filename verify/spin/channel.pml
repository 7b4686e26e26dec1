/* channel.pml: the algorithm of channel.ts and select.ts, a model for SPIN.

A call of the library is one step, since a turn of JavaScript is atomic. All that
is free is who calls next, and what. So every order of CALLS calls, of any kind, on
either channel, with two closes and with aborts at any moment, is searched. Who
made a call plays no part: one process makes them all (calls.pml), and does not wait
for one before it makes the next.

The nth call is operation n, with the waiters 2n - 1 and 2n. A select uses both, any
other call the first. The value that a waiter sends is the waiter's number.

What must hold is in properties.pml. What the names of channel.ts, select.ts and
_waiter.ts stand for is the same here, lone waiters and the short ways included.

FAULT=n puts fault n in. Behind the number: capacities that show it, and its name.

Left out: overflow policies, cancel, leases, the calls that do not wait or take many,
iterators, user code that runs inside a call, and in which microtask a promise
settles. */

#ifndef CALLS
#define CALLS 4
#endif
#ifndef CAPACITY_0
#define CAPACITY_0 1
#endif
#ifndef CAPACITY_1
#define CAPACITY_1 1
#endif
#ifndef FAULT
#define FAULT 0
#endif
/* `atomic` where coverage is counted: SPIN counts no statement inside a d_step. */
#ifndef TURN
#define TURN d_step
#endif

#define WAITERS (2 * CALLS)
#define LAST (WAITERS + 1) /* receives what is left in the end */
#define SLOTS 4            /* more than a buffer may use */

#define NOTHING 0
#define NOBODY 0
#define OTHERS 255
mtype = { SENDS, RECEIVES, JOINS };
mtype = { HAPPENED, CLOSED, ABORTED };
mtype = { NONE, LIVE, REFUSED };

/* A channel. `waiting` is NOBODY, OTHERS or a sender that waits alone; `receiver` is
NOBODY or a receiver that waits alone. */
bool closed[2];
byte waiting[2];
byte receiver[2];
chan buffer[2] = [SLOTS] of { byte };
chan senders[2] = [WAITERS] of { byte };
chan receivers[2] = [WAITERS] of { byte };
chan joiners[2] = [CALLS] of { byte };

/* A waiter: what it does, NOTHING once it is settled, and on which channel. */
mtype does[LAST + 2];
bit at[LAST + 2];
/* Whether an operation listens to its signal. */
bool watched[CALLS + 2];

/* For one step only, so no part of the state. */
hidden byte chosen, here, other, taken, value;

#define operation(w) ((w + 1) / 2)
#define sibling(w) (w % 2 -> w + 1 : w - 1)
#define capacity(c) (c == 0 -> CAPACITY_0 : CAPACITY_1)
#define drained(c) (closed[c] && len(buffer[c]) == 0)
#define sendsAlone(c) (waiting[c] != NOBODY && waiting[c] != OTHERS)
#define senderWaits(c) (len(senders[c]) > 0 || sendsAlone(c))
#define receiverWaits(c) (len(receivers[c]) > 0 || receiver[c] != NOBODY)

#if FAULT == 1 /* 00: a receive does not look for waiting senders */
#define available(c) (len(buffer[c]) > 0)
#else
#define available(c) (len(buffer[c]) > 0 || senderWaits(c))
#endif

#if FAULT == 2 /* 10: the buffer takes one value too many */
#define room(c) (len(buffer[c]) <= capacity(c))
#else
#define room(c) (len(buffer[c]) < capacity(c))
#endif

#if FAULT == 3 /* 11: a receive waits although the channel has ended */
#define ended(c) false
#else
#define ended(c) drained(c)
#endif

#if FAULT == 4 /* 01: join resolves on a closed channel that holds values */
#define joined(c) closed[c]
#else
#define joined(c) drained(c)
#endif

#if FAULT == 5 /* 00: a send to a channel without room is turned away */
#define sendable(c) true
#else
#define sendable(c) (closed[c] || receiverWaits(c) || room(c))
#endif

#define ready(w) ( \
  (does[w] == SENDS && sendable(at[w])) || \
  (does[w] == RECEIVES && (available(at[w]) || ended(at[w]))) || \
  (does[w] == JOINS && joined(at[w])))

#include "properties.pml"

/* --- _waiter.ts, and Selection in select.ts --- */

/* Takes a parked waiter out of its queue. */
inline withdraw(w) {
  if
  :: does[w] == SENDS ->
    assert(senders[at[w]]??[eval(w)]); /* what is withdrawn is parked */
    senders[at[w]]??eval(w)
  :: does[w] == RECEIVES ->
    assert(receivers[at[w]]??[eval(w)]); /* what is withdrawn is parked */
    receivers[at[w]]??eval(w)
  :: does[w] == JOINS ->
    assert(joiners[at[w]]??[eval(w)]); /* what is withdrawn is parked */
    joiners[at[w]]??eval(w)
  fi;
  if
#if FAULT == 6 /* 10: a closed channel that nobody waits for counts as open */
  :: waiting[at[w]] == OTHERS && receiver[at[w]] == NOBODY &&
#else
  :: waiting[at[w]] == OTHERS && receiver[at[w]] == NOBODY && !closed[at[w]] &&
#endif
      len(receivers[at[w]]) == 0 && len(senders[at[w]]) == 0 ->
#if FAULT == 32 /* 00: a channel is waited for when nobody waits any more */
    skip
#else
    waiting[at[w]] = NOBODY
#endif
  :: else
  fi
}

/* Settles a waiter that is out of its queue; the rest of its select leaves first. */
inline conclude(w, outcome, peer) {
#if FAULT == 7 /* 00: a settled operation still listens to its signal */
#else
  watched[operation(w)] = false;
#endif
  if
#if FAULT == 8 /* 00: a select leaves the waiter of its other case behind */
  :: outcome != HAPPENED && does[sibling(w)] != NOTHING ->
#else
  :: does[sibling(w)] != NOTHING ->
#endif
    other = sibling(w);
    withdraw(other)
  :: else
  fi;
#if FAULT == 9 /* 00: a select withdraws the case that won once more */
  withdraw(w);
#endif
  settle(w, outcome, peer)
}

inline abort(w) {
#if FAULT == 10 /* 00: an aborted operation stays parked */
  settle(w, ABORTED, NOBODY)
#elif FAULT == 11 /* 00: an abort withdraws one case of a select only */
  withdraw(w);
  watched[operation(w)] = false;
  settle(w, ABORTED, NOBODY)
#elif FAULT == 12 /* 00: an abort rejects what was delivered before */
  settle(w, ABORTED, NOBODY)
#else
  withdraw(w);
  conclude(w, ABORTED, NOBODY)
#endif
}

/* --- channel.ts --- */

/* #queue: from now on all wait in the circles. */
inline queue(c) {
  if
  :: receiver[c] != NOBODY ->
    receivers[c]!receiver[c];
    receiver[c] = NOBODY
  :: sendsAlone(c) ->
    senders[c]!waiting[c]
  :: else
  fi;
  waiting[c] = OTHERS
}

inline park(w) {
  if
  :: does[w] == SENDS ->
#if FAULT == 13 /* 00: who waits alone stays where it is when a sender comes */
    if
    :: waiting[at[w]] == NOBODY ->
      waiting[at[w]] = OTHERS
    :: else
    fi;
    senders[at[w]]!w
#elif FAULT == 14 /* 10: who waits alone is queued behind the next sender */
    senders[at[w]]!w;
    queue(at[w])
#else
    queue(at[w]);
    senders[at[w]]!w
#endif
  :: does[w] == RECEIVES ->
    queue(at[w]);
    receivers[at[w]]!w
  :: does[w] == JOINS ->
    joiners[at[w]]!w
  fi
}

/* #settle: tells all that a closed channel has nothing more to say to. */
inline tellReceivers(c) {
  do
  :: drained(c) && len(receivers[c]) > 0 ->
    receivers[c]?taken;
    conclude(taken, CLOSED, NOBODY)
  :: else ->
    break
  od
}

inline tellSenders(c) {
  do
  :: len(senders[c]) > 0 ->
    senders[c]?taken;
    assert(!waitsBothWays(taken)); /* of a select both ways, closing ends the receive */
    conclude(taken, CLOSED, NOBODY)
  :: else ->
    break
  od
}

inline tellJoiners(c) {
  do
  :: drained(c) && len(joiners[c]) > 0 ->
    joiners[c]?<taken>;
    withdraw(taken);
    conclude(taken, HAPPENED, NOBODY)
  :: else ->
    break
  od
}

inline close(c) {
  queue(c);
  closed[c] = true;
#if FAULT == 15 /* 00: close tells senders before receivers */
  tellSenders(c);
  tellReceivers(c);
  tellJoiners(c)
#elif FAULT == 16 /* 00: close forgets receivers */
  tellSenders(c);
  tellJoiners(c)
#elif FAULT == 17 /* 00: close forgets senders */
  tellReceivers(c);
  tellJoiners(c)
#elif FAULT == 18 /* 00: close forgets joiners */
  tellReceivers(c);
  tellSenders(c)
#else
  tellReceivers(c);
  tellSenders(c);
  tellJoiners(c)
#endif
}

/* trySend, once it is known that it can. */
inline accept(c, w) {
  if
#if FAULT == 19 /* 10: a send fills the buffer before it looks for receivers */
  :: room(c) ->
    settle(w, HAPPENED, NOBODY);
    buffer[c]!w
  :: !room(c) && receiver[c] != NOBODY ->
#else
  :: receiver[c] != NOBODY ->
#endif
    taken = receiver[c];
    receiver[c] = NOBODY;
    waiting[c] = NOBODY;
    settle(w, HAPPENED, taken);
    settle(taken, HAPPENED, w)
  :: receiver[c] == NOBODY && len(receivers[c]) > 0 ->
#if FAULT == 20 /* 00: a send serves the youngest receiver */
    for (other : 2 .. len(receivers[c])) {
      receivers[c]?taken;
      receivers[c]!taken
    }
#endif
    receivers[c]?<taken>;
    withdraw(taken);
    settle(w, HAPPENED, taken);
    conclude(taken, HAPPENED, w)
  :: else ->
    settle(w, HAPPENED, NOBODY);
    buffer[c]!w
#if FAULT == 21 /* 21: a send puts its value into the buffer twice, if that has room */
    if
    :: room(c) ->
      buffer[c]!w
    :: else
    fi
#endif
  fi
}

/* #takeOver: the oldest sender is told that its value is accepted. */
inline takeOver(c) {
  senders[c]?<taken>;
  withdraw(taken);
  conclude(taken, HAPPENED, NOBODY);
#if FAULT == 22 /* 00: what is taken of a select is the value of its first case */
  taken = 2 * operation(taken) - 1
#endif
}

/* #take: into `value`. */
inline take(c) {
  if
  :: waiting[c] == NOBODY ->
    buffer[c]?value
  :: sendsAlone(c) ->
    taken = waiting[c];
    waiting[c] = NOBODY;
    settle(taken, HAPPENED, NOBODY);
    if
#if FAULT == 23 /* 10: the value of a waiting sender overtakes the buffer */
    :: false ->
#else
    :: len(buffer[c]) > 0 ->
#endif
      buffer[c]?value;
      buffer[c]!taken
    :: else ->
      value = taken
    fi
  :: waiting[c] == OTHERS ->
    if
    :: len(buffer[c]) > 0 ->
#if FAULT == 24 /* 10: a receive leaves the value in the buffer */
      buffer[c]?<value>
#else
      buffer[c]?value
#endif
    :: else ->
      takeOver(c);
      value = taken
    fi;
    if
#if FAULT == 25 /* 10: a value taken from a full buffer lets no sender in */
    :: false ->
#else
    :: len(senders[c]) > 0 && room(c) ->
#endif
      takeOver(c);
      buffer[c]!taken
    :: else
    fi;
    if
#if FAULT == 26 /* 10: joiners are not told when a select takes the last value */
    :: drained(c) && does[sibling(chosen)] == NOTHING ->
#else
    :: drained(c) ->
#endif
      tellJoiners(c)
    :: else
    fi
  fi
}

#include "calls.pml"
