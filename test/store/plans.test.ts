import type Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  CandidateBuild,
  CandidateQuery,
  NewEvent,
  Stage,
  StagedRow,
  StageShape,
  WriteTx,
} from '../../src/store/index.ts';
import { triggersOf } from '../../src/store/sqlite/delta/capture.ts';
import { connect } from '../../src/store/sqlite/connection/connect.ts';
import type { SqliteDatabase } from '../../src/store/sqlite/connection/database.ts';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import { SqlStage } from '../../src/store/sql/import/staging.ts';
import { createTransaction } from '../../src/store/sqlite/transaction.ts';
import {
  addCrowd,
  addSegment,
  causedBy,
  EVERYBODY,
  FROM_START,
  NOW,
  pointsAtLeast,
  PROFILE,
  rebuild,
  setPins,
} from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/*
 * How SQLite means to carry out the adapter's statements, as `explain query plan` tells it (without
 * statistics: rollcall gathers none). What takes a few ids must not read a table that grows with
 * the contacts from end to end.
 */

let fixture: SqliteFixture;
let raw: Sqlite.Database;
let db: SqliteDatabase;
let tx: WriteTx;
let ids: number[];
let segment = 0;
let plans: string[] = [];

beforeAll(async () => {
  fixture = await sqliteFixture();
  raw = connect(fixture.path);
  db = new SqliteSession(raw);
  tx = createTransaction(db);
  await tx.fields.add(
    {
      object: 'contact',
      alias: 'member_no',
      label: 'Member',
      type: 'text',
      options: [],
      unique: true,
      indexed: false,
    },
    NOW,
  );
  ids = await addCrowd(tx, 20);
  segment = await addSegment(tx, 'hot');
  await tx.members.add(segment, ids, causedBy('manual'));
  recordPlans();
});
afterAll(async () => {
  raw.close();
  await fixture.cleanup();
});

/** From now on, every statement's plan is noted when it is run. */
function recordPlans(): void {
  const prepare = raw.prepare.bind(raw);
  raw.prepare = ((source: string) => {
    const statement = prepare(source);
    if (!/^\s*(select|insert|update|delete|with)\b/i.test(source)) return statement;
    const unbound = Array.from(source.matchAll(/\?/g), () => null);
    const steps = prepare<unknown[], { detail: string }>(`explain query plan ${source}`)
      .all(...unbound)
      .map((step) => step.detail);
    for (const method of ['run', 'all', 'get'] as const) {
      const execute = statement[method].bind(statement) as (...values: unknown[]) => never;
      statement[method] = (...values: unknown[]) => {
        plans.push(...steps);
        return execute(...values);
      };
    }
    return statement;
  }) as typeof raw.prepare;
  tx = createTransaction(new SqliteSession(raw)); // one that has prepared nothing yet
}

/** The steps of all statements that `work` runs. */
async function planOf(work: () => Promise<unknown>): Promise<string[]> {
  plans = [];
  await work();
  expect(plans).not.toEqual([]);
  return plans;
}

const GROWING = [
  'contacts',
  'c',
  'r',
  'joined',
  'causes',
  'm',
  'pins',
  'joined_history',
  'events',
  'e',
  'contact_tags',
  'suppressions',
];
const fullScans = (steps: readonly string[]): string[] =>
  steps.filter((step) => GROWING.includes(/^SCAN (\w+)/.exec(step)?.[1] ?? '') && !ODD.test(step));
/** The values of a unique column that look-ups go through: those that are not plain. */
const ODD = /USING COVERING INDEX odd_/;
/** Searches that read a whole segment where the contact is known. */
const segmentScans = (steps: readonly string[]): string[] =>
  steps.filter((step) => /^SEARCH (joined|m|pins|joined_history) .*\(segment_id=\?\)/.test(step));

const pin = {
  kind: 'in',
  via: 'manual',
  by: null,
  reason: null,
  until: null,
  createdAt: NOW,
} as const;
const visit: NewEvent = {
  contactId: 1,
  type: 'web.visit',
  subject: null,
  value: null,
  occurredAt: NOW,
  properties: null,
  externalId: null,
};

