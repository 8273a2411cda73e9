import type { BooleanTest } from '../ast.ts';
import { presume, type Operator } from './operator.ts';

export const BOOLEAN_OPERATORS: { readonly booleanEquals: Operator<BooleanTest> } = {
  booleanEquals: {
    kind: 'booleanEquals',
    words: ['='],
    negated: '!=',
    types: ['boolean'],
    read: (parsed, reader) => ({
      kind: 'booleanEquals',
      value: reader.boolean(presume(parsed, 'value').value),
    }),
    print: ({ value }) => String(value),
    // rule: operator-boolean
    sql: (column, { value }, { dialect }) => dialect.same(column, value ? 1 : 0),
    // rule: memory-booleanEquals
    prepare: ({ value }) => {
      const wanted = value ? 1 : 0;
      return (stored) => stored === wanted;
    },
    example: 'customer = true',
    doc: 'true or false; a missing value is neither, so `!= true` holds for it as for false',
  },
};
