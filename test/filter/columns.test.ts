import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AGGREGATE_OPERATORS,
  type ColumnPlan,
  type FilterAst,
  FilterError,
  LeafFailure,
  planColumns,
} from '../../src/filter/index.ts';
import type { ColumnBatch, ColumnTables } from '../../src/sql/columns.ts';
import type { BitSet } from '../../src/support/bit-set.ts';
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts';
import { CATALOGUE, read, TIME, World } from './world.ts';

const PLAN_OPTIONS = {
  dialect: sqliteDialect,
  catalogue: CATALOGUE,
  time: TIME,
  alone: 'columns',
} as const;

function planOf(...texts: readonly string[]): ColumnPlan {
  return planColumns(
    texts.map((text) => read(text)),
    PLAN_OPTIONS,
  );
}

let world: World;
beforeAll(() => {
  world = new World([
    {
      contact: { country: 'FR', points: 3 },
      tags: ['Été', 'ÉTÉ'],
      events: [
        { type: 'page.hit', value: 0.1 },
        { type: 'PAGE.HIT', value: 0.7 },
        { type: 'page.hit', value: 0.2 },
      ],
    },
    { contact: { country: null }, company: { name: 'Acme', industry: null } },
    { tags: ['été', 'vip'], contact: { country: '', points: -0 } },
    { contact: { country: 'fr', first_name: 'null' }, company: { industry: 'steel' } },
  ]);
});
afterAll(() => {
  world.close();
});

/** Evaluates one batch of contacts without anything, with these columns. */
function contactsOnly(
  plan: ColumnPlan,
  contacts: ColumnBatch['contacts'],
  size: number,
): number[][] {
  const none = new Int32Array();
  const tables: ColumnTables = { companies: [], tags: [] };
  const sets = plan.open(tables).evaluate({
    ids: Array.from({ length: size }, (_, row) => row),
    contacts,
    anonymous: new Uint8Array(size),
    company: new Int32Array(size).fill(-1),
    tags: { owners: none, values: none },
    events: [],
    suppressions: { owners: none, channels: [], reasons: [] },
    members: [],
  });
  return sets.map(rowsOf);
}

function rowsOf(set: BitSet): number[] {
  const rows: number[] = [];
  set.forEach((row) => rows.push(row));
  return rows;
}

describe('leaves of one meaning are one', () => {
  test.each([
    ['country = "FR"', 'country = "fr"'],
    ['country in ("FR", "BE")', 'country in ("be", "fr", "FR")'],
    ['country != "FR"', 'not country = "FR"'],
    ['city contains "ÉTÉ"', 'city contains "été"'],
    ['city like "Ab%"', 'city like "aB%"'],
    ['points in (1, 2)', 'points in (2, 1, 2)'],
    ['created_at > 2026-01-01', 'created_at >= 2026-01-02'],
    ['birthday = today', 'birthday during today'],
    ['tagged "Vip"', 'tags has any ("vip")'],
    ['did page.hit', 'count(PAGE.HIT) >= 1'],
    ['did page.hit where subject = "A"', 'did page.hit where subject = "a"'],
    ['did page.hit since 2026-01-01', 'did page.hit since start of year'],
    ['suppressed(email, bounced)', 'suppressed(EMAIL, Bounced)'],
    ['company = "Acme"', 'company.name = "acme"'],
  ])('%s and %s', (one, other) => {
    expect(planOf(one, other).leaves.map(({ filters }) => filters)).toEqual([[0, 1]]);
  });

  test.each([
    ['country = "FR"', 'city = "FR"'],
    ['country = "ß"', 'country = "ss"'],
    ['city matches "a"', 'city matches "A"'],
    ['city contains "a"', 'city starts with "a"'],
    ['points < 1', 'points <= 1'],
    ['created_at >= 2026-01-01', 'created_at >= 2026-01-02'],
    ['created_at < 2026-01-01', 'created_at < 2026-01-02'],
    ['created_at >= 2026-01-01', 'last_active_at >= 2026-01-01'],
    ['birthday in last 7 days', 'anniversary(birthday) in last 7 days'],
    ['tags has any ("a", "b")', 'tags has all ("a", "b")'],
    ['did page.hit', 'did purchase'],
    ['did page.hit in last 7 days', 'did page.hit in last 8 days'],
    ['did page.hit where value > 1', 'did page.hit where property.value > 1'],
    ['did page.hit where property.a = "x"', 'did page.hit where property.A = "x"'],
    ['count(page.hit) = 1', 'max(page.hit.value) = 1'],
    ['suppressed(email)', 'suppressed(sms)'],
    ['in segment hot', 'in segment newsletter'],
    ['in segment hot', 'joined segment hot since 2026-01-01'],
  ])('not %s and %s', (one, other) => {
    expect(planOf(one, other).leaves.map(({ filters }) => filters)).toEqual([[0], [1]]);
  });
});

