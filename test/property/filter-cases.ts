/** Worlds for properties of filters. */
import fc from 'fast-check';
import type { FilterAst, TimeContext } from '../../src/filter/index.ts';
import type { Person } from '../filter/world.ts';
import { people } from './filter-people.ts';
import { TIMES } from './filter-pools.ts';
import { tailored } from './filter-tailored.ts';

export interface Case {
  readonly time: TimeContext;
  readonly people: readonly Person[];
  readonly filters: readonly FilterAst[];
}

/** One world serves several filters: making it is what costs. */
export function casesOf(filters: fc.Arbitrary<FilterAst>): fc.Arbitrary<Case> {
  return fc
    .constantFrom(...TIMES)
    .chain((time) =>
      fc.record({
        time: fc.constant(time),
        people: people(time, 4),
        filters: fc.array(filters, { minLength: 1, maxLength: 8 }),
      }),
    )
    .map((each) => ({ ...each, people: [...each.people, ...tailored(each.filters, each.time)] }));
}

/** FILTER_RUNS=20 runs everything twenty times as long. */
export const runs = (count: number): number => count * Number(process.env.FILTER_RUNS ?? 1);
