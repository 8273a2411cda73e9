import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addRow,
  decodeAst,
  encodeAst,
  filterRows,
  printFilter,
  readFilter,
  removeRow,
  type FilterAst,
} from '../../src/filter/index.ts';
import { CATALOGUE } from '../filter/world.ts';
import { filter, predicate } from './filter-arbitraries.ts';

test('a printed filter reads back as the same AST, and prints as the same text', () => {
  fc.assert(
    fc.property(filter, (ast) => {
      const text = printFilter(ast, CATALOGUE);
      const back = readFilter(text, CATALOGUE).ast;
      expect(back, text).toEqual(ast);
      expect(printFilter(back, CATALOGUE)).toBe(text);
      expect(text).not.toMatch(/[\n\u{202e}]/u);
    }),
    { numRuns: 1000 },
  );
});

test('an encoded AST decodes as itself', () => {
  fc.assert(
    fc.property(filter, (ast) => {
      expect(decodeAst(encodeAst(ast))).toEqual(ast);
    }),
    { numRuns: 500 },
  );
});

test('whatever is changed in an encoded AST, it decodes or is refused with a FilterError', () => {
  const damage = fc.tuple(
    filter.map(encodeAst),
    fc.nat(),
    fc.constantFrom('', '0', '"', 'x', '{', ']', 'null', '-', '.5'),
  );
  fc.assert(
    fc.property(damage, ([encoded, at, patch]) => {
      const index = at % encoded.length;
      const damaged = encoded.slice(0, index) + patch + encoded.slice(index + 1);
      try {
        const ast = decodeAst(damaged);
        expect(decodeAst(encodeAst(ast))).toEqual(ast);
      } catch (error) {
        expect(error).toMatchObject({ code: 'FILTER', exit: 2 });
      }
    }),
    { numRuns: 1000 },
  );
});

test('random text is read or refused with a FilterError, never with a bug', () => {
  const word = fc.constantFrom(
    ...(
      'and or not ( ) , = != < >= + - in segment did ' +
      'where count ( first last sum tagged "x" 5 -3 2026-03-15 today now start of month is ' +
      'empty between during like country points birthday created_at page.hit tags has any ' +
      'anniversary joined suppressed `'
    ).split(' '),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
        fc.string({ unit: 'binary', maxLength: 20 }),
      ),
      (text) => {
        try {
          const { ast } = readFilter(text, CATALOGUE);
          expect(readFilter(printFilter(ast, CATALOGUE), CATALOGUE).ast).toEqual(ast);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FILTER', exit: 2 });
        }
      },
    ),
    { numRuns: 1500 },
  );
});

test('rows that are added one by one read like their text, and can be taken away again', () => {
  const rows = fc.array(fc.tuple(predicate, fc.constantFrom('and' as const, 'or' as const)), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(rows, fc.nat(), (added, at) => {
      const built = added.reduce<FilterAst | undefined>(
        (ast, [row, glue]) => addRow(ast, row, glue),
        undefined,
      )!;
      const text = added
        .map(([row, glue], index) => `${index === 0 ? '' : glue} ${printFilter(row, CATALOGUE)}`)
        .join(' ');
      expect(readFilter(text, CATALOGUE).ast).toEqual(built);
      expect(filterRows(built)).toEqual(
        added.map(([row, glue], index) => ({
          number: index + 1,
          glue: index === 0 ? undefined : glue,
          filter: row,
        })),
      );
      const number = (at % added.length) + 1;
      const rest = removeRow(built, number);
      expect(rest === undefined ? [] : filterRows(rest).map(({ filter: row }) => row)).toEqual(
        added.filter((_, index) => index !== number - 1).map(([row]) => row),
      );
    }),
    { numRuns: 500 },
  );
});
