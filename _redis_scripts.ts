// _redis_scripts.ts: what the server does, each script in one step.
//
// Keys of a channel, all in one slot of a cluster: `meta`, a hash; `values`, a stream
// with one consumer group; `events`, a short stream; and one key for each sender.
//
// 1. A value is in `values` from when it is accepted until it is acknowledged, so the
//    length of that stream is the size: queued and leased. It never exceeds `capacity`.
// 2. A value is leased while the group holds it for a consumer other than BACK; the
//    lease is named by that consumer and by how often the value has been delivered. Only
//    whoever names it so can acknowledge it, give it back or renew it.
// 3. What BACK holds was given back, or its lease has run out. It goes out first, oldest
//    first; what was never delivered comes behind it, in the order accepted.
// 4. A sender numbers its values, and its calls. Its key holds the number of the next value
//    that is accepted, and of the last call that was answered so: a call that is made twice
//    stores nothing twice, and of calls under way at once none overtakes.
// 5. `hungry` is set by whoever looks for values in vain, `thirsty` by whoever finds no
//    room. What makes a value available, or room, clears the mark and adds an event. Each
//    reply holds the number of the last event, so whoever waits for the next misses none.
// 6. Closed is final. Drained is closed with no value left; then `values` goes at once,
//    and `meta`, the tombstone, after a while.
// 7. Each script looks before it changes anything; and what frees memory also runs on a
//    server that has none left.
// 8. A consumer numbers its calls. The field `at:` and its name in `meta` is the number of the
//    last one, as long as it holds what it thinks it holds: so the next one need not be
//    checked lease by lease. Once a lease has run out it is -1; then each is checked, until
//    all have been renewed. Who makes a call twice is told what the first one took.

/** A script, and what the server calls it once that is known. */
export interface Script {
  readonly text: string;
  sha?: Promise<string>;
}

/** The version of all this. Channels of another one are left alone. */
const LAYOUT = "1";
/** How many events are kept: who is further behind looks at everything. */
export const KEPT_EVENTS = 64;

const HEAD = `
local meta, values, events = KEYS[1], KEYS[2], KEYS[3]
local GROUP, BACK = 'consumers', 'given back'
local m = redis.call('HMGET', meta, 'epoch', 'capacity', 'closed', 'reason',
  'drained', 'event', 'visibility', 'tombstone', 'hungry', 'thirsty', 'swept')
if m[1] ~= ARGV[1] then return {'gone'} end
local closed, drained, event = m[3], m[5], m[6]

local function tell(kind)
  event = string.format('%d', event + 1)
  redis.call('XADD', events, 'MAXLEN', ${KEPT_EVENTS}, event .. '-1', 'kind', kind)
  redis.call('HSET', meta, 'event', event)
end

local function feed()
  if m[9] then redis.call('HDEL', meta, 'hungry') tell('values') m[9] = false end
end

local function drain()
  if drained or not closed then return end
  if redis.call('XLEN', values) > 0 then return end
  drained = '1'
  redis.call('HSET', meta, 'drained', drained)
  tell('drained')
  redis.call('DEL', values)
  redis.call('PEXPIRE', meta, m[8])
  redis.call('PEXPIRE', events, m[8])
end

local function close(reason)
  if closed then return end
  tell('closed') -- first, since a key that holds something else ends the script here
  closed = '1'
  redis.call('HSET', meta, 'closed', closed, 'reason', reason)
  m[4] = reason
  drain()
end

local function reply(...)
  return {'ok', event, drained and 2 or closed and 1 or 0, closed and m[4] or '', ...}
end

local function many(ids, call)
  for i = 1, #ids, 1000 do
    call(unpack(ids, i, math.min(i + 999, #ids)))
  end
end

local function pending(consumer, limit)
  return redis.call('XPENDING', values, GROUP, '-', '+', limit, consumer)
end
`;

/** Frees memory, or writes next to nothing. */
const ALWAYS = "#!lua flags=allow-oom";

function script(body: string, first = ALWAYS): Script {
  return { text: `${first}\n${HEAD}${body}` };
}

/**
 * Makes the channel, unless it is there. Arguments: an epoch for it, capacity,
 * visibility, tombstone, producers or "".
 */
