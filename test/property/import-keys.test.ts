import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CLEAR,
  type Duplicates,
  type ImportMode,
  type NewField,
  type StagedRecord,
  type Store,
} from '../../src/store/index.ts';
import { withStore } from '../segment/model/world.ts';
import { importRows, NOW } from '../store/conformance/fixture.ts';

/*
 * What files of random rows leave, held against a plain model of the rules of docs/csv.md on keys:
 * it knows no SQL, and compares values by means of its own. Every row is in one count, and the same
 * file again changes nothing.
 */

type Unique = 'email' | 'member_no' | 'wa';
type Column = Unique | 'city';
const COLUMNS = ['email', 'member_no', 'wa', 'city'] as const;
const UNIQUES = ['email', 'member_no', 'wa'] as const;

/** Spellings of few values: letters of either case, composed or not, blanks, punycode, 00 and +. */
const POOLS: Readonly<Record<Column, readonly string[]>> = {
  email: [
    'ann@x.example',
    'ANN@x.example',
    'jörg@x.example',
    'JÖRG@X.example',
    'jo\u0308rg@x.example',
    'kim@bücher.example',
    'Kim@xn--bcher-kva.example',
    'KIM@BÜCHER.example',
    'lea@x.example',
    ' lea@x.example',
  ],
  member_no: ['m1', 'M1', 'é2', 'É2', 'e\u03012', ' m3', 'm3', 'M3\u00a0', 'm4', 'Ω5', 'ω5'],
  wa: ['+33 612', '0033612', '33612', '+44 (20)', '004420', '07 1', '071', '+9', '9'],
  city: ['Rome', 'Oslo'],
};

type Cell = string | null | typeof CLEAR;
type Row = Readonly<Record<Column, Cell>>;
interface File {
  readonly key: Unique;
  readonly mode: ImportMode;
  readonly duplicates: Duplicates;
  readonly rows: readonly Row[];
}

const cellOf = (column: Column): fc.Arbitrary<Cell> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...POOLS[column]) },
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(CLEAR) },
  );
const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  email: cellOf('email'),
  member_no: cellOf('member_no'),
  wa: cellOf('wa'),
  city: cellOf('city'),
});
const fileArbitrary: fc.Arbitrary<File> = fc.record({
  key: fc.constantFrom(...UNIQUES),
  mode: fc.oneof(
    { weight: 6, arbitrary: fc.constant<ImportMode>('upsert') },
    { weight: 1, arbitrary: fc.constant<ImportMode>('insert') },
    { weight: 1, arbitrary: fc.constant<ImportMode>('update') },
  ),
  duplicates: fc.constantFrom<Duplicates>('last', 'last', 'first', 'error'),
  rows: fc.array(rowArbitrary, { minLength: 1, maxLength: 8 }),
});

/** What a value compares by. */
function same(column: Column, value: string): string {
  if (column === 'wa') return value.replace(/\D/g, '').replace(/^00/, '');
  const text = value.trim().normalize('NFC').toLowerCase();
  if (column !== 'email') return text;
  const [local = '', domain = ''] = text.split('@');
  return `${local}@${new URL(`http://${domain}`).hostname}`;
}

const asciiLower = (text: string): string =>
  text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

type Contact = { id: number } & Record<Column, string | null>;
interface Planned {
  readonly cells: Record<Column, Cell>;
  /** The column and key that rows of the same record have in common; undefined without any. */
  readonly by: { readonly column: Unique; readonly key: string } | undefined;
  contact: Contact | undefined;
  rejected: boolean;
}

const isText = (cell: Cell): cell is string => typeof cell === 'string';

class Model {
  readonly contacts: Contact[] = [];

