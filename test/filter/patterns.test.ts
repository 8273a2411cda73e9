import { afterAll, describe, expect, test } from 'vitest';
import {
  FilterError,
  printFilter,
  readFilter,
  translateCondition,
} from '../../src/filter/index.ts';
import { CATALOGUE, read, World } from './world.ts';

/*
 * Patterns that take a backtracking engine time exponential in the text, or a naive one memory
 * exponential in the pattern. Here each is answered at once or refused; one that is not ends this
 * file by its time limit.
 */
const LONG = `${'a'.repeat(20_000)}!`;
const world = new World([
  { contact: { city: LONG, email: LONG } },
  { contact: { city: 'aaa', email: 'aaa' } },
]);
afterAll(() => {
  world.close();
});

const LINEAR = [
  '(a+)+$',
  '^(a*)*$',
  '^(a|a)*$',
  '(a|aa)+$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(.*a){20}$',
  '(a?){30}a{30}$',
  '((a{1,10}){1,10}){1,10}$',
  '(x+x+)+y|a$',
];
const REFUSED = [
  '((a{1,100}){1,100}){1,100}',
  '(a{1,1000}){1,1000}',
  'a{1001}',
  '(((((a{10}){10}){10}){10}){10})',
  'a{1,99999999999}',
  '(a+)+\\1',
  '(?=a+)+',
  '(?<=a)b',
  '(?>a+)',
  'a++',
];

describe('patterns that are hard for others', () => {
  test.each(LINEAR)('%s is answered', (pattern) => {
    const backtracking = new RegExp(pattern, 'u');
    expect(world.select(read(`city matches "${pattern}"`))).toEqual(
      backtracking.test('aaa') ? [2] : [],
    );
  });

  test.each(REFUSED)('%s is refused', (pattern) => {
    expect(() => read(`city matches "${pattern}"`)).toThrow(FilterError);
    expect(() => read(`city matches "${pattern}"`)).toThrow(
      /^this regular expression is not understood: /,
    );
  });

  test.each(LINEAR)('%s as a row of a builder is answered', (pattern) => {
    const text = translateCondition(
      { field: 'email', operator: 'regexp', values: [pattern] },
      CATALOGUE,
    );
    expect(world.select(read(text))).toEqual(new RegExp(pattern, 'iu').test('aaa') ? [2] : []);
    expect(printFilter(read(text), CATALOGUE)).toContain('(?i)');
  });

  test.each(REFUSED)('%s as a row of a builder is refused', (pattern) => {
    for (const operator of ['regexp', '!regexp']) {
      const text = translateCondition({ field: 'email', operator, values: [pattern] }, CATALOGUE);
      expect(() => readFilter(text, CATALOGUE)).toThrow(
        /^this regular expression is not understood: /,
      );
    }
  });
});
