import { EXIT, UserError } from '../../support/errors.ts';
import type { ColumnMapping } from '../column-mapping.ts';
import { LEAVE_OUT, type MapEntry, mapOptionText } from '../map-option.ts';

/**
 * Refuses to leave out a column that may say who must not be reached. `targetOf` gives the way in
 * which `--map` would read a column whose name speaks of that. `UserError` (65), with the option to
 * type.
 */
export function requireConsentSettled(
  mappings: readonly ColumnMapping[],
  targetOf: (column: string) => string | undefined,
  list: Readonly<Record<string, unknown>> = {},
): void {
  const unsettled = new Map(
    mappings.flatMap(({ column, how }) => {
      const isLeftOut = how === 'unknown' || how === 'taken';
      const target = isLeftOut ? targetOf(column) : undefined;
      return target === undefined ? [] : [[column, target] as const];
    }),
  );
  if (unsettled.size === 0) return;
  const names = [...unsettled.keys()].map((column) => `\`${column}\``);
  const entries = [...unsettled].map(([column, field]) => ({ column, field }));
  const subject = names.length === 1 ? 'the column' : 'the columns';
  const isList = entries.some(({ column }) => Object.hasOwn(list, column));
  throw new UserError(
    'CONSENT_UNSETTLED',
    EXIT.badInput,
    `${subject} ${names.join(', ')} may say who must not be reached`,
    { hint: isList ? READ_AS_LIST : settling(entries) },
  );
}

const READ_AS_LIST =
  'this is a list of who must not be reached: `rollcall suppressions:import FILE` reads it';

function settling(entries: readonly MapEntry[]): string {
  const leavingOut = entries.map(({ column }) => ({ column, field: LEAVE_OUT }));
  return `if so, add ${mapOptionText(entries)}; if not, ${mapOptionText(leavingOut)}`;
}