describe('probes by key', () => {
  const probes: [string, () => Promise<unknown>][] = [
    ['members.add', async () => tx.members.add(segment, ids, causedBy('manual'))],
    ['members.remove', async () => tx.members.remove(segment, ids.slice(0, 5), causedBy('manual'))],
    ['members.has', async () => tx.members.has(segment, 1)],
    ['members.segmentsOf', async () => tx.members.segmentsOf(1)],
    ['pins.set', async () => setPins(tx, segment, ids, pin)],
    ['pins.of', async () => tx.pins.of(segment, ids)],
    ['pins.moveEnd', async () => tx.pins.moveEnd(segment, ids, NOW)],
    ['pins.clear', async () => tx.pins.clear(segment, ids)],
    ['contacts.list by ids', async () => tx.contacts.list({ ids }, ['email', 'company', 'tags'])],
    [
      'contacts.list by ids in a segment',
      async () => tx.contacts.list({ ids, segmentId: segment }, ['email', 'company', 'tags']),
    ],
    ['contacts.list of a page', async () => tx.contacts.list({ after: 3, limit: 2 }, ['email'])],
    ['contacts.match by e-mail', async () => tx.contacts.match('email', ['a@example.org'])],
    ['contacts.match by id', async () => tx.contacts.match('id', [1])],
    ['contacts.match by a unique field', async () => tx.contacts.match('member_no', ['a'])],
    ['companies.match by name', async () => tx.companies.match('name', ['Acme'])],
    ['contacts.update', async () => tx.contacts.update(ids, { city: 'Paris' }, NOW)],
    ['contacts.identify', async () => tx.contacts.identify(ids, NOW)],
    ['contacts.tag', async () => tx.contacts.tag(ids, ['vip'], NOW)],
    ['contacts.untag', async () => tx.contacts.untag(ids, ['vip'])],
    ['contacts.suppress', async () => tx.contacts.suppress(ids, ['email'], 'manual', NOW)],
    [
      'contacts.unsuppress',
      async () => tx.contacts.unsuppress(ids, { channels: ['email'], reasons: ['manual'] }),
    ],
    ['contacts.unsuppress in all channels', async () => tx.contacts.unsuppress(ids, {})],
    [
      'contacts.list of consent',
      async () => tx.contacts.list({ ids }, ['unsubscribed', 'bounced', 'do_not_contact']),
    ],
    ['contacts.suppressions', async () => tx.contacts.suppressions(ids)],
    ['contacts.delete', async () => tx.contacts.delete(ids.slice(0, 3), { now: NOW, by: null })],
    ['companies.delete', async () => tx.companies.delete([1])],
    ['events.insert', async () => tx.events.insert([{ ...visit, contactId: ids[6]! }], NOW)],
    [
      'events.list of a contact',
      async () => tx.events.list({ contactId: 7, type: 'web.visit', limit: 5 }),
    ],
    [
      'events.ofContact',
      async () => tx.events.ofContact({ contactId: 7, type: 'web.visit', from: NOW, until: null }),
    ],
    [
      'events.ofContact of a type beyond ASCII',
      async () => tx.events.ofContact({ contactId: 7, type: 'été', from: null, until: NOW }),
    ],
    ['contacts.tagsOf', async () => tx.contacts.tagsOf(7)],
    ['events.hasType', async () => tx.events.hasType('web.visit')],
    [
      'events.list of a type',
      async () => tx.events.list({ type: 'web.visit', since: NOW, limit: 5 }),
    ],
  ];

  test.each(probes)('%s', async (_, work) => {
    const steps = await planOf(work);
    expect([...fullScans(steps), ...segmentScans(steps)]).toEqual([]);
  });

  test('members.sweepDeleted', async () => {
    fixture.raw.exec('pragma foreign_keys = off; delete from contacts where id = 19');
    const steps = await planOf(async () => tx.members.sweepDeleted({ now: NOW, by: null }));
    expect(fullScans(steps)).toEqual([]);
    // one count of all members follows, to know the anonymous: a deleted contact does not say
    // whether it was
    expect(segmentScans(steps)).toEqual(['SEARCH joined USING PRIMARY KEY (segment_id=?)']);
  });
});

/** One end of the ids, for one out of reach. */
const isLookAtEnd = (step: string): boolean =>
  /^SEARCH \w+ USING INTEGER PRIMARY KEY \(rowid[<>]\?\)$/.test(step);

