import { EXIT, UserError } from '../support/errors.ts';
import type { ColumnMapping } from './column-mapping.ts';

type Pair = readonly [ColumnMapping, ColumnMapping];

/**
 * Refuses two columns of which it would be chance which one counts: of one name, where one of them
 * is read, or read into one field. What several columns say about consent adds up. `UserError`
 * (65), naming both.
 */
export function refuseTwice(mappings: readonly ColumnMapping[]): void {
  const nameOf = ({ column }: ColumnMapping): string => column.normalize().toLowerCase();
  const isFact = ({ field, consent }: ColumnMapping): boolean =>
    field !== null && consent === undefined;
  const named = new Set(mappings.filter(isFact).map(nameOf));
  const byName = firstPair(
    mappings.filter((mapping) => mapping.column !== '' && named.has(nameOf(mapping))),
    nameOf,
    (pair) => !areApart(pair),
  );
  if (byName !== undefined) throw twice(byName, 'have the same name', 'rename one of them');
  const byField = firstPair(mappings.filter(isFact), ({ field }) => field ?? '');
  if (byField !== undefined)
    throw twice(
      byField,
      `are both read into \`${byField[0].field ?? ''}\``,
      `leave one out with --ignore "${byField[1].column}"`,
    );
}

/** Columns that differ in case and are both read, each into another field: `property.a`, `.A`. */
function areApart([first, second]: Pair): boolean {
  return (
    first.column.normalize() !== second.column.normalize() &&
    first.field !== null &&
    second.field !== null &&
    first.field !== second.field
  );
}

function firstPair(
  mappings: readonly ColumnMapping[],
  keyOf: (mapping: ColumnMapping) => string,
  clash: (pair: Pair) => boolean = () => true,
): Pair | undefined {
  const seen = new Map<string, ColumnMapping>();
  for (const mapping of mappings) {
    const earlier = seen.get(keyOf(mapping));
    if (earlier !== undefined && clash([earlier, mapping])) return [earlier, mapping];
    seen.set(keyOf(mapping), mapping);
  }
  return undefined;
}

function twice([first, second]: Pair, what: string, hint: string): UserError {
  return new UserError(
    'DUPLICATE_COLUMN',
    EXIT.badInput,
    `the columns ${first.position + 1} \`${first.column}\` and ${second.position + 1} ` +
      `\`${second.column}\` ${what}`,
    { hint },
  );
}
