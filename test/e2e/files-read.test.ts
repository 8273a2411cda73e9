import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShell, type Shell } from '../helpers/shell.ts';

let shell: Shell;
beforeAll(() => {
  shell = openShell();
  expect(shell.run('rollcall init --db crm.db')).toMatchObject({ status: 0 });
});
afterAll(() => shell.remove());

function write(name: string, content: string | Uint8Array): void {
  writeFileSync(join(shell.folder, name), content);
}

test.each([
  ['a.csv', 'email, city\nann@x.example, "Lyon, 3e"\n', '', '1 row: 1 inserted'],
  ['b.csv', 'email,city\n', '', '0 rows\n'],
  ['c.csv', 'email,city\nbob@x.example,5" disk\n', '', 'the quotes in 1 cell without quotes'],
  ['d.csv.gz', gzipSync('email\ncid@x.example\n'), '', '1 row: 1 inserted'],
  ['e.ndjson', '{"email":"dan@x.example"}\n{"email":"eve@x.example","city":"Nice"}', '', '2 rows'],
  ['f.csv', 'Notes\n"\nemail\nfay@x.example\n', '--header-line 3', '1 row: 1 inserted'],
  ['g.csv', '"email","city"\n"gus@x.example","5\\" disk"\n', "--escape '\\'", '1 row: 1 inserted'],
])('%s is read', (name, content, options, said) => {
  write(name, content);
  const ran = shell.run(`rollcall contacts:import ${name} ${options} --db crm.db`);
  expect(ran).toMatchObject({ status: 0 });
  expect(ran.stdout + ran.stderr).toContain(said);
});

test.each([
  ['h.xlsx', 'PK\u0003\u0004' + 'x'.repeat(26) + '[Content_Types].xml', '', 'an Excel workbook'],
  ['i.csv', Buffer.from('email\na@x.example\n', 'utf16le'), '', '--encoding utf-16le'],
  ['j.csv', 'email,city\na@x.example,Zoé\n', '--encoding windows-1252', 'is UTF-8'],
  ['k.csv', 'email,city\na@x.example,5" disk\n', '--quotes strict', 'line 2: a quote stands'],
  ['l.json', '[{"email":"a@x.example","at":{"city":"Nice"}}]', '', '`at` holds an object'],
  ['m.csv', 'email,city\na@x.example,b\nemail,city,town\nc,d,e\n', '', 'line 3'],
  ['n.csv.gz', gzipSync('email\na@x.example\n').subarray(0, -4), '', 'ends too early'],
])('%s is refused', (name, content, options, said) => {
  write(name, content);
  const ran = shell.run(`rollcall contacts:import ${name} ${options} --db crm.db`);
  expect(ran).toMatchObject({ status: 65 });
  expect(ran.stderr).toContain(said);
});

test('standard input may be packed, and objects', () => {
  write('o.gz', gzipSync('{"email":"pia@x.example"}\n'));
  const ran = shell.run('cat o.gz | rollcall contacts:import - --json --db crm.db');
  expect(ran).toMatchObject({ status: 0 });
  expect(JSON.parse(ran.stdout)).toMatchObject({ data: { rows: 1, inserted: 1, stray_quotes: 0 } });
});