test('the types of events are found from one to the next, not by reading the events', async () => {
  for (const work of [async () => tx.events.types(10), async () => tx.events.hasType('été')]) {
    const steps = (await planOf(work)).filter((step) => /events/.test(step) && !isLookAtEnd(step));
    const index = 'events USING COVERING INDEX events_window';
    expect(steps).toEqual([`SCAN ${index}`, `SEARCH ${index} (type>?)`]);
  }
});

test('pins whose time is over are found by their end', async () => {
  await setPins(tx, segment, ids, { ...pin, until: NOW });
  const steps = await planOf(async () => tx.pins.end(NOW));
  expect([...fullScans(steps), ...segmentScans(steps)]).toEqual([]);
  expect(steps.filter((step) => /pins_until/.test(step))).toHaveLength(2);
});

test('the last run of a command, or the last that ended so, is found without going through the others', async () => {
  for (const status of [undefined, 'ok'] as const) {
    const steps = await planOf(async () => tx.runs.last('segments:update', status));
    expect([
      status,
      steps.filter(
        (step) =>
          !/^SEARCH runs USING INDEX runs_status \(command=\? AND status=\?\)$|^SCAN runs$/.test(
            step,
          ),
      ),
    ]).toEqual([status, []]);
  }
});

describe('walks over one segment', () => {
  const walks: [string, () => Promise<unknown>][] = [
    ['members.list', async () => tx.members.list(segment, { after: 3, limit: 10 })],
    ['members.count', async () => tx.members.count(segment)],
    [
      'members.list as of an instant',
      async () => tx.members.list(segment, { after: 3, limit: 10, asOf: NOW }),
    ],
    [
      'contacts.list of a segment',
      async () => tx.contacts.list({ segmentId: segment, after: 3, limit: 10 }, ['email']),
    ],
    ['contacts.count of a segment', async () => tx.contacts.count({ segmentId: segment })],
    ['pins.list', async () => tx.pins.list(segment, { after: 3, limit: 10 })],
    ['pins.pinMembers', async () => tx.pins.pinMembers(segment, causedBy('conversion'))],
    [
      'segments.delete',
      async () => tx.segments.delete(await addSegment(tx, 'short-lived'), { now: NOW, by: null }),
    ],
  ];

  test.each(walks)('%s', async (_, work) => {
    const [outer] = (await planOf(work)).filter((step) =>
      /^(SCAN|SEARCH) (joined|m|pins|joined_history)\b/.test(step),
    );
    expect(outer).toMatch(/segment_id=\?/);
    // `m` as of an instant: the intervals found by key; causes are counted with their segment
    expect(
      fullScans(plans).filter(
        (step) => !/^SCAN (m|causes( USING COVERING INDEX causes_at)?)$/.test(step),
      ),
    ).toEqual([]);
  });

  test('members.rebuild reads the contacts once', async () => {
    expect(
      fullScans(await planOf(async () => rebuild(tx, segment, EVERYBODY, causedBy('filter')))),
    ).toEqual(['SCAN c']);
  });
});

test.each([
  ['pins', 'SEARCH joiners USING INTEGER PRIMARY KEY (rowid=?)'],
  ['joiners', 'SEARCH pins USING PRIMARY KEY (segment_id=? AND contact_id=?)'],
])('who joins by a pin is found from the %s where they are fewer', async (fewer, probe) => {
  const [first, ...others] = (await tx.contacts.list({}, [])).map(({ id }) => id);
  const pinned = await addSegment(tx, `fewer-${fewer}`);
  if (fewer === 'joiners') await tx.members.add(pinned, others, causedBy('manual'));
  await setPins(tx, pinned, fewer === 'joiners' ? [first!, ...others] : [first!], pin);
  const steps = await planOf(async () => rebuild(tx, pinned, EVERYBODY, causedBy('filter')));
  expect(
    steps.filter((step) => /^SEARCH (joiners|pins) .*\b(rowid|contact_id)=\?/.test(step)),
  ).toEqual([probe]);
});

/** Whom anything may have changed for. */
const sinceEver = (): CandidateQuery => ({
  segmentId: segment,
  since: FROM_START,
  reads: [PROFILE],
  segments: [],
  slices: [],
});

