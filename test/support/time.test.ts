import { describe, expect, test } from 'vitest';
import {
  addCalendar,
  addExact,
  addToDay,
  BEHIND_LAST_DAY,
  dayOf,
  dayOfWeek,
  endOfDay,
  FIRST_DAY,
  instantOf,
  isDay,
  isInstantText,
  isZone,
  localText,
  startOfDay,
} from '../../src/support/time.ts';

const at = (text: string): number => Date.parse(text);
const utc = (instant: number): string => new Date(instant).toISOString();

test.each([
  ['2026-02-28', true],
  ['2026-02-29', false],
  ['2024-02-29', true],
  ['0000-01-01', true],
  ['9999-12-31', true],
  ['2026-2-1', false],
  ['2026-13-01', false],
  ['20260101', false],
])('%s is a day: %s', (text, expected) => {
  expect(isDay(text)).toBe(expected);
});

test.each([
  ['2026-03-15T10:00', true],
  ['2026-03-15T10:00:59.5Z', true],
  ['2026-03-15T10:00+05:45', true],
  ['2026-03-15T24:00', false],
  ['2026-03-15T10:60', false],
  ['2026-03-15T10:00+24:00', false],
  ['2026-02-29T10:00', false],
  ['2026-03-15 10:00', false],
  ['2026-03-15', false],
])('%s is a point in time: %s', (text, expected) => {
  expect(isInstantText(text)).toBe(expected);
});

describe('local time', () => {
  test.each([
    ['2026-03-15T10:00', 'Europe/Paris', '2026-03-15T09:00:00.000Z'],
    ['2026-03-15T10:00:30.5-03:30', 'Europe/Paris', '2026-03-15T13:30:30.500Z'],
    ['2026-03-29T02:30', 'Europe/Paris', '2026-03-29T01:30:00.000Z'], // skipped: an hour later
    ['2026-10-25T02:30', 'Europe/Paris', '2026-10-25T00:30:00.000Z'], // repeated: the first
    ['2005-04-03T00:30', 'America/St_Johns', '2005-04-03T04:00:00.000Z'],
    ['2005-10-29T23:30', 'America/St_Johns', '2005-10-30T02:00:00.000Z'],
    ['2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'], // a day that was skipped
  ])('%s in %s is %s', (text, zone, expected) => {
    expect(utc(instantOf(text, zone))).toBe(expected);
  });

  test.each([
    ['2026-03-29', 'Europe/Paris', '2026-03-28T23:00:00.000Z', 23],
    ['2026-10-25', 'Europe/Paris', '2026-10-24T22:00:00.000Z', 25],
    ['2005-04-03', 'America/St_Johns', '2005-04-03T03:30:00.000Z', 23],
    ['2005-10-30', 'America/St_Johns', '2005-10-30T02:30:00.000Z', 25],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', 0],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', 24],
    // midnight itself was skipped
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', 23],
  ])('%s in %s begins at %s and has %i hours', (day, zone, start, hours) => {
    expect(utc(startOfDay(day, zone))).toBe(start);
    expect((endOfDay(day, zone) - startOfDay(day, zone)) / 3_600_000).toBe(hours);
  });

  test('the local day of an instant', () => {
    expect([
      dayOf(at('2026-03-14T22:59:59Z'), 'Europe/Paris'),
      dayOf(at('2026-03-14T23:00:00Z'), 'Europe/Paris'),
    ]).toEqual(['2026-03-14', '2026-03-15']);
  });
});

describe('arithmetic', () => {
  test.each([
    ['2026-03-31', -1, 'month', '2026-02-28'],
    ['2024-03-31', -1, 'month', '2024-02-29'],
    ['2024-02-29', 1, 'year', '2025-02-28'],
    ['2026-03-15', 2, 'week', '2026-03-29'],
    ['2026-01-01', -1, 'day', '2025-12-31'],
    ['9999-12-31', 1, 'day', BEHIND_LAST_DAY],
    [BEHIND_LAST_DAY, -1, 'day', '9999-12-31'],
    ['2026-03-15', 1e9, 'month', BEHIND_LAST_DAY],
    ['2026-03-15', -1e15, 'day', FIRST_DAY],
  ] as const)('%s %i %s is %s', (day, count, unit, expected) => {
    expect(addToDay(day, count, unit)).toBe(expected);
  });

  test('months of an instant keep the local time, days are 24 hours', () => {
    expect(utc(addCalendar(at('2026-03-28T23:00:00Z'), -1, 'month', 'UTC'))).toBe(
      '2026-02-28T23:00:00.000Z',
    );
    expect(utc(addCalendar(at('2026-02-28T01:30:00Z'), 1, 'month', 'Europe/Paris'))).toBe(
      '2026-03-28T01:30:00.000Z',
    );
    expect(utc(addCalendar(at('2026-02-28T10:00:00Z'), 2, 'month', 'Europe/Paris'))).toBe(
      '2026-04-28T09:00:00.000Z',
    );
    expect(utc(addExact(at('2026-03-28T12:00:00Z'), 1, 'day'))).toBe('2026-03-29T12:00:00.000Z');
    expect([addCalendar(0, 1e9, 'year', 'UTC'), addExact(0, -1e15, 'week')]).toEqual([
      8.64e15, -8.64e15,
    ]);
  });

  test('the days since the week began', () => {
    expect(
      ['2026-03-16', '2026-03-15'].flatMap((day) => [
        dayOfWeek(day, 'monday'),
        dayOfWeek(day, 'sunday'),
      ]),
    ).toEqual([0, 1, 6, 0]);
  });
});

test('zones', () => {
  expect(['Europe/Paris', 'UTC', 'Mars/Olympus', ''].map(isZone)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  ['2026-03-15T10:00:00Z', 'Europe/Paris', '2026-03-15T11:00:00+01:00'],
  ['2026-10-25T01:30:00.070Z', 'Europe/Paris', '2026-10-25T02:30:00.070+01:00'],
  ['2026-03-15T10:00:00Z', 'UTC', '2026-03-15T10:00:00Z'],
  ['2026-03-15T10:00:00Z', 'Asia/Kathmandu', '2026-03-15T15:45:00+05:45'],
])('%s in %s is %s, which reads back as the same instant', (text, zone, expected) => {
  expect(localText(at(text), zone)).toBe(expected);
  expect(instantOf(expected, 'Pacific/Apia')).toBe(at(text));
});
