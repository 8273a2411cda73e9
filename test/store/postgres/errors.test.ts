import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { PostgresSession } from '../../../src/store/postgres/postgres-session.ts';
import { type Env, readPlace } from '../../../src/store/postgres/connection/place.ts';
import { openSession, type Session } from '../../../src/store/postgres/connection/session.ts';
import { inWriting } from '../../../src/store/postgres/connection/transactions.ts';
import { UserError } from '../../../src/support/errors.ts';
import { describePostgres } from '../../helpers/postgres.ts';
import { startOwnServer, type TestServer } from '../../helpers/postgres/server.ts';
import { openDatabase, writableSchema } from './fixture.ts';

const open = async (url: string, env: Env = {}): Promise<Session> => {
  const session = await openSession(readPlace(url, { HOME: '/nonexistent', ...env }));
  onTestFinished(async () => session.close());
  return session;
};

/** All that `-vv` would show of what is thrown. */
async function refusal(asking: Promise<unknown>): Promise<UserError & { readonly shown: string }> {
  const error: unknown = await asking.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error('no UserError', { cause: error });
  const { message, hint = '', stack = '' } = error;
  const cause = error.cause instanceof Error ? error.cause.stack : '';
  return Object.assign(error, { shown: [message, hint, stack, cause].join('\n') });
}

/** A port of this machine at which nobody listens, or one who never answers. */
async function portOf(kind: 'closed' | 'silent'): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (kind === 'closed') await new Promise((resolve) => server.close(resolve));
  else onTestFinished(() => void server.close());
  return port;
}

test('a server that is not there or does not answer is out of reach (69)', async () => {
  const closed = `postgres://u:hush@127.0.0.1:${await portOf('closed')}/d`;
  const silent = `postgres://u:hush@127.0.0.1:${await portOf('silent')}/d?connect_timeout=1`;
  for (const url of [
    closed,
    silent,
    'postgres://u:hush@/d?host=/nonexistent',
    'postgres://u:hush@nowhere.invalid/d',
  ]) {
    const error = await refusal(open(url));
    expect(error).toMatchObject({ code: 'NO_SERVER', exit: 69 });
    expect(error.shown).not.toContain('hush');
  }
});

describePostgres('what a server refuses', () => {
  let server: TestServer;
  let port: number;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-ca-'));
    makeCertificates(folder);
    port = await freePort();
    const access = [
      'local all postgres trust',
      'host all plain 127.0.0.1/32 scram-sha-256',
      'hostssl all all 127.0.0.1/32 scram-sha-256',
    ];
    const files = {
      'server.crt': readFileSync(join(folder, 'server.crt'), 'utf8'),
      'server.key': readFileSync(join(folder, 'server.key'), 'utf8'),
    };
    server = await startOwnServer({
      port,
      settings: ["listen_addresses = '127.0.0.1'", 'ssl = on'],
      access,
      files,
    });
    const admin = await openSession(
      readPlace(`postgres://postgres@/postgres?host=${server.folder}`, { PGPORT: String(port) }),
    );
    await admin.askAll(
      "create role ann login password 'hush'; create role plain login password 'hush'",
    );
    await admin.askAll('create database latin encoding latin1 template template0');
    await admin.askAll('alter system set default_transaction_read_only = off');
    await admin.close();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const at = (user: string, database = 'postgres', host = '127.0.0.1'): string =>
    `postgres://${user}@${host}:${port}/${database}`;

  test('a password that is wrong or missing (77), a database that is not there (69)', async () => {
    const wrong = await refusal(open(at('plain:hush2')));
    expect(wrong).toMatchObject({ code: 'NO_PERMISSION', exit: 77 });
    expect(wrong.shown).not.toContain('hush');
    expect(await refusal(open(at('plain')))).toMatchObject({
      exit: 77,
      hint: expect.stringContaining('PGPASSFILE'),
    });
    const missing = await refusal(open(at('plain:hush', 'crm')));
    expect(missing).toMatchObject({
      code: 'NO_STORE',
      exit: 69,
      hint: expect.stringContaining('createdb crm'),
    });
    expect(missing.shown).not.toContain('hush');
    expect(await open(at('plain'), { PGPASSWORD: 'hush' })).toBeDefined();
  });

  test('a database of another encoding (69)', async () => {
    expect(await refusal(open(at('plain:hush', 'latin')))).toMatchObject({
      code: 'NOT_UTF8',
      exit: 69,
    });
  });

  test('what a role may not do, and what a server that only reads cannot (77)', async () => {
    const db = new PostgresSession(await open(`${at('plain:hush')}?schema=other`));
    const making = await refusal(db.define(sql`create schema other`));
    expect(making).toMatchObject({
      code: 'NO_PERMISSION',
      exit: 77,
      hint: expect.stringContaining('grant create on database'),
    });
    await db.session.askAll('set default_transaction_read_only = on');
    expect(await refusal(db.define(sql`create schema other`))).toMatchObject({
      exit: 77,
      message: expect.stringContaining('standby'),
    });
  });

  test('a server proves who it is by an authority that is named, unless less is asked for', async () => {
    const ca = `sslrootcert=${join(folder, 'ca.crt')}`;
    const tls = async (parameters: string): Promise<unknown> => {
      const session = await open(`${at('ann:hush')}?${parameters}`);
      const [answer] = await session.askAll(
        'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
      );
      return answer?.rows[0];
    };
    for (const parameters of [
      `sslmode=verify-full&${ca}`,
      `sslmode=verify-ca&${ca}`,
      'sslmode=require',
    ])
      expect(await tls(parameters)).toEqual({ ssl: 1 });
    for (const parameters of [
      'sslmode=verify-full',
      'sslmode=verify-ca',
      `sslmode=require&sslrootcert=${join(folder, 'other.crt')}`,
    ]) {
      const error = await refusal(tls(parameters));
      expect(error).toMatchObject({
        code: 'NO_TRUST',
        exit: 69,
        hint: expect.stringContaining('sslrootcert'),
      });
      expect(error.shown).not.toContain('hush');
    }
    // localhost is not in the certificate
    const named = `${at('ann:hush', 'postgres', 'localhost')}?${ca}`;
    expect(await refusal(open(`${named}&sslmode=verify-full`))).toMatchObject({ code: 'NO_TRUST' });
    expect(await open(`${named}&sslmode=verify-ca`)).toBeDefined();
    expect(await refusal(open(at('ann:hush')))).toMatchObject({ exit: 77 }); // loopback is plain, which the server refuses
  });
});

