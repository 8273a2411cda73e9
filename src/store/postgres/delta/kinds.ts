/*
 * The log is two tables that are only appended to: `contact_changes` has what is about one contact,
 * `wide_changes` what is about many. Each row has its transaction, `xid`, how far that was when it
 * was written, `mark`, and its kind, a letter.
 */

/** Kinds of `contact_changes`. */
export const CONTACT_KIND = {
  exists: 'x',
  profile: 'p',
  tags: 't',
  consent: 's',
  events: 'e',
  pin: 'i',
  /** For the counters of segments alone: it has a name from now on, or none any more. */
  identified: 'd',
  anonymous: 'a',
} as const;

/** Kinds of `wide_changes`, and what `id` is. */
export const WIDE_KIND = {
  company: 'c',
  tag: 'g',
  /** Nothing before counts any more; no id. */
  forgotten: 'f',
  /** A segment of which so many joined or left that it is not logged who. */
  wholesale: 'w',
} as const;

export type ContactKind = keyof typeof CONTACT_KIND;
export type WideKind = keyof typeof WIDE_KIND;
