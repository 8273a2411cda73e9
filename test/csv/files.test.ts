import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseDelimiter } from '../../src/csv/dialect.ts';
import { openSource } from '../../src/csv/source.ts';
import { openTable, type TableOptions } from '../../src/csv/table.ts';
import { UserError } from '../../src/support/errors.ts';
import { makeWorld, refusal } from './world.ts';

/** The header, the rows and how they were read, of a file with these bytes. */
async function readAll(content: string | Buffer, options: TableOptions = {}) {
  const source = await openSource('-', Readable.from([Buffer.from(content)]));
  onTestFinished(async () => source.close());
  const table = await openTable(source, options);
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  for await (const batch of table.batches()) {
    rows.push(...batch.map((row) => row.cells));
    lines.push(...batch.map((row) => row.line));
  }
  return {
    header: table.header,
    delimiter: table.notation.delimiter,
    encoding: table.encoding,
    rows,
    lines,
  };
}

describe('the delimiter', () => {
  test.each([
    ['a,b\n1,2\n', ','],
    ['a;b\n1,5;2,5\n', ';'],
    ['a\tb\n1,2\t3\n', '\t'],
    ['a|b|c\n1|2;3|4\n', '|'],
    ['name;"x,y";z\nAnn;1,2;3\nBob;1,2;3', ';'],
    ['"a;b",c\n"1;2",3', ','],
    ['"a;b\nc;d",c\n"1;2",3', ','],
    ['alone\nx,y\n', ','],
    ['a;b,c;d,e\n1;2;3,4\n', ';'],
    ['a,b\n1,2\n3,"4', ','],
  ])('of %j', async (text, delimiter) => {
    const source = await openSource('-', Readable.from([text]));
    onTestFinished(async () => source.close());
    expect((await openTable(source, {})).notation.delimiter).toBe(delimiter);
  });

  test('is what a sep= line says, and before that what is told', async () => {
    expect(await readAll('sep=|\r\na,b|c\r\n1|2\r\n')).toMatchObject({
      delimiter: '|',
      header: ['a,b', 'c'],
      rows: [['1', '2']],
      lines: [3],
    });
    expect(await readAll('\ufeff"sep=;"\na;b\n1;2')).toMatchObject({
      delimiter: ';',
      rows: [['1', '2']],
      lines: [3],
    });
    expect(await readAll('sep=|\na;b\n1;2', { delimiter: ';' })).toMatchObject({
      delimiter: ';',
      header: ['a', 'b'],
    });
    expect(await readAll('a,b\n1,2', { delimiter: ';' })).toMatchObject({ header: ['a,b'] });
  });

  test('is typed as one character, or as tab', () => {
    expect(['tab', '\\t', '\t', ';'].map(parseDelimiter)).toEqual(['\t', '\t', '\t', ';']);
    for (const wrong of ['', ';;', '"', '\n'])
      expect(() => parseDelimiter(wrong)).toThrow(UserError);
  });
});

describe('rows', () => {
  test('without content are passed over', async () => {
    expect(await readAll('\n,,\na,b\n\n,\n1,2\n"",\n')).toMatchObject({
      header: ['a', 'b'],
      rows: [['1', '2']],
      lines: [6],
    });
  });

  test('of files that were put together: marks and headers in the middle', async () => {
    expect(await readAll('\ufeffa,b\n1,2\n\ufeffa, b \n3,4\n\ufeff"5",6\na,b\n')).toMatchObject({
      header: ['a', 'b'],
      rows: [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    });
  });

  test('in far more text than is read at once', async () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `${index},"é${index}\r\n"\n`).join(
      '',
    );
    const { rows, lines } = await readAll(`a,b\n${text}`);
    expect(rows.slice(-9)).toEqual(
      Array.from({ length: 60_000 }, (_, index) => [String(index), `é${index}`]).slice(-9),
    );
    expect(rows).toHaveLength(60_000);
    expect(lines.at(-1)).toBe(120_000);
  });
});

