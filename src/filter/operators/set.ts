import { fold } from '../../support/fold.ts';
import type { SetTest } from '../ast.ts';
import { quoteText } from '../quote.ts';
import { presume, type Operator } from './operator.ts';

type SetOperators = {
  readonly [Kind in SetTest['kind']]: Operator<Extract<SetTest, { readonly kind: Kind }>>;
};

/** `sql` is for a column that holds `|a|b|`; tags are rows of their own (`compile/tags.ts`). */
export const SET_OPERATORS: SetOperators = {
  hasAny: {
    kind: 'hasAny',
    words: ['has any'],
    negated: 'has none',
    types: ['multiselect', 'tags'],
    read: (parsed, reader) => ({
      kind: 'hasAny',
      texts: presume(parsed, 'list').values.map((value) => reader.option(value)),
    }),
    print: printList,
    sql: (value, { texts }, { dialect }) => dialect.setHas(value, texts, 'any'),
    holds: (value, { texts }) => texts.some((text) => has(value, text)),
    example: 'interests has any ("sailing", "golf")',
    doc: 'at least one of these; `has none` is its opposite',
  },
  hasAll: {
    kind: 'hasAll',
    words: ['has all'],
    negated: 'not has all',
    types: ['multiselect', 'tags'],
    read: (parsed, reader) => ({
      kind: 'hasAll',
      texts: presume(parsed, 'list').values.map((value) => reader.option(value)),
    }),
    print: printList,
    sql: (value, { texts }, { dialect }) => dialect.setHas(value, texts, 'all'),
    holds: (value, { texts }) => texts.every((text) => has(value, text)),
    example: 'interests has all ("sailing", "golf")',
    doc: 'every one of these, and maybe more',
  },
};

function printList({ texts }: SetTest): string {
  return `(${texts.map(quoteText).join(', ')})`;
}

function has(value: unknown, text: string): boolean {
  if (typeof value === 'string') return fold(value).includes(`|${fold(text)}|`);
  return (
    Array.isArray(value) &&
    value.some((item) => typeof item === 'string' && fold(item) === fold(text))
  );
}
