import { describe, expect, it } from 'vitest';
import { PLAIN_STYLES } from '../../src/cli/output/colour.ts';
import { type RowsResult, record, rows } from '../../src/cli/output/result.ts';
import { writeRecord, writeTable } from '../../src/cli/output/table.ts';

interface Person {
  readonly name: string;
  readonly points: number | null;
}

function people(list: readonly Person[]): RowsResult {
  return rows({
    rows: list,
    columns: [
      { key: 'full_name', of: (person) => person.name },
      { key: 'points', kind: 'count', of: (person) => person.points },
      { key: 'secret', inTable: false, of: () => 'not for people' },
    ],
    id: (person) => person.name,
    empty: 'nobody',
  });
}

async function tableOf(result: RowsResult, width?: number): Promise<string> {
  let text = '';
  await writeTable(result, { styles: PLAIN_STYLES, width }, async (part) => {
    text += part;
  });
  return text;
}

describe('a table', () => {
  it('aligns wide, combining and joined characters, numbers to the right', async () => {
    const list = [
      { name: 'Ann', points: 1234567 },
      { name: '山田太郎', points: 5 },
      { name: 'Zoe\u0308', points: null },
      { name: '👩‍👩‍👧', points: 0 },
    ];
    expect(await tableOf(people(list))).toBe(
      ['full name     points', 'Ann        1,234,567', '山田太郎           5', 'Zoe\u0308                -', '👩‍👩‍👧                 0', ''].join('\n'),
    );
  });

  it('shows what a terminal would obey', async () => {
    expect(await tableOf(people([{ name: '\u001b[2J\u202eevil', points: 1 }]))).toContain('\\x1b[2J\\u202eevil');
  });

  it('cuts to the width of a terminal, between characters', async () => {
    const text = await tableOf(people([{ name: '東京都千代田区霞が関一丁目', points: 10 }]), 24);
    expect(text).toBe('full name         points\n東京都千代田区…       10\n');
  });

  it('cuts nothing off a terminal', async () => {
    const name = 'x'.repeat(500);
    expect(await tableOf(people([{ name, points: 1 }]))).toContain(name);
  });

  it('measures the first thousand rows and goes on with their widths', async () => {
    const list = [...Array.from({ length: 1_000 }, (_, index) => ({ name: `n${index}`, points: index })), { name: 'a longer name than before', points: 7 }];
    const lines = (await tableOf(people(list))).split('\n');
    expect(lines).toHaveLength(1_003);
    expect(lines[1_000]).toBe('n999          999');
    expect(lines[1_001]).toBe('a longer name than before       7');
  });

  it('writes nothing for nothing', async () => expect(await tableOf(people([]))).toBe(''));
});

describe('a record', () => {
  it('is a line for each value', async () => {
    let text = '';
    const result = record({
      row: { at: Date.UTC(2026, 2, 1, 10), tags: ['a', 'b'], open: true },
      columns: [
        { key: 'built_at', kind: 'instant', of: (row) => row.at },
        { key: 'tags', kind: 'list', of: (row) => row.tags },
        { key: 'open', kind: 'boolean', of: (row) => row.open },
        { key: 'none', of: () => null },
      ],
      id: () => 1,
    });
    await writeRecord(result, { styles: PLAIN_STYLES, width: 10 }, async (part) => {
      text += part;
    });
    expect(text).toBe('built at  2026-03-01T10:00:00Z\ntags      a, b\nopen      yes\nnone      -\n');
  });
});
