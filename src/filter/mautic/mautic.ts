/**
 * Translates one row of a filter builder: a field, an operator code and values, as in Mautic's
 * builder and API (https://docs.mautic.org/en/latest/segments/manage_segments.html), with the
 * meaning that they have there. Words of the language work too; a word that both have, such as `=`
 * or `like`, has Mautic's meaning.
 */
import { fold } from '../../support/fold.ts';
import { fieldName, findField, type Catalogue, type FieldType } from '../catalogue.ts';
import { dateCondition, isDayOfInstants } from './dates.ts';
import { type BuilderOperator, cannotSay, readOperator, requireCount } from './operators.ts';
import { quoteName, quotePrefixed, quoteText } from '../quote.ts';
import { code } from '../problem/wording-parts.ts';

export interface BuilderCondition {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
  /** How it joins the rows before it; not used for the first row. */
  readonly glue?: 'and' | 'or' | undefined;
}

/**
 * The condition as text of the language; `readFilter` then checks field and values. `UserError`
 * (2): an unknown operator, too many or too few values, or something that Mautic can say and the
 * language cannot.
 */
export function translateCondition(condition: BuilderCondition, catalogue: Catalogue): string {
  const { field, values, glue = 'and' } = condition;
  const type = typeOf(field, catalogue);
  const operator = ofSeveral(readOperator(condition.operator), values, type);
  const given = splitsAtBars(operator) ? values.flatMap((value) => value.split('|')) : values;
  requireCount(operator, given.length);
  if (type === undefined && /^(segment|leadlist)$/i.test(field))
    return segmentCondition(operator, given, glue);
  const name = printName(field, catalogue);
  const holdsDays = type === 'date';
  if (holdsDays || type === 'datetime') return dateCondition({ name, holdsDays }, operator, given);
  if (type === 'tags' || type === 'multiselect') return setCondition(name, operator, given);
  return valueCondition(name, operator, given, type ?? 'text');
}

/** Warnings for the author: where Mautic's meaning surprises, or differs between its versions. */
export function warningsOfTranslation(condition: BuilderCondition, catalogue: Catalogue): string[] {
  const { field, operator, values } = condition;
  const type = typeOf(field, catalogue);
  const { code: ofMautic } = readOperator(operator);
  if (type === 'multiselect' && ofMautic === 'in' && values.join('|').includes('|')) {
    return [
      '`in` of a multiselect is any of them, as in Mautic 7; up to Mautic 6 it meant all: ' +
        'that is `in_all`',
    ];
  }
  const [day = ''] = values;
  if (type !== 'datetime' || (ofMautic !== '=' && ofMautic !== '!=') || !isDayOfInstants(day))
    return [];
  const wholeDay = `${printName(field, catalogue)} ${ofMautic} ${day.trim()}`;
  return [
    `to Mautic ${code(day)} is its midnight, to the second; ` +
      `for the whole day say --where '${wholeDay}'`,
  ];
}

function typeOf(field: string, catalogue: Catalogue): FieldType | undefined {
  return fold(field) === 'tags' ? 'tags' : findField(catalogue, field)?.type;
}

const OF_ONE_VALUE: ReadonlySet<FieldType | undefined> = new Set(['boolean', 'date', 'datetime']);

/** Old rows of Mautic write `=` with several values for `in`. */
function ofSeveral(
  operator: BuilderOperator,
  values: readonly string[],
  type: FieldType | undefined,
): BuilderOperator {
  const isList = operator.word === '=' && values.length > 1 && !OF_ONE_VALUE.has(type);
  return isList ? { ...operator, word: 'in', arity: 'some' } : operator;
}

function splitsAtBars({ arity, code: ofMautic }: BuilderOperator): boolean {
  return arity === 'some' && ofMautic !== '=' && ofMautic !== 'eq';
}

function printName(field: string, catalogue: Catalogue): string {
  const known = findField(catalogue, field);
  if (known === undefined) return quoteName(field);
  return known.object === 'company'
    ? quotePrefixed('company.', known.name)
    : quoteName(fieldName(known));
}

