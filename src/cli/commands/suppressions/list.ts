import { eachSuppression } from '../../../contact/consent.ts';
import { formatValue } from '../../../contact/values.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { readWishKey, wishKeyOption } from '../../options/wish-key.ts';
import { rows } from '../../output/result.ts';
import { suppressionColumns } from '../../views/suppression-columns.ts';

export default defineCommand({
  name: 'suppressions:list',
  description:
    'Lists the e-mail addresses that must not be reached: in which channel, why, since when, and ' +
    'which contact has the address now, if any. With --key the values of another unique field. ' +
    'Contacts without such a value are not among them: filters find those by suppressed(email).',
  arguments: {},
  options: wishKeyOption,
  examples: [
    'rollcall suppressions:list --db crm.db',
    'rollcall suppressions:list --format ids --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store }, _, { key }) => {
    const field = await readWishKey(store, key);
    const { alias, type } = field;
    return rows({
      rows: eachSuppression(store, alias),
      columns: suppressionColumns(field),
      id: ({ value }) => formatValue(type, value),
      empty: alias === 'email' ? 'no address is suppressed' : `no ${alias} is suppressed`,
      footer: (count) => counted(count, 'suppression'),
    });
  },
});
