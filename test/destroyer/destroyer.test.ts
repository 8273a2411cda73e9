import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEEP_READING, judged, READING, WRITING } from './commands.ts';
import {
  HEAD_BYTES,
  looseValues,
  spoiledSchemas,
  spoiledValues,
  type Spoiling,
} from './spoilings.ts';
import { execute, makeSoundStore } from './world.ts';

/*
 * Spoils each column of each table in turn with nasty values, and the schema, and the head of the
 * file, and runs commands on what is left of the store: they may find, refuse or fail in part, with
 * a code that they document and in words of ours, and never crash. CI goes through a sample: each
 * column with one value, each object of the schema in one way, each time some of the commands.
 * `npm run nightly` goes through everything: ROLLCALL_DESTROYER=all, or all whose names fit
 * ROLLCALL_DESTROYER_ONLY.
 */

const ALL = process.env['ROLLCALL_DESTROYER'] === 'all';
const ONLY = new RegExp(process.env['ROLLCALL_DESTROYER_ONLY'] ?? '');
/** Draws another sample; what a failure printed is drawn again by the same number. */
const SEED = Number(process.env['ROLLCALL_DESTROYER_SEED'] ?? '20260301');
const COMMANDS_A_STORE = 3;
const COMMANDS = [...READING, ...DEEP_READING, ...WRITING];

let folder = '';
let sound = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-destroyer-'));
  sound = join(folder, 'sound.db');
  await makeSoundStore(sound);
});
afterAll(() => rmSync(folder, { recursive: true }));

const forever = { timeout: ALL ? 12 * 3_600_000 : 600_000 };

test(
  'the store that is going to be spoiled is sound, and every command works on it',
  forever,
  async () => {
    for (const words of COMMANDS)
      expect(await faultsOn('sound', 0, [words], (path) => copyFileSync(sound, path))).toEqual([]);
  },
);

test('no value of a column makes a command crash', forever, async () => {
  const spoilings = [...spoiledValues(sound), ...(ALL ? looseValues(sound) : [])].filter(
    ({ name }) => ONLY.test(name),
  );
  const tried = await spoil(spoilings);
  expect(tried.faults).toEqual([]);
  const columns = new Set(spoilings.map(({ about }) => about));
  // some take no other value
  const untried = [...columns].filter((column) => !tried.about.has(column));
  expect(untried.length).toBeLessThanOrEqual(columns.size / 10);
});

test('no change of the schema makes a command crash', forever, async () => {
  expect((await spoil(spoiledSchemas(sound).filter(({ name }) => ONLY.test(name)))).faults).toEqual(
    [],
  );
});

test('no byte of the head of the file makes a command crash', forever, async () => {
  const faults: string[] = [];
  for (const [index, [name, [at, value]]] of Object.entries(HEAD_BYTES).entries()) {
    faults.push(
      ...(await faultsOn(name, index, [['doctor'], ...commandsFor(index)], (path) =>
        writeFileSync(path, withByte(at, value)),
      )),
    );
  }
  expect(faults).toEqual([]);
});

function withByte(at: number, value: number): Buffer {
  const bytes = readFileSync(sound);
  bytes[at] = value;
  return bytes;
}

interface Tried {
  readonly faults: readonly string[];
  /** What was spoiled; SQLite refuses some values. */
  readonly about: ReadonlySet<string>;
}

/**
 * All of them, or for each thing that they are about the first that SQLite takes, in an order
 * drawn.
 */
async function spoil(spoilings: readonly Spoiling[]): Promise<Tried> {
  const faults: string[] = [];
  const about = new Set<string>();
  for (const [index, spoiling] of shuffled(spoilings).entries()) {
    if (!ALL && about.has(spoiling.about)) continue;
    const isSpoiled = spoilInto(join(folder, 'crm.db'), spoiling);
    if (!isSpoiled) continue;
    about.add(spoiling.about);
    faults.push(...(await faultsOn(spoiling.name, index, commandsFor(index), undefined)));
  }
  return { faults, about };
}

/** In all rows, or in one where the value has to be unique. */
function spoilInto(path: string, { statements }: Spoiling): boolean {
  for (const variant of [
    statements,
    statements.replace(/^(update "(\w+)" set [\s\S]*)$/, '$1 where "$2".rowid = 1'),
  ]) {
    copyFresh(path);
    try {
      execute(path, variant);
      return true;
    } catch {
      continue;
    }
  }
  return false;
}

function copyFresh(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(path + suffix, { force: true });
  copyFileSync(sound, path);
}

function commandsFor(index: number): readonly (readonly string[])[] {
  if (ALL) return COMMANDS;
  return Array.from(
    { length: COMMANDS_A_STORE },
    (_, n) => COMMANDS[(index * COMMANDS_A_STORE + n) % COMMANDS.length] ?? ['doctor'],
  );
}

async function faultsOn(
  name: string,
  index: number,
  commands: readonly (readonly string[])[],
  make: ((path: string) => void) | undefined,
): Promise<string[]> {
  const path = join(folder, 'crm.db');
  if (make !== undefined) {
    copyFresh(path);
    make(path);
  }
  const faults: string[] = [];
  for (const words of commands) {
    for (const format of ALL
      ? (['table', 'json'] as const)
      : ([index % 2 === 0 ? 'table' : 'json'] as const)) {
      const fault = await judged(words, path, format);
      if (fault !== undefined)
        faults.push(
          `${name} (seed ${SEED}): rollcall ${words.join(' ')} --format ${format} ${fault}`,
        );
      if (fault !== undefined && ALL) console.error(faults.at(-1)); // the night is long
    }
  }
  return faults;
}

/** In an order that the seed draws, always the same. */
function shuffled<T>(list: readonly T[]): T[] {
  let state = SEED;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return list
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