describePostgres('what a statement meets', () => {
  test('a time limit of the role (75), a character that cannot be kept (65), a trigger of others (1)', async () => {
    const { url, ask } = await writableSchema();
    const db = await openDatabase(url);
    await db.session.askAll("set statement_timeout = '20ms'");
    expect(await refusal(db.all(sql`select pg_sleep(10)`))).toMatchObject({
      exit: 75,
      hint: expect.stringContaining('statement_timeout'),
    });
    await db.session.askAll('set statement_timeout = 0');
    expect(await refusal(db.all(sql`select ${'a\0b'}`))).toMatchObject({
      code: 'BAD_VALUE',
      exit: 65,
    });
    await ask(
      "create function no() returns trigger language plpgsql as $$ begin raise 'never on sundays'; end $$",
    );
    await ask('create trigger no before insert on notes for each row execute function no()');
    expect(
      await refusal(inWriting(db, async () => db.run(sql`insert into notes values (1, ${'x'})`))),
    ).toMatchObject({
      code: 'REFUSED_BY_TRIGGER',
      exit: 1,
      message: expect.stringContaining('never on sundays'),
    });
  });

  test('a value that is there already is not told, only its column (1)', async () => {
    const { url, ask } = await writableSchema();
    await ask('create unique index on notes (lower(text))');
    const db = await openDatabase(url);
    await db.run(sql`insert into notes values (1, ${'confidential'})`);
    const error = await refusal(db.run(sql`insert into notes values (2, ${'confidential'})`));
    expect(error).toMatchObject({
      code: 'TAKEN',
      exit: 1,
      message: 'another record has this text already',
    });
    expect(error.shown).not.toContain('confidential');
  });

  test('tables that are not as rollcall made them (69)', async () => {
    const db = await openDatabase((await writableSchema()).url);
    expect(await refusal(db.all(sql`select nothing from notes`))).toMatchObject({
      code: 'DAMAGED',
      exit: 69,
    });
    expect(await refusal(db.all(sql`select 1 from store`))).toMatchObject({
      code: 'NO_STORE',
      exit: 69,
      hint: expect.stringContaining('rollcall init'),
    });
  });

  test('a mistake of ours stays one', async () => {
    const db = await openDatabase((await writableSchema()).url);
    await expect(db.all(sql`selec 1`)).rejects.not.toBeInstanceOf(UserError);
  });
});

async function freePort(): Promise<number> {
  return portOf('closed');
}

/** An authority, another one, and the certificate of a server at 127.0.0.1. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  for (const name of ['ca', 'other'])
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    );
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=server',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
    '-out',
    'server.crt',
  );
}
