import {
  CONSENT_COLUMNS,
  type ConsentColumn,
  type FieldRow,
  type Order,
  type ReadTx,
  type Store,
  SUPPRESSION_REASONS,
  type SuppressionReason,
  type SuppressionSelection,
  type UniqueValue,
  type Value,
  type ValueSuppression,
  type WishPage,
  type WriteTx,
} from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { expectChannel, expectNewChannel, oddChannels } from './channels.ts';

const PAGE = 10_000;

/** How many suppressions changed, and warnings. */
export interface ConsentResult {
  readonly changed: number;
  readonly warnings: readonly string[];
}

/**
 * Suppresses contacts in these channels for a reason; suppressions for other reasons stay.
 * `changed` counts the new ones. `UserError` (2): a text that cannot be a channel.
 */
export async function suppressContacts(
  tx: WriteTx,
  ids: readonly number[],
  channels: readonly string[],
  reason: SuppressionReason,
  now: number,
): Promise<ConsentResult> {
  const named = channels.map(expectNewChannel);
  return {
    changed: await tx.contacts.suppress(ids, named, reason, now),
    warnings: oddChannels(named),
  };
}

/**
 * Suppresses e-mail addresses that nobody has yet: who gets one of them gets what stands for it.
 * `UserError` (2): a text that cannot be a channel.
 */
export async function suppressAddresses(
  tx: WriteTx,
  addresses: readonly string[],
  channels: readonly string[],
  reason: SuppressionReason,
  now: number,
): Promise<number> {
  const named = channels.map(expectNewChannel);
  const added = await tx.suppressions.add(
    addresses.flatMap((address) =>
      named.map((channel) => ({ address, channel, reason, createdAt: now })),
    ),
  );
  await tx.suppressions.settle([]);
  return added;
}

/**
 * Lifts what stands for these values of a unique field, and for who has them; see
 * `unsuppressContacts`.
 */
export async function unsuppressValues(
  tx: WriteTx,
  field: string,
  values: readonly Value[],
  { channels, reasons }: Lifting,
): Promise<number> {
  const named = channels.map(expectChannel);
  await requireReasons(tx, reasons);
  const which = { channels: namedOnly(named), reasons: namedOnly(reasons) };
  const lifted = await tx.suppressions.lift(field, values, which);
  const holders = await tx.contacts.match(field, values);
  const ids = holders.filter((id) => id !== null);
  await liftAddresses(tx, ids, which);
  await readmitContacts(tx, ids);
  return lifted;
}

/** What each suppression of a value has beside the value, in lists and files. */
const BESIDE_VALUES = ['channel', 'reason', 'created_at', 'contact_id'];

/** What the values of a unique field are called in lists and files of suppressions. */
export function wishColumn(alias: string): string {
  if (alias === 'email') return 'address';
  return BESIDE_VALUES.includes(alias) ? 'value' : alias;
}

type ReadSuppressions = (page: Omit<WishPage, 'field'>) => Promise<readonly ValueSuppression[]>;

/**
 * All suppressions of values of a unique field, in order of value, channel and reason, read page by
 * page.
 */
export async function* eachSuppression(
  store: Store,
  field = 'email',
  { order, limit = Number.POSITIVE_INFINITY }: SuppressionsAsked = {},
): AsyncGenerator<ValueSuppression> {
  const pages = suppressionPages(async (page) =>
    store.read(async (tx) => tx.suppressions.list({ ...page, field, order })),
  );
  let left = limit;
  for await (const page of pages) {
    yield* page.slice(0, left);
    left -= page.length;
    if (left <= 0) return;
  }
}

/** In which order if not the usual one, and at most how many. */
export interface SuppressionsAsked {
  readonly order?: Order | undefined;
  readonly limit?: number | undefined;
}

