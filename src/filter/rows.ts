/**
 * A filter as the rows of a builder: groups joined by `or`, of rows joined by `and`, numbered from
 * 1. A nested group is one row.
 */
import { EXIT, UserError } from '../support/errors.ts';
import { counted } from '../support/text.ts';
import type { FilterAst } from './ast.ts';
import { isJoint } from './walk.ts';

export interface FilterRow {
  readonly number: number;
  /** How it joins the row before; undefined for the first. */
  readonly glue: 'and' | 'or' | undefined;
  readonly filter: FilterAst;
}

export function filterRows(ast: FilterAst | undefined): FilterRow[] {
  const rows =
    ast === undefined
      ? []
      : groupsOf(ast).flatMap((group) =>
          group.map((filter, index) => ({
            glue: index === 0 ? ('or' as const) : ('and' as const),
            filter,
          })),
        );
  return rows.map(({ glue, filter }, index) => ({
    number: index + 1,
    glue: index === 0 ? undefined : glue,
    filter,
  }));
}

/** The filter with one more row: `and` appends it to the last group, `or` opens a new one. */
export function addRow(ast: FilterAst | undefined, row: FilterAst, glue: 'and' | 'or'): FilterAst {
  if (ast === undefined) return row;
  const groups = groupsOf(ast);
  const wider =
    glue === 'or' ? [...groups, [row]] : [...groups.slice(0, -1), [...(groups.at(-1) ?? []), row]];
  return fromGroups(wider) ?? row;
}

/**
 * The filter without that row; undefined if it was the only one. `UserError` (2) when there is no
 * such row.
 */
export function removeRow(ast: FilterAst, number: number): FilterAst | undefined {
  const rows = filterRows(ast);
  if (!rows.some((row) => row.number === number))
    throw new UserError(
      'NO_ROW',
      EXIT.usage,
      `there is no row ${number}: the filter has ${counted(rows.length, 'row')}`,
    );
  let last = 0;
  const groups = groupsOf(ast).map((group) => group.filter(() => ++last !== number));
  return fromGroups(groups.filter((group) => group.length > 0));
}

function groupsOf(ast: FilterAst): (readonly FilterAst[])[] {
  const groups = isJoint(ast) && ast.kind === 'or' ? ast.filters : [ast];
  return groups.map((group) => (isJoint(group) && group.kind === 'and' ? group.filters : [group]));
}

function fromGroups(groups: readonly (readonly FilterAst[])[]): FilterAst | undefined {
  return joint(
    'or',
    groups.map((group) => joint('and', group)).filter((group) => group !== undefined),
  );
}

function joint(kind: 'and' | 'or', filters: readonly FilterAst[]): FilterAst | undefined {
  return filters.length > 1 ? { kind, filters } : filters[0];
}
