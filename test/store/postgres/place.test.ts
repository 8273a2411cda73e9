import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { getPassword } from '../../../src/store/postgres/connection/password.ts';
import { type Env, type Place, readPlace } from '../../../src/store/postgres/connection/place.ts';
import { tlsOptions } from '../../../src/store/postgres/connection/tls.ts';
import { isDatabaseUrl, locationOf, requireNoPassword } from '../../../src/support/database-url.ts';

/** A home in which nothing is. */
const EMPTY = { HOME: '/nonexistent' };
const place = (url: string, env: Env = {}): Place => readPlace(url, { ...EMPTY, ...env });
const SECRET = 'hush/h?u@sh';

test('a store whose name begins like a URL of PostgreSQL is a database', () => {
  expect(
    ['postgres://h/d', 'postgresql://', 'postgres:', 'crm.db', './postgres://h'].map(isDatabaseUrl),
  ).toEqual([true, true, false, false, false]);
});

test('a URL is taken apart, with its percent-encoding undone', () => {
  const url =
    'postgresql://an%3An:s%40cret@db.example:6432/c%2Frm?schema=%C3%A9&connect_timeout=5&application_name=x';
  expect(place(url)).toEqual({
    location: 'postgresql://an%3An@db.example:6432/c%2Frm?schema=%C3%A9',
    schema: 'é',
    host: 'db.example',
    port: 6432,
    user: 'an:n',
    database: 'c/rm',
    password: 's@cret',
    passwordFile: '/nonexistent/.pgpass',
    applicationName: 'x',
    connectTimeoutMs: 5000,
    tls: 'verify-full',
    tlsFiles: { rootCertificate: undefined, certificate: undefined, key: undefined },
  });
});

test('an address of IPv6 stands in brackets, a socket in the host or in its parameter', () => {
  expect(place('postgres://[::1]:6432/d')).toMatchObject({
    host: '::1',
    port: 6432,
    tls: 'disable',
  });
  expect(place('postgres://%2Frun%2Fpg/d')).toMatchObject({ host: '/run/pg', tls: 'disable' });
  expect(place('postgres:///d?host=/run/pg')).toMatchObject({ host: '/run/pg', database: 'd' });
});

test('what a URL leaves out is said by the environment, or else is what libpq takes', () => {
  const env = {
    PGHOST: 'h',
    PGPORT: '1',
    PGUSER: 'u',
    PGDATABASE: 'd',
    PGPASSWORD: 'p',
    PGPASSFILE: '/f',
    PGAPPNAME: 'a',
    PGSSLMODE: 'require',
    PGCONNECT_TIMEOUT: '0',
  };
  expect(place('postgres://', env)).toMatchObject({
    ...{ host: 'h', port: 1, user: 'u', database: 'd', password: 'p', passwordFile: '/f' },
    ...{ applicationName: 'a', tls: 'require', connectTimeoutMs: 0, schema: 'rollcall' },
  });
  const { username } = userInfo();
  expect(place('postgres://localhost')).toMatchObject({
    port: 5432,
    user: username,
    database: username,
  });
  expect(place('postgres://u@localhost').database).toBe('u');
  expect(place('postgres:///d?schema=x', { PGPORT: '1' }).host).toBe('localhost'); // no socket of that port
});

test.each([
  ['postgres://h/d?schemas=x', 'unknown parameter schemas'],
  ['postgres://h/d?password=x', 'unknown parameter password'],
  ['postgres://h/d?schema=a&schema=b', 'schema twice'],
  ['postgres://h/d?schema=', 'schema has no value'],
  ['postgres://h/d?host=/x', 'host twice'],
  ['postgres://h:0/d', 'port'],
  ['postgres://h:99999/d', 'port'],
  ['postgres://h,i/d', 'written as'],
  ['postgres://h/d%zz', 'two digits'],
  ['postgres://h/d%00', 'NUL'],
  ['postgres://h/d?connect_timeout=soon', 'whole number'],
  ['postgres://h/d?sslmode=prefer', 'sslmode=prefer'],
  ['postgres://h/d?sslmode=allow', 'sslmode=allow'],
  ['postgres://h/d?sslmode=verify', 'no such sslmode'],
])('%s is refused', (url, why) => {
  expect(() => place(url)).toThrow(
    expect.objectContaining({ exit: 2, message: expect.stringContaining(why) }),
  );
});

