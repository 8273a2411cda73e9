import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseDelimiter } from '../../src/csv/dialect.ts';
import { openSource } from '../../src/csv/open-source.ts';
import { openTable } from '../../src/csv/open-table.ts';
import type { TableOptions } from '../../src/csv/table.ts';
import { UserError } from '../../src/support/errors.ts';
import { figures, makeWorld, refusal } from './world.ts';

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
    delimiter: table.notation.kind === 'csv' ? table.notation.delimiter : undefined,
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
    expect((await openTable(source, {})).notation).toMatchObject({ delimiter });
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
    ['\ufeffemail;first_name;last_name\nb@x;Bob;Ray\n', 'separates its cells otherwise'],
    ['\ufefftown\temail\nRome\tb@x\n', 'separates its cells otherwise'],
  ])('that is cut in another way is refused: %j', async (text, why) => {
    expect(await refusal(readAll(HEADER + text))).toMatchObject({
      ...{ exit: 65, code: 'HALF_A_HEADER' },
      message: `standard input, line 3: this may be another header, but line 1 ${why}`,
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

  test('that has the key and not the same columns is refused, for the rows below it', async () => {
    const world = await makeWorld();
    const rows = 'a@x.example,Rome\nemail,zip\nb@x.example,75001\n';
    expect(await refusal(world.contacts(`email,city\n${rows}`))).toMatchObject({
      ...{ exit: 65, code: 'HALF_A_HEADER' },
      message:
        'contacts.csv, line 3: this may be another header, but line 1 has not the same columns',
    });
    const events = 'a@x.example,2026-01-02,a\ncontact,day,subject\n';
    expect(await refusal(world.events(`contact,occurred_at,type\n${events}`))).toMatchObject({
      code: 'HALF_A_HEADER',
    });
  });

  test('at the top, as a second row of names, is a row that is rejected', async () => {
    const world = await makeWorld();
    const report = await world.contacts('email,city\nEmail,Town\na@x.example,Rome\n');
    expect(figures(report)).toEqual({ rows: 2, inserted: 1, rejected: 1 });
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
    const cut = Buffer.from('\ufeffa,b\né,東\n', 'utf16le').subarray(0, -1);
    expect((await refusal(readAll(cut))).hint).toBe(
      'its first bytes say that it is so: it is damaged, or cut off',
    );
  });
});

describe('an encoding that the bytes contradict is refused', () => {
  test('UTF-16 without a byte order mark', async () => {
    const text = 'email,first_name\nann@example.org,Ann\n';
    const little = Buffer.from(text, 'utf16le');
    const big = Buffer.from(text, 'utf16le').swap16();
    for (const [bytes, encoding] of [
      [little, 'utf-16le'],
      [big, 'utf-16be'],
    ] as const) {
      for (const wrong of [undefined, 'windows-1252'])
        expect(await refusal(readAll(bytes, { encoding: wrong }))).toMatchObject({
          exit: 65,
          code: 'WRONG_ENCODING',
          hint: `name its encoding: --encoding ${encoding}`,
        });
      expect((await readAll(bytes, { encoding })).rows).toEqual([['ann@example.org', 'Ann']]);
    }
  });

  test('UTF-8 under an encoding of one byte a character', async () => {
    const text = `a\n${'x\n'.repeat(200_000)}Zo\u00e9\n`;
    for (const encoding of ['windows-1252', 'latin1', 'macroman'])
      expect(await refusal(readAll(text, { encoding }))).toMatchObject({
        exit: 65,
        code: 'WRONG_ENCODING',
        message: expect.stringMatching(/^standard input is UTF-8, not /),
      });
    const latin = { encoding: 'latin1' };
    expect((await readAll('a\nx\n', latin)).rows).toEqual([['x']]);
    const both = Buffer.from('a\nZo\u00c3\u00a9,\u00e9\n', 'latin1');
    expect((await readAll(both, latin)).rows).toEqual([['Zo\u00c3\u00a9', '\u00e9']]);
  });
});

describe('a file of another kind says what it is', () => {
  const zip = (name: string): string => `PK\u0003\u0004${'x'.repeat(26)}${name}`;
  test.each([
    [zip('[Content_Types].xml'), 'an Excel workbook'],
    [zip('xl/workbook.xml'), 'an Excel workbook'],
    [zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), 'an OpenDocument spreadsheet'],
    [zip('contacts.csv'), 'a zip archive'],
    ['\u00d0\u00cf\u0011\u00e0\u00a1\u00b1', 'an Excel workbook of before 2007'],
    ['(\u00b5/\u00fd\u0004', 'compressed with zstd'],
    ['BZh91AY&SY', 'compressed with bzip2'],
    ['%PDF-1.7', 'a PDF'],
    ['\n <!DOCTYPE html><html>', 'a web page'],
    ['<?xml version="1.0"?>', 'an XML file'],
    ['SQLite format 3\0', 'an SQLite database'],
  ])('%j', async (text, what) => {
    const bytes = Buffer.from(text, 'latin1');
    const refused = { exit: 65, code: 'OTHER_KIND_OF_FILE', message: `standard input is ${what}` };
    expect(await refusal(readAll(bytes))).toMatchObject(refused);
    expect(await refusal(readAll(gzipSync(bytes)))).toMatchObject(refused);
  });
});

describe('what gzip has packed', () => {
  const text = `a,b\n${Array.from({ length: 90_000 }, (_, n) => `${n},"x ${n * 7919}"\n`).join('')}`;
  const packed = gzipSync(text);

  test('is read like the file itself, in one member or several', async () => {
    const whole = await readAll(text);
    const half = text.indexOf('\n', text.length / 2) - 3;
    const members = Buffer.concat([
      gzipSync(text.slice(0, half)),
      gzipSync(text.slice(half)),
      Buffer.alloc(70_000),
    ]);
    for (const bytes of [packed, members]) {
      const { rows } = await readAll(bytes);
      expect(rows.length).toBe(90_000);
      expect(rows.at(-1)).toEqual(whole.rows.at(-1));
    }
    const wide = gzipSync(Buffer.from('\ufeffa\né\n', 'utf16le'));
    expect((await readAll(wide)).rows).toEqual([['é']]);
  });

  test('is measured as it is packed', async () => {
    const source = await openSource('-', Readable.from([packed]));
    onTestFinished(async () => source.close());
    let most = 0;
    for await (const chunk of source.chunks()) {
      expect(chunk.length).toBeGreaterThan(0);
      most = Math.max(most, source.bytesRead);
    }
    expect([most, source.totalBytes]).toEqual([packed.length, packed.length]);
  });

  test.each([
    ['cut off', packed.subarray(0, -9), 'ends too early: a part of it is missing'],
    [
      'with a wrong checksum',
      Buffer.from(packed).fill(0x55, packed.length - 8, packed.length - 4),
      'is damaged',
    ],
    ['with text behind', Buffer.concat([packed, Buffer.from('a,b')]), 'is damaged'],
    ['with bytes behind zeros', Buffer.concat([packed, Buffer.from([0, 0, 7])]), 'is damaged'],
  ])('%s is refused', async (_, bytes, what) => {
    expect(await refusal(readAll(bytes))).toMatchObject({
      exit: 65,
      code: 'DAMAGED_GZIP',
      message: `standard input is a gzip file that ${what}`,
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
