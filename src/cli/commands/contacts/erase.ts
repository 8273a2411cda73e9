import { type Erasable, eraseContacts, findErasable } from '../../../contact/erased.ts';
import type { Erased } from '../../../store/index.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import type { StoreContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { flag, restArguments } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import type { MessageResult } from '../../output/result.ts';

export default defineCommand({
  name: 'contacts:erase',
  description:
    'Erases a person, after asking: every trace goes from all tables, and the store is written anew ' +
    'so that nothing of it can be read in its files. A hash stays, by which imports leave the person ' +
    'out. Backups, exports and files of rejected rows are out of reach; what else holds the address ' +
    'is listed. Where another program reads the store it ends with 75, to be repeated.',
  arguments: {
    contacts: restArguments('contact', 'a contact, as contacts are named everywhere', text, {
      atLeastOne: true,
    }),
  },
  options: {
    noVacuum: flag(
      '--no-vacuum',
      'leave what was deleted in the file until it is repeated without this',
    ),
  },
  examples: [
    'rollcall contacts:erase ann@example.org --yes --db crm.db',
    'rollcall contacts:erase 12 --yes --no-vacuum --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { noVacuum }) => {
    const erasable = await context.store.read(async (tx) => findErasable(tx, contacts));
    const erased = await erase(context, erasable);
    const isScoured = !noVacuum && (await context.store.scour());
    return told(erased, isScoured, !noVacuum);
  },
});

async function erase(context: StoreContext, { ids }: Erasable): Promise<Erased> {
  if (ids.length === 0) return { contacts: 0, remains: [] };
  const what = counted(ids.length, 'contact');
  await context.confirm(`erase ${what} (${ids.join(', ')}) with every trace, for ever?`);
  return context.store.write(async (tx) => eraseContacts(tx, ids, context));
}

const OUT_OF_REACH =
  'backups, exports, files of rejected rows and other copies are out of reach: look through them';
const NOT_YET = 'what was deleted can still be read in the files of the store';

function told(
  { contacts, remains }: Erased,
  isScoured: boolean,
  wasWanted: boolean,
): MessageResult {
  const left = remains.map(({ place, rows }) => `${place} (${counted(rows, 'row')})`);
  return {
    kind: 'message',
    text: [
      contacts === 0 ? 'finished what was erased before' : `erased ${counted(contacts, 'contact')}`,
    ],
    data: { erased: contacts, scoured: isScoured, remains },
    warnings: [
      ...(left.length === 0
        ? []
        : [`the address still stands in ${left.join(', ')}: change these by hand`]),
      ...(isScoured ? [] : [wasWanted ? `${NOT_YET}: another program holds its log` : NOT_YET]),
      ...(isScoured ? [] : ['repeat the command to finish it']),
    ],
    notes: [OUT_OF_REACH],
    exit: wasWanted && !isScoured ? EXIT.locked : EXIT.done,
  };
}
