import { expect, it } from 'vitest';
import { formatInstant, parseRfc3339 } from '../../src/support/instant.ts';

it.each([
  ['2026-03-01T10:00:00Z', Date.UTC(2026, 2, 1, 10)],
  ['2026-03-01T10:00:00+02:00', Date.UTC(2026, 2, 1, 8)],
  ['2026-03-01T10:00Z', Date.UTC(2026, 2, 1, 10)],
  ['2026-03-01T10:00:00.1239Z', Date.UTC(2026, 2, 1, 10, 0, 0, 123)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-03-01T24:00:00Z', undefined],
  ['2026-03-01T10:00:00', undefined],
  ['2026-03-01', undefined],
  ['yesterday', undefined],
  ['', undefined],
])('%j names the instant %j', (text, instant) => expect(parseRfc3339(text)).toBe(instant));

it('writes milliseconds only when there are any', () => {
  expect(formatInstant(Date.UTC(2026, 2, 1, 10))).toBe('2026-03-01T10:00:00Z');
  expect(formatInstant(Date.UTC(2026, 2, 1, 10, 0, 0, 5))).toBe('2026-03-01T10:00:00.005Z');
});