  import({ key, mode, duplicates, rows }: File): Record<string, number> {
    const others = UNIQUES.filter((column) => column !== key);
    const { planned, refused } = merge(rows, key, others, duplicates);
    this.#resolve(planned, key, others);
    for (const row of planned)
      if (mode !== 'upsert' && (row.contact === undefined) === (mode === 'update'))
        row.rejected = true;
    this.#judge(planned, key);
    const counts = { inserted: 0, updated: 0, unchanged: 0 };
    const good = planned.filter((row) => !row.rejected);
    for (const row of good) {
      const changed = COLUMNS.filter(
        (column) =>
          row.cells[column] !== null &&
          row.contact !== undefined &&
          row.contact[column] !== valueOf(row.cells[column]),
      );
      counts[
        row.contact === undefined ? 'inserted' : changed.length > 0 ? 'updated' : 'unchanged'
      ] += 1;
    }
    for (const { contact, cells } of good) this.#write(contact, cells);
    const rejected = refused + planned.filter((row) => row.rejected).length;
    return { ...counts, rejected, merged: rows.length - rejected - good.length };
  }

  #write(contact: Contact | undefined, cells: Planned['cells']): void {
    const written = contact ?? { id: this.contacts.length + 1, ...EMPTY };
    for (const column of COLUMNS)
      if (cells[column] !== null) written[column] = valueOf(cells[column]);
    if (contact === undefined) this.contacts.push(written);
  }

  #holder(column: Unique, key: string, but?: Contact): Contact | undefined {
    return this.contacts.find((contact) => {
      const value = contact[column];
      return contact !== but && value !== null && same(column, value) === key;
    });
  }

  #resolve(planned: readonly Planned[], key: Unique, others: readonly Unique[]): void {
    const taken = new Set<Contact>();
    const take = (row: Planned, contact: Contact | undefined): void => {
      if (contact === undefined || taken.has(contact)) return;
      row.contact = contact;
      taken.add(contact);
    };
    const keyed = planned.filter((row) => row.by?.column === key);
    for (const row of keyed) take(row, this.#holder(key, row.by!.key));
    for (const row of keyed.filter(({ contact }) => contact === undefined)) {
      const holders = others.flatMap((column) => {
        const cell = row.cells[column];
        return isText(cell) ? [this.#holder(column, same(column, cell))] : [];
      });
      const [first] = holders;
      if (first?.[key] === null && holders.every((holder) => holder === first)) take(row, first);
    }
    for (const row of planned.filter(({ by }) => by !== undefined && by.column !== key))
      take(row, this.#holder(row.by!.column, row.by!.key));
    for (const row of planned.filter(({ by }) => by === undefined))
      take(
        row,
        this.contacts.find(
          (contact) =>
            !taken.has(contact) &&
            UNIQUES.every((column) => contact[column] === null) &&
            contact.city === valueOf(row.cells.city),
        ),
      );
  }

  #judge(planned: readonly Planned[], key: Unique): void {
    const claims = planned
      .filter((row) => !row.rejected)
      .flatMap((row) => claimsOf(row, key))
      .sort((a, b) => Number(b.row.by?.column === key) - Number(a.row.by?.column === key));
    const seen = new Set<string>();
    const late = claims.filter(({ column, wanted, isNew }) => {
      const claim = `${column} ${wanted}`;
      const isLate = isNew && seen.has(claim);
      if (isNew) seen.add(claim);
      return isLate;
    });
    for (const { row } of late) row.rejected = true;
    const isFree = (holder: Contact, column: Unique, wanted: string): boolean =>
      planned.some(({ contact, rejected, cells }) => {
        const cell = cells[column];
        const keeps = cell === null || (isText(cell) && same(column, cell) === wanted);
        return contact === holder && !rejected && !keeps;
      });
    for (let before = -1, now = 0; before !== now;) {
      before = now;
      for (const { row, column, wanted } of claims) {
        const holder = this.#holder(column, wanted, row.contact);
        if (holder !== undefined && !isFree(holder, column, wanted)) row.rejected = true;
      }
      now = planned.filter((row) => row.rejected).length;
    }
  }
}

