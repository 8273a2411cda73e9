import {
  type Catalogue,
  decodeAst,
  type FilterAst,
  filterRows,
  printFilter,
} from '../filter/index.ts';
import { mapAttributes, type SegmentAttributes, type VersionRow } from '../store/index.ts';
import { UserError } from '../support/errors.ts';

/** A definition whose attributes may not be known. */
export type KnownDefinition = Pick<VersionRow, 'name' | 'kind' | 'filter' | 'about'>;

/**
 * A definition as lines of text, with the names of today: what is different between two of them is
 * different line by line. Attributes that are not known, or are as they are when nobody says
 * anything, are left out.
 */
export function definitionLines(definition: KnownDefinition, catalogue: Catalogue): string[] {
  const { name, kind, filter, about } = definition;
  return [
    `name: ${name}`,
    ...(about === null ? [] : [`alias: ${about.alias}`]),
    `type: ${kind}`,
    ...(about === null ? [] : attributeLines(about)),
    ...(filter === null ? [] : ['filter:', ...filterLines(filter, catalogue)]),
  ];
}

function attributeLines(attributes: SegmentAttributes): string[] {
  const lines = mapAttributes(({ column, default: usual }, key) => {
    const value = attributes[key];
    return value === usual ? [] : [`${column}: ${String(value ?? '')}`];
  });
  return Object.values(lines).flat();
}

/** A condition a line, indented; what is wrong with a filter that cannot be read any more. */
function filterLines(filter: string, catalogue: Catalogue): string[] {
  const ast = readable(filter);
  if (typeof ast === 'string') return [`  (${ast})`];
  return filterRows(ast).map(({ glue, filter: row }) => {
    const condition = conditionText(row, catalogue);
    return glue === undefined ? `  ${condition}` : `  ${glue} ${condition}`;
  });
}

/** What is wrong with a condition that cannot be told any more, where it would stand. */
function conditionText(row: FilterAst, catalogue: Catalogue): string {
  try {
    return printFilter(row, catalogue);
  } catch (error) {
    if (error instanceof UserError) return `(${error.message})`;
    throw error;
  }
}

function readable(filter: string): FilterAst | string {
  try {
    return decodeAst(filter);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** What of a definition is different from the one before, by the names that options have. */
export function whatChanged(before: KnownDefinition | undefined, now: KnownDefinition): string[] {
  if (before === undefined) return [];
  return [
    ...(before.name === now.name ? [] : ['name']),
    ...(before.kind === now.kind ? [] : ['type']),
    ...(before.filter === now.filter ? [] : ['filter']),
    ...attributesChanged(before.about, now.about),
  ];
}

function attributesChanged(before: VersionRow['about'], now: VersionRow['about']): string[] {
  if (before === null || now === null) return [];
  const changed = mapAttributes(({ column }, key) => (before[key] === now[key] ? [] : [column]));
  return [...(before.alias === now.alias ? [] : ['alias']), ...Object.values(changed).flat()];
}
