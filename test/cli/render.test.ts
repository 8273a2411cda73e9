import { formatInstant } from '../../src/support/instant.ts';
import { describe, expect, it } from 'vitest';
import { PLAIN_STYLES } from '../../src/cli/output/colour.ts';
import type { Format } from '../../src/cli/output/formats.ts';
import { render } from '../../src/cli/output/render.ts';
import { type CommandResult, record, rows } from '../../src/cli/output/result.ts';
import { type Target, streamTarget } from '../../src/cli/output/target.ts';
import { fakeIo } from '../helpers/streams.js';

const thing = {
  id: 7,
  name: 'a "b", c\u202e',
  at: Date.UTC(2026, 2, 1, 10),
  on: true,
  tags: ['x', 'y'],
  extra: { k: 1 },
  none: null,
};
function rowsOf(list: Iterable<typeof thing> | AsyncIterable<typeof thing>): CommandResult {
  return rows({
    rows: list,
    columns,
    id: (row) => row.id,
    empty: 'no things yet',
    footer: (count) => `${count} things`,
  });
}

const columns = [
  { key: 'id', kind: 'number', of: (row: typeof thing) => row.id },
  { key: 'name', of: (row: typeof thing) => row.name },
  { key: 'built_at', kind: 'instant', of: (row: typeof thing) => row.at },
  { key: 'on', kind: 'boolean', of: (row: typeof thing) => row.on },
  { key: 'tags', kind: 'list', of: (row: typeof thing) => row.tags },
  { key: 'extra', kind: 'object', of: (row: typeof thing) => row.extra },
  { key: 'none', of: (row: typeof thing) => row.none },
] as const;

const object = {
  id: 7,
  name: 'a "b", c\u202e',
  built_at: '2026-03-01T10:00:00Z',
  on: true,
  tags: ['x', 'y'],
  extra: { k: 1 },
  none: null,
};

const things = rowsOf([thing]);

async function rendered(
  result: CommandResult,
  format: Format,
  { quiet = false, target }: { quiet?: boolean; target?: Target } = {},
): Promise<{ out: string; notes: string[] }> {
  const { io, stdout } = fakeIo();
  const to = target ?? streamTarget(io.stdout, 'standard output');
  const notes: string[] = [];
  await render(result, {
    format,
    schema: 'rollcall/x/1',
    target: to,
    styles: PLAIN_STYLES,
    width: undefined,
    instants: async () => [formatInstant],
    isWhole: false,
    hasFields: false,
    naming: (text) => text,
    quiet,
    note: async (text) => void notes.push(text),
  });
  await to.commit();
  return { out: stdout(), notes };
}

describe('rows', () => {
  it('as JSON are one document of exact values', async () => {
    const { out } = await rendered(rowsOf([thing, thing]), 'json');
    expect(JSON.parse(out)).toEqual({ schema: 'rollcall/x/1', data: [object, object] });
    expect(out).toContain('\\u202e');
    expect((await rendered(rowsOf([]), 'json')).out).toBe('{"schema":"rollcall/x/1","data":[]}\n');
  });

  it('as ndjson are an object a line', async () => {
    const { out } = await rendered(things, 'ndjson');
    expect(JSON.parse(out)).toEqual(object);
    expect(out.indexOf('\n')).toBe(out.length - 1);
  });

  it('as CSV and TSV are exact', async () => {
    const more = rowsOf([thing]);
    expect((await rendered(more, 'csv')).out).toBe(
      'id,name,built_at,on,tags,extra,none\n7,"a ""b"", c\u202e",2026-03-01T10:00:00Z,true,x|y,"{""k"":1}",\n',
    );
    expect((await rendered(rowsOf([{ ...thing, name: 'tab\there' }]), 'tsv')).out).toContain(
      '\n7\t"tab\there"\t2026-03-01T10:00:00Z\t',
    );
  });

  it('as ids are an id a line', async () =>
    expect((await rendered(rowsOf([thing, { ...thing, id: 8 }]), 'ids')).out).toBe('7\n8\n'));

  it('tell people what there is, unless they want quiet', async () => {
    expect((await rendered(rowsOf([thing]), 'table')).notes).toEqual(['1 things']);
    expect((await rendered(rowsOf([]), 'table')).notes).toEqual(['no things yet']);
    expect((await rendered(rowsOf([]), 'table', { quiet: true })).notes).toEqual([]);
    expect((await rendered(rowsOf([]), 'csv')).notes).toEqual([]);
  });

  it('are not asked for once nobody reads them', async () => {
    let asked = 0;
    async function* endless(): AsyncIterable<typeof thing> {
      for (;;) yield { ...thing, id: ++asked };
    }
    const { io } = fakeIo();
    const target = {
      ...streamTarget(io.stdout, 'standard output'),
      get closed() {
        return asked >= 10;
      },
    };
    for (const format of ['ndjson', 'table'] as const) {
      asked = 0;
      await rendered(rowsOf(endless()), format, { target });
      expect(asked).toBe(10);
    }
  });
});

describe('a record', () => {
  it('is an object in JSON, a row elsewhere', async () => {
    const one = record({ row: thing, columns, id: (row) => row.id });
    expect(JSON.parse((await rendered(one, 'json')).out)).toEqual({
      schema: 'rollcall/x/1',
      data: object,
    });
    expect(JSON.parse((await rendered(one, 'ndjson')).out)).toEqual(object);
    expect((await rendered(one, 'ids')).out).toBe('7\n');
    expect((await rendered(one, 'csv')).out.split('\n')).toHaveLength(3);
    expect((await rendered(one, 'table')).out).toContain('name   a "b", c\\u202e\n');
  });
});

describe('a message', () => {
  const message: CommandResult = {
    kind: 'message',
    text: ['done \u001b[2J', 'and more'],
    data: { done: true },
  };

  it('is lines for people, data for programs', async () => {
    expect((await rendered(message, 'table')).out).toBe('done \\x1b[2J\nand more\n');
    expect(JSON.parse((await rendered(message, 'json')).out)).toEqual({
      schema: 'rollcall/x/1',
      data: { done: true },
    });
    expect((await rendered(message, 'ndjson')).out).toBe('{"done":true}\n');
  });

  it('may have a table under it', async () => {
    const details = rows({
      rows: [1],
      columns: [{ key: 'n', kind: 'number', of: (n) => n }],
      id: (n) => n,
      empty: '',
    });
    expect((await rendered({ ...message, details }, 'table')).out).toBe(
      'done \\x1b[2J\nand more\nn\n1\n',
    );
  });

  it('is silenced by quiet, unless it is what was asked for', async () => {
    expect((await rendered(message, 'table', { quiet: true })).out).toBe('');
    expect((await rendered({ ...message, isAnswer: true }, 'table', { quiet: true })).out).not.toBe(
      '',
    );
    expect((await rendered(message, 'json', { quiet: true })).out).not.toBe('');
  });
});

it('raw text is written as it is', async () => {
  expect((await rendered({ kind: 'raw', chunks: ['a\u001b', 'b'] }, 'csv')).out).toBe('a\u001bb');
});

it('a text that a spreadsheet would run is guarded as exports guard it, a number is not', async () => {
  const risky = rows({
    rows: ['=1', '-x', 'NULL', '+33 1'],
    columns: [
      { key: 'n', kind: 'number', of: () => -1 },
      { key: 'text', of: (text) => text },
    ],
    id: (text) => text,
    empty: '',
  });
  expect((await rendered(risky, 'csv')).out).toBe("n,text\n-1,'=1\n-1,'-x\n-1,'NULL\n-1,+33 1\n");
});
