import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut, type Wish } from '../../src/cli/output/layout.ts';
import type { Fit, Importance } from '../../src/cli/output/result.ts';

const GAP = 2;

function wish(width: number, fit: Fit, importance: Importance = 'usual', isEmpty = false): Wish {
  return {
    head: { key: 'k', kind: 'text', header: '', inTable: true, fit, importance },
    width,
    word: width,
    isEmpty,
  };
}

const lineWidth = (widths: readonly (number | null)[]): number => {
  const shown = widths.filter((width) => width !== null);
  return shown.reduce((sum, width) => sum + width, GAP * (shown.length - 1));
};

describe('the columns of a table on a terminal', () => {
  it.each<[string, readonly Wish[], number, readonly (number | null)[]]>([
    ['as wide as they like where there is room', [wish(4, 'key'), wish(20, 'cut')], 26, [4, 20]],
    ['cut, the widest first', [wish(4, 'key'), wish(20, 'cut'), wish(12, 'cut')], 30, [4, 11, 11]],
    ['wrapped no narrower than 12', [wish(30, 'key'), wish(50, 'wrap')], 40, [30, 12]],
    [
      'left out from the right',
      [wish(30, 'key'), wish(6, 'whole'), wish(6, 'whole')],
      40,
      [30, 6, null],
    ],
    [
      'left out where they say least',
      [wish(30, 'key'), wish(6, 'whole', 'spare'), wish(6, 'whole')],
      40,
      [30, null, 6],
    ],
    [
      'left out last where they are needed',
      [wish(30, 'key'), wish(6, 'whole'), wish(6, 'whole', 'needed')],
      40,
      [30, null, 6],
    ],
    [
      'left out where they are empty',
      [wish(30, 'key'), wish(6, 'whole', 'usual', true), wish(6, 'whole')],
      40,
      [30, null, 6],
    ],
    [
      'left out where they would be wrapped and are empty',
      [wish(30, 'key'), wish(30, 'wrap', 'usual', true), wish(6, 'whole')],
      40,
      [30, null, 6],
    ],
    [
      'kept empty where they were chosen',
      [wish(30, 'key'), wish(6, 'whole', 'chosen', true), wish(6, 'whole', 'needed')],
      40,
      [30, 6, null],
    ],
    [
      'not narrower than a word that is not to be broken',
      [wish(20, 'key'), { ...wish(50, 'words'), word: 25 }],
      40,
      [20, 25],
    ],
    [
      'not cut, though too long',
      [wish(60, 'key'), wish(30, 'cut'), wish(9, 'key')],
      40,
      [60, null, 9],
    ],
    ['alone cut to what there is', [wish(60, 'cut')], 40, [40]],
  ])('are %s', (_name, wishes, available, expected) =>
    expect(layOut(wishes, available)).toEqual(expected),
  );

  const anyWish = fc
    .tuple(
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom<Fit>('key', 'wrap', 'whole', 'cut'),
      fc.constantFrom<Importance>('spare', 'usual', 'needed', 'chosen'),
    )
    .map((parts) => wish(...parts));

  it('keep keys and what is wrapped, cut no key, and fit wherever those do', () => {
    fc.assert(
      fc.property(
        fc.array(anyWish, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 200 }),
        (wishes, available) => {
          const widths = layOut(wishes, available);
          expect(widths).toHaveLength(wishes.length);
          expect(widths.some((width) => width !== null)).toBe(true);
          for (const [index, { head, width }] of wishes.entries()) {
            if (head.fit === 'key') expect(widths[index]).toBe(width);
            if (head.fit === 'wrap') expect(widths[index]).not.toBeNull();
            if (head.fit === 'whole') expect([width, null]).toContain(widths[index]);
          }
          const needed = wishes
            .filter(({ head }) => head.fit === 'key' || head.fit === 'wrap')
            .map(({ head, width }) => (head.fit === 'key' ? width : Math.min(width, 12)));
          if (needed.length > 0 && lineWidth(needed) <= available)
            expect(lineWidth(widths)).toBeLessThanOrEqual(available);
        },
      ),
    );
  });
});
