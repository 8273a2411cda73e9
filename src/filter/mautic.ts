/**
 * One row of a filter builder in the language: a field, an operator code and values, as Mautic's builder and API have
 * them (https://docs.mautic.org/en/latest/segments/manage_segments.html) and with the meaning that they have there. Words of
 * the language do as well; what both have, such as `=` and `like`, is taken for Mautic's.
 */
import { fold } from '../support/fold.ts';
import { fieldName, findField, type Catalogue, type FieldType } from './catalogue.ts';
import { dateCondition, isDayOfInstants } from './mautic-dates.ts';
import { type BuilderOperator, cannotSay, readOperator, requireCount } from './mautic-operators.ts';
import { quoteName, quotePrefixed, quoteText } from './quote.ts';
import { code } from './wording-parts.ts';

export interface BuilderCondition {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
  /** How it joins the rows before it; the first row has none. */
  readonly glue?: 'and' | 'or' | undefined;
}

/**
 * The condition as text of the language, to be read with `readFilter`, which finds what is wrong with field and values.
 * `UserError` (2): an unknown operator, too many or too few values, what Mautic means and the language cannot say.
 */
export function translateCondition({ field, operator: written, values, glue }: BuilderCondition, catalogue: Catalogue): string {
  const operator = several(readOperator(written), values, typeOf(field, catalogue));
  const given = operator.arity === 'some' && operator.code !== '=' ? values.flatMap((value) => value.split('|')) : values;
  requireCount(operator, given.length);
  const type = typeOf(field, catalogue);
  if (type === undefined && /^(segment|leadlist)$/i.test(field)) return segmentCondition(operator, given, glue ?? 'and');
  const name = printName(field, catalogue);
  if (type === 'date' || type === 'datetime') return dateCondition({ name, holdsDays: type === 'date' }, operator, given);
  if (type === 'tags' || type === 'multiselect') return setCondition(name, operator, given);
  return valueCondition(name, operator, given, type ?? 'text');
}

/** What its author should know of a condition that Mautic means otherwise than many expect, or that its versions mean differently. */
export function warningsOfTranslation({ field, operator: written, values }: BuilderCondition, catalogue: Catalogue): string[] {
  const type = typeOf(field, catalogue);
  const { code: ofMautic } = readOperator(written);
  if (type === 'multiselect' && ofMautic === 'in' && values.flatMap((value) => value.split('|')).length > 1) {
    return [`\`in\` of a multiselect is taken for any of them, as in Mautic 7; up to Mautic 6 it meant all of them: that is \`in_all\``];
  }
  const [day = ''] = values;
  if (type !== 'datetime' || (ofMautic !== '=' && ofMautic !== '!=') || !isDayOfInstants(day)) return [];
  return [`to Mautic ${code(day)} is its midnight, to the second; for the whole day say --where '${printName(field, catalogue)} ${ofMautic} ${day.trim()}'`];
}

function typeOf(field: string, catalogue: Catalogue): FieldType | undefined {
  return fold(field) === 'tags' ? 'tags' : findField(catalogue, field)?.type;
}

/** Old rows of Mautic have `=` with several values for `in`. */
function several(operator: BuilderOperator, values: readonly string[], type: FieldType | undefined): BuilderOperator {
  const isList = operator.word === '=' && values.length > 1 && type !== 'boolean' && type !== 'date' && type !== 'datetime';
  return isList ? { ...operator, code: '=', word: 'in', arity: 'some' } : operator;
}

function printName(field: string, catalogue: Catalogue): string {
  const known = findField(catalogue, field);
  if (known === undefined) return quoteName(field);
  return known.object === 'company' ? quotePrefixed('company.', known.name) : quoteName(fieldName(known));
}

/** Mautic asks a set with the words for one value. */
const SET_WORDS: ReadonlyMap<string, string> = new Map([
  ['=', 'has any'],
  ['!=', 'has none'],
  ['in', 'has any'],
  ['not in', 'has none'],
]);

function setCondition(name: string, operator: BuilderOperator, values: readonly string[]): string {
  const word = SET_WORDS.get(operator.word);
  return word === undefined ? valueCondition(name, operator, values, 'text') : `${name} ${word} ${listOf(values, 'text')}`;
}

function valueCondition(name: string, operator: BuilderOperator, values: readonly string[], type: FieldType): string {
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
      return operator.code === undefined ? `${name} ${word} ${literal(first, type)}` : codeCondition(name, operator, first, type);
  }
}

/** To Mautic's database a zero is as empty as a text without characters. */
function emptyCondition(name: string, { code: ofMautic, word }: BuilderOperator, type: FieldType): string {
  if (type !== 'number' || ofMautic === undefined) return `${name} ${word}`;
  return word === 'is empty' ? `${name} is empty or ${name} = 0` : `${name} is not empty and ${name} != 0`;
}

function codeCondition(name: string, { word }: BuilderOperator, value: string, type: FieldType): string {
  if (word === 'matches') return `${name} matches ${quoteText(`(?i)${value}`)}`;
  if (word === 'not matches') return `${name} not matches ${quoteText(`(?i)${value}`)} and ${name} is not empty`;
  const part = PATTERNS.find(([of]) => word === of || word === `not ${of}`);
  return part === undefined ? `${name} ${word} ${literal(value, type)}` : patternCondition(name, word, value, part);
}

/** Each is a pattern to Mautic, in which `%` and `_` are not escaped. */
const PATTERNS = [
  ['starts with', (value: string) => `${value}%`],
  ['ends with', (value: string) => `%${value}`],
  ['contains', (value: string) => `%${value}%`],
  ['like', (value: string) => (value.includes('%') ? value : `%${value}%`)],
] as const;

function patternCondition(name: string, word: string, value: string, [of, patternOf]: (typeof PATTERNS)[number]): string {
  const not = word === of ? '' : 'not ';
  if (/[%_]/.test(value)) return `${name} ${not}like ${quoteText(patternOf(value))}`;
  return `${name} ${not}${of === 'like' ? 'contains' : of} ${quoteText(value)}`;
}

function listOf(values: readonly string[], type: FieldType): string {
  return `(${values.map((value) => literal(value, type)).join(', ')})`;
}

function literal(value: string, type: FieldType): string {
  if (type === 'number' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value.trim())) return value.trim();
  if (type === 'boolean' && /^(1|true|yes|0|false|no)$/i.test(value)) return String(/^(1|true|yes)$/i.test(value));
  return quoteText(value);
}

/** Mautic's segment membership: `in` and `!in` of aliases. */
function segmentCondition({ word, written }: BuilderOperator, aliases: readonly string[], glue: 'and' | 'or'): string {
  const each = aliases.map((alias) => `in segment ${quoteName(alias)}`);
  const any = each.join(' or ');
  if (word === 'in' || word === '=') return any;
  if (word !== 'not in' && word !== '!=') {
    throw cannotSay(`segments are asked with \`in\` or \`!in\`, not with ${code(written)}`, 'or say it with --where: in segment a and in segment b');
  }
  if (glue === 'or') return each.map((one) => `not ${one}`).join(' or '); // Mautic makes a row for each
  return `not ${aliases.length > 1 ? `(${any})` : any}`;
}
