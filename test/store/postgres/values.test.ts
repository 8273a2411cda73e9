import { expect, onTestFinished, test } from 'vitest';
import type { FieldType, NewField } from '../../../src/store/index.ts';
import { describePostgres } from '../../helpers/postgres.ts';
import { addContacts, addSegment, NOW } from '../conformance/fixture.ts';
import { type PostgresFixture, postgresFixture } from './store-fixture.ts';

/** Values that a file keeps and PostgreSQL does not, and ids that SQL has given. */

async function makeStore(): Promise<PostgresFixture> {
  const fixture = await postgresFixture();
  onTestFinished(fixture.cleanup);
  return fixture;
}

const field = (alias: string, type: FieldType, more: Partial<NewField> = {}): NewField => ({
  ...{ object: 'contact', alias, label: alias, type, options: [], unique: false, indexed: false },
  ...more,
});

const BAD_VALUE = { name: 'UserError', code: 'BAD_VALUE', exit: 65 };

/** No index of PostgreSQL takes it: it is too long, and nothing in it repeats. */
const LONG = Array.from({ length: 4_000 }, (_, at) =>
  ((at * at * 7 + at * 31) % 9_973).toString(36),
).join('');

describePostgres('values in PostgreSQL', () => {
  test('a number beyond 1e300 is refused, in columns of ours and in those of fields', async () => {
    const { store } = await makeStore();
    await store.write(async (tx) => tx.fields.add(field('score', 'number'), NOW));
    for (const record of [{ points: 1e301 }, { score: -1e301 }, { score: Infinity }])
      await expect(store.write(async (tx) => addContacts(tx, record))).rejects.toMatchObject(
        BAD_VALUE,
      );
    await store.write(async (tx) => addContacts(tx, { points: 1e300, score: -1e300 }));
    const event = { contactId: 1, type: 'a', subject: null, occurredAt: NOW, externalId: null };
    await expect(
      store.write(async (tx) =>
        tx.events.insert([{ ...event, value: 1e301, properties: null }], NOW),
      ),
    ).rejects.toMatchObject({
      ...BAD_VALUE,
      message: expect.stringMatching(/^events .* value:/) as string,
    });
  });

  test('instants, flags and days that are none are refused', async () => {
    const { store } = await makeStore();
    await store.write(async (tx) => {
      await tx.fields.add(field('seen', 'datetime'), NOW);
      await tx.fields.add(field('paid', 'boolean'), NOW);
      await tx.fields.add(field('born', 'date'), NOW);
    });
    for (const record of [{ seen: 2 ** 53 }, { seen: 1e30 }, { paid: 2 }, { born: '2026-02-29' }])
      await expect(store.write(async (tx) => addContacts(tx, record))).rejects.toMatchObject(
        BAD_VALUE,
      );
    await store.write(async (tx) => addContacts(tx, { seen: NOW, paid: 1, born: '2024-02-29' }));
  });

  test('a text with NUL is refused, wherever it goes', async () => {
    const { store } = await makeStore();
    await store.write(async (tx) => addContacts(tx, {}));
    const event = { contactId: 1, type: 'a', subject: null, value: null, occurredAt: NOW };
    const entry = {
      at: NOW,
      by: null,
      command: null,
      action: 'a',
      object: 'segment',
      objectId: 1,
    } as const;
    for (const refused of [
      store.write(async (tx) => addContacts(tx, { city: 'a\0b' })),
      store.write(async (tx) => tx.contacts.tag([1], ['a\0b'], NOW)),
      store.write(async (tx) =>
        tx.events.insert([{ ...event, properties: { a: '\0' }, externalId: null }], NOW),
      ),
      store.write(async (tx) => tx.audit.write([{ ...entry, detail: { a: '\0' } }])),
      store.read(async (tx) => tx.contacts.match('email', ['a\0b'])),
    ])
      await expect(refused).rejects.toMatchObject(BAD_VALUE);
    expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(1);
  });

  test('a text that no index takes is refused where there is one', async () => {
    const { store } = await makeStore();
    await store.write(async (tx) => tx.fields.add(field('note', 'text', { unique: true }), NOW));
    for (const record of [{ email: LONG }, { note: LONG }])
      await expect(store.write(async (tx) => addContacts(tx, record))).rejects.toMatchObject({
        ...BAD_VALUE,
        message: expect.stringContaining('2,700') as string,
      });
    await store.write(async (tx) => addContacts(tx, { city: LONG }));
    await expect(
      store.write(async (tx) =>
        tx.fields.update({
          ...(await tx.fields.list()).find(({ alias }) => alias === 'city')!,
          indexed: true,
        }),
      ),
    ).rejects.toMatchObject(BAD_VALUE);
  });

  test('ids that SQL gave are passed by', async () => {
    const { store, ask } = await makeStore();
    await ask(
      'insert into contacts (id, created_at, updated_at) select id, 0, 0 from generate_series(1, 5) as id',
    );
    await ask(
      "insert into segments (id, alias, name, kind, created_at, updated_at) values (1, 'a', 'a', 'static', 0, 0)",
    );
    expect(await store.write(async (tx) => addContacts(tx, {}, {}))).toEqual([6, 7]);
    expect(await store.write(async (tx) => addSegment(tx, 'b'))).toBe(2);
  });

  test('where the last id was given there is none left', async () => {
    const { store, ask } = await makeStore();
    await ask(
      'insert into contacts (id, created_at, updated_at) values (9007199254740991, 0, 0), (1, 0, 0)',
    );
    await expect(store.write(async (tx) => addContacts(tx, {}))).rejects.toMatchObject({
      code: 'NO_ID_LEFT',
      exit: 69,
    });
  });

  test('more fields than a table can have columns are refused', async () => {
    const { store, ask } = await makeStore();
    await ask(`
      do $$
      begin
        execute (
          select 'alter table contacts ' || string_agg('add column c' || place || ' smallint', ', ')
          from pg_attribute, generate_series(1, 1600 - attnum) as place
          where attrelid = 'contacts'::regclass and attname = 'email_domain'
        );
      end
      $$`);
    await expect(
      store.write(async (tx) => tx.fields.add(field('one_more', 'text'), NOW)),
    ).rejects.toMatchObject({ name: 'UserError', code: 'TOO_MANY_FIELDS', exit: 1 });
  });
});
