import { plainValue } from '../../../contact/plain-values.ts';
import type { Found, ResolvedDate, Verdict } from '../../../filter/index.ts';
import {
  decidingConditions,
  type Explanation,
  type FilterAnswer,
} from '../../../segment/explain.ts';
import type { PinRow, Value } from '../../../store/index.ts';
import { formatInstant } from '../../../support/clock.ts';
import { plainData } from '../record-columns.ts';

type Data = Record<string, unknown>;

/** The `data` of `rollcall/segments.explain/1`. */
export function explanationData(explanation: Explanation): Data {
  const { segment, contact, time, membership, pin, filter, pending } = explanation;
  const answer = filter?.kind === 'answered' ? filter : undefined;
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
    member: membership !== null,
    since: instant(membership?.since ?? null),
    via: membership?.via ?? null,
    pin: pin === null ? null : pinData(pin),
    pending,
    sleeping: filter !== null && segment.kind === 'static',
    filter: answer?.text ?? null,
    matches: answer?.verdict.holds ?? null,
    near_misses:
      answer === undefined
        ? []
        : decidingConditions(answer.verdict).map(({ condition }) => condition),
    tree: answer === undefined ? null : verdictData(answer.verdict, answer, explanation),
    error:
      filter?.kind === 'broken'
        ? {
            code: filter.error.code,
            message: filter.error.message,
            hint: filter.error.hint ?? null,
          }
        : null,
  };
}

function pinData({ kind, via, by, reason, until, createdAt }: PinRow): Data {
  return { kind, via, by, reason, until: instant(until), created_at: formatInstant(createdAt) };
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
    case 'field': {
      // as the store gave it
      const value = plainData(found.type, plainValue(found.type, found.value as Value));
      return found.object === 'company' ? { value, company } : { value };
    }
    case 'tags':
      return { tags: found.names };
    case 'events': {
      const { latest } = found;
      const value = found.type === 'datetime' ? instant(found.value) : found.value;
      return {
        value,
        events: found.matching,
        latest:
          latest === undefined
            ? null
            : {
                type: latest.type,
                subject: latest.subject,
                value: latest.value,
                occurred_at: formatInstant(latest.occurredAt),
                properties: latest.properties,
              },
      };
    }
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

/** From `from` to before `until`: days, or instants. */
function dateData({ text, range }: ResolvedDate): Data {
  return range.grain === 'day'
    ? { date: text, from: range.from, until: range.until }
    : { date: text, from: instant(range.from), until: instant(range.until) };
}

function instant(epochMs: number | null): string | null {
  return epochMs === null ? null : formatInstant(epochMs);
}
