import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { createSchema, migrateSchema } from '../../../src/store/postgres/migration/migrate.ts';
import { readMigrations } from '../../../src/store/postgres/migration/migrations.ts';
import { schemaError } from '../../../src/store/postgres/migration/schema-errors.ts';
import {
  readVersion,
  requireThisVersion,
  SCHEMA_VERSION,
} from '../../../src/store/postgres/migration/version.ts';
import { EXIT } from '../../../src/support/errors.ts';
import type { RunLock } from '../../../src/store/store.ts';
import { connectTo, hasServer, newName, serverTest } from './own-schema.ts';

const database = newName();
const role = newName();
let admin: Client;
let client: Client;
let place: { readonly location: string; readonly schema: string };

beforeAll(async () => {
  if (!hasServer) return;
  admin = await connectTo();
  await admin.query(`create database ${database} template template0`);
  await admin.query(`create role ${role} login`);
});
afterAll(async () => {
  if (!hasServer) return;
  await admin.query(`drop database ${database}`);
  await admin.query(`drop role ${role}`);
  await admin.end();
});
beforeEach(async () => {
  if (hasServer) client = await connectTo({ database });
  place = { location: 'postgres://db/crm', schema: newName() };
});
afterEach(async () => {
  if (hasServer) await client.end();
});

const execute = async (statement: string): Promise<unknown> =>
  client.query(statement.replaceAll('SCHEMA', place.schema));

describe('a store in PostgreSQL', () => {
  serverTest('is made once', async () => {
    expect(await createSchema(client, place)).toBe(true);
    expect(await createSchema(client, place)).toBe(false);
    expect(await readVersion(client, place)).toBe(SCHEMA_VERSION);
    await requireThisVersion(client, place);
    expect(readMigrations()).toHaveLength(SCHEMA_VERSION);
  });

  serverTest('is made once by two at the same time', async () => {
    const others = await Promise.all([connectTo({ database }), connectTo({ database })]);
    const made = await Promise.all(others.map(async (other) => createSchema(other, place)));
    expect(made.sort()).toEqual([false, true]);
    await Promise.all(others.map(async (other) => other.end()));
  });

  serverTest('may have any name, and leaves the connection as it was', async () => {
    place = { ...place, schema: 'My "own"; ü' };
    const path = async (): Promise<unknown> => (await client.query('show search_path')).rows;
    const before = await path();
    expect(await createSchema(client, place)).toBe(true);
    expect(await path()).toEqual(before);
    const name = client.escapeIdentifier(place.schema);
    const { rows } = await client.query(`select ${name}.kbn('{1,2}') as sum`);
    expect(rows).toEqual([{ sum: 3 }]);
  });

  serverTest('notes the transaction that made it', async () => {
    await createSchema(client, place);
    const { rows } = await client.query(
      `select made_xid::text::numeric % 4294967296 = xmin::text::numeric as same from ${place.schema}.store`,
    );
    expect(rows).toEqual([{ same: true }]);
  });

  serverTest('takes a schema that is there and empty', async () => {
    await execute('create schema SCHEMA');
    expect(await createSchema(client, place)).toBe(true);
  });

  serverTest('makes the triggers of its fields in the same transaction, or nothing', async () => {
    const restore = async (within: Client): Promise<void> => {
      await within.query('select id from fields');
      throw new Error('no triggers');
    };
    await expect(createSchema(client, place, { restore })).rejects.toThrow('no triggers');
    await expect(readVersion(client, place)).rejects.toMatchObject({ code: 'NO_STORE' });
    expect(await createSchema(client, place)).toBe(true);
  });

  serverTest('is missed', async () => {
    const missing = { code: 'NO_STORE', exit: EXIT.noStore };
    await expect(readVersion(client, place)).rejects.toMatchObject(missing);
    await expect(readVersion(client, place)).rejects.toThrow('postgres://db/crm');
    await execute('create schema SCHEMA');
    await expect(readVersion(client, place)).rejects.toMatchObject({
      ...missing,
      hint: expect.stringContaining('rollcall init') as string,
    });
  });

  serverTest.each([
    'create table SCHEMA.store (id int)',
    'create function SCHEMA.f() returns int return 1',
  ])('is not what others have in that schema: %s', async (statement) => {
    await execute('create schema SCHEMA');
    await execute(statement);
    const foreign = { code: 'NOT_A_STORE', exit: EXIT.noStore };
    await expect(readVersion(client, place)).rejects.toMatchObject(foreign);
    await expect(createSchema(client, place)).rejects.toMatchObject(foreign);
  });

  serverTest('that lost its version is none', async () => {
    await createSchema(client, place);
    await execute('delete from SCHEMA.store');
    await expect(readVersion(client, place)).rejects.toMatchObject({ code: 'NOT_A_STORE' });
  });

  serverTest.each([
    [SCHEMA_VERSION + 1, 'NEWER_STORE'],
    [SCHEMA_VERSION - 1, 'OLDER_STORE'],
  ])('of version %d is refused', async (version, code) => {
    await createSchema(client, place);
    await execute(`update SCHEMA.store set version = ${String(version)}`);
    const refused = { code, exit: EXIT.noStore };
    await expect(requireThisVersion(client, place)).rejects.toMatchObject(refused);
    await expect(createSchema(client, place)).rejects.toMatchObject(refused);
  });

  serverTest('wants texts in UTF-8', async () => {
    const latin = newName();
    await admin.query(`create database ${latin} template template0 encoding 'LATIN1' locale 'C'`);
    const other = await connectTo({ database: latin });
    await expect(createSchema(other, place)).rejects.toMatchObject({
      code: 'WRONG_ENCODING',
      exit: EXIT.noStore,
      hint: expect.stringContaining('createdb') as string,
    });
    await other.end();
    await admin.query(`drop database ${latin}`);
  });

  serverTest('wants a database', async () => {
    const refusal: unknown = await connectTo({ database: 'Nobody has it' }).catch(
      (error: unknown) => error,
    );
    expect(schemaError(refusal, place, new Client({ database: 'crm db' }))).toMatchObject({
      code: 'NO_STORE',
      exit: EXIT.noStore,
      hint: 'make it, then the store in it: createdb "crm db" && rollcall init',
    });
  });

  serverTest('wants the right to make it', async () => {
    const other = await connectTo({ database, user: role });
    const refused = { code: 'NO_PERMISSION', exit: EXIT.noPermission };
    await expect(createSchema(other, place)).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('create schema "test_') as string,
    });
    await execute('create schema SCHEMA');
    await expect(createSchema(other, place)).rejects.toMatchObject(refused);
    await execute(`grant all on schema SCHEMA to ${role}`);
    expect(await createSchema(other, place)).toBe(true);
    await other.end();
    await execute(`drop owned by ${role}`);
  });

  serverTest('cannot have a name of the server', async () => {
    place = { ...place, schema: 'pg_mine' };
    await expect(createSchema(client, place)).rejects.toMatchObject({
      code: 'BAD_SCHEMA',
      exit: EXIT.usage,
    });
  });
});