describe('a header further down', () => {
  const HEADER = 'email,first_name,last_name\na@x,Ann,Lee\n';

  test.each([
    ['email,first_name,last_name\nb@x,Bob,Ray\n', ['b@x', 'Bob', 'Ray']],
    ['\ufeffEmail, LAST_NAME ,first_name\nb@x,Ray,Bob\n', ['b@x', 'Bob', 'Ray']],
    ['last_name,email\nRay,b@x\n', ['b@x', '', 'Ray']],
    ['last_name,email,,\nRay,b@x,,\n', ['b@x', '', 'Ray', '', '']],
    ['last_name,email\nRay,b@x,more\n', ['b@x', '', 'Ray', 'more']],
    ['\ufeffemail\nb@x\n', ['b@x', '', '']],
    [
      'last_name,email,first_name\nemail,first_name,last_name\nb@x,Bob,Ray\n',
      ['b@x', 'Bob', 'Ray'],
    ],
  ])('puts its cells where they belong: %j', async (text, cells) => {
    const { rows, lines } = await readAll(HEADER + text);
    expect(rows).toEqual([['a@x', 'Ann', 'Lee'], cells]);
    expect(lines).toEqual([2, 2 + text.trimEnd().split('\n').length]);
  });

  test.each([
    ['email,first_name,town\n', 'no column `town`'],
    ['\ufeffmail,first_name,surname\n', 'no column `mail`'],
    ['email,email,last_name\n', 'each of its columns once'],
    ['email,first_name,last_name,phone\n', 'no column `phone`'],
  ])('that is one in part is refused: %j', async (text, why) => {
    expect(await refusal(readAll(HEADER + text))).toEqual({
      exit: 65,
      code: 'HALF_A_HEADER',
      message: `standard input, line 3: this may be another header, but line 1 has ${why}`,
      hint: 'if files were joined, import each by itself, or give their columns the same names',
    });
  });

  test.each([
    'b@x,first_name,last_name\n',
    'email,Bob,Ray\n',
    'email,,\n',
    ',first_name,\n',
    '\ufeffb@x,email,last_name\n',
    '\ufeffb@x,Bob,Ray\n',
    'email,first_name,12\n',
  ])('is no row that holds names of columns: %j', async (text) => {
    const { rows } = await readAll(HEADER + text);
    expect(rows[1]).toEqual(text.trim().split(','));
  });

  test('of columns of one name keeps their order', async () => {
    const { rows } = await readAll('id,x,x\n1,a,b\nx,x,id\nc,d,2\n');
    expect(rows).toEqual([
      ['1', 'a', 'b'],
      ['2', 'c', 'd'],
    ]);
  });
});

describe('a table', () => {
  test('may begin on any line', async () => {
    const preamble = 'Notes:\r"left open\r\n\n';
    const text = `${preamble}a;b\n1;2\n`;
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le')])
      expect(await readAll(bytes, { headerLine: 4 })).toMatchObject({
        header: ['a', 'b'],
        delimiter: ';',
        rows: [['1', '2']],
        lines: [5],
      });
    expect(await readAll(`sep=|\nNotes\na;x|b\n1|2`, { headerLine: 3 })).toMatchObject({
      header: ['a;x', 'b'],
      lines: [4],
    });
    expect(await refusal(readAll(text, { headerLine: 9 }))).toMatchObject({
      exit: 65,
      message: 'standard input has nothing from line 9 on',
    });
  });

  test('may begin behind more lines than are read at once', async () => {
    const text = `${'x\r\n'.repeat(200_000)}a,b\r\n1,2\r\n`;
    expect(await readAll(text, { headerLine: 200_001 })).toMatchObject({
      header: ['a', 'b'],
      lines: [200_002],
    });
  });

  test.each([
    '\u001a',
    '\u001a\r\n',
    '\0\0\0',
    '\n , \n\u00a0,\t\n\u001a\0\0',
    '\0'.repeat(700_000),
  ])('ends before Ctrl-Z, NULs and rows of blanks (%#)', async (tail) => {
    for (const end of ['', '\r\n'])
      expect(await readAll(`a,b\r\n1,"2"${end}${tail}`)).toMatchObject({ rows: [['1', '2']] });
    expect((await readAll(`a,b\n${tail}1,2`)).rows.at(-1)?.at(-1)).toBe('2');
  });

  test('keeps NULs before its end', async () => {
    const { rows } = await readAll(`a\nx${'\0'.repeat(600_000)}y\n`);
    expect(rows[0]?.[0]).toHaveLength(600_002);
  });

  test('with a wrong sep= line is refused, unless the delimiter is told', async () => {
    const text = 'sep=,\nemail;name\na@x;Ann\n';
    expect(await refusal(readAll(text))).toEqual({
      exit: 65,
      code: 'WRONG_SEP_LINE',
      message:
        'standard input, line 1: sep=, is wrong, the cells from line 2 on are not separated by it',
      hint: "say what separates them: --delimiter ';'",
    });
    expect(await readAll(text, { delimiter: ';' })).toMatchObject({ header: ['email', 'name'] });
    expect(await readAll('sep=;\nemail\na,b\n')).toMatchObject({ rows: [['a,b']] });
  });

  test('has cells without blanks around them, unless these are kept', async () => {
    const text = 'a, b\n x\u00a0 , "\ty\n"\n , \n';
    expect((await readAll(text)).rows).toEqual([['x', 'y']]);
    expect(await readAll(text, { keepBlanks: true })).toMatchObject({
      header: ['a', 'b'],
      rows: [[' x\u00a0 ', '\ty\n']],
    });
  });

  test('has no escape that separates its cells', async () => {
    expect(await refusal(readAll('a;b\n', { escape: ';', delimiter: ';' }))).toMatchObject({
      exit: 2,
    });
    for (const escape of ['"', 'x', '', ' ', '\\\\'])
      expect(await refusal(readAll('a;b\n', { escape }))).toMatchObject({ exit: 2 });
  });
});

