import { randomUUID } from 'node:crypto';
import { Client, types } from 'pg';
import { afterAll, beforeAll, test } from 'vitest';
import { readPlace } from '../../../src/store/postgres/connection/place.ts';
import { hasPostgres, sharedServer } from '../../helpers/postgres.ts';
import { createSchema } from '../../../src/store/postgres/migration/migrate.ts';

/** Left out where there is no server. */
export const serverTest = test.skipIf(!hasPostgres);
export const hasServer = hasPostgres;

/** A connection to the server that all tests share. */
export async function connectTo(
  settings: { readonly user?: string; readonly database?: string } = {},
): Promise<Client> {
  const { host, port, user, database } = readPlace(await sharedServer());
  const client = new Client({ host, port, user, database, ...settings, types: WHOLE_NUMBERS });
  await client.connect();
  return client;
}

const WHOLE_NUMBERS = {
  getTypeParser: (oid: Parameters<typeof types.getTypeParser>[0]) =>
    oid === types.builtins.INT8 ? Number : (types.getTypeParser(oid) as unknown),
};

/** A store in a schema of its own for the tests of a file, and a connection that sees it first. */
export class OwnSchema {
  readonly schema = newName();
  client!: Client;

  constructor() {
    if (!hasServer) return;
    beforeAll(async () => {
      this.client = await connectTo();
      await createSchema(this.client, { location: 'postgres://test', schema: this.schema });
      await this.run(`set search_path = ${this.schema}, pg_temp`);
    });
    afterAll(async () => {
      await this.run(`drop schema if exists ${this.schema} cascade`);
      await this.client.end();
    });
  }

  async run(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.client.query(statement);
  }

  async rows<T extends Record<string, unknown>>(
    query: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> {
    return (await this.client.query<T>(query, [...values])).rows;
  }

  /** The first column of each row. */
  async pluck<T>(query: string, values: readonly unknown[] = []): Promise<T[]> {
    const { rows } = await this.client.query<[T]>({
      text: query,
      values: [...values],
      rowMode: 'array',
    });
    return rows.map(([first]) => first);
  }
}

/** A name that no other test has. */
export function newName(): string {
  return `test_${randomUUID().replaceAll('-', '')}`;
}
