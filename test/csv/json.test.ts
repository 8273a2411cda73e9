import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importContacts } from '../../src/csv/import.ts';
import type { ImportOptions, ImportReport } from '../../src/csv/import-options.ts';
import { JsonRecords } from '../../src/csv/json-records.ts';
import { readFlatObject } from '../../src/csv/flat-object.ts';
import { linesWriter } from '../../src/csv/line.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

async function imported(
  world: World,
  name: string,
  text: string,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const context = { stdin: Readable.from([]), now: NOW, by: null };
  return importContacts(world.store, world.file(name, text), options, context);
}

function objectsOf(text: string, size = text.length): Record<string, string>[] {
  const records = new JsonRecords('a.json');
  const found: Record<string, string>[] = [];
  for (let start = 0; start < text.length; start += size)
    for (const object of records.push(text.slice(start, start + size)))
      found.push(Object.fromEntries(readFlatObject('a.json', object)));
  records.finish();
  return found;
}

test.each([
  ['', []],
  [' [ ] ', []],
  ['[{"a":"x"},\n{"b":"{\\"[\\\\"}]\n', [{ a: 'x' }, { b: '{"[\\' }]],
  ['{"a":"x"}\r\n{}\n{"a": null, "b": true}', [{ a: 'x' }, {}, { a: '', b: 'true' }]],
  ['{\n  "a": "1",\n  "b": "é"\n}\n', [{ a: '1', b: 'é' }]],
  ['[{"a":["x",1.50,false],"b":[]}]', [{ a: 'x|1.50|false', b: '' }]],
  ['[{"a":1}][{"a":2}]', [{ a: '1' }, { a: '2' }]],
  [
    '{"a":9007199254740993,"b":1.50,"c":-0,"d":1E+400,"e":"1.0","__proto__":1}',
    [{ a: '9007199254740993', b: '1.50', c: '-0', d: '1E+400', e: '1.0', ['__proto__']: '1' }],
  ],
])('%j is read, cut into pieces anywhere', (text, objects) => {
  for (const size of [1, 2, 3, 1000]) expect(objectsOf(text, size)).toEqual(objects);
});

test.each([
  ['[{"a":1}', 'the file does not end as JSON does', 1],
  ['[\n{"a":1},\n{"a":', 'the file ends within an object', 3],
  ['{"a":1}\n{"a":01}', 'this object is not written as JSON says', 2],
  ['{"a":1}\n{a:1}', 'this object is not written as JSON says', 2],
  ['[{"a":1} {"a":2}]', 'an object is expected here', 1],
  ['{"a":1},\n{"a":2}', 'an object is expected here', 2],
  ['{"a":1}{"a":2}', 'a second object stands on the line of the one before', 1],
  ['email,city\na,b\n', 'an object is expected here', 1],
  ['[1,2]', 'an object is expected here', 1],
  ['["a","b"]', 'an object is expected here', 1],
  ['[["a"],["b"]]', 'an object is expected here', 1],
  ['{"a":1}\n{"b":{"c":1}}', '`b` holds an object', 2],
  ['[{"a":[{"c":1}]}]', '`a` holds a list of more than texts', 1],
  ['[{"a":["x|y"]}]', '`a` holds a list whose part `x|y` has a `|`', 1],
  ['{"a":1,"b":2,"a":3}', 'a key stands twice in this object', 1],
])('%j is refused with its line', (text, why, line) => {
  for (const size of [1, 3, 1000])
    expect(() => objectsOf(text, size)).toThrow(
      expect.objectContaining({ exit: 65, message: `a.json, line ${line}: ${why}` }),
    );
});

test('an object that never ends does not fill the memory', () => {
  const records = new JsonRecords('a.json');
  records.push('[{"a":"');
  const piece = 'x'.repeat(1_000_000);
  expect(() => {
    for (let megabytes = 0; megabytes < 100; megabytes++) records.push(piece);
  }).toThrow(expect.objectContaining({ exit: 65 }));
});

