import type { WriteTx } from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { nearest } from '../support/nearest.ts';
import { toNfc } from '../support/text.ts';
import { isTagName } from './values.ts';

/**
 * Adds these tags to these contacts, and creates tags that do not exist yet. Returns how many links
 * are new.
 */
export async function tagContacts(
  tx: WriteTx,
  ids: readonly number[],
  tags: readonly string[],
  now: number,
): Promise<number> {
  return tx.contacts.tag(ids, tags.map(expectTag), now);
}

/**
 * Removes these tags from these contacts. Returns how many links were removed. `UserError` (2): a
 * tag that no contact ever had.
 */
export async function untagContacts(
  tx: WriteTx,
  ids: readonly number[],
  tags: readonly string[],
): Promise<number> {
  const wanted = tags.map(expectTag);
  const known = await tx.contacts.tagNames();
  for (const tag of wanted) requireKnown(tag, known);
  return tx.contacts.untag(ids, wanted);
}

function requireKnown(tag: string, known: readonly string[]): void {
  const key = fold(tag);
  if (known.some((other) => fold(other) === key)) return;
  const [near] = nearest(tag, known);
  throw new UserError('UNKNOWN_TAG', EXIT.usage, `unknown tag \`${tag}\``, {
    hint: near === undefined ? 'no contact was ever given it' : `did you mean \`${near}\`?`,
  });
}

/**
 * A tag's name, trimmed and NFC. `UserError` (2): it is empty, contains `|` or begins with `-`,
 * which have a meaning in files.
 */
function expectTag(text: string): string {
  const tag = withoutBlanks(toNfc(text));
  if (isTagName(tag)) return tag;
  throw new UserError('BAD_TAG', EXIT.usage, `\`${tag}\` cannot be a tag`, {
    hint: 'a tag is not empty, does not begin with - and has no | in it',
  });
}
