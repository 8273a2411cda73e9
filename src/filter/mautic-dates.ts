/** Mautic's date words in the language: `today`, `last week`, `-30 days`, `birthday`. */
import { quoteText } from './quote.ts';

const DAY = /^(today|yesterday|tomorrow)$/;
const PERIOD = /^(this|last|next) (week|month|quarter|year)$/;
const OFFSET = /^([+-])\s*(\d+)\s*(minute|hour|day|week|month|year)s?$/;
const AGO = /^(\d+)\s*(minute|hour|day|week|month|year)s? ago$/;
const SPAN = /^(today|yesterday|tomorrow|(this|last|next) (week|month|quarter|year)|\d{4}(-\d{2}){0,2}|\d+ (minute|hour|day|week|month|year)s?)$/;
const ANNIVERSARY = /^(?:birthday|anniversary)\s*([+-]\s*\d+\s*(?:day|week|month|year)s?)?$/;

/** A condition on a date or datetime field. Words that are no date stay as they are, in quotes: reading them says what is wrong. */
export function dateCondition(name: string, word: string, values: readonly string[]): string {
  const [first = '', second = ''] = values.map((value) => value.trim().toLowerCase().replace(/\s+/g, ' '));
  if (word === 'is empty' || word === 'is not empty') return `${name} ${word}`;
  if (/^(not )?(during|in last|in next)$/.test(word)) return `${name} ${word} ${SPAN.test(first) ? first : quoteText(first)}`;
  if (/^(not )?between$/.test(word)) return `${name} ${word} ${edge(first, 'start')} and ${edge(second, 'end')}`;
  const anniversary = ANNIVERSARY.exec(first);
  if (anniversary !== null) return `anniversary(${name}) ${word} ${dateOf(anniversary[1] ?? 'today')}`;
  if (PERIOD.test(first) && (word === '=' || word === '!=')) return `${name} ${word === '=' ? 'during' : 'not during'} ${first}`;
  return `${name} ${word} ${edge(first, word === '<' || word === '>=' ? 'start' : 'end')}`;
}

/** The date that a value names; of a whole period its first or its last day. */
function edge(value: string, side: 'start' | 'end'): string {
  const [, relation = '', unit = ''] = PERIOD.exec(value) ?? [];
  if (relation === '') return dateOf(value);
  const away = { last: -1, this: 0, next: 1 }[relation] ?? 0;
  const [count, noun] = unit === 'quarter' ? [3, 'month'] : [1, unit];
  if (side === 'start') return steps(`start of ${unit}`, away * count, noun);
  return `${steps(`start of ${unit}`, (away + 1) * count, noun)} - 1 day`;
}

function dateOf(value: string): string {
  if (DAY.test(value) || value === 'now') return value;
  const [, sign = '-', count, unit] = OFFSET.exec(value) ?? ['', '-', ...(AGO.exec(value) ?? []).slice(1)];
  if (count !== undefined && unit !== undefined) return steps(/^(minute|hour)$/.test(unit) ? 'now' : 'today', Number(`${sign}${count}`), unit);
  return quoteText(/^\d{4}-/.test(value) ? value.toUpperCase().replace(' ', 'T') : value);
}

function steps(anchor: string, count: number, unit: string): string {
  if (count === 0) return anchor;
  return `${anchor} ${count < 0 ? '-' : '+'} ${Math.abs(count)} ${unit}${Math.abs(count) === 1 ? '' : 's'}`;
}
