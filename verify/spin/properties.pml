/* properties.pml: what must hold. Each property is an assertion, and its name stands
behind it. `settle` asks about each outcome, `check` about the state after each step.

That every operation settles in the end is no assertion but SPIN's own question: no
process is left in an invalid end state. Each step makes a call, closes a channel,
aborts an operation or takes a value, so there are no cycles, and this is all there
is to ask of liveness. */

/* What the callers know; the algorithm reads none of it. How many calls there were,
and how many are pending; which values were accepted and not yet received, and per
channel in which order. */
byte called;
byte pending;
bool accepted[LAST + 2];
chan order[2] = [SLOTS] of { byte };

hidden byte x;
hidden short parked, stored;

/* Operations are numbered by age, so x is older than w if it is less. */
#define overtakes(w, x, peer) (does[x] == does[w] && at[x] == at[w] && \
  operation(x) != operation(w) && operation(x) != operation(peer))
#define waitsBothWays(w) (does[w] == SENDS && does[sibling(w)] == RECEIVES && \
  at[sibling(w)] == at[w])
#define isOnly(w, queue) (len(queue) == 1 && queue??[eval(w)])
#define inCircles(c) (len(senders[c]) + len(receivers[c]) > 0)
#define isAlone(c) (sendsAlone(c) || receiver[c] != NOBODY)

/* The operation of waiter w settles. `peer` sent what it received, or receives what
it sent; NOBODY if that is somebody who may come later. */
inline settle(w, outcome, peer) {
  assert(does[w] != NOTHING); /* an operation has one outcome */
  for (x : 1 .. w - 1) {
    assert(outcome == ABORTED || !overtakes(w, x, peer)) /* waiters are served oldest first */
  }
  if
  :: does[w] == SENDS && outcome == HAPPENED ->
    assert(!closed[at[w]]); /* nothing is accepted once closed */
    accepted[w] = true;
    order[at[w]]!w
  :: does[w] == RECEIVES && outcome == HAPPENED ->
    assert(accepted[peer]); /* what is received was accepted, and not received before */
    accepted[peer] = false;
    order[at[w]]?x;
    assert(x == peer) /* values leave in the order accepted */
  :: does[w] == SENDS && outcome == CLOSED ->
    assert(closed[at[w]]) /* a send is turned away only once closed */
  :: does[w] == RECEIVES && outcome == CLOSED ->
    assert(drained(at[w])) /* a receive ends only once drained */
  :: does[w] == JOINS && outcome == HAPPENED ->
    assert(drained(at[w])) /* join resolves only once drained */
  :: outcome == ABORTED ->
    skip
  fi;
  /* From here on, what it has not sent is its caller's again. */
  x = 2 * operation(w);
  does[x - 1] = NOTHING;
  at[x - 1] = 0;
  does[x] = NOTHING;
  at[x] = 0;
  pending--
}

inline check() {
  parked = 0;
  stored = 0;
  for (x : 1 .. LAST) {
    other = sibling(x);
    if
    :: does[x] == SENDS ->
      assert(waiting[at[x]] == x || senders[at[x]]??[eval(x)]); /* who waits is parked */
      assert(!receiverWaits(at[x]) || isOnly(other, receivers[at[x]])) /* both sides wait only within one select */
    :: does[x] == RECEIVES ->
      assert(receiver[at[x]] == x || receivers[at[x]]??[eval(x)]) /* who waits is parked */
    :: does[x] == JOINS ->
      assert(joiners[at[x]]??[eval(x)]) /* who waits is parked */
    :: else
    fi;
    parked = parked - (does[x] != NOTHING);
    stored = stored - accepted[x];
    assert(accepted[x] == (buffer[0]??[eval(x)] || buffer[1]??[eval(x)])) /* what is accepted is in a buffer until received */
  }
  for (x : 1 .. CALLS) {
    assert(!watched[x] || does[2 * x - 1] != NOTHING) /* only who waits listens to its signal */
  }
  for (x : 0 .. 1) {
    parked = parked + len(senders[x]) + len(receivers[x]) + len(joiners[x]) + isAlone(x);
    stored = stored + len(buffer[x]);
    assert(!isAlone(x) || !inCircles(x)); /* who waits alone has no company */
    assert(len(buffer[x]) <= capacity(x)); /* a buffer holds no more than its capacity */
    assert(!receiverWaits(x) || len(buffer[x]) == 0); /* no receiver waits while there is a value */
    assert(!senderWaits(x) || len(buffer[x]) >= capacity(x)); /* no sender waits while there is room */
    assert(!closed[x] || !receiverWaits(x)); /* no receiver waits on a closed channel */
    assert(!closed[x] || !senderWaits(x)); /* no sender waits on a closed channel */
    assert(!drained(x) || len(joiners[x]) == 0); /* no joiner waits on a drained channel */
    assert(closed[x] || (waiting[x] == NOBODY) == (!isAlone(x) && !inCircles(x))) /* an open channel knows whether anybody waits */
  }
  assert(parked == 0); /* who is parked waits, and once */
  assert(stored == 0) /* a value is in one place */
}
