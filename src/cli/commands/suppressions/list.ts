import { eachSuppression } from '../../../contact/consent.ts';
import { formatValue } from '../../../contact/values.ts';
import { defineCommand } from '../../define-command.ts';
import { plainListOptions, requireListSense } from '../../options/list-options.ts';
import { readWishKey, wishKeyOption } from '../../options/wish-key.ts';
import { rows } from '../../output/result.ts';
import { countResult } from '../../views/count.ts';
import { listFooter } from '../../views/list-footer.ts';
import { orderOfSuppressions, suppressionColumns } from '../../views/suppression-columns.ts';

export default defineCommand({
  name: 'suppressions:list',
  description:
    'Lists the e-mail addresses that must not be reached: in which channel, why, since when, and ' +
    'which contact has the address now, if any. With --key the values of another unique field. ' +
    'Contacts without such a value are not among them: filters find those by suppressed(email).',
  arguments: {},
  options: { ...wishKeyOption, ...plainListOptions() },
  examples: [
    'rollcall suppressions:list --db crm.db',
    'rollcall suppressions:list --format ids --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, format }, _, { key, count, sort, desc, limit }) => {
    requireListSense({ sort, desc, count, limit }, format);
    const field = await readWishKey(store, key);
    const { alias, type } = field;
    if (count)
      return countResult(
        'suppressions',
        await store.read(async (tx) => tx.suppressions.count(alias)),
      );
    const columns = suppressionColumns(field);
    const order = orderOfSuppressions(columns, { sort, desc });
    return rows({
      rows: eachSuppression(store, alias, { order, limit }),
      columns,
      id: ({ value }) => formatValue(type, value),
      empty: alias === 'email' ? 'no address is suppressed' : `no ${alias} is suppressed`,
      footer: listFooter({ limit }, 'suppression'),
    });
  },
});
