import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importResult } from '../../src/cli/views/import-report.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import {
  importCompanies,
  importContacts,
  importEvents,
  importMembers,
  importSuppressions,
} from '../../src/csv/import.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { UserError } from '../../src/support/errors.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';
import { dumpStore } from '../helpers/store-dump.ts';

/*
 * A dry run of any file with any options says what the run then says, word for word, but for the
 * number that only a run gets, the mark of a dry run and the time it took; and it leaves the store,
 * its file and an earlier file of rejected rows as they are.
 */

/** Cells by column, good ones and bad ones. */
const CELLS: Readonly<Record<string, readonly string[]>> = {
  email: ['ann@x.example', 'BOB@x.example', ' cy@x.example', 'Dan <dan@x.example>', 'nobody', ''],
  member_no: ['m1', 'M1', 'm2', 'm3', ''],
  points: ['5', '7 €', 'many', 'NULL', ''],
  created_at: ['2020-05-06T10:00:00Z', '01/02/2020', 'never', ''],
  tags: ['vip', 'vip|-old', 'a,b', 'NULL', ''],
  company: ['Acme', 'acme ', 'Bolt', ''],
  segments: ['news', 'hot', 'none', ''],
  bounced: ['yes', 'no', 'maybe', ''],
  Nickname: ['5" disk', 'x'],
  name: ['Acme', 'ACME', 'Bolt', ''],
  employees: ['5', 'many', ''],
  type: ['page.hit', 'no type'],
  occurred_at: ['2026-01-01T10:00:00Z', '2026-01-02T10:00:00Z', 'never'],
  id: ['1', '2', ''],
  channel: ['email', 'sms', 'fax', ''],
  reason: ['bounced', 'why', ''],
};

interface Kind {
  readonly columns: readonly string[];
  /** Those that no file of the kind does without. */
  readonly needed: readonly string[];
  readonly import: typeof importContacts;
}

const PERSON = ['email', 'member_no', 'points', 'created_at', 'tags', 'company', 'segments'];
const KINDS: Readonly<Record<string, Kind>> = {
  contacts: {
    columns: [...PERSON, 'bounced', 'Nickname'],
    needed: ['email'],
    import: importContacts,
  },
  companies: { columns: ['name', 'employees'], needed: ['name'], import: importCompanies },
  events: {
    columns: ['email', 'type', 'occurred_at', 'id'],
    needed: ['email', 'type', 'occurred_at'],
    import: importEvents,
  },
  suppressions: {
    columns: ['email', 'channel', 'reason', 'created_at'],
    needed: ['email'],
    import: importSuppressions,
  },
  members: { columns: ['email', 'bounced', 'points'], needed: ['email'], import: importMembers },
};

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });
const optionsArbitrary = fc.record({
  mode: maybe(fc.constantFrom('upsert', 'insert', 'update')),
  duplicates: maybe(fc.constantFrom('last', 'first', 'error')),
  keyless: maybe(fc.constantFrom('reject', 'insert')),
  key: maybe(fc.constantFrom('email', 'member_no')),
  segments: fc.constantFrom([], ['news'], ['hot'], ['news', 'hot']),
  mirror: maybe(fc.constant(true)),
  maxShrink: maybe(fc.constant({ kind: 'share', share: 1 })),
  maxRejects: maybe(fc.constant({ kind: 'share', most: 0.5 })),
  createContacts: maybe(fc.boolean()),
  allowResubscribe: maybe(fc.boolean()),
  overrideRemovals: maybe(fc.boolean()),
  ignore: maybe(fc.constant(['Nickname'])),
  dateFormat: maybe(fc.constant(['DMY'])),
  rejects: maybe(fc.constantFrom('in.csv', 'bad.csv')),
});

const fileArbitrary = fc.constantFrom(...Object.keys(KINDS)).chain((kind) => {
  const { columns = [], needed = [] } = KINDS[kind] ?? {};
  return fc.record({
    kind: fc.constant(kind),
    header: fc
      .subarray([...columns])
      .map((some) => columns.filter((each) => some.includes(each) || needed.includes(each))),
    picks: fc.array(fc.array(fc.nat(20), { minLength: 9, maxLength: 9 }), { maxLength: 6 }),
    options: optionsArbitrary,
  });
});
type File = typeof fileArbitrary extends fc.Arbitrary<infer T> ? T : never;

function textOf({ header, picks }: File): string {
  const cells = picks.map((row) =>
    header.map((column, index) => {
      const pool = CELLS[column] ?? [];
      return pool[(row[index] ?? 0) % pool.length] ?? '';
    }),
  );
  return [header, ...cells].map((row) => `${row.map(quoted).join(',')}\n`).join('');
}

const quoted = (cell: string): string => (cell.includes(',') ? `"${cell}"` : cell);

/** What an import says in JSON, or why it was refused. */
async function said(world: World, file: File, dryRun: boolean): Promise<unknown> {
  const path = world.file('in.csv', textOf(file));
  const { rejects, ...others } = file.options;
  const given = {
    ...others,
    dryRun,
    rejects: rejects === undefined ? undefined : join(world.folder, rejects),
    segments: file.kind === 'members' ? ['news'] : others.segments,
  } as ImportOptions;
  const context = { stdin: Readable.from([]), now: NOW, by: null };
  try {
    const report = await KINDS[file.kind]?.import(world.store, path, given, context);
    if (report === undefined) throw new Error(`no kind ${file.kind}`);
    const { data, warnings, notes, exit } = importResult(report, given);
    return { data: { ...data, import_id: 0, dry_run: 0, ms: 0 }, notes, exit, warnings };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, exit, message, detail } = error;
    return { code, exit, message, detail };
  }
}

function stateOf({ folder }: World): unknown {
  const rejects = ['in.csv.rejects.csv', 'bad.csv'].map((name) => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  });
  const store = join(folder, 'crm.db');
  return { rejects, file: readFileSync(store).toString('base64'), rows: dumpStore(store) };
}

async function withSegments(): Promise<World> {
  const world = await makeWorld();
  await world.addField('member_no', 'text', { unique: true });
  await world.store.write(async (tx) => {
    const action = { now: NOW, by: null };
    await createSegment(tx, { name: 'news' }, action);
    await createSegment(tx, { name: 'hot', where: 'points > 10' }, action);
  });
  return world;
}

test(
  'a dry run says what the run then does, and changes nothing',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fileArbitrary, { minLength: 2, maxLength: 6 }), async (files) => {
        const world = await withSegments();
        for (const file of files) {
          const before = stateOf(world);
          const dry = await said(world, file, true);
          expect(stateOf(world)).toEqual(before);
          expect(await said(world, file, false)).toEqual(dry);
        }
      }),
      { numRuns: 30 },
    );
  },
);
