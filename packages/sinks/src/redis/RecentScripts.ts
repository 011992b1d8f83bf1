/**
 * What runs inside Redis for the cache of recent events.
 *
 * @since 0.1.0
 */
import { script } from "./RedisScript.ts"

/**
 * Keeps blocks and adds to lists; the oldest of a list beyond its bound are given up.
 *
 * - Keys: the prefix, whose slot all others share.
 * - Arguments: seconds to live, the most members of a list, how many blocks; of each block its
 *   key, trail, first sequence and bytes; of each list its key, how many values, and these.
 *
 * @category constants
 * @since 0.1.0
 */
export const keepRecent = script(`
local seconds, most, at = ARGV[1], tonumber(ARGV[2]), 4
for _ = 1, tonumber(ARGV[3]) do
  redis.call('HSET', ARGV[at], 'trail', ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
  redis.call('EXPIRE', ARGV[at], seconds)
  at = at + 4
end
while at < #ARGV do
  local key, count = ARGV[at], tonumber(ARGV[at + 1])
  -- So many values at a time as a call may have.
  for from = at + 2, at + 1 + count, 1000 do
    redis.call('ZADD', key, unpack(ARGV, from, math.min(from + 999, at + 1 + count)))
  end
  redis.call('ZREMRANGEBYRANK', key, 0, -most - 1)
  redis.call('EXPIRE', key, seconds)
  at = at + 2 + count
end
return 1`)

/**
 * The newest members of a list and the blocks that they lie in.
 *
 * - Keys: the list, the prefix. Arguments: how many.
 *
 * @category constants
 * @since 0.1.0
 */
export const readRecent = script(`
local members = redis.call('ZREVRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1)
local seen, blocks = {}, {}
for _, member in ipairs(members) do
  local sequence, trail = string.match(member, '^(%d+)@(.+)$')
  local key = string.format('%s:block:%s:%.0f', KEYS[2], trail, math.floor(tonumber(sequence) / 32))
  if not seen[key] then
    seen[key] = true
    local fields = redis.call('HGETALL', key)
    if #fields > 0 then blocks[#blocks + 1] = {key, fields} end
  end
end
return {members, blocks}`)
