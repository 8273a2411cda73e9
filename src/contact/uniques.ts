import type { FieldRow, NewRecord, ReadTx, RecordKind } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';

/** The unique fields that these values set, not those that they clear. */
export function uniquesIn(
  values: NewRecord,
  object: RecordKind,
  fields: readonly FieldRow[],
): FieldRow[] {
  return fields.filter(
    (field) => field.object === object && field.unique && (values[field.alias] ?? null) !== null,
  );
}

/**
 * `UserError` TAKEN (1) when a record other than `self` has one of these values in a unique field.
 */
export async function checkUniques(
  tx: ReadTx,
  object: RecordKind,
  values: NewRecord,
  self?: number,
): Promise<void> {
  for (const { alias } of uniquesIn(values, object, await tx.fields.list())) {
    const value = values[alias] ?? null;
    const [holder] = await (object === 'contact' ? tx.contacts : tx.companies).match(alias, [
      value,
    ]);
    if (typeof holder === 'number' && holder !== self) throw taken(object, alias, value, holder);
  }
}

function taken(object: RecordKind, alias: string, value: unknown, holder: number): UserError {
  const namespace = object === 'contact' ? 'contacts' : 'companies';
  return new UserError(
    'TAKEN',
    EXIT.refused,
    `${object} ${holder} has the ${alias} \`${String(value)}\` already`,
    {
      hint: `to look at it: rollcall ${namespace}:show ${holder}`,
    },
  );
}