describe('a store in PostgreSQL of an older version', () => {
  let folder: string;
  const unlocked = async (): Promise<RunLock> => ({ release: async () => undefined });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-migrations-'));
    for (let version = 0; version < SCHEMA_VERSION; version += 1)
      writeFileSync(join(folder, `000${String(version)}_old.sql`), '');
    writeFileSync(
      join(folder, `000${String(SCHEMA_VERSION)}_notes.sql`),
      'create table notes (id int); create function kbn(a int) returns int return a;',
    );
    if (hasServer) await createSchema(client, place);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const migrate = async (lockRuns = unlocked as Parameters<typeof migrateSchema>[2]['lockRuns']) =>
    migrateSchema(client, place, { lockRuns, folder });

  serverTest('is brought up to date', async () => {
    const [from, to] = [SCHEMA_VERSION, SCHEMA_VERSION + 1];
    expect(await migrate()).toEqual({ from, to, backup: undefined });
    expect(await migrate()).toEqual({ from: to, to, backup: undefined });
    expect(await readVersion(client, place, to)).toBe(to);
    await execute('select id from SCHEMA.notes');
  });

  serverTest('stays as it was when that fails', async () => {
    writeFileSync(join(folder, `000${String(SCHEMA_VERSION + 1)}_no.sql`), 'select 1/0');
    await expect(migrate()).rejects.toThrow('division by zero');
    expect(await readVersion(client, place)).toBe(SCHEMA_VERSION);
    await expect(execute('select id from SCHEMA.notes')).rejects.toThrow('does not exist');
  });

  serverTest('waits for no run', async () => {
    await expect(migrate(async () => undefined)).rejects.toMatchObject({
      code: 'LOCKED',
      exit: EXIT.locked,
    });
    expect(await readVersion(client, place)).toBe(SCHEMA_VERSION);
  });

  serverTest('has its lock freed', async () => {
    let isFree = false;
    const release = async (): Promise<void> => {
      isFree = true;
    };
    await migrate(async () => ({ release }));
    expect(isFree).toBe(true);
  });

  serverTest('wants its migrations in order', () => {
    writeFileSync(join(folder, '0007_later.sql'), '');
    expect(() => readMigrations(folder)).toThrow('0007_later.sql should have the number');
  });
});
