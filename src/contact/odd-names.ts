/** Tags and event types appear with the data: a filter may name one that nobody has yet, and its author is told. */
import { type FilterAst, namedEventTypes, namedTags } from '../filter/index.ts';
import { code } from '../filter/wording-parts.ts';
import type { ReadTx } from '../store/index.ts';
import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';
import { STANDARD_EVENT_TYPES } from './event-types.ts';

/** Looked at in a filter, whose lists may hold 100,000 tags. */
const MOST_TAGS = 100;
/** Among which a nearest name is looked for; usual stores have some dozens. */
const MOST_TYPES = 10_000;

/** What is said of standard event types without an event: they are rightly spelled, and wait for the first import. */
export type OfStandardTypes = 'tell' | 'keep quiet';

/** Gives the warnings for one filter after the other, as of one snapshot: each name is looked up once. */
export function oddNamesOf(tx: ReadTx, ofStandardTypes: OfStandardTypes): (ast: FilterAst) => Promise<string[]> {
  const ofTag = remember(tagWarning(tx));
  const ofType = remember(typeWarning(tx, ofStandardTypes));
  return async (ast) => {
    const warnings: string[] = [];
    for (const tag of namedTags(ast).slice(0, MOST_TAGS)) warnings.push(...(await ofTag(tag)));
    for (const type of namedEventTypes(ast)) warnings.push(...(await ofType(type)));
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
    if (await tx.events.hasType(type)) return [];
    const standard = STANDARD_EVENT_TYPES.find((each) => each === fold(type));
    if (standard === undefined) return [unheardOf('event type', type, [...STANDARD_EVENT_TYPES, ...(await stored())])];
    return ofStandardTypes === 'tell' ? [`no ${code(standard)} event is stored yet`] : [];
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return async () => (value ??= read());
}

function unheardOf(what: string, name: string, known: readonly string[]): string {
  const [near] = nearest(name, known);
  return `no ${what} ${code(name)} yet${near === undefined ? '' : `; did you mean ${code(near)}?`}`;
}
