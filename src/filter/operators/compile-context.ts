import { sql, type SQL } from 'drizzle-orm';
import { balancedTree } from '../../sql/balanced.ts';
import { Gathered, type GatheredRows } from '../../sql/gathered.ts';
import type { Catalogue, TimeContext } from '../catalogue.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { ValueRows } from '../../sql/value-rows.ts';
import { valueContext, type SqlContext } from './operator.ts';
import type { OperandType } from '../problem/problem.ts';

/**
 * A `scan` finds all matching contacts, a `probe` decides a few given ones. Related tables are
 * either gathered first, by sub-selects, or probed for each contact by an index. A probe always
 * probes, a scan does what is faster for the condition, and `gather` always gathers: it is what
 * scans are measured against.
 */
export type Shape = 'scan' | 'probe' | 'gather';

/** How one related table is read. */
export type Access = 'gather' | 'probe';

export interface CompileContext {
  readonly shape: Shape;
  readonly time: TimeContext;
  readonly catalogue: Catalogue;
  readonly dialect: Dialect;
  /** Whether other conditions leave only some of the contacts to ask. */
  readonly narrowed: boolean;
}

export function sqlContext(
  { time, dialect }: CompileContext,
  type: OperandType,
  rows: ValueRows,
  nullable = true,
): SqlContext {
  return { ...valueContext(type, time), dialect, rows, nullable };
}

/** How to read a table that is not larger than the contacts. */
export function accessOf({ shape }: CompileContext): Access {
  return shape === 'probe' ? 'probe' : 'gather';
}

/** The condition that there is such a row. */
export function hasRelated(rows: GatheredRows, access: Access): SQL {
  if (access === 'gather') return new Gathered(rows);
  const { table, key, outer, within, where } = rows;
  const own = allOf([sql`${key} = ${outer}`, ...within, ...where]);
  return sql`exists (select 1 from ${table} where ${own})`;
}

export function allOf(conditions: readonly SQL[]): SQL {
  return sql.join([...conditions], sql` and `);
}

/** Joins the conditions of a chain as a balanced tree. */
export function balanced(kind: 'and' | 'or', conditions: readonly SQL[]): SQL {
  const glue = kind === 'and' ? sql` and ` : sql` or `;
  return balancedTree(conditions, (left, right) => sql`(${left}${glue}${right})`);
}
