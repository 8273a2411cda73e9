import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, test } from 'vitest';
import { CATALOGUE, conditionOf, read, TIME, World } from './world.ts';

const world = new World([]);
afterAll(() => {
  world.close();
});

function plan(text: string, shape: 'scan' | 'probe'): string[] {
  const condition = conditionOf(read(text), { shape, time: TIME, catalogue: CATALOGUE });
  const among = shape === 'probe' ? sql`c.id in (1, 2, 3) and ` : sql``;
  return world.plan(sql`select c.id from contacts c where ${among}${condition}`);
}

const BY_WINDOW =
  /^SEARCH e .*INDEX events_window \(type=\? AND occurred_at[<>]\?( AND occurred_at<\?)?\)$/;
const BY_TYPE = /^SEARCH e .*INDEX events_window \(type=\?\)$/;
const IN_ORDER = /^SCAN e USING COVERING INDEX events_contact$/;
const BY_CONTACT = /^SEARCH e .*INDEX events_contact \(contact_id=\? AND type=\?/;
const MEMBER = /^SEARCH m .*USING PRIMARY KEY \(segment_id=\? AND contact_id=\?\)$/;

/** The index that each shape reaches the related rows by. */
const ROWS: readonly (readonly [text: string, scan: RegExp, probe: RegExp])[] = [
  ['did page.hit in last 30 days', BY_WINDOW, BY_CONTACT],
  ['not did page.hit in last 30 days', BY_WINDOW, BY_CONTACT],
  ['did page.hit where subject like "/p%" in last 30 days', BY_WINDOW, BY_CONTACT],
  ['count(page.hit in last 30 days) >= 2', BY_WINDOW, BY_CONTACT],
  ['count(page.hit during this month) < 2', BY_WINDOW, BY_CONTACT],
  ['sum(purchase.value in last 30 days) > 5', BY_WINDOW, BY_CONTACT],
  ['last(page.hit since today - 9 days) before today - 3 days', BY_WINDOW, BY_CONTACT],
  ['did page.hit', BY_TYPE, BY_CONTACT],
  ['not did page.hit', BY_TYPE, BY_CONTACT],
  ['did page.hit before 2026-01-01', BY_WINDOW, BY_CONTACT],
  ['did page.hit in last 300 days', BY_WINDOW, BY_CONTACT],
  ['country = "FR" and did page.hit in last 130 days', BY_CONTACT, BY_CONTACT],
  ['did page.hit in last 100 days', BY_WINDOW, BY_CONTACT],
  ['count(page.hit) >= 2', IN_ORDER, BY_CONTACT],
  ['last(page.hit) is empty', IN_ORDER, BY_CONTACT],
  ['avg(purchase.value) > 5', BY_TYPE, BY_CONTACT],
  ['first(purchase) in last 9 days', IN_ORDER, BY_CONTACT],
  [
    'tagged "vip"',
    /^SEARCH ct .*INDEX contact_tags_tag \(tag_id=\?\)$/,
    /^SEARCH ct .*USING PRIMARY KEY \(contact_id=\? AND tag_id=\?\)$/,
  ],
  [
    'tags is empty',
    /^SEARCH ct USING PRIMARY KEY \(contact_id=\?\)$/,
    /^SEARCH ct USING PRIMARY KEY \(contact_id=\?\)$/,
  ],
  ['in segment newsletter', /^SEARCH m USING PRIMARY KEY \(segment_id=\?\)$/, MEMBER],
  [
    'joined segment newsletter in last 3 days',
    /^SEARCH m USING PRIMARY KEY \(segment_id=\?\)$/,
    MEMBER,
  ],
  [
    'company.industry = "Metal"',
    /^SCAN co$/,
    /^SEARCH co .*USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
  ],
  [
    'suppressed(email)',
    /^SCAN s/,
    /^SEARCH s .*USING PRIMARY KEY \(contact_id=\? AND channel=\?\)$/,
  ],
];

describe('related rows are reached by an index', () => {
  test.each(ROWS)('%s', (text, scan, probe) => {
    expect(plan(text, 'scan')).toContainEqual(expect.stringMatching(scan));
    expect(plan(text, 'probe')).toContainEqual(expect.stringMatching(probe));
  });
});

test('a recent window decides which contacts are read at all', () => {
  expect(plan('did page.hit in last 30 days', 'scan')[0]).toBe(
    'SEARCH c USING INTEGER PRIMARY KEY (rowid=?)',
  );
});

test('an index on a field is used, also for letters beyond ASCII', () => {
  world.exec(
    'create index contacts_city on contacts (city); ' +
      'create index contacts_points on contacts (points); ' +
      'create index contacts_created on contacts (created_at)',
  );
  for (const text of [
    'city = "Paris"',
    'city in ("Paris", "Été")',
    'city = "Été"',
    'points >= 5',
    'points between 1 and 5',
    'points = 5',
    'created_at in last 3 days',
  ]) {
    expect(
      plan(text, 'scan').some((line) => /^SEARCH c USING (COVERING )?INDEX/.test(line)),
      text,
    ).toBe(true);
  }
});
