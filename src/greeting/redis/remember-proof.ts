/**
 * Remembers a used proof, by Redis' clock: what is new, used, or cannot be told does not depend on the replicas' clocks.
 *
 * `KEYS[1]` is a sorted set of used proofs (`caller key`) by when they can be removed. Its last member is a marker, with
 * the run id of the Redis that has kept all proofs since a time, and whether proofs from before are known to be lost. It
 * is part of the set, so neither can be evicted without the other. `KEYS[2]` counts the proofs of each caller.
 *
 * A proof is `unknown` if it may have been used before that time. A client's clock may be ahead by the plugin's clock
 * tolerance of 30 seconds, so its proof may be that much newer than its use. A set that is simply new, with no replica
 * that knew another one, is not taken for a loss: nothing was used before it.
 *
 * `ARGV`: run id, the marker that the replica knows, caller, key, issuedAtMs, expiresAtMs, whether proofs are required,
 * the maximum number of proofs.
 */
export const REMEMBER_PROOF = `
local CLOCK_TOLERANCE_MS = 30000
local MIN_SHARE = 2
local used, callers = KEYS[1], KEYS[2]
local runId, known, caller, key = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local issuedAt, expiresAt = tonumber(ARGV[5]), tonumber(ARGV[6])
local isRequired, maxProofs = ARGV[7] == '1', tonumber(ARGV[8])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function readMarker ()
  local marker = redis.call('ZRANGE', used, -1, -1)[1] or ''
  local id, since, isLoss = string.match(marker, '^since (%S*) (%d+) ([01])$')
  local isKnown = id and (id .. ' ' .. since == known)
  if id == runId and (isLoss == '1' or isKnown or known == '') then
    return tonumber(since), isLoss == '1'
  end
  local from = id == runId and since or string.format('%.0f', now)
  local loss = (id or known ~= '') and '1' or '0'
  redis.call('ZADD', used, 'inf', 'since ' .. runId .. ' ' .. from .. ' ' .. loss)
  if id then redis.call('ZREM', used, marker) end
  return tonumber(from), loss == '1'
end

local since, isLoss = readMarker()
local answerMarker = runId .. ' ' .. string.format('%.0f', since)
if key == '' then return {'new', answerMarker, 0} end

if isRequired then
  -- A proof names whole seconds, so one made just after the set may seem older by as much.
  local certainAfter = since + (isLoss and CLOCK_TOLERANCE_MS or -1000)
  if issuedAt <= certainAfter then
    return {'unknown', answerMarker, math.max(1000, certainAfter - now)}
  end
  -- By this clock it is too new to be remembered for long enough, or so old that its entry is removed.
  if issuedAt > now + CLOCK_TOLERANCE_MS or expiresAt + CLOCK_TOLERANCE_MS < now then
    return {'unknown', answerMarker, 1000}
  end
end

for _, expired in ipairs(redis.call('ZRANGEBYSCORE', used, '-inf', '(' .. string.format('%.0f', now), 'LIMIT', 0, 100)) do
  local expiredCaller = string.match(expired, '^(%S+) ') or ''
  -- In a full Redis this fails, and only removing still works.
  local left = redis.pcall('HINCRBY', callers, expiredCaller, -1)
  if type(left) ~= 'number' or left < 1 then redis.call('HDEL', callers, expiredCaller) end
  redis.call('ZREM', used, expired)
end

local member = caller .. ' ' .. key
if redis.call('ZSCORE', used, member) then return {'used', answerMarker, 0} end
local free = maxProofs - (redis.call('ZCARD', used) - 1)
local count = tonumber(redis.call('HGET', callers, caller) or '0')
if free <= 0 or count >= math.max(free, MIN_SHARE) then return {'too_many', answerMarker, 0} end
redis.call('ZADD', used, expiresAt + CLOCK_TOLERANCE_MS, member)
redis.call('HINCRBY', callers, caller, 1)
return {'new', answerMarker, 0}`