describe('what is wanted', () => {
  test('is read once, whoever wants it', () => {
    const { wanted } = planOf(
      'country = "FR" or country = "BE"',
      'country is empty and company.industry = "steel" and not company.industry = "wood"',
      'did page.hit in last 7 days or max(page.HIT.value) > 1 or count(page.hit) > 2',
      'in segment hot or not in segment hot',
    );
    expect(wanted.contacts).toHaveLength(1);
    expect(wanted.companies).toHaveLength(1);
    expect(wanted.events).toEqual([
      { type: 'page.hit', columns: ['occurredAt', 'value'], from: null },
    ]);
    expect(wanted.members).toEqual([2]);
    expect([wanted.tags, wanted.suppressions]).toEqual([false, false]);
  });

  test('is nothing for a constant', () => {
    expect(planOf('true').wanted).toEqual({
      contacts: [],
      companies: [],
      tags: false,
      events: [],
      suppressions: false,
      members: [],
    });
    expect(world.byColumns([read('true'), read('not true')])).toEqual([[1, 2, 3, 4], []]);
  });
});

test('events are wanted from the first instant on that any condition asks for', () => {
  const DAY = 86_400_000;
  const fromOf = (...texts: readonly string[]): (number | null | undefined)[] =>
    planOf(...texts).wanted.events.map(({ from }) => from);
  const [late, early] = [TIME.now - 2 * DAY + 1, TIME.now - 5 * DAY + 1];
  expect(fromOf('did page.hit in last 2 days', 'did purchase')).toEqual([late, null]);
  expect(fromOf('did page.hit in last 5 days', 'did page.hit in last 2 days')).toEqual([early]);
  expect(fromOf('did page.hit in last 2 days', 'did page.hit before today')).toEqual([null]);
});

describe('a leaf that shares what it reads with no other', () => {
  const waysOf = (...texts: readonly string[]): string[] =>
    planColumns(
      texts.map((text) => read(text)),
      { ...PLAN_OPTIONS, alone: 'faster' },
    ).leaves.map(({ way }) => (way.kind === 'sql' ? way.because : way.kind));

  test('goes by SQL, unless that is slower', () => {
    expect(waysOf('city = "Rome"', 'did page.hit', 'tags has any ("vip")')).toEqual([
      'alone',
      'alone',
      'alone',
    ]);
    expect(waysOf('city matches "^R"', 'in segment hot', 'suppressed')).toEqual([
      'columns',
      'columns',
      'columns',
    ]);
  });

  test('goes by columns when another reads the same', () => {
    expect(waysOf('city = "Rome" or points > 1', 'city = "Oslo"')).toEqual([
      'columns',
      'alone',
      'columns',
    ]);
    const windows = ['did page.hit in last 2 days', 'did PAGE.HIT', 'did purchase'];
    expect(waysOf(...windows)).toEqual(['alone', 'alone', 'alone']);
    expect(waysOf(...windows, 'count(purchase) > 2')).toEqual(Array(4).fill('columns'));
  });

  test('is read as a whole with its filter, if all of that goes by SQL', () => {
    const plan = planColumns(
      [read('city = "Rome" and points > 1'), read('city = "Rome" or true')],
      {
        ...PLAN_OPTIONS,
        alone: 'faster',
      },
    );
    expect(plan.leaves.map(({ way }) => way.kind)).toEqual(['sql', 'sql']);
    expect(plan.wanted.contacts).toHaveLength(2);
  });
});

