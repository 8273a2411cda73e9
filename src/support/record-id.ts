import { EXIT, UserError } from './errors.ts';

/**
 * The id that a text writes; undefined where it writes none, or one beyond all that a store gives.
 */
export function parseId(text: string): number | undefined {
  const id = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}

/**
 * The error for digits that no number of ours can hold: rounded, they would be another's id (2).
 */
export function idOutOfReach(text: string): UserError | undefined {
  if (!/^\d+$/.test(text) || parseId(text) !== undefined) return undefined;
  return new UserError(
    'ID_OUT_OF_REACH',
    EXIT.usage,
    `${text} is no id: ids lie between 1 and ${Number.MAX_SAFE_INTEGER} (2^53 - 1)`,
    {
      hint: 'ids of other systems belong in a unique text field: name the record by FIELD=VALUE',
    },
  );
}
