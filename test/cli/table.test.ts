import { describe, expect, it, vi } from 'vitest';
import { PLAIN_STYLES } from '../../src/cli/output/colour.ts';
import { type RowsResult, record, rows } from '../../src/cli/output/result.ts';
import { toTheSecond, withAge } from '../../src/cli/output/instants.ts';
import type { Look } from '../../src/cli/output/table-widths.ts';
import { writeRecord, writeTable } from '../../src/cli/output/table.ts';
import { formatInstant } from '../../src/support/instant.ts';

const INSTANTS: Look['instants'] = [formatInstant, toTheSecond(formatInstant)];

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
  await writeTable(
    result,
    { styles: PLAIN_STYLES, width, instants: [formatInstant], isWhole: false },
    async (part) => {
      text += part;
    },
  );
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
      [
        'full name     points',
        'Ann        1,234,567',
        '山田太郎           5',
        'Zoe\u0308                -',
        '👩‍👩‍👧                 0',
        '',
      ].join('\n'),
    );
  });

  it('shows what a terminal would obey', async () => {
    expect(await tableOf(people([{ name: '\u001b[2J\u202eevil', points: 1 }]))).toContain(
      '\\x1b[2J\\u202eevil',
    );
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
    const list = [
      ...Array.from({ length: 1_000 }, (_, index) => ({ name: `n${index}`, points: index })),
      { name: 'a longer name than before', points: 7 },
    ];
    const lines = (await tableOf(people(list))).split('\n');
    expect(lines).toHaveLength(1_003);
    expect(lines[1_000]).toBe('n999          999');
    expect(lines[1_001]).toBe('a longer name than before       7');
  });

  it('writes nothing for nothing', async () => expect(await tableOf(people([]))).toBe(''));
});

interface Reason {
  readonly alias: string;
  readonly note: string;
  readonly reason: string;
}

function reasons(list: readonly Reason[]): RowsResult {
  return rows({
    rows: list,
    columns: [
      { key: 'alias', of: (row) => row.alias },
      { key: 'note', of: (row) => row.note },
      { key: 'reason', fit: 'wrap', of: (row) => row.reason },
    ],
    id: (row) => row.alias,
    empty: 'none',
  });
}

describe('a table on a narrow terminal', () => {
  const alias = 'a-very-long-alias-of-forty-characters-xx';
  const first = { alias, note: 'n', reason: 'nothing changed since the last build' };

  it('cuts no key, wraps what is to be read and says what is left out', async () => {
    let text = '';
    const written = await writeTable(
      reasons([{ ...first, note: 'a note of some length' }]),
      { styles: PLAIN_STYLES, width: 60, instants: [formatInstant], isWhole: false },
      async (part) => {
        text += part;
      },
    );
    expect(text).toBe(
      `${'alias'.padEnd(40)}  reason\n` +
        `${alias}  nothing changed\n` +
        `${' '.repeat(42)}since the last\n` +
        `${' '.repeat(42)}build\n`,
    );
    expect(written).toMatchObject({ rows: 1, leftOut: [{ key: 'note' }] });
  });

  it('writes instants shorter before it leaves a column out', async () => {
    const made = { alias: 'hot', built: Date.parse('2026-03-01T10:00:00.250Z'), via: 'filter' };
    const once = (): RowsResult =>
      rows({
        rows: [made],
        columns: [
          { key: 'alias', of: (row) => row.alias },
          { key: 'built', kind: 'instant', of: (row) => row.built },
          { key: 'via', fit: 'whole', of: (row) => row.via },
        ],
        id: (row) => row.alias,
        empty: 'none',
      });
    const instants: Look['instants'] = [
      withAge(formatInstant, made.built),
      formatInstant,
      toTheSecond(formatInstant),
    ];
    const at = async (width: number): Promise<string> => {
      let text = '';
      await writeTable(
        once(),
        { styles: PLAIN_STYLES, width, instants, isWhole: false },
        async (part) => {
          text += part;
        },
      );
      return text.split('\n')[1] ?? '';
    };
    expect(await at(60)).toBe('hot    2026-03-01T10:00:00.250Z (0s ago)  filter');
    expect(await at(40)).toBe('hot    2026-03-01T10:00:00.250Z  filter');
    expect(await at(36)).toBe('hot    2026-03-01T10:00:00Z  filter');
  });

  it('writes instants shorter before it cuts what is then whole', async () => {
    const at = async (width: number, via: string): Promise<string | undefined> => {
      const result = rows({
        rows: [{ built: Date.parse('2026-03-01T10:00:00.250Z'), via }],
        columns: [
          { key: 'built', kind: 'instant', of: (row) => row.built },
          { key: 'via', fit: 'cut', of: (row) => row.via },
        ],
        id: (row) => row.via,
        empty: 'none',
      });
      let text = '';
      const look = { styles: PLAIN_STYLES, width, instants: INSTANTS, isWhole: false };
      await writeTable(result, look, async (part) => {
        text += part;
      });
      return text.split('\n')[1];
    };
    expect(await at(36, 'by filter')).toBe('2026-03-01T10:00:00.250Z  by filter');
    expect(await at(34, 'by filter')).toBe('2026-03-01T10:00:00Z  by filter');
    expect(await at(34, 'by a filter of old')).toBe('2026-03-01T10:00:00.250Z  by a fi…');
  });

  it('cuts no key below the rows that it has measured', async () => {
    const many = Array.from({ length: 1_000 }, () => ({ alias: 'a', note: 'n', reason: 'r' }));
    const lines = (await tableOf(reasons([...many, first]), 30)).trimEnd().split('\n');
    expect(lines[1_001]).toContain(alias);
  });

  it('shows the beginning of a text without end', async () => {
    const lines = (await tableOf(reasons([{ ...first, reason: 'word '.repeat(10_000) }]), 80))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)?.trim()).toBe('…');
  });
});

