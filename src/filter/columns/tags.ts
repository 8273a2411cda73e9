import { BitSet } from '../../support/bit-set.ts';
import { fold } from '../../support/fold.ts';
import type { SetTest, Test } from '../ast.ts';
import type { BatchView, ColumnForm, DecideLeaf } from './batch-view.ts';
import type { FormContext } from './form-context.ts';

/** Tests of tags. A link to a tag that no longer exists is not handed over, and so counts as none. */
export function tagsForm(test: Test, { wants }: FormContext): ColumnForm {
  wants.tags();
  switch (test.kind) {
    case 'empty':
      // rule: column-tags-empty
      return () => (view) => view.ownersOf(view.batch.tags).complement();
    case 'hasAny':
    case 'hasAll':
      return ({ tags }) => decideTags(test, tags);
    default:
      throw new Error(`tags have no ${test.kind}`);
  }
}

/** Two tags may differ in case only: then they are one of the wanted. */
function decideTags({ kind, texts }: SetTest, tags: readonly string[]): DecideLeaf {
  // rule: column-tags
  const wanted = new Map([...new Set(texts.map(fold))].map((text, place) => [text, place]));
  const wantedOf = Int32Array.from(tags, (tag) => wanted.get(fold(tag)) ?? NOT_WANTED);
  // rule: column-has-all
  const enough = kind === 'hasAny' ? 1 : wanted.size;
  return (view) => contactsWith(view, { wantedOf, count: wanted.size, enough });
}

const NOT_WANTED = -1;

interface WantedTags {
  /** By the place of a tag, which of the wanted it is. */
  readonly wantedOf: Int32Array;
  readonly count: number;
  readonly enough: number;
}

/** Who has enough of the wanted, each counted once. */
function contactsWith(
  { size, batch: { tags: links } }: BatchView,
  { wantedOf, count, enough }: WantedTags,
): BitSet {
  const contacts = new BitSet(size);
  const lastOwner = new Int32Array(count).fill(-1);
  let [owner, found] = [-1, 0];
  for (let row = 0; row < links.owners.length; row += 1) {
    const wanted = wantedOf[links.values[row] ?? 0] ?? NOT_WANTED;
    const contact = links.owners[row] ?? 0;
    if (contact !== owner) [owner, found] = [contact, 0];
    // rule: column-tags-once
    if (wanted === NOT_WANTED || lastOwner[wanted] === contact) continue;
    lastOwner[wanted] = contact;
    found += 1;
    if (found === enough) contacts.add(contact);
  }
  return contacts;
}