test('differences are proposed in batches: a statement for each, over a range of ids', async () => {
  const everybody = (await tx.contacts.list({}, [])).map(({ id }) => id);
  await tx.contacts.update(everybody, { title: 'Dr' }, NOW);
  const build = { segmentId: segment, reads: PROFILE, match: EVERYBODY };
  for (const scope of ['all', 'candidates'] as const) {
    const differences = await tx.differences();
    const candidates = await differences.find(sinceEver(), 100);
    const steps = await planOf(async () =>
      scope === 'all'
        ? await differences.all(segment, { kind: 'match', match: EVERYBODY, batch: 2 })
        : await differences.decide(candidates, [build], { batch: 2 }),
    );
    const batches = steps.filter((step) =>
      (scope === 'all'
        ? /^SEARCH c USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/
        : /^SEARCH (temp\.)?candidates USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/
      ).test(step),
    );
    expect([scope, batches.length]).toEqual([
      scope,
      Math.ceil((scope === 'all' ? everybody.length : candidates.found) / 2),
    ]);
  }
});

describe('candidates of many segments at once', () => {
  /** What is done to the tables that grow with contacts. */
  const ofLarge = (steps: readonly string[]): string[] => [
    ...new Set(
      steps.filter((step) =>
        /^(SCAN|SEARCH) (c|contacts|held|joined|pins|joined_history)\b/.test(step),
      ),
    ),
  ];
  const builds = async (second: string): Promise<CandidateBuild[]> =>
    [segment, await addSegment(tx, second)].map((segmentId) => ({
      segmentId,
      reads: PROFILE,
      match: pointsAtLeast(3),
    }));

  test('are decided by key: each contact is read once, each membership and pin probed', async () => {
    await setPins(tx, segment, [ids[0]!], pin);
    await tx.contacts.update(ids, { points: 4 }, NOW);
    const both = await builds('other');
    const differences = await tx.differences();
    const candidates = await differences.find(sinceEver(), 100);
    expect(ofLarge(await planOf(async () => differences.decide(candidates, both)))).toEqual([
      'SEARCH pins USING PRIMARY KEY (segment_id=?)',
      'SEARCH c USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
      'SEARCH held USING PRIMARY KEY (segment_id=? AND contact_id=?) LEFT-JOIN',
      'SEARCH pins USING PRIMARY KEY (segment_id=? AND contact_id=?) LEFT-JOIN',
    ]);
  });

  test('are applied by key', async () => {
    const both = await builds('another');
    await tx.members.add(segment, ids, causedBy('manual'));
    await tx.contacts.update(ids, { points: 1 }, NOW);
    await tx.contacts.update(ids.slice(0, 2), { points: 4 }, NOW);
    const differences = await tx.differences();
    await differences.decide(await differences.find(sinceEver(), 100), both);
    const steps = await planOf(async () => differences.apply(causedBy('filter')));
    expect(fullScans(steps)).toEqual([]);
    expect(new Set(steps.filter((step) => /^SEARCH (joined|contacts)\b/.test(step)))).toEqual(
      new Set(['SEARCH joined USING PRIMARY KEY (segment_id=? AND contact_id=?)']),
    );
  });
});

