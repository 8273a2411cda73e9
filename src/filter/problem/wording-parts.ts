/** The pieces that messages and hints are made of. */
import { nearest } from '../../support/nearest.ts';
import type { Expected, OperandType, WrittenValue } from './problem.ts';
import { quoteText } from '../quote.ts';

/** What an operand of the type is, and how its values are written. */
const TYPES: Readonly<Record<OperandType, { readonly is: string; readonly wants: string }>> = {
  text: { is: 'text', wants: 'text in quotes (such as "Paris")' },
  email: { is: 'an e-mail address', wants: 'text in quotes (such as "ann@example.org")' },
  url: { is: 'a web address', wants: 'text in quotes (such as "https://example.org")' },
  phone: { is: 'a phone number', wants: 'text in quotes (such as "+33 1 23 45")' },
  select: { is: 'a choice', wants: 'one of its options in quotes' },
  number: { is: 'a number', wants: 'a number (such as 50 or -1.5)' },
  boolean: { is: 'yes or no', wants: '`true` or `false`' },
  date: { is: 'a date', wants: 'a date (such as 2026-03-15 or `today - 3 days`)' },
  datetime: {
    is: 'a point in time',
    wants: 'a date or time (such as 2026-03-15, 2026-03-15T10:00 or `now - 3 hours`)',
  },
  multiselect: { is: 'a set of choices', wants: 'its options in quotes (such as "a", "b")' },
  tags: { is: 'a set of tags', wants: 'tags in quotes (such as "vip", "press")' },
  anniversary: { is: 'an anniversary', wants: 'a date (such as `today`)' },
  property: { is: 'a property', wants: 'text in quotes, a number or a date' },
};

const EXPECTED: Readonly<Record<Expected, string>> = {
  condition: 'a condition',
  joint: '`and`, `or` or the end',
  closing: '`)`',
  list: '`(` and a list of values',
  listJoint: '`,` or `)`',
  betweenAnd: '`and` and the upper bound',
  startsWith: '`with`',
  empty: '`empty` or `not empty`',
  has: '`any`, `all` or `none`',
  count: 'a whole number from 1',
  unit: 'a unit (minutes, hours, days, weeks, months or years)',
  date: 'a date',
  dayUnit: '`day`, `week`, `month`, `quarter` or `year`',
  of: '`of`',
  period: 'a period (such as `last month`, `this week`, `today`, 2026, 2026-03 or 2026-03-15)',
  window: 'a window (such as `in last 30 days`, `since 2026-03-01` or `during last month`)',
  segmentWord: '`segment`',
  segmentName: "a segment's alias",
  eventType: 'an event type (such as page.hit)',
  eventTest:
    'a test of the event (its `subject`, `value`, ' +
    '`occurred_at` or `property.NAME`) or a filter in parentheses',
  valueOfEvents: 'an event type with `.value` (such as purchase.value)',
  tag: 'a tag in quotes',
  channel: 'a channel (such as email)',
  reason: 'a reason (such as bounced)',
  fieldName: 'a date field',
};

/** Words of other languages, and what one writes here. */
const SPOKEN_ELSEWHERE: Readonly<Record<string, string>> = {
  '==': '=',
  '<>': '!=',
  '!==': '!=',
  '!': 'not',
  '&&': 'and',
  '||': 'or',
  '=~': 'matches',
  '~=': 'matches',
  '*': 'like with %',
  equals: '=',
  eq: '=',
  neq: '!=',
  ne: '!=',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  null: 'is empty',
  since: '>=',
  ilike: 'like',
  regexp: 'matches',
  rlike: 'matches',
  regex: 'matches',
  begins: 'starts with',
  startswith: 'starts with',
  endswith: 'ends with',
  includes: 'contains',
  containing: 'contains',
};

