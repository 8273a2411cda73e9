import { existsSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { Store } from '../../src/store/index.ts';
import type { ScanOrder } from '../../src/store/sqlite/scan/scan-into.ts';
import { type StartScanner, startThread } from '../../src/store/sqlite/scan/scanner.ts';
import { reopen } from '../contact/fresh-store.ts';
import { scanInProcess } from '../helpers/in-process-scanner.ts';
import { raw } from './model/world.ts';
import { by, create, memberIds, members, NOW, segment, storeWith } from './segment-world.ts';

/*
 * Full builds from scans that ran ahead: a snapshot is taken when the run begins, and what is
 * written until the segment's turn comes must count as if the filter were evaluated then. The
 * segment `first` is built before the others, whose scans have been made by then.
 */

/** A store whose scans are made when they are asked for; `orders` are what was asked. */
async function scanned(
  points: readonly number[],
  startScanner: StartScanner = scanInProcess,
): Promise<{ store: Store; orders: ScanOrder[] }> {
  const orders: ScanOrder[] = [];
  const noting: StartScanner = (options, listener) => {
    const scanner = startScanner(options, listener);
    return {
      ...scanner,
      post: (order) => {
        orders.push(order);
        scanner.post(order);
      },
    };
  };
  const store = await reopen(await storeWith(points), {
    scanFrom: 0,
    scanners: 3,
    batch: 2,
    startScanner: noting,
  });
  await create(store, 'first', { where: 'points < 0' });
  return { store, orders };
}

/** Builds everything in full; `meanwhile` happens when all scans that need not wait are made. */
async function rebuild(
  store: Store,
  meanwhile: () => void = () => undefined,
  now = NOW,
): Promise<string> {
  const onSegment = (alias: string): void => {
    if (alias === 'first') meanwhile();
  };
  const { reports } = await updateSegments(store, { segments: [], now, full: true, onSegment });
  return reports.map(({ alias, mode, status }) => `${alias} ${mode ?? status}`).join(', ');
}

function sql(store: Store, ...statements: string[]): void {
  raw(store, (db) => statements.forEach((statement) => db.exec(statement)));
}

const segmentsOf = ({ work }: ScanOrder): number[] => work.jobs.map(({ segmentId }) => segmentId);

const sideFiles = (store: Store): string[] =>
  readdirSync(dirname(store.location)).filter((file) =>
    file.startsWith(`${basename(store.location)}.scan-`),
  );

describe('a full build from a scan', () => {
  test('has the members that evaluating in place has, of a first build and of a later one', async () => {
    const { store, orders } = await scanned([80, 10, 60]);
    await create(store, 'hot', { where: 'points >= 50' });
    expect([
      await rebuild(store),
      await memberIds(store, 'hot'),
      (await segment(store, 'hot')).members,
    ]).toEqual(['first full, hot full', '1 3', 2]);
    sql(store, 'update contacts set points = 100 - points');
    expect([await rebuild(store), await memberIds(store, 'hot'), sideFiles(store)]).toEqual([
      'first full, hot full',
      '2',
      [],
    ]);
    expect(orders.map(segmentsOf)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  test('is made where too many changed of what its filter reads, and of no other', async () => {
    const { store, orders } = await scanned(Array.from({ length: 2_400 }, () => 10));
    for (const [alias, where] of [
      ['hot', 'points >= 50'],
      ['paris', 'city = "Paris"'],
      ['visitors', 'did visit'],
    ] as const)
      await create(store, alias, { where });
    await rebuild(store);
    const built = orders.length;
    sql(store, "update contacts set city = 'Paris'; update contacts set points = 60 where id = 1");
    const { reports } = await updateSegments(store, { segments: [], now: NOW });
    expect(reports.map(({ alias, mode }) => `${alias} ${mode ?? ''}`)).toEqual([
      'first delta',
      'hot delta',
      'paris full',
      'visitors skip',
    ]);
    const { id } = await segment(store, 'paris');
    expect(orders.slice(built).map(segmentsOf)).toEqual([[id], [id]]);
  });

  test('knows who is anonymous, and joins as many as may', async () => {
    const { store } = await scanned([80, 10, 60, 70]);
    sql(store, 'update contacts set identified_at = null where id in (3, 4)');
    await create(store, 'hot', { where: 'points >= 50' });
    await updateSegments(store, { segments: [], now: NOW, maxChanges: 2 });
    expect([await memberIds(store, 'hot'), (await segment(store, 'hot')).anonymous]).toEqual([
      '1 3',
      1,
    ]);
    await create(store, 'warm', { where: 'points >= 40' });
    await rebuild(store);
    expect([
      (await segment(store, 'hot')).anonymous,
      (await segment(store, 'warm')).anonymous,
    ]).toEqual([2, 2]);
  });

  test('asks those again who were changed behind its snapshot', async () => {
    const { store } = await scanned([80, 10, 60]);
    await create(store, 'hot', { where: 'points >= 50' });
    await rebuild(store, () =>
      sql(
        store,
        'update contacts set points = 100 - points where id < 3',
        'insert into contacts (points, created_at, updated_at) values (99, 0, 0)',
        'delete from contacts where id = 3',
      ),
    );
    expect([await memberIds(store, 'hot'), (await segment(store, 'hot')).members]).toEqual([
      '2 4',
      2,
    ]);
  });

  test('has nobody whom a REPLACE removed behind its snapshot', async () => {
    const { store } = await scanned([80, 70, 60]);
    sql(store, "update contacts set email = 'c' || id || '@example.org'");
    await create(store, 'hot', { where: 'points >= 50' });
    await rebuild(store); // and forgets that these are new
    await rebuild(store, () =>
      sql(
        store,
        `insert or replace into contacts (email, points, created_at, updated_at)
          values ('C1@example.org', 90, 0, 0)`,
        "update or replace contacts set email = 'C3@example.org' where id = 2",
      ),
    );
    expect([await memberIds(store, 'hot'), (await segment(store, 'hot')).members]).toEqual([
      '2 4',
      2,
    ]);
  });

  test('asks again who joined and left a segment that it reads, and starts when that is built', async () => {
    const counts: number[] = [];
    const { store, orders } = await scanned([80, 10, 60], (options, listener) => {
      const scanner = scanInProcess(options, listener);
      const post = (order: ScanOrder): void => {
        raw(
          store,
          (db) =>
            void counts.push(
              db
                .prepare('select count(*) from memberships where segment_id = 2')
                .pluck()
                .get() as number,
            ),
        );
        scanner.post(order);
      };
      return { ...scanner, post };
    });
    await create(store, 'hot', { where: 'points >= 50' });
    await create(store, 'cold', { where: 'not in segment hot' });
    await rebuild(store);
    expect([counts, orders.map(segmentsOf), await memberIds(store, 'cold')]).toEqual([
      [0, 0, 2, 2],
      [[1, 2], [1, 2], [3], [3]],
      '2',
    ]);
  });

  test('has the pins of its own transaction', async () => {
    const { store } = await scanned([80, 10, 60]);
    await create(store, 'hot', { where: 'points >= 50' });
    const pin = `insert into pins (segment_id, contact_id, kind, via, created_at)
        values (2, 1, 'out', 'api', 0), (2, 2, 'in', 'api', 0)`;
    await rebuild(store, () => sql(store, pin));
    expect(
      (await members(store, 'hot')).map(({ contactId, via }) => `${contactId} ${via}`),
    ).toEqual(['2 api', '3 filter']);
  });

  test('minds pins that were there before', async () => {
    const { store } = await scanned([80, 10, 60]);
    await create(store, 'hot', { where: 'points >= 50' });
    await store.write(async (tx) => {
      await addToSegment(tx, await getSegment(tx, 'hot'), [2], by(NOW, 'api'));
      await removeFromSegment(tx, await getSegment(tx, 'hot'), [3], by(NOW));
    });
    await rebuild(store);
    expect(
      (await members(store, 'hot')).map(({ contactId, via }) => `${contactId} ${via}`),
    ).toEqual(['1 filter', '2 api']);
  });

  test('is evaluated anew when its definition was edited behind the snapshot', async () => {
    const { store } = await scanned([80, 10, 60]);
    await create(store, 'hot', { where: 'points >= 50' });
    await create(store, 'cold', { where: 'points < 50' });
    await rebuild(store, () =>
      sql(
        store,
        "update segments set filter = (select filter from segments where alias = 'cold') where alias = 'hot'",
      ),
    );
    expect(await memberIds(store, 'hot')).toBe('2');
  });

  test('is evaluated with the dates of its own transaction', async () => {
    const { store } = await scanned([80, 10]);
    // yesterday evening in UTC, today in Tokyo
    sql(store, `update contacts set last_active_at = ${NOW - 12 * 3_600_000}`);
    await create(store, 'today', { where: 'last_active_at >= today' });
    await rebuild(store, () =>
      sql(store, "insert or replace into settings values ('timezone', 'Asia/Tokyo')"),
    );
    expect(await memberIds(store, 'today')).toBe('1 2');
  });

  test('is evaluated anew when the log of what came after it was dropped', async () => {
    const { store } = await scanned([80, 10, 60]);
    await create(store, 'hot', { where: 'points >= 50' });
    const bulkLoad = `update capture set bulk = 1;
        update contacts set points = 70;
        update capture set bulk = 0, epoch = epoch + 1;
        update capture_kinds set pruned_before = (select epoch from capture)`;
    await rebuild(store, () => sql(store, bulkLoad));
    expect(await memberIds(store, 'hot')).toBe('1 2 3');
  });

  test('counts as anonymous who is so in its own transaction', async () => {
    const { store } = await scanned([80, 10, 60]);
    sql(store, 'update contacts set identified_at = null where id = 1');
    await create(store, 'known', { where: 'not suppressed(email)' });
    await rebuild(store, () =>
      sql(
        store,
        'update contacts set identified_at = 1 where id = 1',
        'update contacts set identified_at = null where id > 1',
      ),
    );
    expect((await segment(store, 'known')).anonymous).toBe(2);
  });
});

describe('a scan', () => {
  test('reads the contacts once for all filters, each scanner a part of them', async () => {
    const { store, orders } = await scanned([80, 10, 60, 30, 90]);
    for (const points of [20, 40, 70])
      await create(store, `above-${points}`, { where: `points > ${points}` });
    await rebuild(store);
    expect([
      orders.map(segmentsOf),
      orders.map(({ shared }) => shared.ranges.length),
      await memberIds(store, 'above-20'),
      await memberIds(store, 'above-70'),
    ]).toEqual([
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
      [3, 3],
      '1 3 4 5',
      '1 5',
    ]);
  });

  test('gathers once what several ask of the same rows, and tells their answers apart', async () => {
    const { store } = await scanned([80, 10, 60, 50]);
    const events = [
      [1, 'a', 10],
      [1, 'a', 50],
      [2, 'a', 50],
      [2, 'b', 10],
      [3, 'b', 10],
      [3, 'b', 20],
    ].map(([id, type, days]) => `(${id}, '${type}', ${NOW - Number(days) * 86_400_000}, 1)`);
    sql(
      store,
      `insert into events (contact_id, type, occurred_at, value) values ${events.join(', ')}`,
    );
    const expected = {
      'sum(b.value in last 15 days) >= 2': '',
      'sum(b.value in last 30 days) >= 1': '2 3',
      'sum(a.value in last 30 days) >= 1': '1',
      'sum(a.value in last 90 days) >= 1': '1 2',
      'sum(a.value in last 90 days) < 2': '2 3 4',
      'sum(b.value in last 90 days) >= 1': '2 3',
      'sum(a.value in last 5 days) > 0': '',
    };
    for (const [index, where] of Object.keys(expected).entries())
      await create(store, `asks-${index}`, { where });
    await rebuild(store);
    const found = await Promise.all(
      Object.keys(expected).map(async (_, index) => memberIds(store, `asks-${index}`)),
    );
    expect(found).toEqual(Object.values(expected));
  });

  test('that fails is made again for either half of its segments', async () => {
    const { store, orders } = await scanned([80, 10, 60], (options, listener) => {
      const scanner = scanInProcess(options, listener);
      const post = (order: ScanOrder): void =>
        segmentsOf(order).includes(2)
          ? queueMicrotask(() => listener.onReply({ file: order.file, error: 'too much for one' }))
          : scanner.post(order);
      return { ...scanner, post };
    });
    for (const points of [20, 40, 70])
      await create(store, `above-${points}`, { where: `points > ${points}` });
    await rebuild(store);
    const asked = orders.map(segmentsOf).map((ids) => ids.join(' '));
    expect([...new Set(asked)]).toEqual(['1 2 3 4', '1 2', '1', '2', '3 4']);
    expect([
      await memberIds(store, 'above-20'),
      await memberIds(store, 'above-70'),
      sideFiles(store),
    ]).toEqual(['1 3', '1', []]);
  });

  test('is as old as the oldest of its snapshots', async () => {
    let started = 0;
    const { store } = await scanned([80, 10, 60, 70], (options, listener) => {
      const scanner = scanInProcess(options, listener);
      const post = (order: ScanOrder): void => {
        started += 1;
        // between the two snapshots a contact moves from the last range to the first
        if (started === 2)
          sql(
            store,
            'update contacts set id = 1 where id = 5',
            'update capture set epoch = epoch + 1',
          );
        scanner.post(order);
      };
      return { ...scanner, post };
    });
    sql(store, 'update contacts set id = 5 where id = 1');
    await create(store, 'hot', { where: 'points >= 50' });
    await rebuild(store);
    expect(await memberIds(store, 'hot')).toBe('1 3 4');
  });
});

describe('without its scan a segment is evaluated in place', () => {
  const broken: [string, StartScanner][] = [
    [
      'the scanner dies',
      (_, { onEnd }) => ({ post: () => queueMicrotask(onEnd), stop: async () => undefined }),
    ],
    [
      'the scan fails',
      (_, { onReply }) => ({
        post: ({ file }) =>
          queueMicrotask(() => onReply({ file, error: 'database or disk is full' })),
        stop: async () => undefined,
      }),
    ],
    [
      'the side file is gone',
      (options, { onReply, onEnd }) =>
        scanInProcess(options, {
          onEnd,
          onReply: (reply) => {
            rmSync(reply.file);
            onReply(reply);
          },
        }),
    ],
  ];

  test.each(broken)('when %s', async (_, startScanner) => {
    const { store } = await scanned([80, 10, 60], startScanner);
    await create(store, 'hot', { where: 'points >= 50' });
    expect([await rebuild(store), await memberIds(store, 'hot')]).toEqual([
      'first full, hot full',
      '1 3',
    ]);
  });

  test('when its filter cannot be evaluated, and fails alone', async () => {
    const { store } = await scanned([80, 10, 60]);
    await create(store, 'hot', { where: 'points >= 50' });
    await create(store, 'broken', { where: 'points < 50' });
    sql(store, "update segments set filter = 'x' || filter where alias = 'broken'");
    expect([await rebuild(store), await memberIds(store, 'hot')]).toEqual([
      'first full, hot full, broken failed',
      '1 3',
    ]);
  });
});

describe('side files', () => {
  test('of a run that was killed are removed by the next one, whatever it scans', async () => {
    const { store } = await scanned([80]);
    const left = `${store.location}.scan-abc-1-1`;
    writeFileSync(left, '');
    await updateSegments(store, { segments: ['first'], now: NOW });
    expect(existsSync(left)).toBe(false);
  });

  test('are gone when a run ends early', async () => {
    const { store } = await scanned([80]);
    await create(store, 'hot', { where: 'points >= 50' });
    const seen: string[][] = [];
    const stop = (): void => {
      seen.push(sideFiles(store));
      throw new Error('stop');
    };
    await expect(rebuild(store, stop)).rejects.toThrow('stop');
    expect([seen.map((files) => files.length), sideFiles(store)]).toEqual([[1], []]);
  });

  test('leave no journal beside the store that several of them share', async () => {
    const { store } = await scanned([80, 10, 60]);
    await create(store, 'hot', { where: 'points >= 50' });
    const seen = new Set<string>();
    const watcher = watch(dirname(store.location), (_, file) => void seen.add(file ?? ''));
    await rebuild(store);
    writeFileSync(`${store.location}.told`, '');
    while (![...seen].some((file) => file.endsWith('.told')))
      await new Promise((resolve) => setImmediate(resolve));
    watcher.close();
    expect([...seen].filter((file) => file.includes('-mj'))).toEqual([]);
  });

  test('are not made for a dry run, nor for one beside others or in batches', async () => {
    const { store, orders } = await scanned([80]);
    const request = { segments: [], now: NOW, full: true };
    for (const options of [{ dryRun: true }, { beside: true }, { batch: 10 }])
      await updateSegments(store, { ...request, ...options });
    expect(orders).toEqual([]);
  });
});

test('a thread scans as well', async () => {
  const { store, orders } = await scanned([80, 10, 60], (options, listener) =>
    startThread(options, listener, new URL('../../dist/scan-worker.js', import.meta.url)),
  );
  await create(store, 'hot', { where: 'points >= 50' });
  await create(store, 'cold', { where: 'not in segment hot' });
  expect([
    await rebuild(store, () => sql(store, 'update contacts set points = 0 where id = 3')),
    await memberIds(store, 'cold'),
    orders.map(segmentsOf),
    sideFiles(store),
  ]).toEqual(['first full, hot full, cold full', '2 3', [[1, 2], [1, 2], [3], [3]], []]);
});
