import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCondition } from '../../../src/contact/where.ts';
import { initStore, openStore } from '../../../src/store/sqlite/open.ts';
import { choose, dress, type Dressed, type Fabric, TEXTILE } from './dress.ts';
import { play, START } from './story.ts';
import { ALIAS, knownWords, statementsInSource, wordsIn, wordsOf } from './words.ts';

/*
 * A field may be called like anything that stands in a statement: keywords, tables, columns,
 * aliases, functions. What is told and found in a store with such fields is what it is in one
 * without. By night (ROLLCALL_NAMES=each) every name has a store of its own, in several types;
 * ROLLCALL_NAMES=true,epoch looks at these two.
 */

const ASKED = process.env['ROLLCALL_NAMES'];
const EACH = ASKED === 'each';

let root = '';
let plain: Record<string, unknown>;
let names: readonly string[];

beforeAll(async () => {
  root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'rollcall-names-'));
  const { folder, path } = await newStore();
  const said = await wordsOf(async () => {
    plain = await play(folder, path);
  });
  names = [...new Set([...said, ...knownWords(path)])].filter((word) => ALIAS.test(word)).sort();
}, 120_000);
afterAll(() => rmSync(root, { recursive: true }));

async function newStore(): Promise<{ folder: string; path: string }> {
  const folder = mkdtempSync(join(root, 'store-'));
  const path = join(folder, 'crm.db');
  await initStore(path);
  return { folder, path };
}

/** The story in a store with these fields; it ends as it did without them. */
async function expectSame(words: readonly string[], fabric: Fabric): Promise<string> {
  const { folder, path } = await newStore();
  await dress(path, words, fabric);
  const told = await play(folder, path);
  for (const [step, found] of Object.entries(plain))
    expect({ step, found: told[step] }).toEqual({ step, found });
  return path;
}

test('the story is about something', () => {
  for (const [step, told] of Object.entries(plain)) {
    if (typeof told === 'object' && told !== null && 'status' in told)
      expect({ step, status: told.status }).not.toMatchObject({ status: 70 });
  }
  expect(
    Object.values(plain).filter((told) => Array.isArray(told) && told.length > 60).length,
  ).toBeGreaterThan(2);
  for (const word of [
    'true',
    'company_of',
    'sorted',
    'given',
    'epoch',
    'bulk',
    'aspects',
    'gathered_0_1',
    'answers',
    'group_concat',
    'fold',
    'segment_id',
  ])
    expect(names).toContain(word);
});

test('truth is written 1 and 0, for a bare true is the column of a field of that name', () => {
  const spoken = statementsInSource().filter((statement) =>
    wordsIn(statement).some((word) => word === 'true' || word === 'false'),
  );
  expect(spoken).toEqual([]);
});

test('refused are names that SQL or files cannot tell from something else, and no others', async () => {
  const { path } = await newStore();
  expect((await choose(path, names, TEXTILE)).refused).toEqual([
    'bounced',
    'company',
    'company_id',
    'contact',
    'contact_id',
    'contacts',
    'do_not_contact',
    'oid',
    'rowid',
    'segment',
    'segments',
    'tags',
    'unsubscribed',
  ]);
});

describe.skipIf(EACH)('fields of all names at once', () => {
  let path: string;
  let made: readonly Dressed[];

  test('change nothing that is told or found', { timeout: 180_000 }, async () => {
    path = await expectSame(ASKED?.split(',') ?? names, TEXTILE);
  });

  test('can be filtered by', { timeout: 180_000 }, async () => {
    const store = await openStore(path);
    made = (await store.read(async (tx) => tx.fields.list())).filter(
      ({ origin }) => origin === 'custom',
    );
    await store.read(async (tx) => {
      const everybody = await tx.contacts.count({});
      const employed = await tx.contacts.count({
        where: (await readCondition(tx, 'company.name is not empty', START)).where,
      });
      for (const { object, alias } of made) {
        const text = object === 'contact' ? `\`${alias}\` = "nay"` : `company.\`${alias}\` = "nay"`;
        expect({
          text,
          found: await tx.contacts.count({ where: (await readCondition(tx, text, START)).where }),
        }).toEqual({ text, found: object === 'contact' ? everybody : employed });
      }
    });
    await store.close();
    if (ASKED === undefined) expect(made.length).toBeGreaterThan(800);
  });

  test('can be imported, listed and exported', { timeout: 180_000 }, async () => {
    const aliases = made.filter(({ object }) => object === 'contact').map(({ alias }) => alias);
    const file = join(root, 'all.csv');
    writeFileSync(
      file,
      `email,${aliases.join(',')}\nhal@example.org,${aliases.map((alias) => `v ${alias}`).join(',')}\n`,
    );
    const { fakeIo } = await import('../../helpers/streams.js');
    const { main } = await import('../../../src/main.ts');
    const run = async (...words: string[]): Promise<string> => {
      const { io, stdout, stderr } = fakeIo({});
      expect([await main([...words, '--db', path], io), stderr()]).toEqual([0, expect.any(String)]);
      return stdout();
    };
    await run('contacts:import', file);
    const expected = `${aliases.join(',')}\n${aliases.map((alias) => `v ${alias}`).join(',')}\n`;
    const who = 'email = "hal@example.org"';
    expect(
      await run('contacts:list', '--where', who, '--fields', aliases.join(','), '--format', 'csv'),
    ).toBe(expected);
    expect(await run('contacts:export', '--where', who, '--fields', aliases.join(','))).toBe(
      expected,
    );
  });
});

const FABRICS: readonly Fabric[] = [
  TEXTILE,
  { type: 'number', value: '0' },
  { type: 'boolean', value: '0' },
  { type: 'text', unique: true },
];

describe.runIf(EACH)('a field of each name alone', () => {
  test.each(FABRICS)('%o', { timeout: 0 }, async (fabric) => {
    for (const name of names) {
      const path = await expectSame([name], fabric);
      rmSync(join(path, '..'), { recursive: true });
    }
  });
});
