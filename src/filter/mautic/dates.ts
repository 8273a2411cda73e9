/**
 * Translates Mautic's dates: `today`, `last week`, `-30 days`, `first day of previous month`,
 * `birthday`. Words mean a day or a period. On a field of instants, offsets and calendar days mean
 * the midnight that begins the day.
 */
import { type BuilderOperator, cannotSay } from './operators.ts';
import { quoteText } from '../quote.ts';
import { code } from '../problem/wording-parts.ts';

/** A field with its name as the language writes it. */
export interface DateField {
  readonly name: string;
  readonly holdsDays: boolean;
}

const DAY = /^(today|yesterday|tomorrow)$/;
const PERIOD = /^(this|last|next) (week|month|quarter|year)$/;
const OFFSET = /^([+-]?)(\d+) (minute|hour|day|week|month|year)s?$/;
const AGO = /^(\d+) (minute|hour|day|week|month|year)s? ago$/;
const SPAN = /^\d+ (minute|hour|day|week|month|year)s?$/;
const DAYS = /^(\d+) (day|week|month|year)s?$/;
const INSTANT = /[1-9]\d* (minute|hour)s?\b/;
const CALENDAR = /^\d{4}(-\d{2}){0,2}$/;
const ANNIVERSARY = /^(?:birthday|anniversary)(?: ?(.*\d.*))?$/;
const EDGE_OF_MONTH = /^(first|last) day of (last|previous|this|next) month$/;
/**
 * The beginning of a date, such as `2026%` or `2026-03-%`; without `%` too, because Mautic then
 * adds it.
 */
const BEGINNING = /^%?(\d{4}(?:-\d{2}){0,2})-?%?$/;
/**
 * For a comparison with the midnight that begins a day, the test of the whole day that differs only
 * at midnight itself.
 */
// rule: mautic-midnight
const OF_MIDNIGHT: ReadonlyMap<string, string> = new Map([
  ['>', '>='],
  ['<=', '<'],
]);

/**
 * Whether the value is a calendar day, which Mautic takes for its midnight and the language for the
 * whole day.
 */
export function isDayOfInstants(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value.trim());
}

/**
 * A condition on a date or datetime field. A value that is no date is kept in quotes, so that
 * reading the filter reports it. `UserError` (2) for what the language cannot say.
 */
export function dateCondition(
  field: DateField,
  operator: BuilderOperator,
  values: readonly string[],
): string {
  const { name } = field;
  const { word, arity } = operator;
  const [first = '', second = ''] = values.map(plain);
  if (arity === 'none') return `${name} ${word}`;
  if (arity === 'some') return `${name} ${word} (${values.map(quoteText).join(', ')})`;
  if (arity === 'two') return `${name} ${word} ${edge(first, 'start')} and ${edge(second, 'end')}`;
  return conditionOfOne(field, operator, first);
}

function conditionOfOne(field: DateField, operator: BuilderOperator, value: string): string {
  const { name } = field;
  const { word, code: ofMautic } = operator;
  if (ofMautic === 'inlast' || ofMautic === 'innext') return wholeDays(name, operator, value);
  if (/^(not )?in (last|next)$/.test(word))
    return `${name} ${word} ${SPAN.test(value) ? value : quoteText(value)}`;
  if (/^(not )?during$/.test(word))
    return `${name} ${word} ${isPeriod(value) ? value : quoteText(value)}`;
  if (/^(not )?(like|starts with|ends with|contains|matches)$/.test(word))
    return beginning(name, operator, value);
  return comparison(field, operator, value);
}

/**
 * The value in lower case, with one blank between words and before a unit, and none after a sign.
 */
function plain(value: string): string {
  const words = value.trim().toLowerCase().replace(/\s+/g, ' ');
  return words.replace(/([+-]) (?=\d)/, '$1').replace(/^([+-]?\d+)(?=[a-z])/, '$1 ');
}

function isPeriod(value: string): boolean {
  return DAY.test(value) || PERIOD.test(value) || CALENDAR.test(value);
}

function wholeDays(
  name: string,
  { written, code: ofMautic }: BuilderOperator,
  value: string,
): string {
  const [, count, unit] = DAYS.exec(value) ?? [];
  if (count === undefined || unit === undefined) {
    const message =
      `${code(written)} takes a number of days, weeks, months or years, ` +
      `and ${code(value)} is none`;
    throw cannotSay(message, "for example: --value '30 days'");
  }
  return ofMautic === 'inlast'
    ? `${name} between ${steps('today', -Number(count), unit)} and today`
    : `${name} between today and ${steps('today', Number(count), unit)}`;
}

