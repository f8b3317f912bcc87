import t from 'tap'
import { findTimeZone, TimeZones } from '#greeting/time-zone.js'

t.test('a zone gives the local time with its offset, to the second', async t => {
  const times = {
    'Europe/London': ['2026-11-24T09:30:59.999Z', '2026-11-24T09:30:59+00:00', 9],
    'Asia/Kolkata': ['2026-11-24T09:30:00Z', '2026-11-24T15:00:00+05:30', 15],
    'America/St_Johns': ['2026-11-24T02:00:00Z', '2026-11-23T22:30:00-03:30', 22],
    'Pacific/Chatham': ['2026-11-24T10:15:00Z', '2026-11-25T00:00:00+13:45', 0],
    UTC: ['2026-11-24T23:59:00Z', '2026-11-24T23:59:00+00:00', 23]
  } as const

  for (const [name, [now, text, hour]] of Object.entries(times)) {
    t.strictSame(findTimeZone(name)?.localTime(new Date(now)), { hour, text }, name)
  }
})

t.test('summer time begins and ends to the second, whatever was asked before', async t => {
  const berlin = findTimeZone('Europe/Berlin')

  t.equal(berlin?.localTime(new Date('2026-03-29T00:59:59Z')).text, '2026-03-29T01:59:59+01:00')
  t.equal(berlin?.localTime(new Date('2026-03-29T01:00:00Z')).text, '2026-03-29T03:00:00+02:00')
  t.equal(berlin?.localTime(new Date('2026-03-29T00:59:59Z')).text, '2026-03-29T01:59:59+01:00')
  t.equal(berlin?.localTime(new Date('2026-10-25T01:00:00Z')).text, '2026-10-25T02:00:00+01:00')
})

t.test('a zone is found in any letters and is called by its own', async t => {
  t.equal(findTimeZone('europe/LONDON')?.name, 'Europe/London')
  t.equal(findTimeZone('Asia/Kolkata')?.name, 'Asia/Kolkata', 'not by the older name that the engine prefers')
})

t.test('a zone that was found before is found again', async t => {
  const zones = new TimeZones()
  for (const name of ['Europe/London', 'europe/LONDON', 'Asia/Kolkata']) {
    const zone = zones.find(name)
    t.equal(zone?.name, findTimeZone(name)?.name, name)
    t.equal(zones.find(name), zone, name)
  }
})

t.test('a name that is not in the database is not found, the second time either', async t => {
  const zones = new TimeZones()
  const noZones = ['', 'Mars/Olympus', '+02:00', '-05:00', 'Europe/London ', 'Europe/London\n', '../../etc/passwd', '__proto__', 'A'.repeat(65), '\u0415urope/London']

  for (const name of [...noZones, ...noZones]) {
    t.equal(findTimeZone(name), null, JSON.stringify(name))
    t.equal(zones.find(name), null, JSON.stringify(name))
  }
})
