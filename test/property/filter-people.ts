/**
 * Random contacts whose values meet the literals and the bounds of random filters, or miss them by
 * one.
 */
import fc from 'fast-check';
import type { FieldType, TimeContext } from '../../src/filter/index.ts';
import { CATALOGUE, type Person } from '../filter/world.ts';
import {
  CHANNELS,
  DAYS,
  EVENT_TYPES,
  NUMBERS,
  PROPERTIES,
  RAW_DAYS,
  RAW_TEXTS,
  REASONS,
  TAGS,
  TEXTS,
} from './filter-pools.ts';

const MINUTE_MS = 60_000;
const LENGTHS_MS = [
  0,
  1,
  MINUTE_MS,
  60 * MINUTE_MS,
  1440 * MINUTE_MS,
  7 * 1440 * MINUTE_MS,
  28 * 1440 * MINUTE_MS,
  30 * 1440 * MINUTE_MS,
  31 * 1440 * MINUTE_MS,
  365 * 1440 * MINUTE_MS,
];

type Stored = string | number | null;

const missing = fc.constant(null);

/** An instant near now, near a multiple of a unit away from it, or near a local midnight. */
function instant({ now }: TimeContext): fc.Arbitrary<number> {
  const away = fc
    .tuple(
      fc.constantFrom(...LENGTHS_MS),
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: -1, max: 1 }),
    )
    .map(([length, times, off]) => now + length * times + off);
  const halfHours = fc
    .integer({ min: -150, max: 150 })
    .map((halves) => Math.floor(now / (30 * MINUTE_MS)) * 30 * MINUTE_MS + halves * 30 * MINUTE_MS);
  const midnights = fc
    .tuple(fc.constantFrom(...DAYS), fc.integer({ min: -28, max: 28 }))
    .map(([day, halves]) => Date.parse(`${day}T00:00:00Z`) + halves * 30 * MINUTE_MS);
  return fc.oneof(
    away,
    fc
      .tuple(fc.oneof(halfHours, midnights), fc.constantFrom(-1, 0, 1, MINUTE_MS, MINUTE_MS - 1))
      .map(([at, off]) => at + off),
  );
}

function storedValue(type: FieldType, time: TimeContext): fc.Arbitrary<Stored> {
  const text = fc.oneof(
    fc.constantFrom(...RAW_TEXTS),
    fc.tuple(fc.constantFrom(...TEXTS), fc.constantFrom(...RAW_TEXTS)).map(([a, b]) => a + b),
  );
  const byType: Record<FieldType, fc.Arbitrary<Stored>> = {
    text,
    email: text,
    url: text,
    phone: text,
    select: fc.constantFrom('free', 'FREE', 'pro', 'Team', 'gone', ''),
    number: fc.oneof(fc.constantFrom(...NUMBERS), fc.constantFrom(Infinity, -Infinity, -0)),
    boolean: fc.constantFrom(0, 1, 7, -1),
    date: fc.oneof(
      fc.constantFrom(...RAW_DAYS),
      fc
        .integer({ min: -40, max: 40 })
        .map((days) => new Date(time.now + days * 1440 * MINUTE_MS).toISOString().slice(0, 10)),
    ),
    datetime: instant(time),
    multiselect: fc.constantFrom(
      '|golf|',
      '|GOLF|sailing|',
      '|échecs|',
      '|ÉCHECS|golf|',
      '',
      'golf',
      '|golfer|',
      '|golf|a\0|sailing|',
      '||',
    ),
    tags: missing,
  };
  return fc.oneof({ weight: 5, arbitrary: byType[type] }, { weight: 1, arbitrary: missing });
}

function columns(
  object: 'contact' | 'company',
  time: TimeContext,
): fc.Arbitrary<Record<string, Stored>> {
  const fields = CATALOGUE.fields.filter(
    (field) => field.object === object && field.type !== 'tags',
  );
  return fc.record(
    Object.fromEntries(fields.map(({ column, type }) => [column, storedValue(type, time)])),
  );
}

const property = fc.oneof(
  fc.constantFrom(...RAW_TEXTS),
  fc.constantFrom(...NUMBERS),
  fc.constantFrom<unknown>(
    true,
    false,
    null,
    '42',
    ' 1e1 ',
    '0x1',
    '2026-03-15',
    '2026-03-15T10:00Z',
    [1],
    { a: 1 },
  ),
);
const properties = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .dictionary(fc.constantFrom(...PROPERTIES), property, { maxKeys: 3 })
      .map((object) => JSON.stringify(object)),
  },
  { weight: 1, arbitrary: fc.constantFrom(null, '', '{', '[]', '"size"', 'null', '{"size":') },
);

function event(time: TimeContext) {
  return fc.record({
    type: fc.constantFrom(...EVENT_TYPES, 'PAGE.HIT', 'ÉTÉ'),
    subject: fc.option(fc.constantFrom(...RAW_TEXTS)),
    value: fc.option(fc.constantFrom(...NUMBERS, Infinity, -Infinity)),
    occurredAt: instant(time),
    properties,
  });
}

/** People for one clock; fast-check shrinks them one by one. */
export function people(time: TimeContext, most = 8): fc.Arbitrary<Person[]> {
  const person = fc.record({
    contact: columns('contact', time),
    company: fc.option(columns('company', time), { nil: undefined }),
    tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 }),
    events: fc.array(event(time), { maxLength: 5 }),
    suppressions: fc.uniqueArray(
      fc.record({ channel: fc.constantFrom(...CHANNELS), reason: fc.constantFrom(...REASONS) }),
      { maxLength: 3, selector: ({ channel, reason }) => `${channel} ${reason}` },
    ),
    memberships: fc.uniqueArray(
      fc.record({ segmentId: fc.constantFrom(1, 2, 4), since: instant(time) }),
      { maxLength: 2, selector: ({ segmentId }) => segmentId },
    ),
  });
  return fc.array(person, { minLength: 1, maxLength: most });
}
