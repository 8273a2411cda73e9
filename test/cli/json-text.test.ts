import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../src/cli/output/json-text.ts';
import { visibleJson } from '../../src/cli/output/visible.ts';

const written = (value: unknown): string => [...jsonText(value)].join('');

test('a value is what JSON.stringify makes of it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(written(value)).toBe(visibleJson(JSON.stringify(value)));
    }),
  );
  expect(written({ a: undefined, b: [], c: {}, 'd"': null })).toBe('{"b":[],"c":{},"d\\"":null}');
});

test('an iterable is written as a list, in pieces', () => {
  const ids = Array.from({ length: 2_500 }, (_, index) => index);
  const value = { ids: new Set(ids), none: new Set(), after: 1 };
  expect(JSON.parse(written(value))).toEqual({ ids, none: [], after: 1 });
  expect(Math.max(...[...jsonText(value)].map((piece) => piece.length))).toBeLessThan(6_000);
});
