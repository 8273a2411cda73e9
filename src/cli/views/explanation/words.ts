import { plainValue } from '../../../contact/plain-values.ts';
import type { DateRange, EventRow, Found } from '../../../filter/index.ts';
import type { Explanation, FilterAnswer } from '../../../segment/explain.ts';
import type { Value } from '../../../store/index.ts';
import { addToDay, localText } from '../../../support/time.ts';
import { counted } from '../../../support/text.ts';
import { sinceText } from '../beginning.ts';

interface Told {
  readonly answer: FilterAnswer;
  readonly explanation: Explanation;
}

/** What the contact has of what a condition asks about. */
export function foundText(found: Found, { answer, explanation }: Told): string {
  const local = (instant: number): string => localText(instant, explanation.time.zone);
  switch (found.kind) {
    case 'field':
      return fieldText(found, answer.company, local);
    case 'tags':
      return found.names.length === 0
        ? 'has no tags'
        : `has ${found.names.map((name) => JSON.stringify(name)).join(', ')}`;
    case 'events':
      return eventsText(found, local);
    case 'membership':
      return membershipText(found, explanation, local);
    case 'suppressions':
      return found.rows.length === 0
        ? 'is not suppressed'
        : 'is suppressed in ' +
            found.rows.map(({ channel, reason }) => `${channel} (${reason})`).join(', ');
  }
}

function membershipText(
  { segmentId, since }: Extract<Found, { readonly kind: 'membership' }>,
  { aliases, segments }: Explanation,
  local: (instant: number) => string,
): string {
  const alias = aliases.get(segmentId) ?? '';
  const membership = segments.find((segment) => segment.segmentId === segmentId);
  if (since === undefined || membership === undefined) return `is not in ${alias}`;
  return `is in ${alias} ${sinceText(membership, local)}`;
}

function fieldText(
  { type, value, object, hasCompany }: Extract<Found, { readonly kind: 'field' }>,
  company: string | null,
  local: (instant: number) => string,
): string {
  if (object === 'company' && !hasCompany) return 'has no company';
  const plain = plainValue(type, value as Value); // as the store gave it
  const text =
    plain === null || plain === ''
      ? 'empty'
      : type === 'datetime' && typeof plain === 'number'
        ? local(plain)
        : JSON.stringify(plain);
  return object === 'company' ? `is ${text} at ${company ?? ''}` : `is ${text}`;
}

function eventsText(
  { type, value, matching, latest }: Extract<Found, { readonly kind: 'events' }>,
  local: (instant: number) => string,
): string {
  if (latest === undefined) return 'no such event';
  const figure = value === null ? 'empty' : type === 'datetime' ? local(value) : String(value);
  const isCount = type === 'number' && value === matching;
  return (
    `${isCount ? '' : `is ${figure}, of `}${counted(matching, 'event')}, the latest ` +
    eventText(latest, local)
  );
}

function eventText(
  { occurredAt, subject, value }: EventRow,
  local: (instant: number) => string,
): string {
  return [local(occurredAt), subject === null ? null : JSON.stringify(subject), value]
    .filter((part) => part !== null)
    .join(' ');
}

/**
 * A range with both its ends: `2026-02-01 to 2026-02-28`,
 * `after 2026-01-30T11:00:00+01:00 to 2026-03-01T11:00:00+01:00`.
 */
export function rangeText(range: DateRange, zone: string): string {
  const { from, until } = range;
  if (from !== null && until !== null && from >= until) return 'no time at all';
  return range.grain === 'day' ? daysText(range) : instantsText(range, zone);
}

function daysText({ from, until }: Extract<DateRange, { readonly grain: 'day' }>): string {
  const last = until === null ? null : addToDay(until, -1, 'day');
  if (from === null) return last === null ? 'any day' : `until ${last}`;
  if (last === null) return `from ${from} on`;
  return from === last ? from : `${from} to ${last}`;
}

/**
 * The end of a range is the millisecond that no longer belongs to it; it is told in whichever words
 * need no milliseconds.
 */
function instantsText(
  { from, until }: Extract<DateRange, { readonly grain: 'instant' }>,
  zone: string,
): string {
  const isWhole = (instant: number): boolean => instant % 1000 === 0;
  const start =
    from === null
      ? []
      : [
          isWhole(from) || !isWhole(from - 1)
            ? `from ${localText(from, zone)}`
            : `after ${localText(from - 1, zone)}`,
        ];
  const end =
    until === null
      ? []
      : [
          isWhole(until) || !isWhole(until - 1)
            ? `before ${localText(until, zone)}`
            : `to ${localText(until - 1, zone)}`,
        ];
  return start.length + end.length === 0 ? 'any time' : [...start, ...end].join(' ');
}
