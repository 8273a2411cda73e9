import { type SQL, sql } from 'drizzle-orm';
import type { FieldType } from '../../rows.ts';
import { INTEGER, NEVER, REAL, spelled, TEXT } from '../words.ts';

/*
 * The cells of staged rows: `c0`, `c1` and so on, of which null leaves the record as it is, and
 * `cleared` with the places of those that clear instead, as `,0,,3,`. Most files have none.
 */

/** The place of a company's name among the cells of a contact. */
export const COMPANY = -1;

/** The column of the cell at this place. */
export function cell(place: number): SQL {
  return sql.raw(place === COMPANY ? 'company' : `c${place}`);
}

/** The columns of cells for fields of these types, as they are declared. */
export function declaredCells(types: readonly FieldType[]): SQL {
  return sql.join(types.map((type, place) => sql`, ${cell(place)} ${typeOf(type)}`));
}

/** SQLite's have none: a value stays as it was given. */
function typeOf(type: FieldType): SQL {
  if (type === 'number') return spelled(sql``, REAL);
  return type === 'boolean' || type === 'datetime' ? spelled(sql``, INTEGER) : spelled(sql``, TEXT);
}

/** What a row has in `cleared`. */
export function clearedText(places: readonly number[]): string | null {
  return places.length === 0 ? null : places.map(marked).join('');
}

function marked(place: number): string {
  return `,${place},`;
}

/** The cells of rows of a table known as `row`, any of which may clear in `cleared`. */
export class Cells {
  readonly #row: string;
  readonly #cleared: ReadonlySet<number>;

  constructor(row: string, cleared: ReadonlySet<number>) {
    this.#row = row;
    this.#cleared = cleared;
  }

  /** What becomes of the record's value; null as well where the row says nothing. */
  value(place: number): SQL {
    return sql`${sql.raw(this.#row)}.${cell(place)}`;
  }

  /** Whether there is a value. */
  isFilled(place: number): SQL {
    return sql`${this.value(place)} is not null`;
  }

  clears(place: number): SQL {
    if (!this.#cleared.has(place)) return NEVER;
    const cleared = sql.raw(`${this.#row}.cleared`);
    return sql`(${cleared} is not null and ${cleared} like ${`%${marked(place)}%`})`;
  }

  /** Whether the row says anything: a value, or that there is to be none. */
  isGiven(place: number): SQL {
    return this.#cleared.has(place)
      ? sql`(${this.isFilled(place)} or ${this.clears(place)})`
      : this.isFilled(place);
  }
}

/** Rows of cells, `from` and `where` being what is behind those words, of which one counts. */
export interface Candidates {
  readonly cells: Cells;
  readonly from: SQL;
  readonly where: SQL;
  /** What the row that counts comes first by. */
  readonly order: SQL;
}

/** What sets each cell to that of the first candidate that says anything in it. */
export function firstGiven(
  places: readonly number[],
  cleared: ReadonlySet<number>,
  { cells, from, where, order }: Candidates,
): SQL[] {
  const first = (place: number, what: SQL): SQL => sql`(
    select ${what} from ${from} where ${where} and ${cells.isGiven(place)} order by ${order} limit 1
  )`;
  const values = places.map((place) => sql`${cell(place)} = ${first(place, cells.value(place))}`);
  const marks = places
    .filter((place) => cleared.has(place))
    .map(
      (place) =>
        sql`case when ${first(place, cells.clears(place))} then ${marked(place)} else '' end`,
    );
  return marks.length === 0 ? values : [...values, sql`cleared = ${sql.join(marks, sql` || `)}`];
}
