/**
 * One row of a filter builder in the language: a field, an operator code and values, as Mautic's builder and API have
 * them (https://docs.mautic.org/en/latest/segments/manage_segments.html); the language's own operator words do as well.
 */
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';
import { counted } from '../support/text.ts';
import { fieldName, findField, type Catalogue, type FieldType } from './catalogue.ts';
import { dateCondition } from './mautic-dates.ts';
import { quoteName, quotePrefixed, quoteText } from './quote.ts';
import { code } from './wording-parts.ts';

export interface BuilderCondition {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Mautic's codes, folded, that are not the language's own words. */
const CODES: Readonly<Record<string, string>> = {
  eq: '=',
  neq: '!=',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  after: '>',
  before: '<',
  empty: 'is empty',
  '!empty': 'is not empty',
  '!like': 'not like',
  regexp: 'matches (?i)',
  '!regexp': 'not matches (?i)',
  startswith: 'starts with',
  '!startswith': 'not starts with',
  endswith: 'ends with',
  '!endswith': 'not ends with',
  '!contains': 'not contains',
  '!in': 'not in',
  '!between': 'not between',
};

type Arity = 'none' | 'one' | 'two' | 'some';

/** The language's words, and how many values each takes. */
const WORDS: Readonly<Record<string, Arity>> = {
  ...each('none', ['is empty', 'is not empty']),
  ...each('one', ['=', '!=', '<', '<=', '>', '>=', 'during', 'not during', 'in last', 'not in last', 'in next', 'not in next']),
  ...each('one', ['contains', 'starts with', 'ends with', 'like', 'matches', 'matches (?i)'].flatMap((word) => [word, `not ${word}`])),
  ...each('two', ['between', 'not between']),
  ...each('some', ['in', 'not in', 'has any', 'has all', 'has none']),
};

function each(arity: Arity, words: readonly string[]): Record<string, Arity> {
  return Object.fromEntries(words.map((word) => [word, arity]));
}

/**
 * The condition as text of the language, to be read with `readFilter`, which finds what is wrong with field and values.
 * `UserError` (2): an unknown operator, too many or too few values.
 */
export function translateCondition({ field, operator, values }: BuilderCondition, catalogue: Catalogue): string {
  const word = readOperator(operator);
  const given = WORDS[word] === 'some' ? values.flatMap((value) => value.split('|')) : values;
  requireCount(operator, WORDS[word] ?? 'one', given.length);
  const type = fold(field) === 'tags' ? 'tags' : findField(catalogue, field)?.type;
  if (type === undefined && /^(segment|leadlist)$/i.test(field)) return segmentCondition(word, given, operator);
  const name = printName(field, catalogue);
  if (type === 'date' || type === 'datetime') return dateCondition(name, word, given);
  return textCondition(name, word, given, type ?? 'text');
}

function readOperator(operator: string): string {
  const written = operator.trim().toLowerCase();
  const word = CODES[written] ?? written;
  if (WORDS[word] !== undefined) return word;
  const [near] = nearest(written, [...Object.keys(CODES), ...Object.keys(WORDS)]);
  const hint = near === undefined ? `there are ${Object.keys(WORDS).filter((each) => !each.includes('(')).join(', ')}` : `did you mean ${code(near)}?`;
  throw new UserError('UNKNOWN_OPERATOR', EXIT.usage, `unknown operator ${code(operator)}`, { hint });
}

function requireCount(operator: string, arity: Arity, count: number): void {
  const wanted = { none: 0, one: 1, two: 2, some: Math.max(1, count) }[arity];
  if (count === wanted) return;
  throw new UserError('FILTER', EXIT.usage, `${code(operator)} takes ${wanted === 0 ? 'no value' : counted(wanted, 'value')}, and there ${count === 1 ? 'is' : 'are'} ${count}`, { hint: 'repeat --value for each value' });
}

function printName(field: string, catalogue: Catalogue): string {
  const known = findField(catalogue, field);
  if (known === undefined) return quoteName(field);
  return known.object === 'company' ? quotePrefixed('company.', known.name) : quoteName(fieldName(known));
}

function textCondition(name: string, word: string, values: readonly string[], type: FieldType): string {
  const isSet = type === 'tags' || type === 'multiselect';
  if (word === 'is empty' || word === 'is not empty') return `${name} ${word}`;
  if (isSet && SET_WORDS[word] !== undefined) return `${name} ${SET_WORDS[word]} ${listOf(values, type)}`;
  if (WORDS[word] === 'some') return `${name} ${word} ${listOf(values, type)}`;
  const [first = '', second = ''] = values;
  if (WORDS[word] === 'two') return `${name} ${word} ${literal(first, type)} and ${literal(second, type)}`;
  if (word.endsWith(' (?i)')) return `${name} ${word.slice(0, -' (?i)'.length)} ${quoteText(`(?i)${first}`)}`;
  if (word === 'like' || word === 'not like') return `${name} ${word} ${quoteText(first.includes('%') ? first : `%${first}%`)}`;
  return `${name} ${word} ${literal(first, type)}`;
}

/** Mautic asks a set with the words for one value. */
const SET_WORDS: Readonly<Record<string, string>> = { '=': 'has any', '!=': 'has none', in: 'has any', 'not in': 'has none', 'has any': 'has any', 'has all': 'has all', 'has none': 'has none' };

function listOf(values: readonly string[], type: FieldType): string {
  return `(${values.map((value) => literal(value, type)).join(', ')})`;
}

function literal(value: string, type: FieldType): string {
  if (type === 'number' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value.trim())) return value.trim();
  if (type === 'boolean' && /^(1|true|yes|0|false|no)$/i.test(value)) return String(/^(1|true|yes)$/i.test(value));
  return quoteText(value);
}

/** Mautic's segment membership: `in` and `!in` of aliases. */
function segmentCondition(word: string, aliases: readonly string[], operator: string): string {
  const any = aliases.map((alias) => `in segment ${quoteName(alias)}`).join(' or ');
  if (word === 'in' || word === '=') return any;
  if (word === 'not in' || word === '!=') return `not ${aliases.length > 1 ? `(${any})` : any}`;
  throw new UserError('FILTER', EXIT.usage, `segments are asked with \`in\` or \`!in\`, not with ${code(operator)}`);
}
