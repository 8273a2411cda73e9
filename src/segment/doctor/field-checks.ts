import { finding, type FieldTrouble, type Finding } from '../../store/index.ts';
import type { Check } from './check.ts';

/** Checks that fields and the columns that hold their values agree. */
export const FIELD_CHECKS: readonly Check[] = [
  {
    id: 'fields',
    title: 'every field has its column and index',
    find: async ({ health }) => (await health.fields()).map(describeField),
  },
];

function describeField({ object, alias, problem, remedy, renamed }: FieldTrouble): Finding {
  if (renamed !== undefined)
    return finding('error', `the column of the ${object} field ${alias} is called ${renamed}`, {
      hint: `give it its name back, with all values: ${remedy ?? ''}`,
    });
  const field = `${object} field ${alias}`;
  switch (problem) {
    case 'noColumn':
      return finding('error', `the ${field} has lost its column and all values`, {
        hint: `make it again, empty: ${remedy ?? ''}`,
      });
    case 'noField':
      return finding(
        'warning',
        `a column ${alias} stands among those of ` +
          `${object === 'contact' ? 'contacts' : 'companies'} and is no field`,
        { hint: `drop it with its values: ${remedy ?? ''}` },
      );
    case 'wrongType':
      return finding('error', `the ${field} has a column of another type`, {
        hint: `let the field have the type of its column: ${remedy ?? ''}`,
      });
    case 'noIndex':
      return finding('warning', `the ${field} has lost its index`, { hint: remedy });
  }
}
