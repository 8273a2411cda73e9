import { plainValue } from '../../../contact/plain-values.ts';
import type { EventRow, Found, ResolvedDate, Verdict } from '../../../filter/index.ts';
import {
  decidingConditions,
  type Explanation,
  type FilterAnswer,
} from '../../../segment/explain.ts';
import type { ContactPin, Value } from '../../../store/index.ts';
import { formatInstant } from '../../../support/instant.ts';
import type { UserError } from '../../../support/errors.ts';
import { plainData } from '../record-columns.ts';
import { causeData } from '../beginning.ts';

type Data = Record<string, unknown>;

/** The `data` of `rollcall/segments.explain/1`. */
export function explanationData(explanation: Explanation): Data {
  const { segment, contact, time, membership, pin, filter, pending } = explanation;
  return {
    segment: {
      id: segment.id,
      alias: segment.alias,
      type: segment.kind,
      published: segment.published,
      built_at: instant(segment.builtAt),
    },
    contact,
    now: formatInstant(time.now),
    timezone: time.zone,
    ...membershipData(membership),
    pin: pin === null ? null : pinData(pin),
    pending,
    sleeping: filter !== null && segment.kind === 'static',
    ...(filter?.kind === 'answered' ? answerData(filter, explanation) : WITHOUT_ANSWER),
    error: filter?.kind === 'broken' ? errorData(filter.error) : null,
  };
}

function membershipData(membership: Explanation['membership']): Data {
  if (membership === null) return { member: false, since: null, via: null, cause: null };
  const { since, via, joined } = membership;
  return {
    member: true,
    since: instant(since),
    via,
    cause: joined === null ? null : causeData(joined),
  };
}

const WITHOUT_ANSWER = { filter: null, matches: null, near_misses: [], hangs_on: [], tree: null };

function answerData(answer: FilterAnswer, explanation: Explanation): Data {
  const { text, verdict } = answer;
  const deciding = decidingConditions(verdict).map(({ condition }) => condition);
  return {
    filter: text,
    matches: verdict.holds,
    near_misses: verdict.holds ? [] : deciding,
    hangs_on: verdict.holds ? deciding : [],
    tree: verdictData(verdict, answer, explanation),
  };
}

function errorData({ code, message, hint }: UserError): Data {
  return { code, message, hint: hint ?? null };
}

function pinData({ kind, via, name, by, reason, until, createdAt }: ContactPin): Data {
  return {
    kind,
    via,
    name,
    by,
    reason,
    until: instant(until),
    created_at: formatInstant(createdAt),
  };
}

function verdictData(verdict: Verdict, answer: FilterAnswer, explanation: Explanation): Data {
  const { kind, holds } = verdict;
  switch (kind) {
    case 'and':
    case 'or':
      return {
        kind,
        holds,
        conditions: verdict.verdicts.map((inner) => verdictData(inner, answer, explanation)),
      };
    case 'not':
      return { kind, holds, conditions: [verdictData(verdict.verdict, answer, explanation)] };
    case 'constant':
      return { kind, holds };
    case 'condition': {
      const { condition, decides, evidence } = verdict;
      return {
        kind,
        holds,
        condition,
        decides,
        found: foundData(evidence.found, answer, explanation),
        dates: evidence.dates.map(dateData),
      };
    }
  }
}

function foundData(
  found: Found,
  { company }: FilterAnswer,
  { aliases, segments }: Explanation,
): Data {
  switch (found.kind) {
    case 'field':
      return fieldData(found, company);
    case 'tags':
      return { tags: found.names };
    case 'events':
      return eventsData(found);
    case 'membership':
      return {
        segment: aliases.get(found.segmentId) ?? null,
        since: instant(found.since ?? null),
        via: segments.find(({ segmentId }) => segmentId === found.segmentId)?.via ?? null,
      };
    case 'suppressions':
      return { suppressions: found.rows.map(({ channel, reason }) => ({ channel, reason })) };
  }
}

function fieldData(
  { type, value, object }: Extract<Found, { readonly kind: 'field' }>,
  company: string | null,
): Data {
  const plain = plainData(type, plainValue(type, value as Value)); // as the store gave it
  return object === 'company' ? { value: plain, company } : { value: plain };
}

function eventsData({
  type,
  value,
  matching,
  latest,
}: Extract<Found, { readonly kind: 'events' }>): Data {
  return {
    value: type === 'datetime' ? instant(value) : value,
    events: matching,
    latest: latest === undefined ? null : eventData(latest),
  };
}

function eventData({ type, subject, value, occurredAt, properties }: EventRow): Data {
  return { type, subject, value, occurred_at: formatInstant(occurredAt), properties };
}

/** From `from` to before `until`: days, or instants. */
function dateData({ text, range }: ResolvedDate): Data {
  return range.grain === 'day'
    ? { date: text, from: range.from, until: range.until }
    : { date: text, from: instant(range.from), until: instant(range.until) };
}

function instant(epochMs: number | null): string | null {
  return epochMs === null ? null : formatInstant(epochMs);
}