describe('a table of which nothing may be cut or left out', () => {
  const person = {
    alias: 'hot',
    note: 'a note of some length that is cut at a width of forty',
    reason: 'asked',
  };
  const shown = async (list: readonly Reason[], width: number, isWhole: boolean) => {
    let text = '';
    const look = { styles: PLAIN_STYLES, width, instants: INSTANTS, isWhole };
    const written = await writeTable(reasons(list), look, async (part) => {
      text += part;
    });
    return { text, ...written };
  };

  it('is a table where it fits', async () => {
    const { text } = await shown([person], 80, true);
    expect(text).toBe((await shown([person], 80, false)).text);
    expect(text).toMatch(/^alias +note +reason\n/);
  });

  it('is a block of lines for each row elsewhere, without what is empty', async () => {
    const note = 'note    a note of some length that is\n        cut at a width of forty\n';
    expect(await shown([person, { ...person, alias: 'b', reason: 'sold' }], 40, true)).toEqual({
      rows: 2,
      leftOut: [],
      text: `alias   hot\n${note}reason  asked\n\n` + `alias   b\n${note}reason  sold\n`,
    });
  });
});

describe('a column that is needed', () => {
  const stay = {
    at: Date.parse('2026-03-01T10:00:00Z'),
    who: 'somebody',
    via: 'preference-center',
  };
  const shown = async (width: number): Promise<string> =>
    tableOf(
      rows({
        rows: [stay],
        columns: [
          { key: 'at', kind: 'instant', importance: 'needed', of: ({ at }) => at },
          { key: 'who', fit: 'key', of: ({ who }) => who },
          { key: 'via', fit: 'whole', importance: 'needed', of: ({ via }) => via },
          { key: 'note', of: () => 'aside' },
        ],
        id: () => 1,
        empty: 'none',
      }),
      width,
    );

  it('stays before others', async () =>
    expect(await shown(50)).toBe(
      'at                    who       via\n2026-03-01T10:00:00Z  somebody  preference-center\n',
    ));

  it('gets the room of an instant, which then takes two lines', async () =>
    expect(await shown(40)).toBe(
      'at          who       via\n2026-03-01  somebody  preference-center\n10:00:00Z\n',
    ));

  it('has rows become blocks before it is left out', async () =>
    expect(await shown(36)).toBe(
      'at    2026-03-01T10:00:00Z\nwho   somebody\nvia   preference-center\nnote  aside\n',
    ));
});