const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu;
const MOST_SHOWN = 60;
const LISTED = /^["'\d-]/;
const DATE_WORDS = ['now', 'today', 'yesterday', 'tomorrow'];

export function typeWords(type: OperandType): { readonly is: string; readonly wants: string } {
  return TYPES[type];
}

/** A piece of the filter in backticks. */
export function code(text: string): string {
  return `\`${safe(text)}\``;
}

/** The text cut to one line, without characters that would control a terminal. */
export function safe(text: string): string {
  const characters = Array.from(
    text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`),
  );
  return characters.length > MOST_SHOWN
    ? `${characters.slice(0, MOST_SHOWN).join('')}…`
    : characters.join('');
}

export function found(text: string): string {
  return text === '' ? ', but the filter ends here' : `, found ${code(text)}`;
}

export function expectedMessage(expected: Expected, after: string, text: string): string {
  const place = after === '' ? '' : ` after ${code(after)}`;
  return `expected ${EXPECTED[expected]}${place}${found(text)}`;
}

const NAMES: readonly Expected[] = ['segmentName', 'eventType', 'channel', 'reason', 'fieldName'];

export function expectedHint(expected: Expected, text: string): string | undefined {
  const word = text.toLowerCase();
  switch (expected) {
    case 'joint':
      return elsewhereHint(word) ?? 'join two conditions with `and` or `or`';
    case 'list':
      return LISTED.test(text) ? `put the values in parentheses: (${safe(text)})` : undefined;
    case 'empty':
      return word === 'null' ? 'say `is empty`' : 'to compare, write `=` or `!=`';
    case 'unit':
      return { quarter: 'a quarter is 3 months', second: 'the smallest unit is a minute' }[
        word.replace(/s$/, '')
      ];
    case 'count':
      return /^(week|month|quarter|year)$/.test(word)
        ? `for the calendar period say \`during last ${word}\``
        : undefined;
    case 'eventTest':
      return word === 'not' ? 'put the condition in parentheses: `where (not …)`' : undefined;
    case 'window':
      return word === 'not'
        ? 'a window has no `not`; put `not` before the whole condition'
        : undefined;
    default:
      return NAMES.includes(expected) && /^["']/.test(text)
        ? 'names stand bare or in backticks, not in quotes'
        : undefined;
  }
}

/** A hint for a word of another language. */
export function elsewhereHint(text: string): string | undefined {
  const word = text.toLowerCase();
  return Object.hasOwn(SPOKEN_ELSEWHERE, word)
    ? `here one writes \`${SPOKEN_ELSEWHERE[word] ?? ''}\``
    : undefined;
}

export function quotesHint(text: string): string {
  return /["'“”„«»‘’]/.test(text)
    ? 'texts stand in straight quotes: "…" or \'…\''
    : 'odd characters belong in quotes (texts) or in backticks (names)';
}

export function nearestHint(near: string | undefined, all: string): string {
  return near === undefined
    ? all
    : `did you mean ${near.startsWith('"') ? near : code(near)}? ${all}`;
}

export function operatorsHint(type: OperandType, allowed: readonly string[]): string {
  return allowed.length === 0
    ? `${TYPES[type].is} has no tests`
    : `it can be tested with ${listing(allowed.map((word) => code(word)))}`;
}

export function valueHint(type: OperandType, value: WrittenValue): string | undefined {
  const wantsText = TYPES[type].wants.includes('quotes');
  if (wantsText && value.kind !== 'text') return `put it in quotes: ${quoteText(value.text)}`;
  if (type === 'number' && value.kind === 'text' && /^-?\d+(\.\d+)?$/.test(value.text))
    return `leave out the quotes: ${value.text}`;
  if (type === 'boolean') return 'write `= true` or `= false`';
  return type === 'date' || type === 'datetime' || type === 'anniversary'
    ? dateHint(type, value)
    : undefined;
}

function dateHint(
  type: 'date' | 'datetime' | 'anniversary',
  value: WrittenValue,
): string | undefined {
  const [word] = value.kind === 'word' ? nearest(value.text, DATE_WORDS) : [];
  if (word !== undefined) return `did you mean ${code(word)}?`;
  const isYear = value.kind === 'number' && /^\d{4}$/.test(value.text);
  return isYear && type !== 'anniversary'
    ? `for the whole year say \`during ${value.text}\``
    : undefined;
}

/** `a, b and c`, at most ten. */
export function some(items: readonly string[]): string {
  return items.length > 10
    ? `${items.slice(0, 10).join(', ')} and ${items.length - 10} more`
    : listing(items);
}

function listing(items: readonly string[]): string {
  return items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