/** The same in pages, of which `read` reads each. */
export async function* suppressionPages(
  read: ReadSuppressions,
): AsyncGenerator<readonly ValueSuppression[]> {
  let after: ValueSuppression | undefined;
  for (;;) {
    const page = await read({ after, limit: PAGE });
    yield page;
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/** Which suppressions to lift; an empty list means all channels or all reasons. */
export interface Lifting {
  readonly channels: readonly string[];
  readonly reasons: readonly string[];
}

/**
 * Lifts suppressions of contacts in these channels and for these reasons. `UserError` (2): a text
 * that cannot be a channel, or a reason that no command sets and that nobody is suppressed for.
 */
export async function unsuppressContacts(
  tx: WriteTx,
  ids: readonly number[],
  { channels, reasons }: Lifting,
): Promise<ConsentResult> {
  const named = channels.map(expectChannel);
  await requireReasons(tx, reasons);
  const which = { channels: namedOnly(named), reasons: namedOnly(reasons) };
  // rule: settled-before-lifted
  await tx.suppressions.settle(ids); // so that it is counted, and does not come back
  const changed = await tx.contacts.unsuppress(ids, which);
  await liftAddresses(tx, ids, which);
  await readmitContacts(tx, ids);
  return { changed, warnings: oddChannels(named) };
}

/**
 * Whom another program brought back after they were erased is suppressed as such: who may be reached
 * again is known again.
 */
async function readmitContacts(tx: WriteTx, ids: readonly number[]): Promise<void> {
  const uniques = await uniqueAliases(tx);
  const contacts = await tx.contacts.list({ ids }, uniques);
  const values = contacts.flatMap((contact) =>
    uniques.flatMap((column): UniqueValue[] => {
      const value = contact[column] ?? null;
      return value === null ? [] : [{ column, value }];
    }),
  );
  // rule: lifted-readmitted
  const since = await tx.erased.since(values);
  const erased = values.filter((_, at) => since[at] !== null);
  if (erased.length > 0) await tx.erased.readmit(erased);
}

/** The unique fields of contacts by which wishes are kept. */
async function uniqueAliases(tx: ReadTx): Promise<string[]> {
  return (await tx.fields.list())
    .filter(({ object, alias, unique }) => object === 'contact' && unique && alias !== 'id')
    .map(({ alias }) => alias);
}

/** Lifts what stands for the addresses of contacts, in every spelling. */
async function liftAddresses(
  tx: WriteTx,
  ids: readonly number[],
  which: SuppressionSelection,
): Promise<void> {
  const contacts = await tx.contacts.list({ ids }, ['email']);
  const addresses = contacts.flatMap(({ email }) => (typeof email === 'string' ? [email] : []));
  // rule: lifted-folded
  await tx.suppressions.lift('email', addresses, which);
}

/**
 * How many of these contacts must not be reached and have no unique value for which that would
 * stand once they are deleted.
 */
export async function countUnkept(tx: ReadTx, ids: readonly number[]): Promise<number> {
  const said = await tx.contacts.suppressions(ids);
  const suppressed = [...new Set(said.map(({ contactId }) => contactId))];
  if (suppressed.length === 0) return 0;
  const uniques = await uniqueAliases(tx);
  const contacts = await tx.contacts.list({ ids: suppressed }, uniques);
  return contacts.filter((contact) => uniques.every((alias) => contact[alias] === null)).length;
}

function namedOnly(words: readonly string[]): readonly string[] | undefined {
  return words.length === 0 ? undefined : words;
}

/**
 * Refuses unknown reasons. Other tools may have stored reasons that no command sets; those can be
 * lifted.
 */
async function requireReasons(tx: ReadTx, reasons: readonly string[]): Promise<void> {
  const isOf =
    (known: readonly string[]) =>
    (reason: string): boolean =>
      known.some((each) => each.toLowerCase() === reason.toLowerCase());
  if (reasons.every(isOf(SUPPRESSION_REASONS))) return;
  const known = [...SUPPRESSION_REASONS, ...(await tx.contacts.reasons())];
  const unknown = reasons.find((reason) => !isOf(known)(reason));
  if (unknown === undefined) return;
  const [near] = nearest(unknown, known);
  const choices = `give one of ${SUPPRESSION_REASONS.join(', ')}`;
  const hint = near === undefined ? choices : `did you mean \`${near}\`? ${choices}`;
  throw new UserError(
    'UNKNOWN_REASON',
    EXIT.usage,
    `nobody is suppressed for the reason \`${unknown}\``,
    { hint },
  );
}

const LABELS: Readonly<Record<ConsentColumn, string>> = {
  unsubscribed: 'Unsubscribed',
  bounced: 'Bounced',
  do_not_contact: 'Do not contact',
};

/**
 * Suppressions as lists and files show them, as if they were fields: one for each reason, with the
 * channels. Filters use `suppressed(…)` instead.
 */
export const CONSENT_FIELDS: readonly FieldRow[] = (
  Object.keys(CONSENT_COLUMNS) as ConsentColumn[]
).map((alias) => ({
  id: 0,
  object: 'contact',
  alias,
  label: LABELS[alias],
  type: 'tags',
  options: [],
  unique: false,
  indexed: false,
  origin: 'standard',
}));

export function findConsentField(alias: string): FieldRow | undefined {
  return CONSENT_FIELDS.find((field) => field.alias === alias.toLowerCase());
}
