import { findField, unknownField } from '../contact/fields.ts';
import type { FieldRow, RecordKind } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';

/** What stands between the values of a cell, by the alias of its field. */
export type Separators = ReadonlyMap<string, string>;

/**
 * Reads `tags=,` of `--multi`. `UserError` (2): another form, an unknown field, or one that holds
 * only one value.
 */
export function parseMulti(
  texts: readonly string[],
  fields: readonly FieldRow[],
  object: RecordKind,
): Separators {
  return new Map(
    texts.map((text) => {
      const [, alias = '', separator = ''] = /^\s*([^=]+?)\s*=(.+)$/s.exec(text) ?? [];
      if (separator === '') throw badMulti(text);
      const field = findField(fields, object, alias);
      if (field === undefined) throw unknownField(fields, object, alias);
      if (field.type !== 'tags' && field.type !== 'multiselect') throw notMulti(field);
      return [field.alias, separator] as const;
    }),
  );
}

function badMulti(text: string): UserError {
  const message = `--multi is not written as FIELD=SEPARATOR: \`${text}\``;
  return new UserError('BAD_MULTI', EXIT.usage, message, {
    hint: "for example --multi 'tags=,' or --multi 'tags=|'",
  });
}

function notMulti({ alias, type }: FieldRow): UserError {
  const message = `\`${alias}\` in --multi holds one value: its type is ${type}`;
  return new UserError('NOT_MULTI', EXIT.usage, message, {
    hint: 'tags and multiselect fields hold several',
  });
}
