import { fold } from '../../support/fold.ts';
import { preparePattern } from '../../support/regex.ts';
import type { TextTest } from '../ast.ts';
import { Matched } from '../../sql/matched.ts';
import type { PatternPart } from '../../sql/pattern.ts';
import type { OperandType } from '../problem/problem.ts';
import { quoteText } from '../quote.ts';
import { presume, type Operator } from './operator.ts';
import { prepareFit } from './pattern-fit.ts';

export const TEXT_TYPES: readonly OperandType[] = ['text', 'email', 'url', 'phone', 'select'];

type TextOperators = {
  readonly [Kind in TextTest['kind']]: Operator<Extract<TextTest, { readonly kind: Kind }>>;
};

export const TEXT_OPERATORS: TextOperators = {
  textEquals: {
    kind: 'textEquals',
    words: ['='],
    negated: '!=',
    types: TEXT_TYPES,
    read: (parsed, reader) => ({
      kind: 'textEquals',
      text: reader.option(presume(parsed, 'value').value),
    }),
    print: ({ text }) => quoteText(text),
    sql: (value, { text }, { dialect }) => dialect.textEquals(value, text),
    // rule: memory-textEquals
    prepare: ({ text }) => {
      const folded = fold(text);
      return (value) => typeof value === 'string' && fold(value) === folded;
    },
    example: 'country = "FR"',
    doc: 'the same text, without regard to case; accents count',
  },
  textIn: {
    kind: 'textIn',
    words: ['in'],
    negated: 'not in',
    types: TEXT_TYPES,
    read: (parsed, reader) => ({
      kind: 'textIn',
      texts: presume(parsed, 'list').values.map((value) => reader.option(value)),
    }),
    print: ({ texts }) => `(${texts.map(quoteText).join(', ')})`,
    sql: (value, { texts }, { dialect }) => dialect.textIn(value, texts),
    // rule: memory-textIn
    prepare: ({ texts }) => {
      const folded = new Set(texts.map(fold));
      return (value) => typeof value === 'string' && folded.has(fold(value));
    },
    example: 'country in ("FR", "BE")',
    doc: 'one of these texts, each compared as `=` does',
  },
  contains: {
    kind: 'contains',
    words: ['contains'],
    negated: 'not contains',
    types: TEXT_TYPES,
    read: (parsed, reader) => ({
      kind: 'contains',
      text: reader.pattern(presume(parsed, 'value').value),
    }),
    print: ({ text }) => quoteText(text),
    // rule: operator-contains
    sql: (value, { text }, { dialect }) => dialect.textFits(value, [ANY, literal(text), ANY]),
    // rule: memory-contains
    prepare: ({ text }) => prepareFit([ANY, literal(text), ANY]),
    example: 'city contains "saint"',
    doc: 'the text occurs anywhere in it; `%` and `_` stand for themselves',
  },
  startsWith: {
    kind: 'startsWith',
    words: ['starts with'],
    negated: 'not starts with',
    types: TEXT_TYPES,
    read: (parsed, reader) => ({
      kind: 'startsWith',
      text: reader.pattern(presume(parsed, 'value').value),
    }),
    print: ({ text }) => quoteText(text),
    // rule: operator-starts-with
    sql: (value, { text }, { dialect }) => dialect.textFits(value, [literal(text), ANY]),
    // rule: memory-startsWith
    prepare: ({ text }) => prepareFit([literal(text), ANY]),
    example: 'zipcode starts with "75"',
    doc: 'it begins with the text',
  },
  endsWith: {
    kind: 'endsWith',
    words: ['ends with'],
    negated: 'not ends with',
    types: TEXT_TYPES,
    read: (parsed, reader) => ({
      kind: 'endsWith',
      text: reader.pattern(presume(parsed, 'value').value),
    }),
    print: ({ text }) => quoteText(text),
    // rule: operator-ends-with
    sql: (value, { text }, { dialect }) => dialect.textFits(value, [ANY, literal(text)]),
    // rule: memory-endsWith
    prepare: ({ text }) => prepareFit([ANY, literal(text)]),
    example: 'email ends with ".example"',
    doc: 'it ends with the text',
  },
  like: {
    kind: 'like',
    words: ['like'],
    negated: 'not like',
    types: TEXT_TYPES,
    read: (parsed, reader) => ({
      kind: 'like',
      pattern: reader.pattern(presume(parsed, 'value').value),
    }),
    print: ({ pattern }) => quoteText(pattern),
    sql: (value, { pattern }, { dialect }) => dialect.textFits(value, patternParts(pattern)),
    // rule: memory-like
    prepare: ({ pattern }) => prepareFit(patternParts(pattern)),
    example: 'website like "https://%.example/_"',
    doc:
      'the whole text fits the pattern: `%` is any run, `_` one character, ' +
      '`\\%` and `\\_` are themselves',
  },
  matches: {
    kind: 'matches',
    words: ['matches'],
    negated: 'not matches',
    types: TEXT_TYPES,
    read: (parsed, reader) => ({
      kind: 'matches',
      pattern: reader.regularExpression(presume(parsed, 'value').value),
    }),
    print: ({ pattern }) => quoteText(pattern),
    sql: (value, { pattern }, { rows }) => new Matched({ value, pattern, rows }),
    // rule: memory-matches
    prepare: ({ pattern }) => {
      const isFound = preparePattern(pattern);
      return (value) => typeof value === 'string' && isFound(value);
    },
    example: 'phone matches "^\\+33[67]"',
    doc: 'the regular expression (RE2 syntax) is found in it; case counts unless it says `(?i)`',
  },
};

const ANY: PatternPart = { kind: 'any' };
const ONE: PatternPart = { kind: 'one' };

function literal(text: string): PatternPart {
  return { kind: 'text', text };
}

/**
 * Splits a pattern: `%` is any run, `_` one character; after a backslash `%`, `_` and `\` stand for
 * themselves.
 */
export function patternParts(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  // rule: operator-like
  for (const [piece] of pattern.matchAll(/\\[%_\\]|[%_]|[^%_\\]+|\\/gsu)) {
    if (piece === '%') parts.push(ANY);
    else if (piece === '_') parts.push(ONE);
    else parts.push(literal(/^\\./s.test(piece) ? piece.slice(1) : piece));
  }
  return parts;
}
