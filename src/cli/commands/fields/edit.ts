import { editField } from '../../../contact/field-changes.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { toggle } from '../../options/options.ts';
import { fieldData } from '../../views/field-columns.ts';
import { fieldArguments, labelOptions, objectOption } from '../../options/field-options.ts';

export default defineCommand({
  name: 'fields:edit',
  description:
    'Changes the label of a field, whether it is indexed and, of a text such as phone, whether it ' +
    'is unique; of your own fields also the options. --options is the whole new list; an option ' +
    'in use cannot go.',
  arguments: fieldArguments,
  options: {
    ...objectOption,
    ...labelOptions,
    unique: toggle(
      '--unique',
      '--no-unique',
      'no two records may have the same value',
      'several records may have the same value',
    ),
    index: toggle(
      '--index',
      '--no-index',
      'filters on it are faster, and writes slower',
      'filters on it are slower, and writes faster',
    ),
  },
  examples: [
    'rollcall fields:edit plan --options free,pro,team,enterprise --db crm.db',
    'rollcall fields:edit city --label Town --index --db crm.db',
    'rollcall fields:edit phone --unique --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store }, { alias }, { object, index, ...edit }) => {
    const { field, changed } = await store.write(async (tx) =>
      editField(tx, object, alias, { ...edit, indexed: index }, tx.now),
    );
    return {
      kind: 'message',
      text: `${changed ? 'changed' : 'nothing to change in'} ${field.object} field ${field.alias}`,
      data: { ...fieldData(field), changed },
    };
  },
});
