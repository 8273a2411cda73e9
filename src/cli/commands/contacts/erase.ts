import { type Erasable, eraseContacts, findErasable } from '../../../contact/erased.ts';
import { namedContacts } from '../../../contact/named-contacts.ts';
import { nearestContact } from '../../../contact/nearest-contact.ts';
import { dryRun, type Erased, type ReadTx } from '../../../store/index.ts';
import { EXIT } from '../../../support/errors.ts';
import { actionIn, type StoreContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { flag, restArguments, usage } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import type { MessageResult } from '../../output/result.ts';
import { eraseQuestion, eraseResult, type ToErase } from '../../views/erase-report.ts';

export default defineCommand({
  name: 'contacts:erase',
  description:
    'Erases a person, after asking: every trace goes from all tables, also of what they were called ' +
    'before and of contacts that were merged into them, and the store is written anew so that ' +
    'nothing of it can be read in its files. A hash stays, by which imports leave the person out. ' +
    'An address that no contact has is erased too. Backups, exports and files of rejected rows are ' +
    'out of reach; where else they are named is listed. Where another program reads the store it ' +
    'ends with 75, to be repeated.',
  arguments: {
    contacts: restArguments(
      'contact',
      'a contact, as contacts are named everywhere, or an address or FIELD=VALUE that none has',
      text,
      { atLeastOne: true },
    ),
  },
  options: {
    dryRun: flag('--dry-run', 'tell what would be erased, and change nothing'),
    valueAlone: flag(
      '--value-alone',
      'an address or FIELD=VALUE by itself, also where a contact had it before, which stays',
    ),
    noVacuum: flag(
      '--no-vacuum',
      'leave what was deleted in the file until it is repeated without this',
    ),
  },
  examples: [
    'rollcall contacts:erase ann@example.org --dry-run --db crm.db',
    'rollcall contacts:erase ann@example.org --yes --db crm.db',
    'rollcall contacts:erase 12 --yes --no-vacuum --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { dryRun: isDry, valueAlone, noVacuum }) => {
    if (isDry && noVacuum)
      throw usage('`--dry-run` changes nothing in the files', 'leave out --no-vacuum');
    const toErase = await context.store.read(async (tx) =>
      named(tx, await findErasable(tx, contacts, { valueAlone })),
    );
    return isDry ? tried(context, toErase) : done(context, toErase, !noVacuum);
  },
});

async function named(tx: ReadTx, erasable: Erasable): Promise<ToErase> {
  const unknown = erasable.values.filter(
    ({ isSpokenOf, formerly }) => !isSpokenOf && formerly.length === 0,
  );
  const near = await Promise.all(
    unknown.map(async ({ reference }) => nearestContact(tx, reference)),
  );
  return {
    ...erasable,
    contacts: await namedContacts(tx, erasable.ids),
    near: near.filter((one) => one !== undefined),
  };
}

/** What it would be, exactly: all of it is done and taken back. */
async function tried(context: StoreContext, toErase: ToErase): Promise<MessageResult> {
  const erased = await dryRun(context.store, true, async (tx) =>
    eraseContacts(tx, toErase, actionIn(tx, context)),
  );
  return eraseResult(toErase, erased, { isDry: true, isScourWanted: false, isScoured: false });
}

async function done(
  context: StoreContext,
  toErase: ToErase,
  isScourWanted: boolean,
): Promise<MessageResult> {
  const erased = await erase(context, toErase);
  const isScoured = isScourWanted && (await context.store.scour());
  return eraseResult(toErase, erased, { isDry: false, isScourWanted, isScoured });
}

/** Nothing where only what was erased before is to be finished. */
async function erase(context: StoreContext, toErase: ToErase): Promise<Erased> {
  if (toErase.ids.length + toErase.values.length > 0) {
    const { question, about } = eraseQuestion(toErase);
    await context.confirm(question, about);
  }
  return context.store.write(async (tx) => eraseContacts(tx, toErase, actionIn(tx, context)));
}
