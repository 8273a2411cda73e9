import type { ConsentResult } from '../../contact/consent.ts';
import { resolveContacts, uniqueValuesOf } from '../../contact/contact-refs.ts';
import { erasedAddresses } from '../../contact/erased.ts';
import { namedContacts } from '../../contact/named-contacts.ts';
import { isProblem, parseEmail } from '../../contact/values.ts';
import type { ReadTx, WriteTx } from '../../store/index.ts';
import { EXIT } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import type { StoreContext } from '../context.ts';
import { type References, contactsOf, readReferences } from './input.ts';
import type { MessageResult } from '../output/result.ts';
import { contactsInShort, inShort, MOST_NAMED } from '../views/in-short.ts';

interface ConsentChange {
  /** `set on`, `lifted from` */
  readonly did: string;
  /** The key of the count in the data. */
  readonly key: 'suppressed' | 'lifted';
  readonly change: (tx: WriteTx, ids: readonly number[]) => Promise<ConsentResult>;
  /** The same for addresses that no contact has; gives how many suppressions changed. */
  readonly changeAddresses: (tx: WriteTx, addresses: readonly string[]) => Promise<number>;
  /** Which of such addresses are meant; the others are unknown. */
  readonly known: (tx: ReadTx, addresses: readonly string[]) => Promise<readonly string[]>;
  /** Whether something is stored of addresses, which must not be of people who were erased. */
  readonly stores: boolean;
  /** Asked before anything is changed, given whom it is about: `2 contacts (57 ann@…, 803)`. */
  readonly question?: (who: string) => string;
}

/** Resolves the contacts and changes where they may be reached, in one transaction. */
export async function changeConsent(
  context: StoreContext,
  contacts: readonly string[],
  asked: ConsentChange,
): Promise<MessageResult> {
  const { did, key, change, changeAddresses, stores, question } = asked;
  const references = await readReferences(context, contacts);
  if (question !== undefined) {
    const who = await context.store.read(async (tx) =>
      whoIn(tx, await peopleOf(tx, references, asked)),
    );
    if (who !== undefined) await context.confirm(question(who));
  }
  return context.store.write(async (tx) => {
    const { ids, addresses, unknown, erased, warnings } = await peopleOf(tx, references, asked);
    const nobodys = addresses.length === 0 ? 0 : await changeAddresses(tx, addresses);
    const result = await change(tx, ids);
    const changed = nobodys + result.changed;
    return {
      kind: 'message',
      text: `${counted(changed, 'suppression')} ${did} ${inWords(ids.length, addresses.length)}`,
      data: {
        ...{ contacts: ids.length, addresses: addresses.length, [key]: changed, unknown },
        ...(stores ? { left_out: erased } : {}),
      },
      warnings: [...warnings, ...result.warnings],
      exit: unknown + erased > 0 ? EXIT.partial : EXIT.done,
    };
  });
}

/** Undefined for nobody. */
async function whoIn(tx: ReadTx, { ids, addresses }: People): Promise<string | undefined> {
  const contacts = await namedContacts(tx, ids.slice(0, MOST_NAMED));
  const nobodys = counted(addresses.length, 'address', 'addresses');
  const parts = [
    ...(ids.length === 0 ? [] : [contactsInShort(contacts, ids.length)]),
    ...(addresses.length === 0 ? [] : [`${nobodys} (${inShort(addresses, addresses.length)})`]),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}

interface People {
  readonly ids: readonly number[];
  /** Addresses that no contact has. */
  readonly addresses: readonly string[];
  readonly unknown: number;
  /** How many addresses are left out, because who had them was erased. */
  readonly erased: number;
  readonly warnings: readonly string[];
}

/**
 * The contacts that are meant, and the addresses of nobody. Those of people who were erased are, as
 * unknown contacts, refused (`UserError`, 1) among arguments, and left out of standard input.
 */
async function peopleOf(
  tx: ReadTx,
  { references, fromStdin }: References,
  { known, stores }: Pick<ConsentChange, 'known' | 'stores'>,
): Promise<People> {
  const { unknown } = await resolveContacts(tx, references);
  const addressOf = await addressesIn(tx, unknown);
  const named = [...new Set(addressOf.values())];
  // rule: erased-suppressed-not
  const erased = stores ? await erasedAddresses(tx, named, { refused: !fromStdin }) : [];
  const addresses = await known(
    tx,
    named.filter((address) => !erased.includes(address)),
  );
  const done = new Set([...addresses, ...erased]);
  const others = references.filter((text) => !done.has(addressOf.get(text) ?? ''));
  const { warnings, ...contacts } = await contactsOf(tx, { references: others, fromStdin });
  return {
    ...{ ...contacts, addresses, erased: erased.length },
    warnings: [...warnings, ...leftOut(erased)],
  };
}

function leftOut(erased: readonly string[]): string[] {
  if (erased.length === 0) return [];
  const what = counted(erased.length, 'address', 'addresses');
  return [`${what} left out, of who was erased: ${inShort(erased, erased.length)}`];
}

/** The addresses that these texts name, be it as `email=ADDRESS`, by the texts. */
async function addressesIn(
  tx: ReadTx,
  texts: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const values = await uniqueValuesOf(tx, texts);
  // rule: addresses-named
  return new Map(
    texts.flatMap((text, at) => {
      const named = values[at];
      const address = named?.column === 'email' ? parseEmail(String(named.value)) : undefined;
      return address === undefined || isProblem(address) ? [] : [[text, address]];
    }),
  );
}

/** `2 contacts`, `1 contact and 1 address that nobody has` */
function inWords(contacts: number, addresses: number): string {
  const nobodys = `${counted(addresses, 'address', 'addresses')} that nobody has`;
  if (addresses === 0) return counted(contacts, 'contact');
  return contacts === 0 ? nobodys : `${counted(contacts, 'contact')} and ${nobodys}`;
}
