import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';
import type { CheckContext } from './check-context.ts';
import { code } from './wording-parts.ts';

/** Any word may be a channel or a reason: only what resembles a usual one is odd. */
export function warnOfConsent(channel: string | undefined, reason: string | undefined, { catalogue, warnings }: CheckContext): void {
  const { channels = [], reasons = [] } = catalogue.consent ?? {};
  for (const [what, word, usual] of [['channel', channel, channels], ['reason', reason, reasons]] as const) {
    if (word === undefined || usual.some((each) => fold(each) === fold(word))) continue;
    const [near] = nearest(word, usual);
    if (near !== undefined) warnings.add(`${code(word)} is no usual ${what}; did you mean ${code(near)}?`);
  }
}