const EMPTY = { email: null, member_no: null, wa: null, city: null };

const valueOf = (cell: Cell): string | null => (isText(cell) ? cell : null);

interface Claim {
  readonly row: Planned;
  readonly column: Unique;
  readonly wanted: string;
  readonly isNew: boolean;
}

/** The unique values that a row writes and its contact does not have in these letters. */
function claimsOf(row: Planned, key: Unique): Claim[] {
  return UNIQUES.flatMap((column) => {
    const cell = row.cells[column];
    const stored = row.contact?.[column] ?? null;
    if (!isText(cell) || (column === key && row.contact === undefined)) return [];
    if (stored !== null && asciiLower(stored) === asciiLower(cell)) return [];
    const wanted = same(column, cell);
    return [{ row, column, wanted, isNew: stored === null || same(column, stored) !== wanted }];
  });
}

/** Rows of one key are one row, where the first of them stands. */
function merge(
  rows: readonly Row[],
  key: Unique,
  others: readonly Unique[],
  duplicates: Duplicates,
): { readonly planned: Planned[]; readonly refused: number } {
  const planned: Planned[] = [];
  let refused = 0;
  for (const row of rows) {
    const cells: Record<Column, Cell> = { ...row, [key]: valueOf(row[key]) };
    const column = [key, ...others].find((each) => isText(cells[each]));
    const by =
      column === undefined ? undefined : { column, key: same(column, cells[column] as string) };
    const twin = planned.find(
      (other) => by !== undefined && other.by?.column === by.column && other.by.key === by.key,
    );
    if (twin === undefined) planned.push({ cells, by, contact: undefined, rejected: false });
    else if (duplicates === 'error') refused += 1;
    else
      for (const each of COLUMNS)
        twin.cells[each] =
          duplicates === 'last'
            ? (cells[each] ?? twin.cells[each])
            : (twin.cells[each] ?? cells[each]);
  }
  return { planned, refused };
}

const field = (alias: string, type: NewField['type']): NewField => ({
  object: 'contact',
  alias,
  label: alias,
  type,
  options: [],
  unique: true,
  indexed: false,
});

async function importFile(store: Store, file: File): Promise<Record<string, number>> {
  const shape = {
    kind: 'contacts',
    key: file.key,
    columns: COLUMNS,
    uniques: UNIQUES.filter((column) => column !== file.key),
    duplicates: file.duplicates,
  } as const;
  const rows = file.rows.map((row, index): StagedRecord => {
    const key = valueOf(row[file.key]);
    return {
      line: index + 2,
      key,
      values: COLUMNS.map((column) => (column === file.key ? key : row[column])),
    };
  });
  return countsOf(await importRows(store, shape, rows, { mode: file.mode }));
}

function countsOf({
  rejects,
  consent: _,
  consentKept: __,
  ...counts
}: Awaited<ReturnType<typeof importRows>>): Record<string, number> {
  return { ...counts, rejected: rejects.length };
}

const stored = async (store: Store): Promise<unknown[]> =>
  store.read(async (tx) => tx.contacts.list({}, COLUMNS));

test('files leave what the rules of keys say, and the same file again changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fileArbitrary, { minLength: 1, maxLength: 3 }), async (files) =>
      withStore(async (store) => {
        await store.write(async (tx) => {
          await tx.fields.add(field('member_no', 'text'), NOW);
          await tx.fields.add(field('wa', 'phone'), NOW);
        });
        const model = new Model();
        for (const file of files) {
          expect(await importFile(store, file)).toEqual(model.import(file));
          const left = await stored(store);
          expect(left).toEqual(model.contacts);
          expect(await importFile(store, file)).toMatchObject({ inserted: 0, updated: 0 });
          expect(await stored(store)).toEqual(left);
        }
      }),
    ),
    { numRuns: 150 },
  );
}, 600_000);