export const OPEN: Script = {
  text: `
if not redis.REDIS_VERSION_NUM then return {'old'} end
if redis.REDIS_VERSION_NUM < 0x00070000 then return {'old', redis.REDIS_VERSION} end
local kinds = {'hash', 'stream', 'stream'}
for i, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'none' and kind ~= kinds[i] then return {'kind', key, kind} end
end
local wanted = {'capacity', ARGV[2], 'visibility', ARGV[3]}
local m = redis.call('HMGET', KEYS[1], 'epoch', 'layout', 'capacity', 'visibility',
  'producers', 'closed', 'drained', 'event', 'reason')
if not m[1] then
  for i = 1, 2 do
    if redis.call('EXISTS', KEYS[i]) == 1 then return {'stray', KEYS[i]} end
  end
  redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'layout', '${LAYOUT}', 'capacity',
    ARGV[2], 'visibility', ARGV[3], 'tombstone', ARGV[4], 'event', 0)
  redis.call('DEL', KEYS[3])
  redis.call('XGROUP', 'CREATE', KEYS[2], 'consumers', '0', 'MKSTREAM')
  m[1], m[8] = ARGV[1], '0'
else
  if m[2] ~= '${LAYOUT}' then return {'layout', m[2] or 'none'} end
  for i = 1, 2 do
    if m[i + 2] ~= wanted[i * 2] then
      return {'differs', wanted[i * 2 - 1], m[i + 2] or 'none'}
    end
  end
  if ARGV[5] ~= '' and m[5] and m[5] ~= ARGV[5] then
    return {'differs', 'producers', m[5]}
  end
  if not m[7] and redis.call('EXISTS', KEYS[2]) == 0 then return {'part', KEYS[2]} end
end
if ARGV[5] ~= '' and not m[5] and not m[6] then
  redis.call('HSET', KEYS[1], 'producers', ARGV[5], 'left', ARGV[5])
end
return {'ok', m[8], m[7] and 2 or m[6] and 1 or 0, m[6] and m[9] or '', m[1]}
`,
};

/**
 * Accepts as many values as there is room for. Keys: the sender's, too. Arguments: epoch,
 * the number of the first value, the number below which the sender knows that all were
 * accepted, the number of the call or 0 (whoever sends one value only, under a name for it
 * alone, need not number calls), how long to remember the sender, values. Replies the number
 * of the first that was not accepted, and 1 if there is room for it all the same.
 *
 * Without flags: else a server that has no memory left would not even say what it has
 * accepted before.
 */
export const SEND: Script = script(
  `
local first, call, n = tonumber(ARGV[2]), tonumber(ARGV[4]), #ARGV - 5
local next, last = tonumber(ARGV[3]), 0
local known = redis.call('GET', KEYS[4])
if known then
  local colon = string.find(known, ':', 1, true)
  -- A server that has lost its last second knows less than the sender.
  next = math.max(next, tonumber(string.sub(known, 1, colon - 1)))
  last = tonumber(string.sub(known, colon + 1))
end
local made = call > 0 and call <= last
local room = tonumber(m[2]) - redis.call('XLEN', values)
if not closed and room == tonumber(m[2]) and redis.call('EXISTS', values) == 0 then
  return {'gone'}
end
if closed or made or first ~= next then
  -- Since the first answer there may have been room, which this one must not hide.
  if not closed and made and room <= 0 and not m[10] then
    redis.call('HSET', meta, 'thirsty', 1)
  end
  return reply(next, room > 0 and 1 or 0)
end
local over = first + math.max(0, math.min(n, room))
for i = first, over - 1 do
  redis.call('XADD', values, '*', 'v', ARGV[6 + i - first])
end
redis.call('SET', KEYS[4], string.format('%d:%d', over, call), 'PX', ARGV[5])
if over > first then feed() end
if over < first + n and not m[10] then redis.call('HSET', meta, 'thirsty', 1) end
return reply(over, 0)
`,
  "",
);

/**
 * Settles leases and takes values. Arguments: epoch, consumer, the number of the call, values
 * wanted, values held, 1 to look for leases that have run out; then how many leases are
 * acknowledged, their ids, how often each was delivered; then of each that is given back id,
 * deliveries, and 1 if nobody has seen the value.
 *
 * Replies nothing if all those leases were the consumer's, else 1, 0 or, if there is no such
 * value any more, -1 for each; values that were delivered before, as id, deliveries, text;
 * new ones, as id, text; and in how many ms a lease may run out.
 */