describe('the encoding', () => {
  test('is UTF-8, and a wrong byte is told with its line', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a,b\r\né,2\r\r'),
      Buffer.from([0x31, 0x2c, 0xe9, 0x0a]),
      Buffer.from('x,\xff'),
    ]);
    expect(await refusal(readAll(bytes))).toEqual({
      exit: 65,
      code: 'WRONG_ENCODING',
      message: 'standard input is not UTF-8: line 4 has a byte that cannot be read',
      hint: 'name the encoding that it has: --encoding windows-1252',
    });
    expect((await refusal(readAll(Buffer.from([0x61, 0x0a, 0xc3])))).message).toBe(
      'standard input is not UTF-8: line 2 has a byte that cannot be read',
    );
  });

  test('a wrong byte far down', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a\n'),
      Buffer.from('é1234\n'.repeat(100_000)),
      Buffer.from([0xe9, 0x0a]),
    ]);
    expect((await refusal(readAll(bytes))).message).toBe(
      'standard input is not UTF-8: line 100002 has a byte that cannot be read',
    );
  });

  test('can be told by name', async () => {
    const bytes = Buffer.from([0x61, 0x0a, 0xe9, 0x80]);
    expect(await readAll(bytes, { encoding: 'Windows-1252' })).toMatchObject({ rows: [['é€']] });
    expect(await readAll(bytes, { encoding: 'latin9' })).toMatchObject({ rows: [['é\x80']] });
    expect(await readAll(bytes, { encoding: 'macroman' })).toMatchObject({ rows: [['ÈÄ']] });
    expect(await refusal(readAll(bytes, { encoding: 'utf-9' }))).toMatchObject({
      exit: 2,
      code: 'UNKNOWN_ENCODING',
    });
  });

  test('is what a byte order mark says', async () => {
    expect(await readAll(Buffer.from('\ufeffa,b\né,東\n', 'utf16le'))).toMatchObject({
      encoding: 'utf-16le',
      header: ['a', 'b'],
      rows: [['é', '東']],
    });
    expect(await readAll(Buffer.from('\ufeffa,b\né,東\n', 'utf16le').swap16())).toMatchObject({
      encoding: 'utf-16be',
      rows: [['é', '東']],
    });
    expect(await readAll('\ufeffa\né', { encoding: 'windows-1252' })).toMatchObject({
      encoding: 'utf-8',
      header: ['a'],
      rows: [['é']],
    });
  });
});

test('a pipe with a name is read like a file, as often as needed', async () => {
  const { folder } = await makeWorld();
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [source] = await Promise.all([
    openSource(pipe, Readable.from([])),
    writeFile(pipe, 'a\n1\n'),
  ]);
  onTestFinished(async () => source.close());
  const table = await openTable(source, {});
  for (const times of [1, 2])
    for await (const rows of table.batches())
      expect([times, rows[0]?.cells]).toEqual([times, ['1']]);
  expect([source.name, source.path]).toEqual([pipe, undefined]);
});
