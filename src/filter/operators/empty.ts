import { sql, type SQL } from 'drizzle-orm';
import type { Test } from '../ast.ts';
import { FIELD_TYPES } from '../catalogue.ts';
import type { OperandType } from '../problem/problem.ts';
import type { Operator } from './operator.ts';
import { TEXT_TYPES } from './text.ts';

type EmptyTest = Extract<Test, { readonly kind: 'empty' }>;

const BLANK_IS_EMPTY: readonly OperandType[] = [...TEXT_TYPES, 'multiselect'];

export const EMPTY_OPERATORS: { readonly empty: Operator<EmptyTest> } = {
  empty: {
    kind: 'empty',
    words: ['is empty'],
    negated: 'is not empty',
    types: FIELD_TYPES,
    read: () => ({ kind: 'empty' }),
    print: () => '',
    // rule: operator-empty
    sql: (value, _test, { type }): SQL =>
      BLANK_IS_EMPTY.includes(type)
        ? sql`(${value} is null or ${value} = '')`
        : sql`${value} is null`,
    // rule: memory-empty
    prepare: (_test, { type }) => {
      const isBlankEmpty = BLANK_IS_EMPTY.includes(type);
      return (value) =>
        value === null ||
        value === undefined ||
        (value === '' && isBlankEmpty) ||
        (Array.isArray(value) && value.length === 0);
    },
    example: 'phone is empty',
    doc: 'there is no value, or a text of no characters; zero is not empty',
  },
};
