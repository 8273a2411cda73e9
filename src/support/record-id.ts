import { EXIT, UserError } from './errors.ts';

/** The id that a text stands for; undefined if it is no id, or larger than any id of a store. */
export function parseId(text: string): number | undefined {
  const id = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : undefined;
}

/**
 * The error (2) for digits that JavaScript cannot represent exactly: rounded, they would be the id
 * of another record.
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
