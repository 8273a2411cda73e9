import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findPostgres } from '../../bench/peers/postgres.js';
import { STORE_TABLES } from '../../bench/peers/tables.js';
import { Cluster } from '../../bench/postgres/cluster.js';
import { reckon } from '../../bench/postgres/costs.js';
import { requireSameMembers } from '../../bench/postgres/members.js';
import { serverMs } from '../../bench/postgres/processor.js';
import { FIRST, type Pair, Worlds } from '../../bench/postgres/worlds.js';
import { defineSegments, SEGMENTS } from '../../bench/segments.js';
import { describePostgres } from '../helpers/postgres.ts';

const CONTACTS = 500;
// the bench takes no other server than an installed one
const describeBench = findPostgres() === undefined ? describe.skip : describePostgres;

describeBench('the bench of stores in PostgreSQL', () => {
  let folder: string;
  let cluster: Cluster;
  let worlds: Worlds;
  let pair: Pair;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-test-'));
    vi.stubEnv('ROLLCALL_BENCH_CACHE', join(folder, 'worlds'));
    cluster = await Cluster.start(folder);
    const scale = { contacts: CONTACTS, smaller: CONTACTS, rounds: 1 };
    worlds = new Worlds({ ...scale, folder, cluster, say: () => undefined });
    pair = await worlds.fresh(CONTACTS);
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
  });

  /** The tables whose rows are others in the database than in the file. */
  function differing(): string[] {
    const db = new Sqlite(pair.file.path);
    try {
      return Object.entries(STORE_TABLES).flatMap(([table, columns]) => {
        const order = 'id' in columns ? 'id' : 'contact_id';
        const query = `select ${Object.keys(columns).join(', ')} from ${table} order by ${order}`;
        const rows = db.prepare<[], (string | number | null)[]>(query).raw().all();
        const ours = rows.map((row) => row.map((cell) => cell ?? '').join('|'));
        const theirs = cluster.run(pair.database, query).trimEnd().split('\n');
        return ours.join('\n') === theirs.join('\n') ? [] : [table];
      });
    } finally {
      db.close();
    }
  }

  test('has the same rows in both, before changes and after', async () => {
    expect(differing()).toEqual([]);
    const options = { count: 200, now: pair.file.now, seed: 'test' };
    const before = cluster.run(pair.database, 'select count(*) from contact_changes').trim();
    expect(before).toBe('0'); // the load is not in the log
    await pair.file.change(options);
    await pair.served.change(options);
    expect(differing()).toEqual([]);
    const logged = cluster.run(pair.database, 'select count(*) from contact_changes').trim();
    expect(Number(logged)).toBeGreaterThanOrEqual(200);
  });

  test('finds the members of the file, and tells when one is missing', async () => {
    for (const { path } of [pair.file, pair.served])
      await defineSegments(path, SEGMENTS.slice(FIRST.length));
    await pair.file.update(0);
    const { cpuMs } = await pair.served.update(0);
    expect(cpuMs).toBeGreaterThan(0);
    expect(requireSameMembers(pair.file.path, cluster, pair.database)).toBeGreaterThan(CONTACTS);
    cluster.run(
      pair.database,
      'delete from joined where contact_id = (select max(contact_id) from joined)',
    );
    expect(() => requireSameMembers(pair.file.path, cluster, pair.database)).toThrow(
      /has other members in PostgreSQL/,
    );
  });

  test("counts the processor time of the server's processes, the ended ones too", () => {
    const before = serverMs(cluster.pid);
    cluster.run('postgres', 'select count(*) from generate_series(1, 1000000)');
    expect(serverMs(cluster.pid)).toBeGreaterThan(before);
  });
});

describe('the arithmetic of sizes', () => {
  const rows = (count: number, bytes: number) => ({ rows: count, bytes });
  const taken = (ms: number) => ({ ms, cpuMs: 2 * ms, rounds: 1 });
  const measured = {
    contact: rows(1_000_000, 400),
    tag: rows(500_000, 100),
    event: rows(3_000_000, 200),
    membership: rows(7_000_000, 76),
    entry: rows(1000, 100),
    firstBuild: taken(10_000),
    othersBuild: taken(40_000),
    members: 7_000_000,
    idle: taken(290),
    idleOfSmaller: taken(200),
    changed: taken(590),
    changes: 1000,
  };

  test('is that of the page', () => {
    const tables = reckon(measured) ?? '';
    const cells = tables
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, what = '', ...others]) => [what, others.slice(0, -1)] as const);
    const table = new Map(cells);
    expect(table.get('a full build, for a segment and a million contacts')).toEqual([
      '500 ms',
      '1.00 s',
    ]);
    expect(table.get('contacts')).toEqual(['100.0 M', '40.0 GB', '5.0 GB']);
    expect(table.get('memberships of 100 segments')).toEqual(['700.0 M', '53.2 GB', '6.7 GB']);
    // 100 × 12.5 × 0.5 s
    expect(table.get('first build of 100 segments')?.[0]).toBe('625.00 s');
    // 0.19 s + 12.5 × 0.1 s, and 12,500 × 0.3 ms
    expect(table.get('update, nothing changed')?.[0]).toBe('1.44 s');
    expect(table.get('update, a thousandth has changed')?.[0]).toBe('5.19 s');
  });

  test('is left out where a cost is missing', () => {
    const { entry, ...others } = measured;
    expect(entry.rows).toBe(1000);
    expect(reckon(others)).toBeUndefined();
  });
});
