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
    delimiter: table.delimiter,
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
    expect((await openTable(source, {})).delimiter).toBe(delimiter);
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
        ['a', 'b'],
      ],
    });
  });

  test('in far more text than is read at once', async () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `${index},"é${index}\r\n"\n`).join(
      '',
    );
    const { rows, lines } = await readAll(`a,b\n${text}`);
    expect(rows).toEqual(
      Array.from({ length: 60_000 }, (_, index) => [String(index), `é${index}\r\n`]),
    );
    expect(lines.at(-1)).toBe(120_000);
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
