import type { Access } from '../../profile.ts';

/** A step of a plan, as `explain (format json)` tells it. */
export interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Filter?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

/** How the plan reaches the rows of each table, each way once. */
export function accessOf(plan: Plan): Access[] {
  const found = stepsOf(plan).flatMap(({ step, table }): Access[] => {
    if (table === undefined) return [];
    const index = step['Index Name'];
    if (step['Node Type'] === 'Bitmap Heap Scan') return []; // by the index below it
    if (index === undefined) return [{ table, how: 'all', index: undefined }];
    const isKey = index === `${table}_pkey`;
    return [{ table, how: isKey ? 'key' : 'index', index: isKey ? undefined : index }];
  });
  return [...new Map(found.map((access) => [JSON.stringify(access), access])).values()];
}

/** A line for each step, deeper ones further right. */
export function linesOf(plan: Plan, depth = 0): string[] {
  const { 'Relation Name': table, 'Index Name': index } = plan;
  const condition = plan['Index Cond'] ?? plan.Filter;
  const line = [
    plan['Node Type'],
    ...(index === undefined ? [] : [`using ${index}`]),
    ...(table === undefined ? [] : [`on ${table}`]),
    ...(condition === undefined ? [] : [condition]),
  ].join(' ');
  return [
    `${'  '.repeat(depth)}${line}`,
    ...(plan.Plans ?? []).flatMap((inner) => linesOf(inner, depth + 1)),
  ];
}

export function usesIndex(plan: Plan, index: string): boolean {
  return stepsOf(plan).some(({ step }) => step['Index Name'] === index);
}

/** All steps, with the table that they read: that of an index's bitmap stands above it. */
function stepsOf(plan: Plan, above?: string): { readonly step: Plan; readonly table?: string }[] {
  const table =
    plan['Relation Name'] ?? (plan['Node Type'].startsWith('Bitmap') ? above : undefined);
  return [
    { step: plan, ...(table === undefined ? {} : { table }) },
    ...(plan.Plans ?? []).flatMap((inner) => stepsOf(inner, table)),
  ];
}
