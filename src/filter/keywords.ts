/** The reserved words. A name that equals one of them needs backticks. */
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
 * Whether a name needs no backticks. ASCII is tried first: most names are ASCII, and compiling an
 * expression with \p{…} takes 5 ms at start-up.
 */
export function isBareName(name: string): boolean {
  const isWord =
    /^[A-Za-z_]\w*(?:[-.]\w+)*$/.test(name) ||
    /^[\p{L}_][\p{L}\p{M}\p{Nd}_]*(?:[-.][\p{L}\p{M}\p{Nd}_]+)*$/u.test(name);
  return isWord && !KEYWORDS.has(name.toLowerCase());
}
