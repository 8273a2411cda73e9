import { createField } from '../../../contact/field-changes.ts';
import { CUSTOM_FIELD_TYPES } from '../../../contact/field-rules.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { flag, requiredValue } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { fieldData } from '../../views/field-columns.ts';
import { fieldArguments, labelOptions, objectOption } from '../../options/field-options.ts';

export default defineCommand({
  name: 'fields:create',
  description:
    'Makes a field of contacts or companies: a column of the store. Its alias and type never ' +
    'change.',
  arguments: fieldArguments,
  options: {
    type: requiredValue(
      '--type <type>',
      `${CUSTOM_FIELD_TYPES.slice(0, -1).join(', ')} or ${CUSTOM_FIELD_TYPES.at(-1) ?? ''}`,
      text,
    ),
    ...objectOption,
    ...labelOptions,
    unique: flag(
      '--unique',
      'no two may have the same value; it names a contact like the e-mail address does',
    ),
    index: flag('--index', 'make filters on it faster and writes slower'),
  },
  examples: [
    'rollcall fields:create plan --type select --options free,pro,team --db crm.db',
    'rollcall fields:create founded --type date --object company --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store }, { alias }, { index, ...request }) => {
    const field = await store.write(async (tx) =>
      createField(tx, { ...request, alias, indexed: index }, tx.now),
    );
    return {
      kind: 'message',
      text: `created ${field.object} field ${field.alias} (${field.type})`,
      data: fieldData(field),
    };
  },
});
