import { sql, type SQL } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import {
  inReading,
  inSavepoint,
  inWriting,
} from '../../../src/store/postgres/connection/transactions.ts';
import type { PostgresDatabase } from '../../../src/store/postgres/connection/database.ts';
import { describePostgres } from '../../helpers/postgres.ts';
import { startPooler } from '../../helpers/postgres/pooler.ts';
import { openDatabase, storeOver, writableSchema } from './fixture.ts';

const COUNT = sql`select count(*) from notes`;
const add = (id: number): SQL => sql`insert into notes values (${id}, ${'x'})`;
const set = (text: string): SQL => sql`update notes set text = ${text} where id = 1`;

/** A promise, and what fulfils it. */
function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
}

/** Waits until a session waits for a lock. */
async function untilWaiting(db: PostgresDatabase, pid: number): Promise<void> {
  while (
    (await db.value(sql`select count(*) from pg_locks where pid = ${pid} and not granted`)) === 0
  );
}

describePostgres('transactions', () => {
  test('a reader sees no write that commits meanwhile', async () => {
    const { url, ask } = await writableSchema();
    const db = await openDatabase(url);
    const counts = await inReading(db, async () => {
      await ask("insert into notes values (1, 'x')");
      return [await db.value(COUNT), await db.value(COUNT)];
    });
    expect([counts, await db.value(COUNT)]).toEqual([[0, 0], 1]);
  });

  test('a reader may make temporary views', async () => {
    const db = await openDatabase((await writableSchema()).url);
    await inReading(db, async () => {
      await db.define(sql`create temporary view twice as select 2 * id as id from notes`);
      expect(await db.pluck(sql`select id from pg_temp.twice`)).toEqual([]);
    });
  });

  test('a write that throws is taken back', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const failing = inWriting(db, async () => {
      await db.run(add(1));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await db.value(COUNT)).toBe(0);
  });

  test('a second writer waits, is dated later, and sees what the first one wrote', async () => {
    const { url } = await writableSchema();
    const [one, two, watch] = [
      await openDatabase(url),
      await openDatabase(url),
      await openDatabase(url),
    ];
    const pid = await two.value<number>(sql`select pg_backend_pid()`);
    const { given, give } = signal();
    const inside = signal();
    const first = inWriting(one, async () => {
      inside.give();
      await one.run(add(1));
      await given;
      return one.beganAt;
    });
    await inside.given;
    const second = inWriting(two, async () => {
      const count = await two.value(COUNT);
      await two.run(set('second')); // no conflict with what came before
      return { count, at: two.beganAt };
    });
    await untilWaiting(watch, pid);
    const released = Date.now();
    give();
    expect(await first).toBeLessThanOrEqual(released);
    const { count, at } = await second;
    expect(count).toBe(1);
    expect(at).toBeGreaterThanOrEqual(released);
  });

  test('a writer that waits too long is told that the store is busy (75)', async () => {
    const { url, ask } = await writableSchema();
    await ask('begin');
    await ask('lock table writer in exclusive mode');
    const db = await openDatabase(url);
    await db.session.askAll("set lock_timeout = '50ms'");
    await expect(inWriting(db, async () => undefined)).rejects.toMatchObject({
      code: 'LOCKED',
      exit: 75,
    });
    await ask('commit');
    await inWriting(db, async () => db.run(add(1)));
  });

  test('readers wait for nobody', async () => {
    const { url, ask } = await writableSchema();
    await ask('begin');
    await ask('lock table writer in exclusive mode');
    const db = await openDatabase(url);
    expect(await inReading(db, async () => db.value(COUNT))).toBe(0);
    await ask('commit');
  });

  test('what collides with another program is done again, at most three times', async () => {
    const { url, ask } = await writableSchema();
    await ask("insert into notes values (1, 'x')");
    const db = await openDatabase(url);
    let attempts = 0;
    const colliding = async (times: number): Promise<string> =>
      inWriting(db, async () => {
        attempts += 1;
        await db.value(COUNT);
        if (attempts <= times) await ask('update notes set text = text');
        await db.run(set('rollcall'));
        return db.value(sql`select text from notes`);
      });
    expect([await colliding(2), attempts]).toEqual(['rollcall', 3]);
    attempts = 0;
    await expect(colliding(9)).rejects.toMatchObject({ code: 'LOCKED', exit: 75 });
    expect(attempts).toBe(3);
  });

  test('what is nested is taken back alone, and the transaction goes on', async () => {
    const db = await openDatabase((await writableSchema()).url);
    await inWriting(db, async () => {
      await db.run(add(1));
      const taken = inSavepoint(db, async () => db.run(add(1)));
      await expect(taken).rejects.toMatchObject({
        code: 'TAKEN',
        exit: 1,
        message: expect.stringContaining('this id already'),
      });
      await inSavepoint(db, async () => {
        await db.run(add(2));
        await expect(
          inSavepoint(db, async () => {
            await db.run(add(3));
            throw new Error('no');
          }),
        ).rejects.toThrow('no');
      });
    });
    expect(await db.pluck(sql`select id from notes order by id`)).toEqual([1, 2]);
  });

  test('after something nested was taken back the version is another one', async () => {
    const db = await openDatabase((await writableSchema()).url);
    await inWriting(db, async () => {
      let inside = '';
      await inSavepoint(db, async () => {
        await db.run(add(1));
        inside = await db.version();
        throw new Error('no');
      }).catch(() => undefined);
      expect(await db.version()).not.toBe(inside);
    });
  });

  test('a transaction that goes on after a failed statement does not end as if it were kept', async () => {
    const db = await openDatabase((await writableSchema()).url);
    const going = inWriting(db, async () => {
      await db.run(add(1));
      await db.run(add(1)).catch(() => undefined);
    });
    await expect(going).rejects.toThrow('is undone');
  });

  test('a connection that the server ends in the middle is lost work (74), and is not made again', async () => {
    const { url, ask } = await writableSchema();
    const db = await openDatabase(url);
    const pid = await db.value<number>(sql`select pg_backend_pid()`);
    const ended = inWriting(db, async () => {
      await db.run(add(1));
      await ask('select pg_terminate_backend($1)', [pid]);
      await db.run(add(2));
    });
    await expect(ended).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      exit: 74,
      hint: expect.stringContaining('finished segments stay done'),
    });
    expect(await ask('select * from notes')).toEqual([]);
    await expect(inWriting(db, async () => undefined)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    });
  });

  test('a connection that ends while nobody asks is noticed by the next transaction', async () => {
    const { url, ask } = await writableSchema();
    const db = await openDatabase(url);
    await inReading(db, async () => db.value(COUNT));
    const pid = await db.value<number>(sql`select pg_backend_pid()`);
    await ask('select pg_terminate_backend($1)', [pid]);
    while ((await ask('select from pg_stat_activity where pid = $1', [pid])).length > 0);
    await expect(inReading(db, async () => db.value(COUNT))).rejects.toMatchObject({ exit: 74 });
  });

  test('a pooler that lends connections for single transactions is refused (69)', async () => {
    const { url } = await writableSchema();
    const pooled = await startPooler(url, 'transaction');
    onTestFinished(pooled.stop);
    const db = await openDatabase(pooled.url);
    const statuses: unknown[] = [];
    for (const begin of [inReading, inWriting, inReading])
      await begin(db, async () => undefined).catch((error: unknown) => statuses.push(error));
    expect(statuses.length).toBeGreaterThan(0);
    for (const status of statuses)
      expect(status).toMatchObject({ code: 'NEEDS_SESSION', exit: 69 });
  });

  test('a pooler that keeps sessions is fine', async () => {
    const { url } = await writableSchema();
    const pooled = await startPooler(url, 'session');
    onTestFinished(pooled.stop);
    const db = await openDatabase(pooled.url);
    await inWriting(db, async () => db.run(add(1)));
    expect(await inReading(db, async () => db.value(COUNT))).toBe(1);
  });

  test('transactions of a store come one after the other, and one inside another is refused', async () => {
    const { url } = await writableSchema();
    const db = await openDatabase(url);
    const store = storeOver(db);
    const counts = [1, 2, 3].map(async (id) =>
      store.write(async () => {
        await db.run(add(id));
        return db.value(COUNT);
      }),
    );
    expect(await Promise.all(counts)).toEqual([1, 2, 3]);
    await expect(store.read(async () => store.read(async () => 1))).rejects.toThrow('inside');
    expect(await store.size()).toBeGreaterThan(0);
  });
});
