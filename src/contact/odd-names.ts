/**
 * Warns of names that no contact has. Tags, event types, channels and reasons appear only with the
 * data, so a filter may name one that does not exist yet.
 */
import { type FilterAst, namedConsent, namedEventTypes, namedTags } from '../filter/index.ts';
import { code } from '../filter/problem/wording-parts.ts';
import { type ReadTx, SUPPRESSION_REASONS } from '../store/index.ts';
import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';
import { USUAL_CHANNELS } from './channels.ts';
import { STANDARD_EVENT_TYPES } from './event-types.ts';

/** The most tags that are checked in one filter, whose lists may hold 100,000. */
const MOST_TAGS = 100;
/** The most event types among which a similar name is searched; most stores have some dozens. */
const MOST_TYPES = 10_000;

/**
 * Whether to warn of standard event types without an event: they are spelt right and only wait for
 * the first import.
 */
export type OfStandardTypes = 'tell' | 'keep quiet';

/**
 * Returns a function that gives the warnings for a filter. All filters are checked on one snapshot,
 * and each name is looked up once.
 */
export function oddNamesOf(
  tx: ReadTx,
  ofStandardTypes: OfStandardTypes,
): (ast: FilterAst) => Promise<string[]> {
  const ofTag = remember(tagWarning(tx));
  const ofType = remember(typeWarning(tx, ofStandardTypes));
  const ofChannel = remember(
    consentWarning('in the channel', USUAL_CHANNELS, async () => tx.contacts.channels()),
  );
  const ofReason = remember(
    consentWarning('for the reason', SUPPRESSION_REASONS, async () => tx.contacts.reasons()),
  );
  return async (ast) => {
    const warnings: string[] = [];
    for (const tag of namedTags(ast).slice(0, MOST_TAGS)) warnings.push(...(await ofTag(tag)));
    for (const type of namedEventTypes(ast)) warnings.push(...(await ofType(type)));
    const { channels, reasons } = namedConsent(ast);
    for (const channel of channels) warnings.push(...(await ofChannel(channel)));
    for (const reason of reasons) warnings.push(...(await ofReason(reason)));
    return warnings;
  };
}

type WarningOf = (name: string) => Promise<readonly string[]>;

function remember(warningOf: WarningOf): WarningOf {
  const known = new Map<string, Promise<readonly string[]>>();
  return async (name) => {
    const warning = known.get(name) ?? warningOf(name);
    known.set(name, warning);
    return warning;
  };
}

function tagWarning(tx: ReadTx): WarningOf {
  const names = once(async () => tx.contacts.tagNames());
  return async (tag) => {
    const known = await names();
    return known.some((each) => fold(each) === fold(tag)) ? [] : [unheardOf('tag', tag, known)];
  };
}

function typeWarning(tx: ReadTx, ofStandardTypes: OfStandardTypes): WarningOf {
  const stored = once(async () => tx.events.types(MOST_TYPES));
  return async (type) => {
    // rule: odd-type
    if (await tx.events.hasType(type)) return [];
    const standard = STANDARD_EVENT_TYPES.find((each) => each === fold(type));
    if (standard === undefined)
      return [unheardOf('event type', type, [...STANDARD_EVENT_TYPES, ...(await stored())])];
    // rule: odd-standard
    return ofStandardTypes === 'tell' ? [`no ${code(standard)} event is stored yet`] : [];
  };
}

/**
 * A warning for an event type that does not exist yet and looks like a typing error; else empty.
 */
export async function slipOfType(tx: ReadTx, type: string): Promise<readonly string[]> {
  if (STANDARD_EVENT_TYPES.some((each) => each === fold(type)) || (await tx.events.hasType(type)))
    return [];
  const near = meant(type, [...STANDARD_EVENT_TYPES, ...(await tx.events.types(MOST_TYPES))]);
  return near === '' ? [] : [`${code(type)} is a new event type${near}`];
}

/**
 * A warning for a channel or reason that nobody is suppressed in or for. Usual words are spelt
 * right, so they get none. Others may be the store's own; but if nobody has them, `not
 * suppressed(…)` means everybody, who may then be written to.
 */
function consentWarning(
  how: string,
  usual: readonly string[],
  read: () => Promise<string[]>,
): WarningOf {
  const stored = once(read);
  return async (word) => {
    const isWord = (each: string): boolean => fold(each) === fold(word);
    if (usual.some(isWord) || (await stored()).some(isWord)) return [];
    return [
      `nobody is suppressed ${how} ${code(word)}${meant(word, [...usual, ...(await stored())])}`,
    ];
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return async () => (value ??= read());
}

function unheardOf(what: string, name: string, known: readonly string[]): string {
  return `no ${what} ${code(name)} yet${meant(name, known)}`;
}

function meant(name: string, known: readonly string[]): string {
  const [near] = nearest(name, known);
  return near === undefined ? '' : `; did you mean ${code(near)}?`;
}
