import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  crossings,
  dependencies,
  evaluateFilter,
  printFilter,
  resolveMoments,
  type ContactRow,
  type Crossing,
  type TimeContext,
} from '../../src/filter/index.ts';
import { fold } from '../../src/support/fold.ts';
import { CATALOGUE, rowOf } from '../filter/world.ts';
import { filter, LEAVES } from './filter-arbitraries.ts';
import { people } from './filter-people.ts';
import { TIMES } from './filter-pools.ts';
import { tailored } from './filter-tailored.ts';

const MINUTE_MS = 60_000;

/** Another clock, near or far, before or after; perhaps another zone or week start too. */
const moved = (time: TimeContext): fc.Arbitrary<TimeContext> =>
  fc
    .tuple(
      fc.constantFrom(
        1,
        MINUTE_MS,
        30 * MINUTE_MS,
        60 * MINUTE_MS,
        1440 * MINUTE_MS,
        27 * 1440 * MINUTE_MS,
        400 * 1440 * MINUTE_MS,
      ),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(time.zone, time.zone, 'Asia/Tokyo'),
      fc.constantFrom('monday', 'sunday'),
    )
    .map(([length, times, zone, weekStart]) => ({
      now: time.now + length * times,
      zone,
      weekStart: weekStart,
    }));

const monthDay = (day: unknown): string => (typeof day === 'string' ? day.slice(5) : '');

/** Whether a row has a date that was crossed there. */
function isNominated(row: ContactRow, crossing: Crossing): boolean {
  const { place, low, high } = crossing;
  const lies = (value: unknown): boolean =>
    (typeof value === 'string' || typeof value === 'number') && value >= low && value <= high;
  switch (place.kind) {
    case 'field':
      return lies((place.object === 'contact' ? row.contact : row.company)?.[place.column]);
    case 'anniversary':
      return lies(
        monthDay((place.object === 'contact' ? row.contact : row.company)?.[place.column]),
      );
    case 'events':
      return row.events.some(
        ({ type, occurredAt }) => fold(type) === fold(place.eventType) && lies(occurredAt),
      );
    case 'memberships':
      return row.memberships.some(
        ({ segmentId, since }) => segmentId === place.segment && lies(since),
      );
    case 'properties':
      return true; // no index finds them: anybody may have changed
  }
}

test('whoever joins or leaves as the clock moves has a date that was crossed', () => {
  const cases = fc
    .constantFrom(...TIMES)
    .chain((time) =>
      fc.tuple(
        fc.constant(time),
        moved(time),
        people(time),
        fc.array(fc.oneof(filter, LEAVES.anniversary!), { minLength: 1, maxLength: 8 }),
      ),
    );
  let changes = 0;
  fc.assert(
    fc.property(cases, ([then, now, persons, filters]) => {
      for (const ast of filters) {
        const { moments } = dependencies(ast, CATALOGUE);
        const stored = JSON.parse(JSON.stringify(resolveMoments(moments, then))) as ReturnType<
          typeof resolveMoments
        >;
        const crossed = crossings(stored, resolveMoments(moments, now));
        for (const row of [
          ...persons,
          ...tailored([ast], then, 20),
          ...tailored([ast], now, 20),
        ].map(rowOf)) {
          const [before, after] = [then, now].map((time) =>
            evaluateFilter(ast, row, { time, catalogue: CATALOGUE }),
          );
          if (before === after) continue;
          changes += 1;
          expect(
            crossed.some((each) => isNominated(row, each)),
            printFilter(ast, CATALOGUE),
          ).toBe(true);
        }
      }
    }),
    { numRuns: 150 * Number(process.env.FILTER_RUNS ?? 1) },
  );
  expect(changes).toBeGreaterThan(20);
});

test('a clock that stands still crosses nothing', () => {
  fc.assert(
    fc.property(filter, fc.constantFrom(...TIMES), (ast, time) => {
      const { moments } = dependencies(ast, CATALOGUE);
      expect(crossings(resolveMoments(moments, time), resolveMoments(moments, time))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
