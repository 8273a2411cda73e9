import { FARTHEST_INSTANT } from '../../../support/instant.ts';
import type { OddValues } from '../../health.ts';
import type { FieldRow } from '../../rows.ts';

const FARTHEST = String(FARTHEST_INSTANT);

export interface Doubt {
  readonly column: string;
  readonly problem: OddValues['problem'];
  /**
   * SQL that holds for a value that no command writes; false or NULL for others. It also goes into
   * command lines.
   */
  readonly odd: string;
  /** What the remedy makes of the value; undefined where only its owner can say. */
  readonly instead: string | undefined;
}

/** As SQL. */
export const NOW = "strftime('%s', 'now') * 1000";

/**
 * What the type of a STRICT column keeps out is no doubt here. The shift by `+0 days` makes every
 * version of SQLite turn 2023-02-30 into 2 March; older shells give `date('2023-02-30')` back as it is.
 */
export function doubtsOfField({ alias: column, type, options, origin }: FieldRow): Doubt[] {
  const value = `"${column}"`;
  switch (type) {
    case 'date':
      return [
        {
          column,
          problem: 'noDay',
          odd: `${value} is not null and date(${value}, '+0 days') is not ${value}`,
          instead: 'null',
        },
      ];
    case 'datetime':
      return [
        {
          column,
          problem: 'noInstant',
          odd: noInstant(value),
          instead: origin === 'kept' ? NOW : 'null',
        },
      ]; // not all of those may be missing
    case 'number':
      return column === 'id'
        ? []
        : [{ column, problem: 'infinite', odd: `abs(${value}) = 9e999`, instead: 'null' }];
    case 'boolean':
      return [{ column, problem: 'noBoolean', odd: `${value} not in (0, 1)`, instead: 'null' }];
    case 'multiselect':
      return [{ column, problem: 'noList', odd: `${value} not glob '|?*|'`, instead: 'null' }];
    case 'select':
      return [
        {
          column,
          problem: 'noOption',
          odd: `fold(${value}) not in (select fold(value) from ${listed(options)})`,
          instead: undefined,
        },
      ];
    default:
      return [];
  }
}

function listed(options: readonly string[]): string {
  return `json_each(${literal(JSON.stringify(options))})`;
}

export function noInstant(value: string): string {
  return `${value} not between -${FARTHEST} and ${FARTHEST}`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
