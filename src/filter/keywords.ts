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

/**
 * Whether a name can stand bare, without backticks. Most are ASCII, and making an expression with
 * \p{…} ready takes 5 ms of a start.
 */
export function isBareName(name: string): boolean {
  const isWord =
    /^[A-Za-z_]\w*(?:[-.]\w+)*$/.test(name) ||
    /^[\p{L}_][\p{L}\p{M}\p{Nd}_]*(?:[-.][\p{L}\p{M}\p{Nd}_]+)*$/u.test(name);
  return isWord && !KEYWORDS.has(name.toLowerCase());
}