describe('the way of a leaf', () => {
  test('is SQL for what has no column form', () => {
    const plan = planOf(
      'sum(page.hit.value) > 0.1 and avg(page.hit.value) < 3 and joined segment hot in last 7 days',
      'count(page.hit) > 1',
    );
    expect(plan.leaves.map(({ way }) => way)).toEqual([
      { kind: 'sql', because: 'order' },
      { kind: 'sql', because: 'order' },
      { kind: 'sql', because: 'joined' },
      { kind: 'columns' },
    ]);
    expect(plan.wanted.contacts).toHaveLength(1);
  });

  test('is that of columns for every figure but sums and means', () => {
    const byOrder = Object.entries(AGGREGATE_OPERATORS).filter(([, { step }]) => step === null);
    expect(byOrder.map(([name]) => name)).toEqual(['sum', 'avg']);
  });

  test('a leaf that fails names itself, and then goes by SQL to the same members', () => {
    const filters = [read('points > 2'), read('points > 1 and country = "FR"')];
    const plan = planColumns(filters, PLAN_OPTIONS);
    const failed = caught(() => contactsOnly(plan, [[3, null]], 2));
    expect(failed).toBeInstanceOf(LeafFailure);
    const { keys } = failed as LeafFailure;
    expect(plan.leaves.find(({ key }) => keys.includes(key))?.filters).toEqual([1]);
    const bySql = new Set(keys);
    const again = planColumns(filters, { ...PLAN_OPTIONS, bySql });
    expect(again.leaves.map(({ way }) => way)).toEqual([
      { kind: 'columns' },
      { kind: 'columns' },
      { kind: 'sql', because: 'failed' },
    ]);
    expect(world.byColumns(filters, TIME, { bySql })).toEqual([[1], [1]]);
  });

  test('a field or segment that is gone is said when it is planned', () => {
    const gone = { ...PLAN_OPTIONS, catalogue: { fields: [], segments: [] } };
    expect(() => planColumns([read('points > 2')], gone)).toThrow(FilterError);
    expect(() => planColumns([read('in segment hot')], gone)).toThrow(FilterError);
    expect(() => planColumns([read('joined segment hot in last 7 days')], gone)).toThrow(
      FilterError,
    );
  });
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('members', () => {
  test.each([
    ['tags has all ("été", "vip")', [3]],
    ['tags has any ("ETE", "ÉTÉ")', [1, 3]],
    ['tags is empty', [2, 4]],
    ['count(page.hit) = 3', [1]],
    ['count(page.hit) < 1', [2, 3, 4]],
    ['sum(page.hit.value) = 1', [1]],
    ['country = "FR"', [1, 4]],
    ['country is empty', [2, 3]],
    ['first_name = "null"', [4]],
    ['company.industry is empty', [1, 2, 3]],
    ['company.industry != "steel"', [1, 2, 3]],
    ['points = 0', [3]],
  ])('%s', (text, members) => {
    for (const most of [1, 2, 3, 4, 5])
      expect(world.byColumns([read(text)], TIME, { most }), `batches of ${most}`).toEqual([
        members,
      ]);
  });

  test('of one filter are not those of another that may be changed', () => {
    const plan = planOf('points > 2', 'points > 2');
    const [first, second] = plan
      .open({ companies: [], tags: [] })
      .evaluate({ ...EMPTY_BATCH, ids: [1, 2], contacts: [[3, 1]] });
    first!.addAll(second!.complement());
    expect([rowsOf(first!), rowsOf(second!)]).toEqual([[0, 1], [0]]);
  });

  test('of no contact at all', () => {
    expect(contactsOnly(planOf('points > 2', 'not points > 2'), [[]], 0)).toEqual([[], []]);
  });

  test('NULL is decided as NULL, whether values repeat or not', () => {
    const values = Array.from({ length: 100 }, (_, row) => (row % 2 === 0 ? null : 'x'));
    const [matching] = contactsOnly(planOf('country like "%"'), [values], 100);
    expect(matching).toEqual(Array.from({ length: 50 }, (_, row) => 2 * row + 1));
  });
});

const EMPTY_BATCH: ColumnBatch = {
  ids: [],
  contacts: [],
  anonymous: new Uint8Array(),
  company: new Int32Array(),
  tags: { owners: new Int32Array(), values: new Int32Array() },
  events: [],
  suppressions: { owners: new Int32Array(), channels: [], reasons: [] },
  members: [],
};

test('filters of a thousand levels and of thousands of conditions', () => {
  const leaf = read('points > 2');
  const deep = Array.from({ length: 1000 }).reduce<FilterAst>(
    (filter) => ({ kind: 'and', filters: [leaf, { kind: 'not', filter }] }),
    leaf,
  );
  const wide: FilterAst = {
    kind: 'or',
    filters: Array.from({ length: 5000 }, (_, at) => read(`points = ${at}`)),
  };
  const inMemory = world.byColumns([deep, wide]);
  expect(inMemory).toEqual([[1], [1, 3]]);
});

test('each leaf has its cost, batches added up', () => {
  const plan = planOf('points > 2 or country = "FR"', 'points > 2');
  const evaluator = plan.open({ companies: [], tags: [] });
  expect([...evaluator.costs]).toEqual([]);
  for (const row of [1, 2])
    evaluator.evaluate({ ...EMPTY_BATCH, ids: [row], contacts: [[row], ['FR']] });
  expect([...evaluator.costs.keys()]).toEqual(plan.leaves.map(({ key }) => key));
  expect([...evaluator.costs.values()].every((ms) => ms >= 0)).toBe(true);
});
