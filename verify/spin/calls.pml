/* calls.pml: a call, and the processes that make them. */

/* Does a case that is ready. */
inline happen(w) {
  here = at[w];
  if
#if FAULT == 27 /* 10: a select sends on a closed channel */
  :: does[w] == SENDS ->
    accept(here, w)
#else
  :: does[w] == SENDS && closed[here] ->
    settle(w, CLOSED, NOBODY)
  :: does[w] == SENDS && !closed[here] ->
#if FAULT == 5
    if
    :: !receiverWaits(here) && !room(here) ->
      settle(w, CLOSED, NOBODY)
    :: else ->
      accept(here, w)
    fi
#else
    accept(here, w)
#endif
#endif
#if FAULT == 28 /* 10: a receive ends at once on a closed channel */
  :: does[w] == RECEIVES && closed[here] ->
    settle(w, CLOSED, NOBODY)
  :: does[w] == RECEIVES && !closed[here] ->
#else
  :: does[w] == RECEIVES && !available(here) ->
    settle(w, CLOSED, NOBODY)
  :: does[w] == RECEIVES && available(here) ->
#endif
    take(here);
    settle(w, HAPPENED, value)
  :: does[w] == JOINS ->
    settle(w, HAPPENED, NOBODY)
  fi
}

/* A call with the case w and, if it is a select, w + 1. What is ready first happens;
all orders of two cases are tried, so this is any choice among them. */
inline call(w, signal) {
  here = at[w];
  if
  :: signal == REFUSED ->
#if FAULT == 29 /* 10: a receive with an aborted signal takes a value */
    if
    :: does[w] == RECEIVES && len(buffer[here]) > 0 ->
      buffer[here]?value
    :: else
    fi;
#endif
    settle(w, ABORTED, NOBODY)
  :: signal == NONE && does[w] == SENDS && waiting[here] == NOBODY ->
    /* The short way of `send`, which does not ask whether it is closed. */
    if
    :: room(here) ->
      settle(w, HAPPENED, NOBODY);
      buffer[here]!w
    :: else ->
      waiting[here] = w
    fi
  :: else ->
    if
    :: ready(w) ->
      chosen = w
    :: !ready(w) && ready(w + 1) ->
      chosen = w + 1
    :: else ->
      chosen = NOBODY
    fi;
    if
    :: chosen != NOBODY ->
      happen(chosen)
    :: else ->
      if
      :: signal == NONE && does[w] == RECEIVES && waiting[here] == NOBODY ->
        waiting[here] = OTHERS;
        receiver[here] = w
      :: else ->
        /* Cases in one queue change places by chance in select.ts. Here they differ
        in nothing but the number, so that one order stands for both. */
        watched[operation(w)] = (signal == LIVE);
        park(w);
        if
#if FAULT == 30 /* 00: a select parks its first case only */
        :: false ->
#elif FAULT == 31 /* 00: a select pairs with itself */
        :: ready(w + 1) ->
          chosen = w + 1;
          happen(chosen)
        :: does[w + 1] != NOTHING && !ready(w + 1) ->
#else
        :: does[w + 1] != NOTHING ->
#endif
          park(w + 1)
        :: else
        fi
      fi
    fi
  fi
}

/* Of two equal channels it does not matter which the first call is on. */
#define mirrored (CAPACITY_0 == CAPACITY_1)
#define over (called == CALLS && closed[0] && closed[1])

active proctype caller() {
  byte first, firstAt, second, secondAt, signal, w;
  do
  :: atomic {
      if
      :: called < CALLS ->
        if
        :: first = SENDS
        :: first = RECEIVES
        :: first = JOINS
        fi;
        if
        :: firstAt = 0
        :: !mirrored || called > 0 ->
          firstAt = 1
        fi;
        if
        :: first != JOINS ->
          signal = NONE
        :: signal = LIVE
        :: signal = REFUSED
        :: first != JOINS ->
          /* A select. Without a signal it is one that nobody aborts. */
          signal = LIVE;
          if
          :: second = SENDS
          :: second = RECEIVES
          fi;
          if
          :: secondAt = 0
          :: secondAt = 1
          fi
        fi;
        called++;
        w = 2 * called - 1
      :: over && !(drained(0) && drained(1)) ->
        /* Takes what is left, so that joiners can be told. */
        first = RECEIVES;
        firstAt = (drained(0) -> 1 : 0);
        signal = NONE;
        w = LAST
      fi;
      TURN {
        does[w] = first;
        at[w] = firstAt;
        does[w + 1] = second;
        at[w + 1] = secondAt;
        pending++;
        call(w, signal);
        first = NOTHING;
        firstAt = 0;
        second = NOTHING;
        secondAt = 0;
        signal = NOTHING;
        w = 0;
        check()
      }
    }
  :: over && drained(0) && drained(1) && pending == 0 ->
    break
  od
}

active proctype closer() {
  byte c;
  do
  :: atomic {
      if
      :: !closed[0] ->
        c = 0
      :: !closed[1] ->
        c = 1
      fi;
      TURN {
        close(c);
        c = 0;
        check()
      }
    }
  :: closed[0] && closed[1] ->
    break
  od
}

#if FAULT == 12
#define abortable(n) (!over && called >= n)
#else
#define abortable(n) (!over && watched[n])
#endif

active proctype aborter() {
  byte n, w;
  do
  :: atomic {
      if
      :: abortable(1) ->
        n = 1
      :: abortable(2) ->
        n = 2
      :: abortable(3) ->
        n = 3
      :: abortable(4) ->
        n = 4
#if CALLS > 4
      :: abortable(5) ->
        n = 5
#endif
#if CALLS > 5
      :: abortable(6) ->
        n = 6
#endif
#if CALLS > 6
#error "one more line is needed here"
#endif
      fi;
      TURN {
        w = 2 * n - 1;
        abort(w);
        n = 0;
        w = 0;
        check()
      }
    }
  :: over ->
    break
  od
}
