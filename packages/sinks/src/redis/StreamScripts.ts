/**
 * What runs inside Redis, so that it happens as a whole or not at all.
 *
 * A script is one step for everybody else, one transaction in the append-only file, and is
 * refused before its first write where the memory is full.
 *
 * @since 0.1.0
 */
import { script } from "./RedisScript.ts"

/**
 * The names of what belongs to a stream. All fall into one slot of a cluster.
 *
 * @category constructors
 * @since 0.1.0
 */
export const keysOf = (stream: string) => {
  const tagged = /\{[^}]+\}/u.test(stream) ? stream : `{${stream}}`
  return {
    stream,
    /** A hash: the sequence that is wanted next of each trail. */
    positions: `${tagged}:positions`,
    /** A hash: how far each collector's own trail reached when it acknowledged last. */
    marks: `${tagged}:marks`,
    /** A stream: what collectors could not record. */
    refused: `${tagged}:refused`,
  }
}

/**
 * The identifier below which no group has anything to read or to acknowledge; `false` where
 * there is no group.
 */
const unreadFrom = `
local function parts(id)
  local millis, count = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(millis), tonumber(count)
end
local function unreadFrom(stream)
  local millis, count = nil, nil
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local facts = {}
    for i = 1, #group, 2 do facts[group[i]] = group[i + 1] end
    local m, c = parts(facts['last-delivered-id'])
    c = c + 1
    if facts['pending'] > 0 then
      m, c = parts(redis.call('XPENDING', stream, facts['name'], '-', '+', 1)[1][1])
    end
    if millis == nil or m < millis or (m == millis and c < count) then millis, count = m, c end
  end
  if millis == nil then return false end
  return string.format('%.0f-%.0f', millis, count)
end
local function trimRead(stream, over)
  local floor = unreadFrom(stream)
  if not floor then return over end
  local removed
  -- Whole nodes first, which is cheap; the rest of one node after them.
  repeat
    removed = redis.call('XTRIM', stream, 'MINID', '~', floor)
    over = over - removed
  until over <= 0 or removed == 0
  if over > 0 then over = over - redis.call('XTRIM', stream, 'MINID', floor) end
  return over
end`

/**
 * Appends records, and the position that says so.
 *
 * - Keys: the stream, the positions.
 * - Arguments: trail, first sequence, the position known to the writer, the most entries, what to
 *   keep (`unread` or `newest`), the records.
 * - Answers: what happened (`stored`, `forgotten`, `full`) and the sequence wanted next.
 *
 * @category constants
 * @since 0.1.0
 */
export const append = script(`${unreadFrom}
local stream, positions, trail, keep = KEYS[1], KEYS[2], ARGV[1], ARGV[5]
local first, known, most = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local wanted = tonumber(redis.call('HGET', positions, trail) or '0')
if wanted < known then return {'forgotten', wanted} end
local after = first + #ARGV - 5
if after <= wanted then return {'stored', wanted} end
local from = math.max(first, wanted)
local over = redis.call('XLEN', stream) + after - from - most
if over > 0 and keep == 'unread' and redis.call('EXISTS', stream) == 1
  and #redis.call('XINFO', 'GROUPS', stream) > 0 then
  over = trimRead(stream, over)
  if over > 0 and redis.call('XLEN', stream) > 0 then return {'full', wanted} end
  over = 0
end
local call = redis.call
for i = from - first + 6, #ARGV do
  call('XADD', stream, '*', 'trail', trail, 'sequence', first + i - 6, 'event', ARGV[i])
end
if over > 0 then call('XTRIM', stream, 'MAXLEN', '~', most) end
call('HSET', positions, trail, after)
return {'stored', after}`)

/**
 * Makes the groups that are not there, at the stream's beginning. Those that are there need no
 * memory, so a full server does not refuse this.
 *
 * - Keys: the stream. Arguments: the groups. Answers: how many were made.
 *
 * @category constants
 * @since 0.1.0
 */
export const join = script(`
local there, made = {}, 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do there[group[2]] = true end
end
for _, group in ipairs(ARGV) do
  if not there[group] then
    redis.call('XGROUP', 'CREATE', KEYS[1], group, '0', 'MKSTREAM')
    there[group], made = true, made + 1
  end
end
return made`)

/**
 * Gives back the memory of what every group has acknowledged.
 *
 * - Keys: the stream. Answers: how many entries are gone.
 *
 * @category constants
 * @since 0.1.0
 */
export const release = script(`${unreadFrom}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local length = redis.call('XLEN', KEYS[1])
trimRead(KEYS[1], length)
return length - redis.call('XLEN', KEYS[1])`)

/**
 * How a stream stands.
 *
 * - Keys: the stream, the positions, the refused.
 * - Answers: entries, bytes, refused, of each group its name, consumers, pending entries, lag (-1:
 *   unknown) and the age of the oldest pending entry, and the positions.
 *
 * @category constants
 * @since 0.1.0
 */
export const statistics = script(`
local stream, groups = KEYS[1], {}
if redis.call('EXISTS', stream) == 1 then
  for at, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local facts = {}
    for i = 1, #group, 2 do facts[group[i]] = group[i + 1] end
    local oldest = 0
    if facts['pending'] > 0 then
      oldest = redis.call('XPENDING', stream, facts['name'], '-', '+', 1)[1][3]
    end
    groups[at] = {facts['name'], facts['consumers'], facts['pending'], facts['lag'] or -1, oldest}
  end
end
local positions = {}
for at, value in ipairs(redis.call('HSCAN', KEYS[2], 0, 'COUNT', 1000)[2]) do
  if at <= 2000 then positions[at] = value end
end
return {redis.call('XLEN', stream), redis.call('MEMORY', 'USAGE', stream) or 0,
  redis.call('XLEN', KEYS[3]), groups, positions}`)
