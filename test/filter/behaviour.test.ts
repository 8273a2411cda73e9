import { afterAll, describe, test } from 'vitest';
import { expectMembers, type Row } from './ask.ts';
import { World, type Person } from './world.ts';

const at = (text: string): number => Date.parse(text);

/** It is 2026-03-15, 11:00 in Paris. */
const PEOPLE: readonly Person[] = [
  {
    contact: { birthday: '1990-03-20', created_at: at('2026-03-14T23:30:00Z') },
    tags: ['vip', 'press'],
    events: [
      {
        type: 'page.hit',
        subject: '/pricing/team',
        occurredAt: at('2026-03-15T09:59:00Z'),
        properties: '{"utm":"ads","size":12}',
      },
      { type: 'page.hit', subject: '/pricing', occurredAt: at('2026-03-10T10:00:00Z') },
      {
        type: 'PAGE.HIT',
        subject: '/blog',
        occurredAt: at('2026-02-13T09:00:00Z'),
        properties: '{"size":"7"}',
      },
      { type: 'purchase', value: 40.5, occurredAt: at('2025-12-31T22:59:59Z') },
      { type: 'purchase', value: 60, occurredAt: at('2025-12-31T23:00:00Z') },
    ],
    suppressions: [{ channel: 'email', reason: 'bounced' }],
    memberships: [{ segmentId: 1, since: at('2026-03-01T00:00:00Z') }],
  },
  {
    contact: { birthday: '2000-02-29', created_at: at('2026-03-14T22:59:59Z') },
    tags: ['VIP'],
    events: [
      {
        type: 'page.hit',
        subject: null,
        occurredAt: at('2026-02-13T10:00:00Z'),
        properties: '{"expires":"2026-03-16T00:00Z"}',
      },
      { type: 'purchase', value: null, occurredAt: at('2026-03-01T00:00:00Z') },
      {
        type: 'odd type',
        value: 3,
        occurredAt: at('2026-04-01T00:00:00Z'),
        properties: '{"broken":',
      },
    ],
    suppressions: [
      { channel: 'sms', reason: 'manual' },
      { channel: 'email', reason: 'unsubscribed' },
    ],
    memberships: [
      { segmentId: 1, since: at('2025-03-01T00:00:00Z') },
      { segmentId: 2, since: at('2026-03-15T00:00:00Z') },
    ],
  },
  { contact: { birthday: '1985-12-31' }, tags: ['été'] },
  {
    contact: { birthday: '2023-02-30' },
    events: [{ type: 'purchase', value: -5, occurredAt: at('2026-03-20T00:00:00Z') }],
  },
];

