import { fold } from '../../support/fold.ts';
import type { SetTest } from '../ast.ts';
import { quoteText } from '../quote.ts';
import { presume, type Operator, type ValueTest } from './operator.ts';
import { beforeNul } from './pattern-fit.ts';

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
    // rule: memory-hasAny
    prepare: ({ texts }) => prepareSet(texts, 'any'),
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
    // rule: memory-hasAll
    prepare: ({ texts }) => prepareSet(texts, 'all'),
    example: 'interests has all ("sailing", "golf")',
    doc: 'every one of these, and maybe more',
  },
};

function printList({ texts }: SetTest): string {
  return `(${texts.map(quoteText).join(', ')})`;
}

/** Of a column that holds `|a|b|`, and of the names of tags. */
function prepareSet(texts: readonly string[], which: 'any' | 'all'): ValueTest {
  const wanted = new Set(texts.map(fold));
  const isInColumn = prepareOptions([...wanted], which);
  return (value) => {
    if (typeof value === 'string') return isInColumn(fold(beforeNul(value)));
    return Array.isArray(value) && hasAmong(value.map(foldAny), wanted, which);
  };
}

function foldAny(item: unknown): unknown {
  return typeof item === 'string' ? fold(item) : item;
}

function hasAmong(
  items: readonly unknown[],
  wanted: ReadonlySet<unknown>,
  which: 'any' | 'all',
): boolean {
  return which === 'any'
    ? items.some((item) => wanted.has(item))
    : new Set(items.filter((item) => wanted.has(item))).size === wanted.size;
}

/** More are looked up in a set; to cut the text into its options takes as long as to search it for so many. */
const MOST_SEARCHED = 8;

function prepareOptions(
  wanted: readonly string[],
  which: 'any' | 'all',
): (folded: string) => boolean {
  // an option has no bar; what has one can only be found as a piece of the text
  const isSearched = wanted.length <= MOST_SEARCHED || wanted.some((text) => text.includes('|'));
  if (!isSearched) {
    const options = new Set(wanted);
    return (folded) => hasAmong(folded.split('|').slice(1, -1), options, which);
  }
  const pieces = wanted.map((text) => `|${text}|`);
  return which === 'any'
    ? (folded) => pieces.some((piece) => folded.includes(piece))
    : (folded) => pieces.every((piece) => folded.includes(piece));
}
