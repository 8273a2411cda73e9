import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { importCompanies, importContacts, importEvents } from '../../src/csv/import.ts';
import type { ImportOptions, ImportReport } from '../../src/csv/import-options.ts';
import type { FieldType, RecordKind, RecordRow, Store } from '../../src/store/index.ts';
import { UserError } from '../../src/support/errors.ts';
import { newStore } from '../helpers/stores.ts';

export const NOW = Date.parse('2026-03-01T10:00:00Z');

/** A store, and a folder for files, that are gone after the test. */
export interface World {
  readonly folder: string;
  readonly store: Store;
  /** Writes a file in the folder; gives its path. */
  file(name: string, content: string | Uint8Array): string;
  read(name: string): string;
  contacts(text: string, options?: ImportOptions): Promise<ImportReport>;
  companies(text: string, options?: ImportOptions): Promise<ImportReport>;
  events(text: string, options?: ImportOptions): Promise<ImportReport>;
  /** Runs statements as another program would. */
  sql(statements: string): Promise<void>;
  /** A number that SQL finds. */
  value(query: string): Promise<number>;
  /** What is stored of every contact, by id, without the id. */
  list(...columns: string[]): Promise<unknown[]>;
  addField(
    alias: string,
    type: FieldType,
    more?: { readonly options?: string[]; readonly unique?: boolean; readonly object?: RecordKind },
  ): Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const { store, folder, ask, cleanup } = await newStore();
  onTestFinished(cleanup);
  const file: World['file'] = (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const context = { stdin: Readable.from([]), now: NOW, by: 'tester' };
  return {
    folder,
    store,
    file,
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    contacts: async (text, options = {}) =>
      importContacts(store, file('contacts.csv', text), options, context),
    companies: async (text, options = {}) =>
      importCompanies(store, file('companies.csv', text), options, context),
    events: async (text, options = {}) =>
      importEvents(store, file('events.csv', text), options, context),
    sql: async (statements) => {
      await ask(statements);
    },
    value: async (query) => (Object.values((await ask(query))[0] ?? {})[0] ?? 0) as number,
    list: async (...columns) =>
      (await store.read(async (tx) => tx.contacts.list({}, columns))).map((row) =>
        valuesOf(row, columns),
      ),
    addField: async (alias, type, { options = [], unique = false, object = 'contact' } = {}) => {
      await store.write(async (tx) =>
        tx.fields.add({ object, alias, label: alias, type, options, unique, indexed: false }, NOW),
      );
    },
  };
}

function valuesOf(row: RecordRow, columns: readonly string[]): unknown {
  return columns.length === 1 ? row[columns[0] ?? ''] : columns.map((column) => row[column]);
}

/** The figures of a report that are not 0. */
export function figures(report: ImportReport): Record<string, number> {
  const { rows, inserted, updated, unchanged, merged, rejected, segmentAdded, heldOut, left } =
    report;
  return Object.fromEntries(
    Object.entries({
      rows,
      inserted,
      updated,
      unchanged,
      merged,
      rejected,
      segmentAdded,
      heldOut,
      left,
    }).filter(([, count]) => count !== 0),
  );
}

/** The refusal that the work ends with; anything else fails the test. */
export async function refusal(
  work: Promise<unknown>,
): Promise<{ exit: number; code: string; message: string; hint: string | undefined }> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      exit: error.exit,
      code: error.code,
      message: error.message.replace(/\/\S*\//, ''),
      hint: error.hint?.replace(/\/\S*\//, ''),
    };
  }
  throw new Error('nothing was refused');
}