/** Mautic compares the text of a date, so the beginning of a date is a period. */
function beginning(name: string, { word, written }: BuilderOperator, value: string): string {
  const negated = word.startsWith('not ');
  const looksAhead = /^(not )?(like|contains|starts with)$/.test(word);
  const [, period] = (looksAhead ? BEGINNING.exec(value) : null) ?? [];
  if (period !== undefined) return `${name} ${negated ? 'not during' : 'during'} ${period}`;
  const message = `a date has no text for ${code(written)} to look for ${code(value)} in`;
  throw cannotSay(message, `say the period that is meant: --where '${name} during 2026-03'`);
}

const OF_PERIOD: ReadonlyMap<string, string> = new Map([
  ['=', 'during'],
  ['!=', 'not during'],
]);
const BOUNDED_BY_START: ReadonlySet<string> = new Set(['<', '>=']);

function comparison(field: DateField, operator: BuilderOperator, value: string): string {
  const { name, holdsDays } = field;
  const { word, code: ofMautic } = operator;
  const anniversary = ANNIVERSARY.exec(value);
  if (anniversary !== null) return `anniversary(${name}) = ${dateOf(anniversary[1] ?? 'today')}`;
  const during = PERIOD.test(value) ? OF_PERIOD.get(word) : undefined;
  if (during !== undefined) return `${name} ${during} ${value}`;
  const isWord = DAY.test(value) || PERIOD.test(value);
  // rule: mautic-days, mautic-word, mautic-own-words
  if (ofMautic !== undefined && !holdsDays && !isWord) return ofMidnight(name, operator, value);
  return `${name} ${word} ${edge(value, BOUNDED_BY_START.has(word) ? 'start' : 'end')}`;
}

/**
 * A comparison of instants with a midnight. If the midnight moves with the clock, the language has
 * it only as the edge of its day.
 */
function ofMidnight(name: string, { word, written }: BuilderOperator, value: string): string {
  // rule: mautic-day
  if (isDayOfInstants(value)) return `${name} ${word} ${value}T00:00`;
  const isEquality = word === '=' || word === '!=';
  if (isEquality && INSTANT.test(value)) {
    const message =
      `Mautic compares ${code(written)} with a day, ` + `and ${code(value)} is a point in time`;
    throw cannotSay(message, 'say the day that is meant, such as yesterday');
  }
  const isMidnight = isMoving(value) && !INSTANT.test(value);
  return `${name} ${(isMidnight ? OF_MIDNIGHT.get(word) : undefined) ?? word} ${dateOf(value)}`;
}

function isMoving(value: string): boolean {
  return OFFSET.test(value) || AGO.test(value) || EDGE_OF_MONTH.test(value);
}

/** The date that a value names; for a whole period, its first or last day. */
function edge(value: string, side: 'start' | 'end'): string {
  const [, relation = '', unit = ''] = PERIOD.exec(value) ?? [];
  return relation === '' ? dateOf(value) : edgeOf(relation, unit, side);
}

const AWAY: ReadonlyMap<string, number> = new Map([
  ['last', -1],
  ['previous', -1],
  ['this', 0],
  ['next', 1],
]);

function edgeOf(relation: string, unit: string, side: 'start' | 'end'): string {
  const away = AWAY.get(relation) ?? 0;
  const [count, noun] = unit === 'quarter' ? [3, 'month'] : [1, unit];
  if (side === 'start') return steps(`start of ${unit}`, away * count, noun);
  return `${steps(`start of ${unit}`, (away + 1) * count, noun)} - 1 day`;
}

function dateOf(value: string): string {
  if (DAY.test(value) || value === 'now') return value;
  const moving = edgeOfMonth(value) ?? daysFromToday(value);
  if (moving !== undefined) return moving;
  if (/^(first|last) day of /.test(value)) {
    const hint =
      'say the day, such as 2026-05-01, or count from one in --where: start of year + 4 months';
    throw cannotSay(`${code(value)} is no date here`, hint);
  }
  return quoteText(/^\d{4}-/.test(value) ? value.toUpperCase().replace(' ', 'T') : value);
}

function edgeOfMonth(value: string): string | undefined {
  const [, side, relation] = EDGE_OF_MONTH.exec(value) ?? [];
  if (relation === undefined) return undefined;
  return edgeOf(relation, 'month', side === 'first' ? 'start' : 'end');
}

/** `30 days ago` or `-30 days`, counted from today. */
function daysFromToday(value: string): string | undefined {
  const [, ago, unitAgo] = AGO.exec(value) ?? [];
  if (ago !== undefined && unitAgo !== undefined) return steps('today', -Number(ago), unitAgo);
  const [, sign, count, unit] = OFFSET.exec(value) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return steps('today', Number(`${sign ?? ''}${count}`), unit);
}

function steps(anchor: string, count: number, unit: string): string {
  if (count === 0) return anchor;
  const plural = Math.abs(count) === 1 ? '' : 's';
  return `${anchor} ${count < 0 ? '-' : '+'} ${Math.abs(count)} ${unit}${plural}`;
}