const world = new World(PEOPLE);
afterAll(() => {
  world.close();
});

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  did: [
    ['did page.hit', [1, 2]],
    ['DID PAGE.HIT', [1, 2], 'did PAGE.HIT'],
    ['not did page.hit', [3, 4]],
    ['count(page.hit) >= 1', [1, 2], 'did page.hit'],
    ['count(page.hit) = 0', [3, 4]],
    ['did page.hit in last 30 days', [1]],
    ['not did page.hit in last 30 days', [2, 3, 4]],
    ['did page.hit in last 31 days', [1, 2]],
    ['did page.hit in last 1 minute', []],
    ['did page.hit in last 2 minutes', [1]],
    ['did page.hit where subject like "/pricing%"', [1]],
    ['did page.hit where subject is empty', [2]],
    ['did page.hit where subject not starts with "/"', [2]],
    ['did page.hit where (subject = "/blog" or subject is empty) before 2026-02-14', [1, 2]],
    [
      'did page.hit where (not subject = "/blog") in last 3 days and did purchase',
      [1],
      'did page.hit where subject != "/blog" in last 3 days and did purchase',
    ],
    ['did page.hit where property.size > 10', [1]],
    ['did page.hit where property.size in (7, 8)', [1]],
    ['did page.hit where property.size = "7"', [1]],
    ['did page.hit where property.utm = "ADS"', [1]],
    ['did page.hit where property.Utm = "ads"', []],
    ['did page.hit where property.utm is empty', [1, 2]],
    ['did page.hit where property.expires after today', [2]],
    ['did page.hit where property.expires = 2026-03-16', [2]],
    ['did page.hit where property.expires = "2026-03-16"', []],
    ['did `odd type` where property.broken is empty', [2]],
    ['did purchase where occurred_at during 2025', [1]],
    ['did purchase where (occurred_at in last 3 months and not value > 0)', [2]],
    ['did purchase since 2026-03-16', [4]],
    ['did purchase before 2026-01-01', [1]],
    ['did purchase between 2026-03-01 and 2026-03-01', [2]],
    ['did purchase during last year', [1]],
    ['did purchase in next 1 week', [4]],
  ],
  aggregates: [
    ['count(page.hit) >= 3', [1]],
    ['count(page.hit) < 2', [2, 3, 4]],
    ['count(page.hit in last 7 days) between 2 and 3', [1]],
    ['count(page.hit where subject contains "pricing" in last 7 days) = 2', [1]],
    ['count(page.hit) != 0', [1, 2]],
    ['count(page.hit) not in (0, 1)', [1]],
    ['count(page.hit) is empty', []],
    ['sum(purchase.value) = 100.5', [1]],
    ['sum(purchase.value) = 0', [2, 3]],
    ['sum(purchase.value) < 0', [4]],
    ['sum(purchase.value during 2025) = 40.5', [1]],
    ['avg(purchase.value) > 50', [1]],
    ['avg(purchase.value) is empty', [2, 3]],
    ['not avg(purchase.value) > 50', [2, 3, 4]],
    ['min(purchase.value) = 40.5', [1]],
    ['max(purchase.value) >= 60', [1]],
    ['max(`odd type`.value) = 3', [2]],
    ['first(page.hit) before 2026-02-14', [1, 2]],
    ['first(page.hit) = 2026-02-13T10:00Z', [2]],
    ['last(page.hit) in last 10 days', [1]],
    ['last(page.hit) not in last 10 days', [2, 3, 4]],
    ['last(page.hit) is empty', [3, 4]],
    ['last(page.hit where subject = "/blog") during last month', [1]],
  ],
  'tags, consent, segments': [
    ['tagged "vip"', [1, 2]],
    ['not tagged "vip"', [3, 4]],
    ['tags has any ("press", "ÉTÉ")', [1, 3]],
    ['tags has any ("vip")', [1, 2], 'tagged "vip"'],
    ['tags has all ("vip", "press")', [1]],
    ['tags has all ("vip", "VIP")', [1, 2]],
    ['tags has none ("vip", "press")', [3, 4]],
    ['tags is empty', [4]],
    ['tags is not empty', [1, 2, 3]],
    ['suppressed', [1, 2]],
    ['suppressed(email)', [1, 2]],
    ['suppressed(EMAIL, Bounced)', [1]],
    ['not suppressed(sms)', [1, 3, 4]],
    ['in segment newsletter', [1, 2]],
    ['in segment NEWSLETTER', [1, 2], 'in segment newsletter'],
    ['not in segment newsletter', [3, 4]],
    ['in segment `2024-leads`', []],
    ['joined segment newsletter in last 30 days', [1]],
    ['joined segment newsletter since 2025-03-01', [1, 2]],
    ['not joined segment newsletter before 2026-01-01', [1, 3, 4]],
  ],
  'dates and anniversaries': [
    ['created_at = today', [1]],
    ['created_at = yesterday', [2]],
    ['created_at >= 2026-03-15', [1]],
    ['created_at < 2026-03-15', [2], 'created_at before 2026-03-15'],
    ['created_at after 2026-03-14T23:59:59', [1]],
    ['created_at in last 11 hours', [1]],
    ['created_at during this week', [1, 2]],
    ['created_at != today', [2, 3, 4]],
    ['created_at between now - 12 hours and now', [1, 2]],
    ['anniversary(birthday) in next 5 days', [1]],
    ['anniversary(birthday) in next 4 days', []],
    ['anniversary(birthday) = 2026-02-28', [2]],
    ['anniversary(birthday) = 2024-02-29', [2]],
    ['anniversary(birthday) = 2024-02-28', []],
    ['anniversary(birthday) between 2025-12-30 and 2026-01-02', [3]],
    ['anniversary(birthday) != 2025-12-31', [1, 2, 4]],
    ['anniversary(birthday) during 1989', [3]],
    ['anniversary(birthday) during this year', [1, 2, 3]],
    ['anniversary(birthday) between 2024-02-29 and 2024-03-01', [2]],
  ],
};

describe.each(Object.keys(ROWS))('%s', (group) => {
  test.each(ROWS[group]!.map((row) => ({ text: row[0], row })))('$text', ({ row }) => {
    expectMembers(world, row);
  });
});