export const WORK: Script = script(`
local consumer, call, want, held = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local acks = tonumber(ARGV[7])
local counts, gives = 7 + acks, 7 + acks * 2
local settled, again, new, wait = {}, {}, {}, 0
if drained then
  for i = 1, acks + (#ARGV - gives) / 3 do settled[i] = -1 end
  return reply(settled, again, new, wait)
end

-- Whether the consumer and we agree on what it holds (invariant 8).
local at = redis.call('HGET', meta, 'at:' .. consumer)
local agreed = at and tonumber(at) == call - 1
local repeated = at and tonumber(at) == call and #pending(consumer, 1) > 0
-- Nobody hears the answer to a call that comes again when a later one was made.
if at and tonumber(at) > call then want = 0 end
if agreed or (held == 0 and not at) then redis.call('HSET', meta, 'at:' .. consumer, call) end

local fed = false
local function own(id, count)
  local p = redis.call('XPENDING', values, GROUP, id, id, 1)[1]
  local mine = p and p[2] == consumer and p[4] == tonumber(count)
  settled[#settled + 1] = mine and 1 or p and 0 or -1
  return mine
end
local function forget(...)
  local n = select('#', ...)
  redis.call('XACK', values, GROUP, ...)
  if n >= 16 then
    -- What is older than every lease is done with, and goes by the node: as without leases
    -- what is older than the last of these. Deleting one by one took a fourth of the script.
    local last = select(n, ...)
    local oldest = redis.call('XPENDING', values, GROUP, '-', '+', 1)[1]
    local trimmed = redis.call('XTRIM', values, 'MINID', oldest and oldest[1] or last)
    if trimmed == n then return end
    if trimmed == n - 1 and redis.call('XDEL', values, last) == 1 then return end
  end
  redis.call('XDEL', values, ...)
end
local done = 0
if agreed then
  done = acks
  for i = 8, counts, 1000 do forget(unpack(ARGV, i, math.min(i + 999, counts))) end
else
  for i = 8, counts do
    if own(ARGV[i], ARGV[i + acks]) then forget(ARGV[i]) done = done + 1 end
  end
end
for i = gives + 1, #ARGV, 3 do
  if agreed or own(ARGV[i], ARGV[i + 1]) then
    redis.call('XCLAIM', values, GROUP, BACK, 0, ARGV[i], 'RETRYCOUNT',
      tonumber(ARGV[i + 1]) - tonumber(ARGV[i + 2]), 'JUSTID')
    fed = true
  end
end

-- Healthy leases are renewed before half of their time is over.
local function sweep(now, visibility)
  redis.call('HSET', meta, 'swept', string.format('%d', now))
  local from = '-'
  wait = visibility / 2
  repeat
    local page = redis.call('XPENDING', values, GROUP, 'IDLE', math.floor(visibility / 2),
      from, '+', 100)
    for _, p in ipairs(page) do
      from = '(' .. p[1]
      if p[2] ~= BACK then
        local left = visibility - p[3]
        if left > 0 then
          wait = math.min(wait, left)
        else
          redis.call('XCLAIM', values, GROUP, BACK, 0, p[1], 'JUSTID')
          redis.call('HSET', meta, 'at:' .. p[2], -1)
          fed = true
        end
      end
    end
  until #page < 100
  for _, c in ipairs(redis.call('XINFO', 'CONSUMERS', values, GROUP)) do
    if c[4] == 0 and c[6] > visibility * 4 and c[2] ~= consumer and c[2] ~= BACK then
      redis.call('XGROUP', 'DELCONSUMER', values, GROUP, c[2])
      redis.call('HDEL', meta, 'at:' .. c[2])
    end
  end
end

if want > 0 then
  local time = redis.call('TIME')
  local now, visibility = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(m[7])
  local since = now - tonumber(m[11] or 0)
  if ARGV[6] == '1' or since < 0 or since >= visibility / 4 then
    sweep(now, visibility)
  else
    wait = visibility / 4 - since
  end
  -- Who asks again is told what it has: what it knows of, and what the first answer was.
  local from = repeated and consumer or BACK
  local back, counts = {}, {}
  for i, p in ipairs(pending(from, want + (repeated and held or 0))) do
    back[i] = p[1]
    counts[p[1]] = repeated and p[4] or p[4] + 1
  end
  many(back, function(...)
    for _, entry in ipairs(redis.call('XCLAIM', values, GROUP, consumer, 0, ...)) do
      local n, id = #again, entry[1]
      again[n + 1], again[n + 2], again[n + 3] = id, counts[id], entry[2][2]
      if repeated then
        redis.call('XCLAIM', values, GROUP, consumer, 0, id, 'RETRYCOUNT', counts[id], 'JUSTID')
      end
    end
  end)
  want = repeated and #again > 0 and 0 or want - #again / 3
  local found = want > 0 and redis.call('XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', want,
    'STREAMS', values, '>')
  if found then
    local n = 0
    for _, entry in ipairs(found[1][2]) do
      new[n + 1], new[n + 2] = entry[1], entry[2][2]
      n = n + 2
    end
  end
  if #again == 0 and not found then
    fed = false
    if not m[9] then redis.call('HSET', meta, 'hungry', 1) end
  end
end

if m[10] and done > 0 and redis.call('XLEN', values) < tonumber(m[2]) then
  redis.call('HDEL', meta, 'thirsty')
  tell('room')
end
if fed then feed() end
drain()
return reply(settled, again, new, math.ceil(wait))
`);