describe('imports probe by key for each row', () => {
  async function importPlan(shape: StageShape, row: StagedRow): Promise<string[]> {
    const stage: Stage = await SqlStage.make(db, 1, shape);
    await stage.add([row]);
    const steps = await planOf(async () =>
      tx.imports.apply(stage, { mode: 'upsert', now: NOW, importId: 1, createContacts: true }),
    );
    await stage.drop();
    return steps;
  }
  // how many contacts there are decides whether it is a bulk load
  const COUNTED = 'SCAN contacts USING COVERING INDEX contacts_company';

  test('contacts', async () => {
    const shape = {
      kind: 'contacts',
      key: 'email',
      columns: ['email', 'member_no', 'city'],
      uniques: ['member_no'],
      duplicates: 'last',
    } as const;
    const steps = await importPlan(shape, {
      line: 2,
      key: 'c6@example.org',
      values: ['c6@example.org', 'a', 'Paris'],
      company: 'Acme',
      tags: [{ name: 'vip', add: true }],
      consent: [{ channel: 'email', reason: 'manual', suppressed: true }],
    });
    expect([
      ...fullScans(steps).filter((step) => step !== COUNTED),
      ...segmentScans(steps),
    ]).toEqual([]);
  });

  test('events', async () => {
    const steps = await importPlan(
      { kind: 'events', key: 'email' },
      {
        line: 2,
        contact: 'c6@example.org',
        type: 'order',
        subject: null,
        value: 1,
        occurredAt: NOW,
        properties: null,
        externalId: null,
      },
    );
    expect(fullScans(steps).filter((step) => step !== COUNTED)).toEqual([]);
    // equal events are sought among those of their contact: those without an external id are most
    // of the table
    expect(
      steps.filter(
        (step) =>
          /^SEARCH e /.test(step) &&
          ['contact_id=?', 'type=?', 'occurred_at=?'].every((column) => step.includes(column)),
      ),
    ).toHaveLength(1);
  });
});

describe("health looks for the few ids that are missing, not for everybody's contact", () => {
  test('links', async () => {
    const steps = await planOf(async () => (await tx.health()).links());
    expect(steps.filter((step) => /^(SCAN|SEARCH) (events|suppressions)\b/.test(step))).toEqual([
      'SEARCH events USING COVERING INDEX events_contact (contact_id>? AND contact_id<?)',
      'SEARCH suppressions USING PRIMARY KEY (contact_id>? AND contact_id<?)',
    ]);
    expect(steps).toContain(
      'SEARCH contact_tags USING PRIMARY KEY (contact_id>? AND contact_id<?)',
    );
    expect(steps).toContain(
      'SEARCH joined_history USING COVERING INDEX joined_history_contact ' +
        '(segment_id=? AND contact_id>? AND contact_id<?)',
    );
  });

  test('memberships are read once', async () => {
    await tx.members.add(segment, ids, causedBy('manual'));
    const steps = await planOf(async () => (await tx.health()).memberships());
    expect(steps.filter((step) => /^(SCAN|SEARCH) joined\b/.test(step))).toEqual([
      'SCAN joined',
      'SEARCH joined USING PRIMARY KEY (segment_id=? AND contact_id>? AND contact_id<?)',
    ]);
  });
});

const OF_RECORDS =
  /^SCAN capture$|^SCAN CONSTANT ROW$|^SEARCH \w+ USING ((INTEGER )?PRIMARY KEY|(COVERING )?INDEX \w+) \(\w+=\?\)$/;
/** Of a contact, or of a value and maybe a channel and a reason. */
const OF_WISHES = new RegExp(
  [
    String.raw`^(CORRELATED )?SCALAR SUBQUERY \d+$`,
    String.raw`^SEARCH contacts USING INTEGER PRIMARY KEY \(rowid=\?\)$`,
    String.raw`^SEARCH \w+ USING PRIMARY KEY \(contact_id=\?( AND channel=\? AND reason=\?)?\)$`,
    String.raw`^SEARCH \w+ USING PRIMARY KEY \(field_id=\? AND value=\?( AND \w+=\?){0,2}\)$`,
  ].join('|'),
);

test('no trigger reads more than the rows of its keys', async () => {
  for (const [name, trigger] of (await triggersOf(db)).wanted) {
    // the segments of a contact are found by a probe for each of them, here as everywhere
    const probes =
      name === 'capture_contacts_identified'
        ? [
            'SCAN segments',
            'CORRELATED SCALAR SUBQUERY 1',
            'SEARCH joined USING PRIMARY KEY (segment_id=? AND contact_id=?)',
          ]
        : [];
    for (const statement of trigger.split('\n').slice(1, -1)) {
      const about = statement.replace(/\b(new|old)\."?\w+"?/g, '5').replace(/;$/, '');
      const steps = raw
        .prepare<[], { detail: string }>(`explain query plan ${about}`)
        .all()
        .map((step) => step.detail);
      const byKeys = name.startsWith('capture_wishes_') ? OF_WISHES : OF_RECORDS;
      expect(
        steps.filter((step) => !byKeys.test(step)),
        name,
      ).toEqual(probes);
    }
  }
});
