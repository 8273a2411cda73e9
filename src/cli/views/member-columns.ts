import type { ListedMember } from '../../segment/members-list.ts';
import type { FieldRow, RecordRow } from '../../store/index.ts';
import type { Column } from '../output/result.ts';
import { beginningColumns, endColumns } from './beginning.ts';
import { asChosen, recordColumns } from './record-columns.ts';

/** Who is listed: members of now or of then, or those who left. */
export type Listing = 'now' | 'then' | 'left';

/** The columns of a list of members. */
export function memberColumns(
  listing: Listing,
  verbosity: number,
): readonly Column<ListedMember>[] {
  const beginning = beginningColumns(verbosity);
  return [
    { key: 'contact_id', kind: 'number', of: (member) => member.contactId },
    { key: 'email', of: (member) => member.email },
    ...(listing === 'now' ? beginning : beginning.map((column) => ofThePast(column, listing))),
    ...(listing === 'now' ? [] : endColumns(verbosity)),
  ];
}

/** Pins of then are not kept. How those who left came is worth less than how they went. */
function ofThePast<Row>(column: Column<Row>, listing: Listing): Column<Row> {
  if (column.key.startsWith('pin')) return { ...column, inTable: false };
  const isSpare = listing === 'left' && ['since', 'via'].includes(column.key);
  return isSpare ? { ...column, importance: 'spare' } : column;
}

/** Columns that were chosen by name: of a list itself, or else fields of the contacts in it. */
export interface NamedColumns {
  /** The names that are no columns of the list. */
  readonly fields: readonly string[];
  /** All of them in their order, given the fields of these names. */
  readonly columns: (fields: readonly FieldRow[]) => readonly Column<ListedMember>[];
}

/** The columns of the list itself, and the field that it is sorted by behind who it is. */
export function sortedColumns(
  field: string | undefined,
  own: readonly Column<ListedMember>[],
): NamedColumns {
  // of an address there is a column already
  if (field === undefined || own.some(({ key }) => key === field.toLowerCase()))
    return { fields: [], columns: () => own };
  const behind = own.findIndex(({ key }) => key === 'email') + 1;
  return {
    fields: [field],
    columns: (fields) => own.toSpliced(behind, 0, ...recordColumns(fields).map(ofContact)),
  };
}

export function namedColumns(
  chosen: readonly string[],
  own: readonly Column<ListedMember>[],
): NamedColumns {
  const byKey = new Map(own.map((column) => [column.key, { ...column, inTable: true }]));
  const names = chosen.filter((name) => !byKey.has(name));
  return {
    fields: names,
    columns: (fields) => {
      const others = new Map(
        recordColumns(fields).map((column, index) => [names[index], ofContact(column)]),
      );
      const columns = chosen.flatMap((name) => byKey.get(name) ?? others.get(name) ?? []);
      return asChosen(columns, chosen);
    },
  };
}

function ofContact({ of, ...column }: Column<RecordRow>): Column<ListedMember> {
  return { ...column, of: ({ contact }) => (contact === undefined ? null : of(contact)) };
}
