import {
  CONSENT_COLUMNS,
  type ConsentColumn,
  type FieldRow,
  type Order,
  type ReadTx,
  type Store,
  SUPPRESSION_REASONS,
  type SuppressionReason,
  type SuppressionRow,
  type SuppressionSelection,
  type Value,
  type ValueSuppression,
  type WishPage,
  type WriteTx,
} from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { isProblem, parseBoolean } from './values.ts';

/**
 * Channels that are known even if nobody is suppressed in them. Others are allowed, but one whose
 * name is close to one of these gets a warning.
 */
export const USUAL_CHANNELS = ['email', 'sms', 'phone', 'post', 'push', 'whatsapp'] as const;

const PAGE = 10_000;

/** Only ASCII, so that the store and the filter language agree on which channels are the same. */
const CHANNEL = /^[a-z_][a-z0-9_]*(?:[-.][a-z0-9_]+)*$/;

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
  await liftAddresses(
    tx,
    holders.filter((id) => id !== null),
    which,
  );
  return lifted;
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
  const changed = await tx.contacts.unsuppress(ids, which);
  await liftAddresses(tx, ids, which);
  return { changed, warnings: oddChannels(named) };
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

/** Those of a contact, in order of channel and reason, as the next update will find them. */
export async function suppressionsOf(tx: ReadTx, id: number): Promise<SuppressionRow[]> {
  const known = await tx.contacts.suppressions([id]);
  // rule: wishes-waiting
  const waiting = await tx.suppressions.waitingFor(id);
  const order = ({ channel, reason }: SuppressionRow): string => `${channel} ${reason}`;
  return [...known, ...waiting].sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

/**
 * How many of these contacts must not be reached and have no unique value for which that would
 * stand once they are deleted.
 */
export async function countUnkept(tx: ReadTx, ids: readonly number[]): Promise<number> {
  const said = await tx.contacts.suppressions(ids);
  const suppressed = [...new Set(said.map(({ contactId }) => contactId))];
  if (suppressed.length === 0) return 0;
  const uniques = (await tx.fields.list())
    .filter(({ object, alias, unique }) => object === 'contact' && unique && alias !== 'id')
    .map(({ alias }) => alias);
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

/** The channel that a text names, in lower case; undefined if it cannot be a channel. */
export function toChannel(text: string): string | undefined {
  const channel = text.trim().toLowerCase();
  return CHANNEL.test(channel) ? channel : undefined;
}

/** Like `toChannel`; `UserError` (2) for what cannot be one. */
export function expectChannel(text: string): string {
  const channel = toChannel(text);
  if (channel !== undefined) return channel;
  throw new UserError('BAD_CHANNEL', EXIT.usage, `\`${text.trim()}\` cannot be a channel`, {
    hint: `a channel is a word such as ${USUAL_CHANNELS.join(', ')}`,
  });
}

/** Somebody who says these means every channel: as one of its own it would keep nothing back. */
const EVERY_WORDS = ['all', 'any', 'every', 'everything'];

/**
 * A channel that may be new to the store. `UserError` (2): a text that cannot be a channel, one that
 * means all of them, or a word that a file would read as yes or no. Exported and imported, `no`
 * would become nothing and `yes` another channel.
 */
export function expectNewChannel(text: string): string {
  const channel = expectChannel(text);
  if (EVERY_WORDS.includes(channel))
    throw new UserError('BAD_CHANNEL', EXIT.usage, `\`${channel}\` is no channel of its own`, {
      hint: `name each: ${USUAL_CHANNELS.join(', ')}`,
    });
  if (isProblem(parseBoolean(channel))) return channel;
  const hint = 'files would read it as a yes or a no';
  throw new UserError('BAD_CHANNEL', EXIT.usage, `\`${channel}\` cannot be a channel`, { hint });
}

/**
 * Warnings about channels that look misspelt: suppressed in a misspelt channel, a contact could
 * still be written to in the one that was meant.
 */
function oddChannels(channels: readonly string[]): string[] {
  return channels.flatMap((channel) => {
    if ((USUAL_CHANNELS as readonly string[]).includes(channel)) return [];
    const [near] = nearest(channel, USUAL_CHANNELS);
    return near === undefined
      ? []
      : [`\`${channel}\` is taken as a channel of its own; did you mean \`${near}\`?`];
  });
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
