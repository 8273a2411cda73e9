import { describe, expect, test } from 'vitest';
import {
  crossings,
  dependencies,
  referredSegments,
  resolveMoments,
  usedFields,
  type Dependencies,
  type TimeContext,
} from '../../src/filter/index.ts';
import { CATALOGUE, read, TIME } from './world.ts';

const NONE: Dependencies = {
  profile: [],
  company: false,
  tags: false,
  consent: false,
  eventTypes: [],
  segments: [],
  fields: [],
  moments: [],
};

const field = (name: string): number => CATALOGUE.fields.find((each) => each.name === name)!.id;
const inLast = (count: number) => ({ kind: 'inLast', count, unit: 'day' }) as const;
const place = (name: string, object: 'contact' | 'company', grain: 'day' | 'instant') =>
  ({ kind: 'field', object, field: field(name), column: name, grain }) as const;

const ROWS: readonly (readonly [text: string, dependencies: Partial<Dependencies>])[] = [
  ['true', {}],
  ['country = "FR"', { profile: [field('country')], fields: [field('country')] }],
  ['not company.industry is empty', { company: true, fields: [field('industry')] }],
  ['tagged "vip"', { tags: true }],
  ['suppressed(email)', { consent: true }],
  ['in segment hot or not in segment newsletter', { segments: [1, 2] }],
  [
    'joined segment hot in last 3 days',
    { segments: [2], moments: [{ place: { kind: 'memberships', segment: 2 }, test: inLast(3) }] },
  ],
  ['did Page.Hit or count(page.hit) > 3', { eventTypes: ['page.hit'] }],
  [
    'did page.hit in last 3 days',
    {
      eventTypes: ['page.hit'],
      moments: [{ place: { kind: 'events', eventType: 'page.hit' }, test: inLast(3) }],
    },
  ],
  [
    'created_at in last 3 days',
    {
      profile: [field('created_at')],
      fields: [field('created_at')],
      moments: [{ place: place('created_at', 'contact', 'instant'), test: inLast(3) }],
    },
  ],
  [
    'birthday in last 3 days',
    {
      profile: [field('birthday')],
      fields: [field('birthday')],
      moments: [{ place: place('birthday', 'contact', 'day'), test: inLast(3) }],
    },
  ],
  [
    'company.signed_at before today - 30 days',
    {
      company: true,
      fields: [field('signed_at')],
      moments: [
        {
          place: place('signed_at', 'company', 'instant'),
          test: {
            kind: 'before',
            date: { anchor: { kind: 'today' }, steps: [{ count: -30, unit: 'day' }] },
          },
        },
      ],
    },
  ],
  [
    'anniversary(birthday) in last 3 days',
    {
      profile: [field('birthday')],
      fields: [field('birthday')],
      moments: [
        {
          place: {
            kind: 'anniversary',
            object: 'contact',
            field: field('birthday'),
            column: 'birthday',
          },
          test: inLast(3),
        },
      ],
    },
  ],
  [
    'last(purchase where occurred_at in last 5 days during 2026) in last 3 days',
    {
      eventTypes: ['purchase'],
      moments: [
        {
          place: { kind: 'events', eventType: 'purchase' },
          test: { kind: 'during', period: { kind: 'calendar', text: '2026' } },
        },
        { place: { kind: 'events', eventType: 'purchase' }, test: inLast(5) },
        { place: { kind: 'events', eventType: 'purchase' }, test: inLast(3) },
      ],
    },
  ],
  ['sum(purchase.value where value > 3) > 5', { eventTypes: ['purchase'] }],
  [
    'did purchase where property.day in last 3 days',
    {
      eventTypes: ['purchase'],
      moments: [{ place: { kind: 'properties', eventType: 'purchase' }, test: inLast(3) }],
    },
  ],
  ['did purchase where property.day = "2026-03-15"', { eventTypes: ['purchase'] }],
];

describe('what a filter depends on', () => {
  test.each(ROWS)('%s', (text, expected) => {
    const ast = read(text);
    expect(dependencies(ast, CATALOGUE)).toEqual({ ...NONE, ...expected });
    expect([referredSegments(ast), usedFields(ast)]).toEqual([
      expected.segments ?? [],
      expected.fields ?? [],
    ]);
  });
});

describe('what a clock crosses', () => {
  const later = (text: string, time: Partial<TimeContext> = {}): TimeContext => ({
    ...TIME,
    now: Date.parse(text),
    ...time,
  });
  const between = (text: string, then: TimeContext, now: TimeContext): unknown[] => {
    const { moments } = dependencies(read(text), CATALOGUE);
    return crossings(resolveMoments(moments, then), resolveMoments(moments, now)).map(
      ({ kind, low, high }) => [kind, low, high],
    );
  };

  test.each([
    [
      'birthday in last 3 days',
      '2026-03-16T10:00Z',
      [
        ['days', '2026-03-12', '2026-03-13'],
        ['days', '2026-03-16', '2026-03-17'],
      ],
    ],
    ['birthday in last 3 days', '2026-03-15T11:00Z', []],
    ['birthday before 2026-03-01', '2027-03-01T00:00Z', []],
    [
      'anniversary(birthday) = today',
      '2026-03-16T10:00Z',
      [
        ['monthDays', '03-15', '03-16'],
        ['monthDays', '03-16', '03-17'],
      ],
    ],
    [
      'anniversary(birthday) = today',
      '2026-02-28T10:00Z',
      [
        ['monthDays', '02-28', '03-15'],
        ['monthDays', '03-01', '03-16'],
      ],
    ],
    [
      'anniversary(birthday) = today',
      '2027-01-02T10:00Z',
      [
        ['monthDays', '03-15', '12-31'],
        ['monthDays', '01-01', '01-02'],
        ['monthDays', '03-16', '12-31'],
        ['monthDays', '01-01', '01-03'],
      ],
    ],
    [
      'anniversary(birthday) = today',
      '2028-01-02T10:00Z',
      [
        ['monthDays', '01-01', '12-31'],
        ['monthDays', '01-01', '12-31'],
      ],
    ],
    [
      'anniversary(birthday) = yesterday',
      '2026-03-01T10:00Z',
      [
        ['monthDays', '02-28', '03-14'],
        ['monthDays', '03-01', '03-15'],
      ],
    ],
  ] as const)('%s until %s', (text, now, expected) => {
    expect(between(text, TIME, later(now))).toEqual(expected);
  });

  test('29 February is crossed with the 28th', () => {
    expect(
      between(
        'anniversary(birthday) in last 1 day',
        later('2027-02-26T10:00Z'),
        later('2027-02-27T10:00Z'),
      ),
    ).toEqual([
      ['monthDays', '02-25', '02-26'],
      ['monthDays', '02-27', '02-29'],
    ]);
  });

  test('a changed zone moves absolute days', () => {
    expect(between('created_at >= 2026-03-01', TIME, { ...TIME, zone: 'UTC' })).toEqual([
      ['instants', Date.parse('2026-02-28T23:00Z'), Date.parse('2026-03-01T00:00Z')],
    ]);
  });

  test('bounds are kept as JSON', () => {
    const bounds = resolveMoments(
      dependencies(read('did page.hit in last 1 day'), CATALOGUE).moments,
      TIME,
    );
    expect(JSON.parse(JSON.stringify(bounds))).toEqual([
      {
        place: { kind: 'events', eventType: 'page.hit' },
        range: { grain: 'instant', from: TIME.now - 86_400_000 + 1, until: TIME.now + 1 },
      },
    ]);
  });
});
