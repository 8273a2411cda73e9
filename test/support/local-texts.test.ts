import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf, localText, localTexts } from '../../src/support/time.ts';

const ZONES = [
  ...['UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'],
  ...['Pacific/Apia', 'Africa/Monrovia', 'America/St_Johns', 'Asia/Kolkata', 'Africa/Casablanca'],
];

const DAY = 86_400_000;
/** Clocks are set at such instants: of 2025 to 2027, of Apia's lost day, of an offset in seconds. */
const CHANGES = ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2026-03-08T07:00:00Z']
  .concat(['2026-11-01T06:00:00Z', '2026-04-04T15:00:00Z', '2011-12-30T10:00:00Z'])
  .concat(['1972-01-07T00:44:30Z', '1911-03-10T23:50:39Z', '2026-03-08T03:30:00Z'])
  .map((text) => Date.parse(text));

test('many local instants are written as each by itself, and are read back', () => {
  const instant = fc.oneof(
    fc.integer({ min: -2 * 3.2e12, max: 8e12 }),
    fc
      .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -DAY / 12, max: DAY / 12 }))
      .map(([change, distance]) => change + distance),
    fc.constantFrom(...CHANGES.flatMap((change) => [change - 1, change, change + 1])),
    fc.constantFrom(
      -62_167_219_200_000,
      253_402_300_799_999,
      253_402_300_800_000,
      8.64e15,
      -8.64e15,
      0.5,
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.array(instant, { minLength: 1 }),
      (zone, instants) => {
        const write = localTexts(zone);
        for (const each of instants) {
          expect(write(each)).toBe(localText(each, zone));
          if (Number.isInteger(each) && each >= -62_167_219_200_000 && each < 253_402_300_800_000)
            expect(instantOf(write(each), 'UTC')).toBe(each);
        }
      },
    ),
    { numRuns: 300 },
  );
});
