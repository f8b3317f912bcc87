/*
 * The scripts of the watermarks that replicas share. An org's watermarks are one sorted set: the members are subjects, the
 * scores times in milliseconds. One more member, with an infinite score, is the marker: it is lost with the others, so
 * a replica that finds another one knows that Redis has lost its data.
 */

/**
 * `KEYS`: the watermarks. `ARGV`: channel, message, how long a watermark is kept, the maximum number of them, and then each
 * time and subject. Of two times for one subject the later is kept. If there are too many, the oldest are replaced by one
 * for everybody. The message is published even if Redis refuses to keep anything.
 */
export const RAISE = `
local key, lifetime, max = KEYS[1], tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('PUBLISH', ARGV[1], ARGV[2])
local time = redis.call('TIME')
local expired = time[1] * 1000 + math.floor(time[2] / 1000) - lifetime

local function raise (at, subject)
  local known = redis.call('ZSCORE', key, subject)
  if tonumber(at) > expired and (not known or tonumber(known) < tonumber(at)) then redis.call('ZADD', key, at, subject) end
end

for i = 5, #ARGV, 2 do raise(ARGV[i], ARGV[i + 1]) end
redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', expired))
local excess = redis.call('ZCOUNT', key, '-inf', '(inf') - max
if excess > 0 then
  local oldest = redis.call('ZPOPMIN', key, excess)
  raise(oldest[#oldest], '*')
end
redis.call('PEXPIRE', key, lifetime)
return 1`

/** `KEYS`: the watermarks. `ARGV`: a new marker, how long it is kept. Returns the marker; it is empty if there can be none. */
export const MARK = `
local found = redis.call('ZRANGEBYSCORE', KEYS[1], 'inf', 'inf', 'LIMIT', 0, 1)
local marker = found[1] or ARGV[1]
if not found[1] then
  local added = redis.pcall('ZADD', KEYS[1], 'inf', marker)
  if type(added) == 'table' then return '' end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return marker`
