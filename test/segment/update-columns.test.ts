import { describe, expect, test } from 'vitest';
import { createField } from '../../src/contact/field-changes.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { removeFromSegment } from '../../src/segment/members.ts';
import { profileTogether } from '../../src/segment/profile-together.ts';
import { layGround, prepare } from '../../src/segment/update/plan.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { verifySegments } from '../../src/segment/update/verify.ts';
import type { Column, ColumnBatch } from '../../src/sql/columns.ts';
import type { ScanBy, ScanDesk, Store } from '../../src/store/index.ts';
import { raw } from './model/world.ts';
import { by, create, memberIds, NOW, segment, storeWith } from './segment-world.ts';

/*
 * Full builds by columns in the transaction of the builds, as in small stores, dry runs and runs in
 * batches. `columnsFrom` 0 is however small the store.
 */

const FULL = { segments: [], now: NOW, full: true, columnsFrom: 0 } as const;

type Around = (desk: ScanDesk) => Partial<ScanDesk>;

/** Puts something between the scans of a store and their desks; gives how many scans there were. */
async function watched(store: Store, around: Around = () => ({})): Promise<() => number> {
  let scans = 0;
  await store.write(async (tx) => {
    const scan = tx.scan!.bind(tx);
    tx.scan = async (work, scanBy, batch) => {
      scans += 1;
      return scan(work, between(scanBy, around), batch);
    };
  });
  return () => scans;
}

function between(scanBy: ScanBy, around: Around): ScanBy {
  return async (desk, work) =>
    scanBy(
      {
        dialect: desk.dialect,
        read: async (wanted) => desk.read(wanted),
        keep: async (batch, matches) => desk.keep(batch, matches),
        ...around(desk),
      },
      work,
    );
}

async function hotAndCold(store: Store): Promise<void> {
  await create(store, 'hot', { where: 'points >= 50' });
  await create(store, 'cold', { where: 'points < 50' });
}

const found = async (store: Store): Promise<string[]> => [
  await memberIds(store, 'hot'),
  await memberIds(store, 'cold'),
];

describe('full builds in one transaction', () => {
  test('read columns once for all segments', async () => {
    const store = await storeWith([80, 10, 60]);
    await hotAndCold(store);
    const scans = await watched(store);
    await updateSegments(store, FULL);
    expect([scans(), await found(store)]).toEqual([1, ['1 3', '2']]);
    expect((await segment(store, 'hot')).members).toBe(2);
  });

  test('read none for one segment, nor where SQL alone is asked for', async () => {
    const store = await storeWith([80, 10, 60]);
    await hotAndCold(store);
    const scans = await watched(store);
    await updateSegments(store, { ...FULL, segments: ['hot'] });
    await updateSegments(store, { ...FULL, columnsFrom: Number.POSITIVE_INFINITY });
    expect([scans(), await found(store)]).toEqual([0, ['1 3', '2']]);
  });

  test('read them so many contacts at once as may be evaluated, in a dry run too', async () => {
    const store = await storeWith([80, 10, 60]);
    await hotAndCold(store);
    const sizes: number[] = [];
    await watched(store, (desk) => ({
      keep: async (batch, matches) => {
        sizes.push(batch.ids.length);
        await desk.keep(batch, matches);
      },
    }));
    const { reports } = await updateSegments(store, { ...FULL, batch: 2, dryRun: true });
    expect([sizes, reports.map(({ joined }) => joined)]).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(await found(store)).toEqual(['', '']);
  });

  test('go by SQL, each by itself, where the scan fails', async () => {
    const store = await storeWith([80, 10, 60]);
    await hotAndCold(store);
    const scans = await watched(store, () => ({
      read: async () => Promise.reject(new Error('cannot be read')),
    }));
    await updateSegments(store, FULL);
    expect([scans(), await found(store)]).toEqual([1, ['1 3', '2']]);
  });

  test('read columns again for segments that read the first', async () => {
    const store = await storeWith([80, 10, 60]);
    await hotAndCold(store);
    await create(store, 'neither', { where: 'not in segment hot and not in segment cold' });
    await create(store, 'either', { where: 'in segment hot or in segment cold' });
    await store.write(async (tx) =>
      removeFromSegment(tx, await getSegment(tx, 'hot'), [3], by(NOW)),
    );
    const scans = await watched(store);
    await updateSegments(store, FULL);
    expect([scans(), await memberIds(store, 'neither'), await memberIds(store, 'either')]).toEqual([
      2,
      '3',
      '1 2',
    ]);
  });
});

