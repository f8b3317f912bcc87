/*
 * The scripts of the watermarks that replicas share. An org's watermarks are one sorted set: the members are subjects, the
 * scores times in milliseconds. One more member, with an infinite score, is the revision: an id, which is lost with the
 * watermarks, and a number that grows with each call of `RAISE`. A replica that finds another id, or a smaller number, knows
 * that Redis has lost data; one that has not received a message for each number has missed some.
 */

/**
 * `KEYS`: the watermarks. `ARGV`: channel, message, an id for a new revision, how long a watermark is kept, the maximum number
 * of them, and then each time and subject. Of two times for one subject the later is kept. If there are too many, the oldest
 * are replaced by one for everybody. The message is published after the revision and a space, even if Redis refuses to keep
 * anything.
 */
export const RAISE = `
local key, lifetime, max = KEYS[1], tonumber(ARGV[4]), tonumber(ARGV[5])
local last = redis.call('ZRANGEBYSCORE', key, 'inf', 'inf', 'LIMIT', 0, 1)[1]
local id, number = string.match(last or '', '^(%S+) (%d+)$')
local revision = (id or ARGV[3]) .. ' ' .. string.format('%.0f', tonumber(number or 0) + 1)
redis.call('PUBLISH', ARGV[1], revision .. ' ' .. ARGV[2])
local time = redis.call('TIME')
local expired = time[1] * 1000 + math.floor(time[2] / 1000) - lifetime

local function raise (at, subject)
  local known = redis.call('ZSCORE', key, subject)
  if tonumber(at) > expired and (not known or tonumber(known) < tonumber(at)) then redis.call('ZADD', key, at, subject) end
end

for i = 6, #ARGV, 2 do raise(ARGV[i], ARGV[i + 1]) end
redis.call('ZADD', key, 'inf', revision)
if last then redis.call('ZREM', key, last) end
redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', expired))
local excess = redis.call('ZCOUNT', key, '-inf', '(inf') - max
if excess > 0 then
  local oldest = redis.call('ZPOPMIN', key, excess)
  raise(oldest[#oldest], '*')
end
redis.call('PEXPIRE', key, lifetime)
return 1`

/** `KEYS`: the watermarks. `ARGV`: an id for a new revision, how long it is kept. Returns the revision; it is empty if there can be none. */
export const READ_REVISION = `
local revision = redis.call('ZRANGEBYSCORE', KEYS[1], 'inf', 'inf', 'LIMIT', 0, 1)[1]
if not revision then
  revision = ARGV[1] .. ' 0'
  local added = redis.pcall('ZADD', KEYS[1], 'inf', revision)
  if type(added) == 'table' then return '' end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return revision`
