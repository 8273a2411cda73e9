import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstant, readSecond } from '../../src/contact/read-instant.ts';
import { parseDatetime } from '../../src/contact/values/dates.ts';
import { readMoment } from '../../src/filter/index.ts';
import { instantWriter } from '../../src/support/local-instant.ts';
import { localText } from '../../src/support/time.ts';

const time = {
  now: Date.UTC(2026, 10, 29, 14, 24, 5),
  zone: 'Europe/Paris',
  weekStart: 'monday',
} as const;
const MINUTE = 60_000;

describe('an instant', () => {
  it.each([
    ['2026-11-29', '2026-11-28T23:00:00Z'],
    ['2026-11-29 15:24', '2026-11-29T14:24:00Z'],
    ['2026-11-29T15:24:05', '2026-11-29T14:24:05Z'],
    ['2026-11-29 15:24:05.250', '2026-11-29T14:24:05.25Z'],
    ['2026-11-29 15:24 +02:00', '2026-11-29T13:24:00Z'],
    ['2026-11-29T15:24:05+01:00', '2026-11-29T14:24:05Z'],
    [' 2026-11-29T14:24:05Z ', '2026-11-29T14:24:05Z'],
    ['29/11/2026 15:24', '2026-11-29T14:24:00Z'],
    ['now', '2026-11-29T14:24:05Z'],
    ['today', '2026-11-28T23:00:00Z'],
    ['yesterday', '2026-11-27T23:00:00Z'],
    ['start of month', '2026-10-31T23:00:00Z'],
    ['today - 3 days', '2026-11-25T23:00:00Z'],
    ['now - 10 minutes', '2026-11-29T14:14:05Z'],
    ['10 minutes ago', '2026-11-29T14:14:05Z'],
    ['1 HOUR ago', '2026-11-29T13:24:05Z'],
    ['2 months ago', '2026-09-29T13:24:05Z'],
    ['2026-11-29T15:00 + 2 hours', '2026-11-29T16:00:00Z'],
    ['9999-12-31T23:30', '9999-12-31T22:30:00Z'],
  ])('may be written as %s', (text, expected) =>
    expect(readInstant('--as-of', text, time)).toBe(Date.parse(expected)),
  );

  it.each([
    '',
    'soon',
    'ten minutes ago',
    '10 parsecs ago',
    '0 days ago',
    '2026-02-30',
    '2026-11-29T25:00',
    'true',
    '2026-11',
    'yesterday and today',
    '10 minutes ago ago',
    'today + 99999999 days',
    'now + 99999999 days',
    'now + 99999999 hours',
  ])('is not %j (2)', (text) => {
    expect(() => readInstant('--as-of', text, time)).toThrow(
      expect.objectContaining({ code: 'NOT_AN_INSTANT', exit: 2 }),
    );
  });

  it.each([
    ['2026-11-29T15:24:00+01:00', '2026-11-29T14:24:00.999Z'],
    ['2026-11-29 15:24', '2026-11-29T14:24:00.999Z'],
    ['2026-11-29T15:24:00.000+01:00', '2026-11-29T14:24:00Z'],
    ['2026-11-29T15:24:00.250+01:00', '2026-11-29T14:24:00.250Z'],
    ['2026-11-29', '2026-11-28T23:00:00Z'],
    ['10 minutes ago', '2026-11-29T14:14:05Z'],
    ['2026-11-29T15:24:05+01:00', '2026-11-29T14:24:05Z'], // now
    ['2026-11-29T15:24:06+01:00', '2026-11-29T14:24:06Z'],
  ])('without its milliseconds is a whole second, until now: %s', (text, expected) =>
    expect(readSecond('--as-of', text, time)).toBe(Date.parse(expected)),
  );

  it('says where it can be read in two ways', () => {
    expect(() => readInstant('--as-of', '03/04/2026', time)).toThrow(
      '--as-of: `03/04/2026` can be day first or month first: write YYYY-MM-DD',
    );
  });
});

const ZONES = [
  ...[
    'UTC',
    'Europe/Paris',
    'Europe/Dublin',
    'Europe/Amsterdam',
    'Africa/Casablanca',
    'Africa/Monrovia',
    'America/St_Johns',
    'America/Sao_Paulo',
    'America/New_York',
  ],
  ...[
    'Asia/Kathmandu',
    'Asia/Tehran',
    'Asia/Gaza',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Kiritimati',
    'Antarctica/Troll',
    'Etc/GMT+12',
  ],
];
const zone = fc.constantFrom(...ZONES);
const anyInstant = fc.integer({ min: Date.UTC(0, 0, 3), max: Date.UTC(9999, 11, 29) });
/** Within a few hours of the last Sundays and of midnights at which clocks have changed. */
const nearChange = fc
  .tuple(
    fc.constantFrom(
      '2026-03-29T01:00Z',
      '2026-10-25T01:00Z',
      '2026-04-05T15:00Z',
      '2026-10-04T15:30Z',
      '2018-11-04T03:00Z',
      '2011-12-30T10:00Z',
      '2026-03-08T07:00Z',
      '2026-11-01T06:00Z',
    ),
    fc.integer({ min: -300 * MINUTE, max: 300 * MINUTE }),
  )
  .map(([text, away]) => Date.parse(text) + away);

describe('what is printed', () => {
  it('can be given back, as the same instant, everywhere', () => {
    fc.assert(
      fc.property(fc.oneof(anyInstant, nearChange), zone, zone, (instant, printed, read) => {
        const text = localText(instant, printed);
        const elsewhere = { ...time, zone: read };
        expect(readInstant('--as-of', text, elsewhere)).toBe(instant);
        expect(parseDatetime(text, elsewhere)).toBe(instant);
        expect(readMoment(text, elsewhere)).toEqual({ grain: 'instant', at: instant });
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['the second of two', '2026-10-25T01:30:00Z', 'Europe/Paris', '2026-10-25T02:30:00+01:00'],
    ['milliseconds', '2026-10-25T00:30:00.050Z', 'Europe/Paris', '2026-10-25T02:30:00.050+02:00'],
    [
      'midnight, not the day before',
      '2026-03-14T23:00:00Z',
      'Europe/Paris',
      '2026-03-15T00:00:00+01:00',
    ],
    [
      'a clock that was off by seconds',
      '1920-01-01T00:00:00Z',
      'Europe/Amsterdam',
      '1920-01-01T00:00:00Z',
    ],
    ['London in winter', '2026-01-01T00:00:00Z', 'Europe/London', '2026-01-01T00:00:00Z'],
    ['a zone that is none', '2026-01-01T00:00:00Z', 'Mars/Olympus', '2026-01-01T00:00:00Z'],
  ])('is local time: %s', async (_name, instant, name, expected) =>
    expect((await instantWriter(name))(Date.parse(instant))).toBe(expected),
  );
});
