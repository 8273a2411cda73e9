/**
 * Mautic's dates in the language: `today`, `last week`, `-30 days`, `first day of previous month`, `birthday`. Words name a day
 * or a period; offsets and days of the calendar are, of a field that holds instants, the midnight that begins the day.
 */
import { type BuilderOperator, cannotSay } from './mautic-operators.ts';
import { quoteText } from './quote.ts';
import { code } from './wording-parts.ts';

/** The field as the language writes it. */
export interface DateField {
  readonly name: string;
  readonly holdsDays: boolean;
}

const DAY = /^(today|yesterday|tomorrow)$/;
const PERIOD = /^(this|last|next) (week|month|quarter|year)$/;
const OFFSET = /^([+-]?) ?(\d+) (minute|hour|day|week|month|year)s?$/;
const AGO = /^(\d+) (minute|hour|day|week|month|year)s? ago$/;
const SPAN = /^\d+ (minute|hour|day|week|month|year)s?$/;
const CALENDAR = /^\d{4}(-\d{2}){0,2}$/;
const ANNIVERSARY = /^(?:birthday|anniversary)\s*([+-]?\s*\d+\s*(?:day|week|month|year)s?|\d+ (?:day|week|month|year)s? ago)?$/;
const EDGE_OF_MONTH = /^(first|last) day of (last|previous|this|next) month$/;
/** `2026%`, `2026-03-%`, and as Mautic completes a text without `%`. */
const BEGINNING = /^%?(\d{4}(?:-\d{2}){0,2})-?%?$/;
const OPPOSITE: ReadonlyMap<string, string> = new Map([['>', '>='], ['<=', '<']]);

/** Whether Mautic takes the value for a midnight, where the language takes it for a day. */
export function isDayOfInstants(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value.trim());
}

/** A condition on a date or datetime field. Words that are no date stay as they are, in quotes: reading them says what is wrong. */
export function dateCondition(field: DateField, operator: BuilderOperator, values: readonly string[]): string {
  const { name } = field;
  const { word, arity, code: ofMautic } = operator;
  const [first = '', second = ''] = values.map(plain);
  if (arity === 'none') return `${name} ${word}`;
  if (arity === 'some') return `${name} ${word} (${values.map(quoteText).join(', ')})`;
  if (arity === 'two') return `${name} ${word} ${edge(first, 'start')} and ${edge(second, 'end')}`;
  if (ofMautic === 'inlast' || ofMautic === 'innext') return wholeDays(name, operator, first);
  if (/^(not )?in (last|next)$/.test(word)) return `${name} ${word} ${SPAN.test(first) ? first : quoteText(first)}`;
  if (/^(not )?during$/.test(word)) return `${name} ${word} ${isPeriod(first) ? first : quoteText(first)}`;
  if (/^(not )?(like|starts with|ends with|contains|matches)$/.test(word)) return beginning(name, operator, first);
  return comparison(field, operator, first);
}

/** One blank between words, one before a unit, and none behind a sign. */
function plain(value: string): string {
  return value.trim().toLowerCase().replace(/\s+/g, ' ').replace(/^([+-]) /, '$1').replace(/^([+-]?\d+)([a-z])/, '$1 $2');
}

function isPeriod(value: string): boolean {
  return DAY.test(value) || PERIOD.test(value) || CALENDAR.test(value);
}

function wholeDays(name: string, { written, code: ofMautic }: BuilderOperator, value: string): string {
  const [, count, unit] = /^(\d+) (day|week|month|year)s?$/.exec(value) ?? [];
  if (count === undefined || unit === undefined) {
    throw cannotSay(`${code(written)} takes a number of days, weeks, months or years, and ${code(value)} is none`, "for example: --value '30 days'");
  }
  return ofMautic === 'inlast'
    ? `${name} between ${steps('today', -Number(count), unit)} and today`
    : `${name} between today and ${steps('today', Number(count), unit)}`;
}

