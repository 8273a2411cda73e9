import { withoutBlanks } from '../../support/blanks.ts';
import { fold } from '../../support/fold.ts';
import { nearest } from '../../support/nearest.ts';
import { toNfc } from '../../support/text.ts';
import type { ValueProblem } from './problem.ts';

/** Finds the option that a text means, in any case. */
export type OptionFinder = (text: string) => string | ValueProblem;

export function optionFinder(options: readonly string[]): OptionFinder {
  const byFolded = new Map(options.map((option) => [fold(option), option]));
  return (text) => {
    const name = withoutBlanks(toNfc(text));
    return (
      byFolded.get(fold(name)) ?? {
        kind: 'notOption',
        text: name,
        options,
        near: nearest(name, options)[0],
      }
    );
  };
}

/**
 * `b|a` → `|a|b|`: each option once, in their declared order, between bars so that each can be
 * searched for.
 */
export function parseMultiselect(
  text: string,
  options: readonly string[],
  find: OptionFinder,
): string | ValueProblem {
  const chosen = new Set<string>();
  for (const part of text.split('|')) {
    if (withoutBlanks(part) === '') continue;
    const option = find(part);
    if (typeof option !== 'string') return option;
    chosen.add(option);
  }
  if (chosen.size === 0) return { kind: 'notOption', text, options, near: undefined };
  return `|${options.filter((option) => chosen.has(option)).join('|')}|`;
}

/** One tag of a `tags` cell. */
export interface TagChange {
  readonly name: string;
  readonly add: boolean;
}

/**
 * `a|b|-c`: tags to add, and with `-` tags to remove. If a tag occurs twice, the last mention
 * counts.
 */
export function parseTags(text: string): readonly TagChange[] | ValueProblem {
  const changes = new Map<string, TagChange>();
  for (const part of text.split('|')) {
    const tag = withoutBlanks(toNfc(part));
    if (tag === '') continue;
    const add = !tag.startsWith('-');
    const name = add ? tag : withoutBlanks(tag.slice(1));
    if (!isTagName(name)) return { kind: 'badTag', text, tag };
    changes.set(fold(name), { name, add });
  }
  return [...changes.values()];
}

/** Whether this can be a tag's name, so that a `tags` cell can hold it unchanged. */
export function isTagName(name: string): boolean {
  return (
    name !== '' &&
    name === withoutBlanks(toNfc(name)) &&
    !name.startsWith('-') &&
    !/[|\0]/.test(name)
  );
}
