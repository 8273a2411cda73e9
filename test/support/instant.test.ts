import fc from 'fast-check';
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

it('every instant is written as the calendar of Date has it', () => {
  const edges = [-8.64e15, 8.64e15, -62_167_219_200_001, -62_167_219_200_000, 253_402_300_799_999];
  const days = fc.integer({ min: -719_528, max: 2_932_896 }).map((day) => day * 86_400_000);
  const instant = fc.oneof(
    fc.integer({ min: -62_200_000_000_000, max: 253_500_000_000_000 }),
    fc.integer({ min: -8.64e15, max: 8.64e15 }),
    days,
    days.map((midnight) => midnight - 1),
    fc.constantFrom(...edges, 253_402_300_800_000, 0, -1, 0.5, -0.5, 1e12 + 0.25),
  );
  fc.assert(
    fc.property(instant, (epochMs) => {
      expect(formatInstant(epochMs)).toBe(new Date(epochMs).toISOString().replace('.000Z', 'Z'));
    }),
    { numRuns: 20_000 },
  );
  expect(formatInstant(8.64e15 + 1)).toBe('8640000000000001');
});