/** Mautic compares the text of a date: its beginning is a period. */
function beginning(name: string, { word, written }: BuilderOperator, value: string): string {
  const negated = word.startsWith('not ');
  const operation = negated ? word.slice('not '.length) : word;
  const [, period] = operation === 'like' || operation === 'contains' || operation === 'starts with' ? (BEGINNING.exec(value) ?? []) : [];
  if (period === undefined) {
    throw cannotSay(`a date has no text for ${code(written)} to look for ${code(value)} in`, `say the period that is meant: --where '${name} during 2026-03'`);
  }
  return `${name} ${negated ? 'not during' : 'during'} ${period}`;
}

function comparison(field: DateField, operator: BuilderOperator, value: string): string {
  const { name } = field;
  const { word } = operator;
  const anniversary = ANNIVERSARY.exec(value);
  if (anniversary !== null) return `anniversary(${name}) = ${dateOf(plain(anniversary[1] ?? 'today'))}`;
  if (PERIOD.test(value) && (word === '=' || word === '!=')) return `${name} ${word === '=' ? 'during' : 'not during'} ${value}`;
  if (operator.code !== undefined && !field.holdsDays && !DAY.test(value) && !PERIOD.test(value)) return ofMidnight(name, operator, value);
  return `${name} ${word} ${edge(value, word === '<' || word === '>=' ? 'start' : 'end')}`;
}

/** Of instants; the language says a moving midnight as the edge of its day, one tick apart from it. */
function ofMidnight(name: string, { word, written }: BuilderOperator, value: string): string {
  if (isDayOfInstants(value)) return `${name} ${word} ${value}T00:00`;
  const isEquality = word === '=' || word === '!=';
  const isInstant = /[1-9]\d* (minute|hour)s?\b/.test(value);
  if (isEquality && isInstant) throw cannotSay(`Mautic compares ${code(written)} with a day, and ${code(value)} is a point in time`, 'say the day that is meant, such as yesterday');
  if (isEquality || isInstant || !isMoving(value)) return `${name} ${word} ${dateOf(value)}`;
  return `${name} ${OPPOSITE.get(word) ?? word} ${dateOf(value)}`;
}

function isMoving(value: string): boolean {
  return OFFSET.test(value) || AGO.test(value) || EDGE_OF_MONTH.test(value);
}

/** The date that a value names; of a whole period its first or its last day. */
function edge(value: string, side: 'start' | 'end'): string {
  const [, relation = '', unit = ''] = PERIOD.exec(value) ?? [];
  if (relation === '') return dateOf(value);
  const [count, noun] = unit === 'quarter' ? [3, 'month'] : [1, unit];
  if (side === 'start') return steps(`start of ${unit}`, away(relation) * count, noun);
  return `${steps(`start of ${unit}`, (away(relation) + 1) * count, noun)} - 1 day`;
}

function away(relation: string): number {
  return { last: -1, previous: -1, this: 0, next: 1 }[relation] ?? 0;
}

function dateOf(value: string): string {
  if (DAY.test(value) || value === 'now') return value;
  const [, side, relation] = EDGE_OF_MONTH.exec(value) ?? [];
  if (side !== undefined && relation !== undefined) return edge(`${relation} month`.replace('previous', 'last'), side === 'first' ? 'start' : 'end');
  const [, sign = '-', count, unit] = OFFSET.exec(value) ?? ['', '-', ...(AGO.exec(value) ?? []).slice(1)];
  if (count !== undefined && unit !== undefined) return steps('today', sign === '-' ? -Number(count) : Number(count), unit);
  if (/^(first|last) day of /.test(value)) throw unknownEdge(value);
  return quoteText(/^\d{4}-/.test(value) ? value.toUpperCase().replace(' ', 'T') : value);
}

function unknownEdge(value: string): Error {
  return cannotSay(`${code(value)} is no date here`, 'say the day, such as 2026-05-01, or count from one in --where: start of year + 4 months');
}

function steps(anchor: string, count: number, unit: string): string {
  if (count === 0) return anchor;
  return `${anchor} ${count < 0 ? '-' : '+'} ${Math.abs(count)} ${unit}${Math.abs(count) === 1 ? '' : 's'}`;
}
