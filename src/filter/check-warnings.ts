/** Tags, event types and channels appear with the data, so an unknown one is odd but allowed. */
import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';
import type { Test } from './ast.ts';
import type { CheckContext } from './check-context.ts';
import { code } from './wording-parts.ts';

const MOST_TAGS = 100; // looked at: a list may hold 100,000

export function warnOfTags(test: Test, context: CheckContext): void {
  if (test.kind !== 'hasAny' && test.kind !== 'hasAll') return;
  for (const tag of test.texts.slice(0, MOST_TAGS)) warn('tag', tag, context.catalogue.tags, context);
}

export function warnOfEventType(type: string, context: CheckContext): void {
  warn('event type', type, context.catalogue.eventTypes, context);
}

/** Any word may be a channel or a reason: only what resembles a usual one is odd. */
export function warnOfConsent(channel: string | undefined, reason: string | undefined, { catalogue, warnings }: CheckContext): void {
  const { channels = [], reasons = [] } = catalogue.consent ?? {};
  for (const [what, word, usual] of [['channel', channel, channels], ['reason', reason, reasons]] as const) {
    if (word === undefined || usual.some((each) => fold(each) === fold(word))) continue;
    const [near] = nearest(word, usual);
    if (near !== undefined) warnings.add(`${code(word)} is no usual ${what}; did you mean ${code(near)}?`);
  }
}

function warn(what: string, name: string, known: readonly string[] | undefined, { warnings }: CheckContext): void {
  if (known === undefined || known.some((each) => fold(each) === fold(name))) return;
  const [near] = nearest(name, known);
  warnings.add(`no ${what} ${code(name)} yet${near === undefined ? '' : `; did you mean ${code(near)}?`}`);
}