test.each([
  `postgres://u:${SECRET}@h/d`,
  `postgres://u:1/${SECRET}@h/d`,
  'postgres://u:hush@h/d?hush',
  'postgres://u:hush@h@i/d',
  'postgres://u:hush%@h/d',
])('nothing of a password is told of %s', (url) => {
  let said = '';
  try {
    place(url);
  } catch (error) {
    const { message, hint } = error as { message: string; hint: string };
    said = message + hint;
  }
  expect(locationOf(url)).toBe('postgres://…');
  expect(said.replace('parameter hush', '')).not.toContain('hush');
  expect(said).toContain('the URL of the store cannot be used');
});

test('a place is named without its secrets', () => {
  expect(locationOf('postgres://u:hush@h:1/d?sslmode=disable&schema=a%20b')).toBe(
    'postgres://u@h:1/d?schema=a%20b',
  );
  expect(locationOf('postgres://:hush@h')).toBe('postgres://h');
  expect(locationOf('postgres://u:hush@/d?sslkey=k&host=%2Frun%2Fpg')).toBe(
    'postgres://u@/d?host=/run/pg',
  );
});

test('a password in --db is refused, with the ways to give it', () => {
  requireNoPassword('postgres://u@h/d');
  expect(() => requireNoPassword('postgres://u:hush@h/d')).toThrow(
    expect.objectContaining({
      exit: 2,
      code: 'PASSWORD_SHOWN',
      message: expect.not.stringContaining('hush'),
      hint: expect.stringMatching(/pgpass.*PGPASSFILE.*PGPASSWORD.*ROLLCALL_DB/),
    }),
  );
});

test('a password file is read as libpq reads it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-pass-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'pass');
  const lines = [
    '# h:*:*:*:no',
    'h:5432:d',
    'h:5432:other:u:no',
    String.raw`h:5432:d:u\:v:a\:b:c\\`,
    'localhost:*:d:u:here',
    '*:*:*:u:any',
  ];
  writeFileSync(file, lines.join('\n'), { mode: 0o600 });
  const passwordOf = (url: string): string => getPassword(place(url, { PGPASSFILE: file }));
  expect(passwordOf('postgres://u%3Av@h/d')).toBe(String.raw`a:b:c\ `.trim());
  expect(passwordOf('postgres://u@/d?host=/run/pg')).toBe('here');
  expect(passwordOf('postgres://u@h/x')).toBe('any');
  expect(passwordOf('postgres://u:own@h/x')).toBe('own');
  expect(() => passwordOf('postgres://w@h/x')).toThrow(expect.objectContaining({ exit: 77 }));
});

test('a password file that others can read is not used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-pass-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '.pgpass'), '*:*:*:*:hush', { mode: 0o644 });
  expect(() => getPassword(place('postgres://u@h/d', { HOME: folder }))).toThrow(
    expect.objectContaining({ exit: 77, hint: expect.stringContaining('chmod 600') }),
  );
});

test('how far a server has to prove who it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, '.postgresql'));
  const root = join(folder, '.postgresql/root.crt');
  writeFileSync(root, 'authority');
  const options = (parameters: string, env: Env = {}) =>
    tlsOptions(place(`postgres://u@h/d?${parameters}`, env)) as Exclude<
      ReturnType<typeof tlsOptions>,
      false
    >;
  expect(tlsOptions(place('postgres://u@h/d?sslmode=disable'))).toBe(false);
  expect(options('sslmode=require')).toMatchObject({ rejectUnauthorized: false });
  expect(options(`sslmode=require&sslrootcert=${root}`)).toMatchObject({
    rejectUnauthorized: true,
    ca: Buffer.from('authority'),
  });
  expect(options('sslmode=verify-ca').checkServerIdentity).toBeDefined();
  expect(options('sslmode=verify-full')).toEqual({ rejectUnauthorized: true });
  expect(options('schema=x', { HOME: folder })).toEqual({
    rejectUnauthorized: true,
    ca: Buffer.from('authority'),
  });
  expect(options('sslrootcert=system', { HOME: folder })).toEqual({ rejectUnauthorized: true });
  expect(() => options('sslrootcert=/none')).toThrow(expect.objectContaining({ exit: 66 }));
});
