import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { filledFolder, runLine, STORY } from './command-story.ts';

/*
 * Whatever a command does to events, points or members, triggers are asked in the same command. No
 * list of commands says so: before each line of the story SQL leaves an event for a trigger, and who
 * lets triggers fire lets it fire for that one too.
 */

/** These change members, and there is nobody to be asked. */
const NOBODY_ASKED: Readonly<Record<string, string>> = {
  'segments:delete': 'no trigger may name a segment that is deleted',
  'segments:restore': 'none could name it while it was deleted',
  restore: 'the store is another one, in which nothing happened',
};

function inStore<T>(path: string, work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Leaves an event of the contact whom the trigger watches; gives its id. */
function plant(path: string): number {
  return inStore(path, (db) =>
    Number(
      db
        .prepare(
          `insert into events (contact_id, type, occurred_at)
            select id, 'probe', 0 from contacts where email = 'probe@example.org'`,
        )
        .run().lastInsertRowid,
    ),
  );
}

function hasFired(path: string, event: number): boolean {
  return inStore(
    path,
    (db) => db.prepare('select 1 from trigger_fired where event_id = ?').get(event) !== undefined,
  );
}

/** What triggers go by, by contact. */
function dataIn(path: string): Map<number, string[]> {
  const rows = inStore(path, (db) =>
    db
      .prepare(
        `select contact_id, 'event ' || id from events where type <> 'probe'
        union all select id, 'points ' || coalesce(points, 0) from contacts
        union all
          select contact_id, 'member ' || segment_id
          from joined
          where segment_id <> (select id from segments where alias = 'sink')
        order by 1, 2`,
      )
      .raw()
      .all(),
  ) as [number, string][];
  const found = new Map<number, string[]>();
  for (const [id, what] of rows) found.set(id, [...(found.get(id) ?? []), what]);
  return found;
}

/** Whether anything of those who are there is different; who is gone concerns no trigger. */
function isDifferent(before: ReturnType<typeof dataIn>, after: typeof before): boolean {
  return [...after].some(([id, what]) => {
    const known = before.get(id) ?? ['points 0'];
    return JSON.stringify(what) !== JSON.stringify(known);
  });
}

test('what changes events, points or members lets triggers fire', async () => {
  const { folder } = filledFolder();
  const path = join(folder, 'crm.db');
  for (const line of [
    'init',
    'segments:create Sink',
    'contacts:add probe@example.org',
    'triggers:create probe --when probe --add sink',
  ])
    expect(await runLine(folder, line)).toMatchObject({ line, status: 0 });
  const asked = new Set<string>();
  for (const { line } of STORY) {
    const [command = ''] = line.split(' ');
    const [event, before] = [plant(path), dataIn(path)];
    expect(await runLine(folder, line)).toEqual({ line, status: 0, stderr: '' });
    const fired = hasFired(path, event);
    if (fired) asked.add(command);
    if (!(command in NOBODY_ASKED) && isDifferent(before, dataIn(path)))
      expect({ line, fired }).toEqual({ line, fired: true });
  }
  expect(asked.size).toBeGreaterThan(10);
}, 120_000);