describe('a file of objects', () => {
  test('has a column for every key, whichever object has it first', async () => {
    const world = await makeWorld();
    const text =
      '{"email":"ann@x.example"}\n{"City":" Nice ","email":"bob@x.example","points":1.50}';
    const report = await imported(world, 'a.ndjson', text);
    expect(figures(report)).toEqual({ rows: 2, inserted: 2 });
    expect(await world.list('email', 'city', 'points')).toEqual([
      ['ann@x.example', null, 0],
      ['bob@x.example', 'Nice', 1.5],
    ]);
    expect(figures(await imported(world, 'a.ndjson', text))).toEqual({ rows: 2, unchanged: 2 });
  });

  test('null keeps a value, NULL clears it', async () => {
    const world = await makeWorld();
    await imported(world, 'a.json', '[{"email":"a@x.example","city":"Nice","country":"FR"}]');
    await imported(world, 'a.json', '[{"email":"a@x.example","city":null,"country":"NULL"}]');
    expect(await world.list('city', 'country')).toEqual([['Nice', null]]);
  });

  test('says by lists which tags there are, whatever commas they have', async () => {
    const world = await makeWorld();
    const text =
      '{"email":"a@x.example","tags":["Lee, Ann"]}\n' +
      '{"email":"b@x.example","tags":["x;y","\\"z\\""],"city":["Nice, FR"]}';
    await imported(world, 'a.ndjson', text);
    expect(await world.list('tags', 'city')).toEqual([
      ['Lee, Ann', null],
      ['"z"|x;y', 'Nice, FR'],
    ]);
    const one = '{"email":"a@x.example","tags":"Lee, Ann or, Bob"}';
    expect(await refusal(imported(world, 'b.ndjson', one))).toMatchObject({
      code: 'TAGS_UNDECIDED',
    });
  });

  test('may be JSON that this program wrote', async () => {
    const world = await makeWorld();
    const wrapped = (list: string): string =>
      `{"schema":"rollcall/contacts.export/1","data":${list}}\n`;
    const text = wrapped('[\n{"email":"a@x.example","tags":["x, y"]},\n{"email":"b@x.example"}\n]');
    expect(figures(await imported(world, 'a.json', text))).toEqual({ rows: 2, inserted: 2 });
    expect(figures(await imported(world, 'a.txt', text))).toEqual({ rows: 2, unchanged: 2 });
    expect(figures(await imported(world, 'a.json', wrapped('[]')))).toEqual({});
    for (const broken of [text.replace(/\}\n$/, ''), text.replace(/\n$/, '}'), wrapped('[1]')])
      expect(await refusal(imported(world, 'a.json', broken))).toMatchObject({ code: 'NOT_JSON' });
  });

  test('is known by its beginning or its name, or told', async () => {
    const world = await makeWorld();
    const text = '[{"email":"ann@x.example"}]';
    expect((await imported(world, 'a.txt', text)).rows).toBe(1);
    expect((await imported(world, 'a.txt', text, { inputFormat: 'json' })).rows).toBe(1);
    expect(await refusal(imported(world, 'a.txt', text, { inputFormat: 'csv' }))).toMatchObject({
      code: 'NO_KEY_COLUMN',
    });
    expect(await refusal(imported(world, 'a.json', 'email\na@x.example\n'))).toMatchObject({
      code: 'NOT_JSON',
    });
    for (const empty of ['', '[]', '\n'])
      expect(figures(await imported(world, 'a.ndjson', empty))).toEqual({});
  });

  test('has rejects that are mended and imported with the same options', async () => {
    const world = await makeWorld();
    const text =
      '[{"email":"bad","city":"Nice","tags":["a","b"]},{"email":"b@x.example","n":1.50}]';
    for (const options of [{}, { inputFormat: 'json' } as const]) {
      const report = await imported(world, 'a.json', text, options);
      expect(report).toMatchObject({ rejected: 1, samples: [{ place: 'object 1' }] });
      const rejects = world.read('a.json.rejects.ndjson');
      expect(JSON.parse(rejects)).toEqual({
        email: 'bad',
        city: 'Nice',
        tags: ['a', 'b'],
        n: '',
        _line: 1,
        _column: 'email',
        _reason: 'E-mail: `bad` is not an e-mail address',
      });
      const mended = rejects.replace('bad', 'a@x.example');
      expect((await imported(world, 'again.ndjson', mended, options)).rejected).toBe(0);
    }
    await imported(world, 'a.json', '[]');
    expect(existsSync(join(world.folder, 'a.json.rejects.ndjson'))).toBe(false);
  });
});

test('one table gives the same contacts as CSV, NDJSON and JSON', async () => {
  const cell = fc.constantFrom('', 'x', ' é "', 'a,b', 'NULL', 'a\nb', '12', '1.50');
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rows, async (table) => {
      const records = table.map(([city, note], index) => [`u${index}@x.example`, city, note]);
      const keys = ['email', 'city', 'first_name'];
      const objects = records.map((cells) =>
        JSON.stringify(Object.fromEntries(keys.map((key, index) => [key, cells[index]]))),
      );
      const written = {
        'a.csv': linesWriter({ delimiter: ',', lineEnd: '\n' })([keys, ...records]),
        'a.ndjson': objects.join('\n'),
        'a.json': `[${objects.join(',')}]`,
      };
      const found: unknown[] = [];
      for (const [name, text] of Object.entries(written)) {
        const world = await makeWorld();
        await imported(world, name, text);
        found.push(await world.list(...keys));
      }
      expect(found[1]).toEqual(found[0]);
      expect(found[2]).toEqual(found[0]);
    }),
    { numRuns: 15 },
  );
});

test.each([
  '{"email":"a@x.example","city":"\\ud83d"}',
  '{"\\udc00":"x"}',
  '{"tags":["a","\\ud800b"]}',
])('half of a character is refused: %s', async (text) => {
  const world = await makeWorld();
  const { exit, code } = await refusal(imported(world, 'a.json', text));
  expect([exit, code]).toEqual([65, 'HALF_CHARACTER']);
});

test('a whole character that is written as two halves is read', async () => {
  const world = await makeWorld();
  await imported(world, 'a.json', '{"email":"a@x.example","city":"\\ud83d\\ude00"}');
  expect(await world.list('city')).toEqual(['\u{1f600}']);
});
