/** Filters at the limits of the language, and whom of two contacts they select. */
import type { Person } from './world.ts';

export const LIMIT_PEOPLE: readonly Person[] = [
  {
    contact: { city: 'я'.repeat(3990), points: 77_777, country: 'FR' },
    tags: ['tag 5'],
    events: [{ type: 'page.hit', subject: 'Ж' }],
  },
  { contact: {} },
];

export const many = (count: number, each: (index: number) => string, glue: string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join(glue);

const CHAIN = many(7, (at) => `points != ${at}`, ' and ');
const nested = (depth: number): string =>
  depth === 0 ? 'country = "FR"' : `${CHAIN} and (${nested(depth - 1)})`;

const alternating = (depth: number): string => {
  if (depth === 0) return 'country = "FR"';
  return depth % 2 === 0
    ? `points > 0 and not (${alternating(depth - 1)})`
    : `points is empty or not (${alternating(depth - 1)})`;
};

export interface Limit {
  readonly text: string;
  readonly ids: readonly number[];
}

export const CHAINS: Readonly<Record<'and' | 'or', Limit>> = {
  and: { text: many(1500, (index) => `points != ${index}`, ' and '), ids: [1, 2] },
  or: { text: many(1500, (index) => `points = ${77_777 + index}`, ' or '), ids: [1] },
};

export const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  '1,500 of the longest conditions': [
    {
      text: many(
        750,
        () =>
          'did page.hit where property.size not in ("Жё", "жЁ", "éàü", "b", "c") between 2020-01-01 and tomorrow',
        ' and ',
      ),
      ids: [1],
    },
  ],
  '200 levels, of `not`, of parentheses, and of chains within chains': [
    { text: `${'not '.repeat(200)}country = "FR"`, ids: [1] },
    { text: `${'('.repeat(200)}country = "FR"${')'.repeat(200)}`, ids: [1] },
    { text: nested(199), ids: [1] },
    { text: alternating(100), ids: [1] },
    {
      text: `did page.hit where ${'(not '.repeat(100)}subject = "ж"${')'.repeat(100)}`,
      ids: [1],
    },
  ],
  '100,000 values in a list': [
    { text: `points in (${many(100_000, String, ', ')})`, ids: [1] },
    { text: `country in (${many(99_999, (index) => `"x${index}"`, ', ')}, "fr")`, ids: [1] },
    { text: `city not in (${many(100_000, (index) => `"Житомир ${index}"`, ', ')})`, ids: [1, 2] },
    { text: `tags has any (${many(100_000, (index) => `"tag ${index}"`, ', ')})`, ids: [1] },
    { text: `tags has all (${many(100_000, (index) => `"tag ${index}"`, ', ')})`, ids: [] },
    { text: `tags has all (${many(10, () => '"TAG 5"', ', ')})`, ids: [1] },
  ],
  'the longest pattern of letters with many cases': [
    { text: `city contains "${'Я'.repeat(3990)}"`, ids: [1] },
    { text: `city like "${'_'.repeat(3989)}Я"`, ids: [1] },
    { text: `city contains "${'θ'.repeat(4000)}"`, ids: [] },
    { text: `city = "${'Я'.repeat(100_000)}"`, ids: [] },
    { text: `city in ("${'Я'.repeat(3990)}", "${'ω'.repeat(100_000)}")`, ids: [1] },
  ],
};
