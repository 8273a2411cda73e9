import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../src/store/sqlite/connection/connect.ts';
import type { SqliteDatabase } from '../../src/store/sqlite/connection/database.ts';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import { identify } from '../../src/store/sqlite/file/file-guard.ts';
import { Crew, type Found } from '../../src/store/sqlite/scan/crew.ts';
import { type StartScanner, startThread } from '../../src/store/sqlite/scan/scanner.ts';
import {
  areAllTaken,
  giveBack,
  shareRanges,
  takeEach,
} from '../../src/store/sqlite/scan/shared-ranges.ts';
import { SideFiles } from '../../src/store/sqlite/scan/side-file.ts';
import { scanningInProcess } from '../helpers/in-process-scanner.ts';
import { scanPoints } from './conformance/scans.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/* The run's own thread shares scans with others, and reads what these leave unread. */

const CONTACTS = 10;

let fixture: SqliteFixture;
let db: SqliteDatabase;

beforeEach(async () => {
  fixture = await sqliteFixture();
  db = new SqliteSession(connect(fixture.path));
  const insert = db.raw.prepare(
    'insert into contacts (points, identified_at, created_at, updated_at) values (?, 0, 0, 0)',
  );
  for (let points = 1; points <= CONTACTS; points += 1) insert.run(points);
});

afterEach(async () => {
  db.raw.close();
  await fixture.cleanup();
});

/** How many reach 2 points, as a crew found, and in how many files; null where it did not. */
async function scanBy(startScanner: StartScanner, threads: number): Promise<number[] | null> {
  const files = new SideFiles({ realPath: fixture.path, timeline: 'abc', runId: 1 });
  const place = { realPath: fixture.path, file: identify(fixture.path) };
  const crew = new Crew(db, files, { ...place, startScanner, threads, batch: 2 });
  try {
    const work = { jobs: [{ segmentId: 1, filter: 2 }], ground: undefined };
    const own = { scanBy: scanPoints, asked: Promise.resolve() };
    const [found] = await crew.scan(work, own);
    return found === undefined ? null : [countOf(found), found.files.length];
  } finally {
    await crew.stop();
    files.removeAll();
  }
}

function countOf({ files }: Found): number {
  return files
    .map((file) => {
      const side = new Sqlite(file, { readonly: true });
      const count = side.prepare('select sum(contacts) from counts').pluck().get() as number;
      side.close();
      return count;
    })
    .reduce((sum, count) => sum + count, 0);
}

const inProcess = scanningInProcess(scanPoints);

/** Takes a range, or does not, and dies. */
const dying =
  (takes: boolean, error?: unknown): StartScanner =>
  (_, { onEnd }) => ({
    post: ({ shared, taker }) => {
      if (takes) void takeEach(shared, taker)();
      queueMicrotask(() => onEnd(error));
    },
    stop: async () => undefined,
  });

/** The first dies, the others do their work. */
function firstDying(takes: boolean): StartScanner {
  let started = 0;
  return (options, listener) => (started++ === 0 ? dying(takes) : inProcess)(options, listener);
}

describe('a scan', () => {
  test('is shared, and made without other threads where there are none', async () => {
    expect((await scanBy(inProcess, 2))?.[0]).toBe(9);
    expect(await scanBy(inProcess, 0)).toEqual([9, 1]);
  });

  test.each([
    ['before it took a range', dying(false), 1],
    ['with a range that it took', dying(true), 1],
    ['and another goes on', firstDying(true), 2],
  ])('has what a thread left unread that died %s', async (_, startScanner, threads) => {
    expect((await scanBy(startScanner, threads))?.[0]).toBe(9);
  });

  test('has what a real thread left unread that was killed at once', async () => {
    const killed: StartScanner = (options, listener) => {
      const scanner = startThread(
        options,
        listener,
        new URL('../../dist/scan-worker.js', import.meta.url),
      );
      return { ...scanner, post: () => void scanner.stop() };
    };
    expect(await scanBy(killed, 1)).toEqual([9, 1]);
  });

  test('is given up where a thread had too little memory for it', async () => {
    const error = Object.assign(new Error('no memory'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(await scanBy(dying(true, error), 1)).toBe(null);
  });
});

test('ranges are taken once, and again when they are given back', async () => {
  const ranges = [1, 2, 3].map((id) => ({ after: id - 1, until: id }));
  const shared = shareRanges(ranges);
  const [first, second] = [takeEach(shared, 1), takeEach(shared, 2)];
  expect([await first(), await second(), await first(), await second(), await first()]).toEqual([
    ...ranges,
    undefined,
    undefined,
  ]);
  expect(areAllTaken(shared)).toBe(true);
  giveBack(shared, 1);
  expect(areAllTaken(shared)).toBe(false);
  const third = takeEach(shared, 3);
  expect([await third(), await third(), await third()]).toEqual([ranges[0], ranges[2], undefined]);
});