/**
 * Renews leases, and gives back what the server has leased to a consumer that never heard
 * of it. Arguments: epoch, consumer, the number of the call, id and deliveries of each lease
 * that is to last. Replies those that do.
 */
export const KEEP: Script = script(`
local consumer, call, lasting, kept, fed = ARGV[2], tonumber(ARGV[3]), {}, {}, false
if drained then return reply(kept) end
local at = redis.call('HGET', meta, 'at:' .. consumer)
-- A call that was made twice, and comes late, knows nothing of what was leased since.
local late = at and tonumber(at) >= call
for i = 4, #ARGV, 2 do lasting[ARGV[i]] = tonumber(ARGV[i + 1]) end
for _, p in ipairs(pending(consumer, #ARGV + 1000)) do
  if lasting[p[1]] == p[4] then
    table.insert(kept, p[1])
  elseif not late then
    redis.call('XCLAIM', values, GROUP, BACK, 0, p[1], 'RETRYCOUNT', p[4] - 1, 'JUSTID')
    fed = true
  end
end
if not late then redis.call('HSET', meta, 'at:' .. consumer, call) end
many(kept, function(...)
  local claim = {...}
  table.insert(claim, 'JUSTID')
  redis.call('XCLAIM', values, GROUP, consumer, 0, unpack(claim))
end)
if fed then feed() end
return reply(kept)
`);

/** Takes a consumer out that holds nothing. Arguments: epoch, consumer. */
export const LEAVE: Script = script(`
if not drained and #pending(ARGV[2], 1) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', values, GROUP, ARGV[2])
end
redis.call('HDEL', meta, 'at:' .. ARGV[2])
return reply()
`);

/** Closes the channel. Arguments: epoch, the reason or "". */
export const CLOSE: Script = script(`
close(ARGV[2])
return reply()
`);

/**
 * Counts a producer that is done, once. Arguments: epoch, its name. Replies how many are
 * left, or -1 if nobody counts.
 */
export const DONE_SENDING: Script = script(`
local left = redis.call('HGET', meta, 'left')
if not left then return reply(-1) end
if tonumber(left) > 0 and redis.call('HSETNX', meta, 'done:' .. ARGV[2], 1) == 1 then
  left = redis.call('HINCRBY', meta, 'left', -1)
  if left == 0 then close('') end
end
return reply(tonumber(left))
`);

/** Looks. Argument: epoch. Replies size, how many of them are leased, producers left or "". */
export const LOOK: Script = script(`
local size, leased = 0, 0
if not drained then
  size = redis.call('XLEN', values)
  for _, c in ipairs(redis.call('XPENDING', values, GROUP)[4] or {}) do
    if c[1] ~= BACK then leased = leased + tonumber(c[2]) end
  end
end
return reply(size, leased, redis.call('HGET', meta, 'left') or '')
`);