/** For sets, Mautic uses the operators for one value; these are the words for them here. */
const SET_WORDS: ReadonlyMap<string, string> = new Map([
  ['=', 'has any'],
  ['!=', 'has none'],
  ['in', 'has any'],
  ['not in', 'has none'],
]);

function setCondition(name: string, operator: BuilderOperator, values: readonly string[]): string {
  const word = SET_WORDS.get(operator.word);
  if (word === undefined) return valueCondition(name, operator, values, 'text');
  return `${name} ${word} ${listOf(values, 'text')}`;
}

function valueCondition(
  name: string,
  operator: BuilderOperator,
  values: readonly string[],
  type: FieldType,
): string {
  const { word, arity } = operator;
  const [first = '', second = ''] = values;
  switch (arity) {
    case 'none':
      return emptyCondition(name, operator, type);
    case 'some':
      return `${name} ${word} ${listOf(values, type)}`;
    case 'two':
      return `${name} ${word} ${literal(first, type)} and ${literal(second, type)}`;
    case 'one':
      return oneCondition(name, operator, first, type);
  }
}

/** To Mautic's database a zero is as empty as a text without characters. */
function emptyCondition(
  name: string,
  { code: ofMautic, word }: BuilderOperator,
  type: FieldType,
): string {
  // rule: mautic-zero
  if (type !== 'number' || ofMautic === undefined) return `${name} ${word}`;
  return word === 'is empty'
    ? `${name} is empty or ${name} = 0`
    : `${name} is not empty and ${name} != 0`;
}

function oneCondition(
  name: string,
  { word, code: ofMautic }: BuilderOperator,
  value: string,
  type: FieldType,
): string {
  if (ofMautic === undefined) return `${name} ${word} ${literal(value, type)}`;
  if (word === 'matches') return `${name} matches ${quoteText(`(?i)${value}`)}`;
  // rule: mautic-not-regexp
  if (word === 'not matches')
    return `${name} not matches ${quoteText(`(?i)${value}`)} and ${name} is not empty`;
  const part = PATTERNS.find(([of]) => word === of || word === `not ${of}`);
  return part === undefined
    ? `${name} ${word} ${literal(value, type)}`
    : patternCondition(name, word, value, part);
}

/** Each is a pattern to Mautic, in which `%` and `_` are not escaped. */
const PATTERNS = [
  ['starts with', (value: string) => `${value}%`],
  ['ends with', (value: string) => `%${value}`],
  ['contains', (value: string) => `%${value}%`],
  ['like', (value: string) => (value.includes('%') ? value : `%${value}%`)],
] as const;

type Pattern = (typeof PATTERNS)[number];

function patternCondition(
  name: string,
  word: string,
  value: string,
  [of, patternOf]: Pattern,
): string {
  const not = word === of ? '' : 'not ';
  // rule: mautic-wildcards
  if (/[%_]/.test(value)) return `${name} ${not}like ${quoteText(patternOf(value))}`;
  return `${name} ${not}${of === 'like' ? 'contains' : of} ${quoteText(value)}`;
}

function listOf(values: readonly string[], type: FieldType): string {
  return `(${values.map((value) => literal(value, type)).join(', ')})`;
}

function literal(value: string, type: FieldType): string {
  if (type === 'number' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value.trim())) return value.trim();
  if (type === 'boolean' && /^(1|true|yes|0|false|no)$/i.test(value))
    return String(/^(1|true|yes)$/i.test(value));
  return quoteText(value);
}

/** Mautic's segment membership: `in` and `!in` of aliases. */
function segmentCondition(
  { word, written }: BuilderOperator,
  aliases: readonly string[],
  glue: 'and' | 'or',
): string {
  const each = aliases.map((alias) => `in segment ${quoteName(alias)}`);
  const any = each.join(' or ');
  if (word === 'in' || word === '=') return any;
  if (word !== 'not in' && word !== '!=') {
    const message = `segments are asked with \`in\` or \`!in\`, not with ${code(written)}`;
    throw cannotSay(message, 'or say it with --where: in segment a and in segment b');
  }
  // rule: mautic-or
  // Mautic makes one row for each alias
  if (glue === 'or') return each.map((one) => `not ${one}`).join(' or ');
  return `not ${aliases.length > 1 ? `(${any})` : any}`;
}
