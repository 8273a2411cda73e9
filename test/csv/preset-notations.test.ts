import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importContacts } from '../../src/csv/import.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { dumpStore } from '../helpers/store-dump.ts';
import { NOW } from './world.ts';

/*
 * The file of a system says the same in whichever encoding and with whichever delimiter a
 * spreadsheet has saved it: all tables of the store are equal to the byte.
 */

const FIXTURES = new URL('../../fixtures/presets/', import.meta.url).pathname;

/**
 * Letters of windows-1252 by their bytes: Node has no encoder. Without `stream`, Node 20 decodes
 * ISO-8859-1 in its place.
 */
const WINDOWS_LETTERS = new TextDecoder('windows-1252').decode(
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
  { stream: true },
);

function inWindows1252(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => {
    const byte = WINDOWS_LETTERS.indexOf(letter);
    if (byte < 0) throw new Error(`windows-1252 has no ${letter}`);
    return byte;
  });
}

const ENCODINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16LE with a mark': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'windows-1252': inWindows1252,
};
const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' };

/** Each file has its own people, so that none hides what another one says. */
function fixture(name: string): string[][] {
  const text = readFileSync(join(FIXTURES, name), 'utf8');
  const own = text.replaceAll(/@example\.(?:org|net|com)/g, `@${name.replace('.csv', '.example')}`);
  return parse(own, {
    delimiter: name === 'brevo.csv' ? ';' : ',',
    relax_column_count: true,
    skip_empty_lines: false,
  });
}

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-notations-'));
  await initStore(join(folder, 'empty.db'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** All tables after all files were imported, but for what tells the files apart. */
async function storeOf(encoding: string, delimiter: string): Promise<Record<string, unknown[]>> {
  const db = join(folder, `${encoding} ${delimiter.codePointAt(0)}.db`);
  copyFileSync(join(folder, 'empty.db'), db);
  const store = await openStore(db);
  const options = encoding === 'windows-1252' ? { encoding } : {};
  for (const name of readdirSync(FIXTURES).sort()) {
    const text = stringify(fixture(name), { delimiter });
    expect(text).toMatch(/[^\0-\x7f]/);
    const file = join(folder, name);
    writeFileSync(file, ENCODINGS[encoding]!(text));
    const context = { stdin: Readable.from([]), now: NOW, by: null };
    const { preset, rejected } = await importContacts(store, file, options, context);
    expect({ name, isKnown: preset !== null, rejected }).toEqual({
      ...{ name, isKnown: true, rejected: 0 },
    });
  }
  await store.close();
  return withoutFiles(dumpStore(db));
}

/** The hash of a file, the options that say how to read it, and the system's clock go. */
function withoutFiles({ imports = [], ...tables }: Record<string, unknown[]>) {
  return { ...tables, imports: (imports as unknown[][]).map((row) => row.slice(0, -4)) };
}

let usual: Record<string, unknown[]> | undefined;

test.each(
  Object.keys(ENCODINGS).flatMap((encoding) =>
    Object.entries(DELIMITERS).map(([named, delimiter]) => [encoding, named, delimiter] as const),
  ),
)('files of all systems in %s, with a %s between cells', async (encoding, _, delimiter) => {
  const found = await storeOf(encoding, delimiter);
  usual ??= found;
  expect(found['contacts']!.length).toBeGreaterThan(30);
  expect(found).toEqual(usual);
});