describe('columns in which there is nothing', () => {
  const pinned = (pins: readonly (string | null)[], width: number) =>
    writeTable(
      rows({
        rows: pins,
        columns: [
          { key: 'alias', of: () => 'hot' },
          { key: 'run_id', kind: 'number', of: () => null },
          { key: 'pin_until', kind: 'instant', of: () => null },
          { key: 'by', of: () => 'ada lovelace' },
          { key: 'pin', fit: 'whole', of: (pin) => pin },
        ],
        id: () => 1,
        empty: 'none',
      }),
      { styles: PLAIN_STYLES, width, instants: INSTANTS, isWhole: false },
      async (part) => {
        text += part;
      },
    );
  let text = '';

  it('go first, keys too, before anything is cut, and nobody is told', async () => {
    text = '';
    expect(await pinned(['in'], 28)).toEqual({ rows: 1, leftOut: [] });
    expect(text).toBe('alias  by            pin\nhot    ada lovelace  in\n');
  });

  it('are told of by the key that options take where a later row has something', async () => {
    text = '';
    const pins = [...Array.from({ length: 1_000 }, () => null), 'in'];
    expect(await pinned(pins, 20)).toMatchObject({ rows: 1_001, leftOut: [{ key: 'pin' }] });
  });
});

describe('a list of lines', () => {
  it('has each of its parts on a line of its own, cut or wrapped by itself', async () => {
    const text = await tableOf(
      rows({
        rows: [{ names: ['one', 'two words'], alias: 'a' }],
        columns: [
          { key: 'names', kind: 'lines', fit: 'wrap', of: ({ names }) => names },
          { key: 'alias', of: ({ alias }) => alias },
        ],
        id: ({ alias }) => alias,
        empty: 'none',
      }),
      80,
    );
    expect(text).toBe('names      alias\none        a\ntwo words\n');
  });
});

describe('a table with one long cell', () => {
  const long = 'é'.repeat(100_000);
  const list = [
    { alias: 'a', note: long, reason: 'r' },
    ...Array.from({ length: 500 }, (_, index) => ({ alias: `a${index}`, note: 'n', reason: 'r' })),
  ];

  /**
   * How many characters are given to the engine to be segmented, each time as often as it then
   * looks at all of them.
   */
  async function charactersSegmented(
    work: () => Promise<unknown>,
  ): Promise<{ readonly total: number; readonly longest: number }> {
    const segment = vi.spyOn(Intl.Segmenter.prototype, 'segment');
    await work();
    const lengths = segment.mock.calls.map(([text]) => text.length);
    segment.mockRestore();
    return {
      total: lengths.reduce((sum, length) => sum + length, 0),
      longest: Math.max(0, ...lengths),
    };
  }

  it.each([[undefined], [20], [80], [200]])(
    'looks at no more of it than it shows (%s columns)',
    async (width) => {
      const { total, longest } = await charactersSegmented(async () =>
        tableOf(reasons(list), width),
      );
      expect(longest).toBeLessThanOrEqual(256);
      expect(total).toBeLessThan(20_000);
    },
  );

  it.each([[undefined], [80]])('grows by little more than its text (%s columns)', async (width) => {
    const rest = (await tableOf(reasons(list.slice(1)), width)).length;
    expect((await tableOf(reasons(list), width)).length).toBeLessThan(
      rest + long.length + list.length * 250,
    );
  });

  it('measures one mark upon another in one go', async () => {
    const { total } = await charactersSegmented(async () =>
      tableOf(reasons([{ alias: 'a', note: `e${'\u0301'.repeat(100_000)}x`, reason: 'r' }]), 80),
    );
    expect(total).toBeLessThan(1_000_000);
  });
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
    await writeRecord(
      result,
      { styles: PLAIN_STYLES, width: 10, instants: [formatInstant], isWhole: false },
      async (part) => {
        text += part;
      },
    );
    expect(text).toBe('built  2026-03-01T10:00:00Z\ntags   a, b\nopen   yes\nnone   -\n');
  });
});
