import { afterAll, expect, test } from 'vitest';
import { printFilter, type FilterAst } from '../../src/filter/index.ts';
import { CATALOGUE, read, World } from './world.ts';

const world = new World([
  {
    contact: { city: 'я'.repeat(3990), points: 77_777, country: 'FR' },
    tags: ['tag 5'],
    events: [{ type: 'page.hit', subject: 'Ж' }],
  },
  { contact: {} },
]);
afterAll(() => {
  world.close();
});

function select(ast: FilterAst): number[] {
  const ids = world.select(ast, 'scan');
  expect(world.select(ast, 'probe')).toEqual(ids);
  return ids;
}

const many = (count: number, each: (index: number) => string, glue: string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join(glue);

test.each(['and', 'or'])('1,500 conditions joined by %s', (glue) => {
  const text = many(
    1500,
    (index) => (glue === 'and' ? `points != ${index}` : `points = ${77_777 + index}`),
    ` ${glue} `,
  );
  expect(select(read(text))).toEqual(glue === 'and' ? [1, 2] : [1]);
  expect(printFilter(read(text), CATALOGUE)).toBe(text);
});

test('1,500 of the longest conditions', () => {
  const text = many(
    750,
    () =>
      'did page.hit where property.size not in ("Жё", "жЁ", "éàü", "b", "c") between 2020-01-01 and tomorrow',
    ' and ',
  );
  expect(select(read(text))).toEqual([1]);
});

test('200 levels, of `not`, of parentheses, and of chains within chains', () => {
  expect(select(read(`${'not '.repeat(200)}country = "FR"`))).toEqual([1]);
  expect(select(read(`${'('.repeat(200)}country = "FR"${')'.repeat(200)}`))).toEqual([1]);
  const chain = many(7, (at) => `points != ${at}`, ' and ');
  const nested = (depth: number): string =>
    depth === 0 ? 'country = "FR"' : `${chain} and (${nested(depth - 1)})`;
  expect(select(read(nested(199)))).toEqual([1]);
  const alternating = (depth: number): string =>
    depth === 0
      ? 'country = "FR"'
      : depth % 2 === 0
        ? `points > 0 and not (${alternating(depth - 1)})`
        : `points is empty or not (${alternating(depth - 1)})`;
  expect(select(read(alternating(100)))).toEqual([1]);
  expect(
    select(read(`did page.hit where ${'(not '.repeat(100)}subject = "ж"${')'.repeat(100)}`)),
  ).toEqual([1]);
});

test('100,000 values in a list', () => {
  expect(select(read(`points in (${many(100_000, String, ', ')})`))).toEqual([1]);
  expect(
    select(read(`country in (${many(99_999, (index) => `"x${index}"`, ', ')}, "fr")`)),
  ).toEqual([1]);
  expect(
    select(read(`city not in (${many(100_000, (index) => `"Житомир ${index}"`, ', ')})`)),
  ).toEqual([1, 2]);
  expect(
    select(read(`tags has any (${many(100_000, (index) => `"tag ${index}"`, ', ')})`)),
  ).toEqual([1]);
  expect(
    select(read(`tags has all (${many(100_000, (index) => `"tag ${index}"`, ', ')})`)),
  ).toEqual([]);
  expect(select(read(`tags has all (${many(10, () => '"TAG 5"', ', ')})`))).toEqual([1]);
});

test('the longest pattern of letters with many cases', () => {
  expect(select(read(`city contains "${'Я'.repeat(3990)}"`))).toEqual([1]);
  expect(select(read(`city like "${'_'.repeat(3989)}Я"`))).toEqual([1]);
  expect(select(read(`city contains "${'θ'.repeat(4000)}"`))).toEqual([]);
  expect(select(read(`city = "${'Я'.repeat(100_000)}"`))).toEqual([]);
  expect(select(read(`city in ("${'Я'.repeat(3990)}", "${'ω'.repeat(100_000)}")`))).toEqual([1]);
});
