/** The reserved words. A name that is one of them stands in backticks. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  [
    'and or not in segment joined did tagged suppressed true false',
    'anniversary count first last sum avg min max where',
    'contains starts ends with like matches is empty has any all none',
    'before after between during since next this of start end',
    'now today yesterday tomorrow day week month quarter year',
    'minute minutes hour hours days weeks months years',
  ].flatMap((line) => line.split(' ')),
);

const WORD = /^[\p{L}_][\p{L}\p{M}\p{Nd}_]*(?:[-.][\p{L}\p{M}\p{Nd}_]+)*$/u;

/** Whether a name can stand bare, without backticks. */
export function isBareName(name: string): boolean {
  return WORD.test(name) && !KEYWORDS.has(name.toLowerCase());
}