describe('a condition that cannot be decided by columns', () => {
  /** A column that fails when it is looked into. */
  const poisoned = (column: Column): Column =>
    new Proxy(column, {
      get: (target, key) => {
        if (key === '0') throw new Error('poisoned');
        return Reflect.get(target, key) as unknown;
      },
    });

  test('is decided by SQL, and the scan begins again', async () => {
    const store = await storeWith([80, 10, 60]);
    await hotAndCold(store);
    const wanted: number[] = [];
    await watched(store, (desk) => ({
      read: async (columns) => {
        wanted.push(columns.contacts.length);
        const { tables, batches } = await desk.read(columns);
        async function* spoiled(): AsyncGenerator<ColumnBatch> {
          for await (const batch of batches)
            yield { ...batch, contacts: batch.contacts.map(isPoints) };
        }
        const isPoints = (column: Column): Column =>
          column.some((value) => Number(value) > 1) ? poisoned(column) : column;
        return { tables, batches: spoiled() };
      },
    }));
    await updateSegments(store, FULL);
    expect([wanted, await found(store)]).toEqual([
      [1, 2, 2],
      ['1 3', '2'],
    ]);
  });

  test('is decided by SQL alone where one contact has more of its column than is read at once', async () => {
    const store = await storeWith([80, 10, 60]);
    await store.write(async (tx) =>
      createField(
        tx,
        { object: 'contact', alias: 'likes', type: 'multiselect', options: ['tea', 'jam'] },
        NOW,
      ),
    );
    raw(store, (db) => {
      const long = `printf('%.*c', 70000000, 'x')`;
      db.exec(`update contacts set city = ${long} where id = 2`);
      db.exec(`update contacts set likes = '|tea|' || ${long} || '|' where id = 3`);
    });
    await hotAndCold(store);
    await create(store, 'x', { where: 'city starts with "xx" and points < 50' });
    await create(store, 'nowhere', { where: 'city is empty' });
    await create(store, 'tea', { where: 'likes has any ("tea")' });
    await create(store, 'jam', { where: 'likes has any ("jam") or likes is empty' });
    const scans = await watched(store);
    await updateSegments(store, FULL);
    const others = ['x', 'nowhere', 'tea', 'jam'].map(async (alias) => memberIds(store, alias));
    expect([scans(), await found(store), await Promise.all(others)]).toEqual([
      1,
      ['1 3', '2'],
      ['2', '1 3', '3', '1 2'],
    ]);
    expect(await waysOf(store, 'x', 'tea')).toEqual([
      'city starts with "xx": sql failed',
      'points < 50: columns ',
      'likes has any ("tea"): sql failed',
    ]);
  });
});

/** How the conditions of these segments go in a build of all. */
async function waysOf(store: Store, ...aliases: string[]): Promise<string[]> {
  return store.read(async (tx) => {
    const ground = await layGround(tx, NOW);
    const ways: string[] = [];
    for (const alias of aliases) {
      const own = prepare(ground, await getSegment(tx, alias));
      const { leaves = [] } = (await profileTogether(tx, ground, own)) ?? {};
      for (const { condition, way, because } of leaves)
        ways.push(`${condition}: ${way} ${because ?? ''}`);
    }
    return ways;
  });
}

test('verification evaluates in SQL alone', async () => {
  const store = await storeWith([80, 10, 60]);
  await hotAndCold(store);
  await updateSegments(store, FULL);
  raw(store, (db) => void db.exec('delete from joined where contact_id = 3'));
  const scans = await watched(store);
  const { segments } = await verifySegments(store, { segments: [], now: NOW });
  expect([scans(), segments.map(({ missing }) => [...missing])]).toEqual([0, [[3], []]]);
});
