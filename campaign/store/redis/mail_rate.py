"""Rate of mails over all workers (`MAIL_PER_MINUTE`): the generic cell rate algorithm, one moment in Redis."""

from redis import Redis

_KEY = "countersign:mail-rate"
HORIZON_MS = 1000
"""Milliseconds that mails may leave ahead of an even pace: what is claimed at once is soon sent."""
# In milliseconds: the moment from which the next mail may leave is moved on by one interval for each that is allowed.
_TAKE_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, horizon, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local from = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local allowed = math.min(wanted, math.floor((now + math.max(horizon, interval) - from) / interval))
if allowed < 1 then return 0 end
local to = math.ceil(from + allowed * interval)
redis.call('SET', KEYS[1], to, 'PX', math.max(1000, to - now + 1000))
return allowed
"""
_GIVE_BACK_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local to = math.floor(tonumber(redis.call('GET', KEYS[1]) or 0) - tonumber(ARGV[1]) * tonumber(ARGV[2]))
if to <= now then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], to, 'PX', math.max(1000, to - now + 1000)) end
"""


def take_mails(redis: Redis, per_minute: int, wanted: int) -> int:
    """How many of the wanted mails may leave now; 0 where none."""
    return int(redis.eval(_TAKE_SCRIPT, 1, _KEY, str(60_000 / per_minute), str(HORIZON_MS), str(wanted)))


def give_back_mails(redis: Redis, per_minute: int, unused: int) -> None:
    """Let mails that were allowed and that nobody owed be allowed again."""
    redis.eval(_GIVE_BACK_SCRIPT, 1, _KEY, str(60_000 / per_minute), str(unused))
