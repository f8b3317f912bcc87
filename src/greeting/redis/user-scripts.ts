/*
 * The scripts of the users that replicas share. An entry is valid under the org's version only, which the entry begins
 * with; a lookup may write only while its own version, made by its read, and the org's are still there. So everything is
 * invalidated by deleting a key, which a full Redis still does, and what Redis evicts or loses is invalid too. The org's
 * version contains the run id of the Redis: what a restarted Redis has from a snapshot is not valid, since the
 * invalidations after the snapshot are lost.
 */

/** Longer entries are not read, in bytes. */
export const MAX_ENTRY_BYTES = 768 * 1024

/**
 * `KEYS`: entry, lookup version, org's version. `ARGV`: run id, a random string, how long a lookup may take, the maximum
 * length of an entry. Returns the entry, the version for the write (empty if none could be made), and Redis' clock.
 */
export const READ = `
local runId, random = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local org = redis.pcall('GET', KEYS[3])
local isCurrent = type(org) == 'string' and string.sub(org, 1, #runId + 1) == runId .. ':'
if not isCurrent then
  org = runId .. ':' .. random
  if redis.pcall('SET', KEYS[3], org).err then return {false, '', now} end
end

local lookup = redis.pcall('GET', KEYS[2])
if type(lookup) == 'string' then
  redis.pcall('PEXPIRE', KEYS[2], ARGV[3])
else
  lookup = random
  if redis.pcall('SET', KEYS[2], lookup, 'PX', ARGV[3]).err then lookup = nil end
end
local version = lookup and (lookup .. '/' .. org) or ''

local length = redis.pcall('STRLEN', KEYS[1])
if type(length) ~= 'number' or length > tonumber(ARGV[4]) then return {false, version, now} end
local entry = redis.call('GET', KEYS[1])
local prefix = org .. ' '
if not entry or string.sub(entry, 1, #prefix) ~= prefix then return {false, version, now} end
return {string.sub(entry, #prefix + 1), version, now}`

/** `KEYS`: entry, lookup version, org's version. `ARGV`: the version of the read, text, how long it may be kept. */
export const WRITE = `
local lookup, org = redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3])
if not lookup or not org or lookup .. '/' .. org ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], org .. ' ' .. ARGV[2], 'PX', ARGV[3])
return 1`

/** `KEYS`: what to delete. `ARGV`: channel, message. The message is published even if Redis refuses to delete. */
export const INVALIDATE = `
local deleted = redis.pcall('DEL', unpack(KEYS))
redis.call('PUBLISH', ARGV[1], ARGV[2])
return deleted`
