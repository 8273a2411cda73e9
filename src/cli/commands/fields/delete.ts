import { type DeletedField, deleteField, planDeletion } from '../../../contact/field-changes.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { flag } from '../../options/options.ts';
import { fieldArguments, objectOption } from '../../options/field-options.ts';

export default defineCommand({
  name: 'fields:delete',
  description:
    'Deletes one of your fields with all its values. Refused while the filter of a segment ' +
    'uses it, unless forced: then these segments fail until their filters are mended.',
  arguments: fieldArguments,
  options: { ...objectOption, force: flag('--force', 'also when filters use it') },
  examples: ['rollcall fields:delete plan --yes --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store, confirm }, { alias }, { object, force }) => {
    const planned = await store.read(async (tx) => planDeletion(tx, object, alias, { force }));
    await confirm(`delete ${goesOf(planned)}?`);
    const done = await store.write(async (tx) => deleteField(tx, object, alias, { force }));
    return {
      kind: 'message',
      text: `deleted ${goesOf(done)}`,
      data: {
        ...{ object, alias: done.field.alias, values: done.values, suppressions: done.wishes },
        broken_segments: done.segments,
      },
      warnings: done.segments.map(
        (segment) =>
          `the filter of segment ${segment} is broken now: mend it with rollcall ` +
          `segments:filters:set ${segment} FILTER`,
      ),
    };
  },
});

/** `contact field fax with its 12 values and the 3 suppressions that stand for such values` */
function goesOf({ field, values, wishes }: DeletedField): string {
  const stands = wishes === 1 ? 'stands' : 'stand';
  const suppressed =
    wishes === 0 ? '' : ` and the ${counted(wishes, 'suppression')} that ${stands} for such values`;
  return `${field.object} field ${field.alias} with its ${counted(values, 'value')}${suppressed}`;
}
