/** Tags and event types appear with the data, so an unknown one is odd but allowed. */
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

function warn(what: string, name: string, known: readonly string[] | undefined, { warnings }: CheckContext): void {
  if (known === undefined || known.some((each) => fold(each) === fold(name))) return;
  const [near] = nearest(name, known);
  warnings.add(`no ${what} ${code(name)} yet${near === undefined ? '' : `; did you mean ${code(near)}?`}`);
}
