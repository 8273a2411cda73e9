import { type SQL, sql } from 'drizzle-orm';
import { FARTHEST_INSTANT } from '../../../support/instant.ts';
import type { OddValues } from '../../health.ts';
import type { FieldRow } from '../../rows.ts';
import { name, valuesOf } from '../sql-parts.ts';
import { spelled } from '../words.ts';

export interface Doubt {
  readonly column: string;
  readonly problem: OddValues['problem'];
  /**
   * SQL that holds for a value that no command writes; false or NULL for others. It also goes into
   * command lines.
   */
  readonly odd: SQL;
  /** What the remedy makes of the value; undefined where only its owner can say. */
  readonly instead: SQL | undefined;
}

/** The present instant, in epoch ms. */
export const NOW = spelled(
  sql`strftime('%s', 'now') * 1000`,
  sql`floor(extract(epoch from now()))::bigint * 1000`,
);

export const NOTHING = sql`null`;

/** What the type of a column keeps out is no doubt here. */
export function doubtsOfField(field: FieldRow): Doubt[] {
  const doubt = doubtOf(field, name(field.alias));
  return doubt === undefined ? [] : [{ column: field.alias, ...doubt }];
}

/**
 * What no command writes in a field of this type, of a value that is written so. The shift by `+0
 * days` makes every version of SQLite turn 2023-02-30 into 2 March; older shells give
 * `date('2023-02-30')` back as it is.
 */
export function doubtOf(
  { alias, type, options, origin }: FieldRow,
  value: SQL,
): Omit<Doubt, 'column'> | undefined {
  switch (type) {
    case 'date': {
      const isDay = spelled(sql`date(${value}, '+0 days') is ${value}`, sql`is_day(${value})`);
      const odd = sql`${value} is not null and not (${isDay})`;
      return { problem: 'noDay', odd, instead: NOTHING };
    }
    case 'datetime':
      // not all of those may be missing
      return {
        ...{ problem: 'noInstant', odd: noInstant(value) },
        instead: origin === 'kept' ? NOW : NOTHING,
      };
    case 'number':
      return alias === 'id'
        ? undefined
        : { problem: 'infinite', odd: isInfinite(value), instead: NOTHING };
    case 'boolean':
      return { problem: 'noBoolean', odd: sql`${value} not in (0, 1)`, instead: NOTHING };
    case 'multiselect':
      return { problem: 'noList', odd: sql`${value} not like '|_%|'`, instead: NOTHING };
    case 'select':
      return {
        problem: 'noOption',
        odd: sql`fold(${value}) not in (select fold(cast(value as text)) from ${valuesOf(options)})`,
        instead: undefined,
      };
    default:
      return undefined;
  }
}

export function isInfinite(value: SQL): SQL {
  return sql`abs(${value}) = ${spelled(sql`9e999`, sql`float8 'Infinity'`)}`;
}

export function noInstant(value: SQL): SQL {
  const farthest = sql.raw(String(FARTHEST_INSTANT));
  return sql`${value} not between -${farthest} and ${farthest}`;
}
