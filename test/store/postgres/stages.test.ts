import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { CLEAR, type StagedRecord, type StageShape } from '../../../src/store/index.ts';
import { SqlStage } from '../../../src/store/sql/import/staging.ts';
import { describePostgres } from '../../helpers/postgres.ts';
import { applyRows, counts, importRows, NOW } from '../conformance/fixture.ts';
import { openDatabase } from './fixture.ts';
import { type PostgresFixture, postgresFixture } from './store-fixture.ts';

const SHAPE: StageShape = {
  kind: 'contacts',
  key: 'email',
  columns: ['email', 'city'],
  uniques: [],
  duplicates: 'last',
};

const row = (line: number, name: string, more: Partial<StagedRecord> = {}): StagedRecord => ({
  line,
  key: `${name}@x.example`,
  values: [`${name}@x.example`, 'Lyon'],
  ...more,
});

async function makeStore(): Promise<PostgresFixture> {
  const fixture = await postgresFixture();
  onTestFinished(fixture.cleanup);
  return fixture;
}

const emails = async ({ ask }: PostgresFixture): Promise<unknown[]> =>
  (await ask('select id, email from contacts order by id')).map(Object.values);

describePostgres('stages', () => {
  test('a sequence that others have overtaken goes on behind their ids', async () => {
    const fixture = await makeStore();
    await fixture.ask(
      "insert into contacts (id, email, created_at, updated_at) values (2, 'own@x.example', 0, 0)",
    );
    await importRows(fixture.store, SHAPE, [row(2, 'a'), row(3, 'b')]);
    expect(await emails(fixture)).toEqual([
      [2, 'own@x.example'],
      [3, 'a@x.example'],
      [4, 'b@x.example'],
    ]);
  });

  test('ids that others made in between are none of the import', async () => {
    const fixture = await makeStore();
    await fixture.ask('alter sequence contacts_id_seq increment 2'); // they take every other one
    await importRows(fixture.store, SHAPE, [row(2, 'a'), row(3, 'b')], { importId: 5 });
    await fixture.ask('alter sequence contacts_id_seq increment 1');
    await importRows(fixture.store, SHAPE, [row(2, 'c'), row(3, 'd')], { importId: 6 });
    const ranges = await fixture.ask(
      'select import_id, kind, first_id, last_id from import_ids order by 1, 3',
    );
    expect(ranges.map(Object.values)).toEqual([
      [5, 'contacts', 1, 1],
      [5, 'contacts', 3, 3],
      [6, 'contacts', 4, 5],
    ]);
  });

  test('rows of which one cannot be kept leave nothing, and the stage goes on', async () => {
    const fixture = await makeStore();
    const stage = await fixture.store.stage(SHAPE);
    const adding = stage.add([
      row(2, 'a', { tags: [{ name: 'vip', add: true }] }),
      row(3, 'b', { tags: [{ name: 'n\0l', add: true }] }),
    ]);
    await expect(adding).rejects.toMatchObject({ code: 'BAD_VALUE' });
    const applied = await applyRows(fixture.store, stage, [
      row(4, 'c', { tags: [{ name: 'new', add: true }] }),
    ]);
    expect(counts(applied)).toEqual({ inserted: 1 });
    expect(await emails(fixture)).toEqual([[1, 'c@x.example']]);
    expect((await fixture.ask('select name from tags')).map(({ name }) => name)).toEqual(['new']);
    await stage.drop();
  });

  test('all that is said beside rows is staged with them, also in a transaction', async () => {
    const fixture = await makeStore();
    const { store } = fixture;
    const [one, other] = [await store.stage(SHAPE), await store.stage(SHAPE)];
    await store.write(async () => {
      await one.add([row(2, 'a', { tags: [{ name: 'vip', add: true }] })]);
      await other.add([row(2, 'b', { values: ['b@x.example', CLEAR], company: 'Acme' })]);
    });
    await store.write(async (tx) => {
      const how = { mode: 'upsert', now: NOW, importId: 7 } as const;
      await tx.imports.apply(other, how);
      await tx.imports.apply(one, { ...how, importId: 8 });
    });
    expect(await emails(fixture)).toEqual([
      [1, 'b@x.example'],
      [2, 'a@x.example'],
    ]);
    await Promise.all([one.drop(), other.drop(), one.drop()]);
    expect(
      await fixture.ask(
        "select relname from pg_class where relname like 'stage\\_%' and pg_table_is_visible(oid)",
      ),
    ).toEqual([]);
  });

  test('of a connection that is lost nothing is left to be dropped', async () => {
    const fixture = await makeStore();
    const db = await openDatabase(fixture.url);
    const stage = await SqlStage.make(db, 1, SHAPE);
    await stage.add([row(2, 'a')]);
    const pid = await db.value<number>(sql`select pg_backend_pid()`);
    await fixture.ask('select pg_terminate_backend($1)', [pid]);
    await expect(stage.add([row(3, 'b')])).rejects.toMatchObject({ exit: 69 });
    await stage.drop();
    expect(await emails(fixture)).toEqual([]);
  });
});
