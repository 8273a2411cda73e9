import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from './list.js';

const ROOT = new URL('../..', import.meta.url).pathname;

/**
 * The source with a rule taken out. Throws where the source bears no mark of the rule, or where
 * what is to be replaced does not stand below one, ahead of the next empty line: the list must
 * follow the code.
 * @param {import('./list.js').Mutant} mutant
 * @param {string} source
 */
export function mutate(mutant, source = readFileSync(join(ROOT, mutant.file), 'utf8')) {
  return [mutant, ...(mutant.more ?? [])].reduce((text, { find, replace }) => {
    const place = marked(text, mutant.mark ?? mutant.name).flatMap((start) =>
      placeBelow(text, start, find),
    )[0];
    if (place === undefined)
      throw new Error(`mutant ${mutant.name}: below its mark in ${mutant.file} stands no ${find}`);
    return `${text.slice(0, place.start)}${replace}${text.slice(place.end)}`;
  }, source);
}

/**
 * Where the lines `// rule: NAME, …` end that bear this name.
 * @param {string} text
 * @param {string} name
 */
function marked(text, name) {
  return [...text.matchAll(/^ *\/\/ rule: (.+)\n/gmu)].flatMap((line) =>
    (line[1] ?? '').split(', ').includes(name) ? [line.index + line[0].length] : [],
  );
}

/**
 * The first place from `start` to the next empty line where this text stands, in whatever layout a
 * formatter gave it.
 * @param {string} text
 * @param {number} start
 * @param {string} find
 */
function placeBelow(text, start, find) {
  const end = text.indexOf('\n\n', start);
  const found = inAnyLayout(find).exec(text.slice(start, end < 0 ? undefined : end));
  return found === null
    ? []
    : [{ start: start + found.index, end: start + found.index + found[0].length }];
}

/**
 * Blanks may stand between any two words and signs, and a comma ahead of what closes.
 * @param {string} find
 */
function inAnyLayout(find) {
  const words = find.match(/[\p{L}\p{N}_$]+|[^\s]/gu) ?? [];
  return new RegExp(
    words
      .map(
        (word) =>
          `${/^[)\]}]$/u.test(word) ? ',?\\s*' : ''}${word.replace(/[^\p{L}\p{N}_]/gu, '\\$&')}`,
      )
      .join('\\s*'),
  );
}

/**
 * For vitest: runs the tests on the source without the rule of this name; on the source as it is
 * when there is no name.
 * @param {string | undefined} name
 * @returns {{ name: string, enforce: 'pre', transform: (code: string, id: string) => string |
 * undefined }}
 */
export function withoutRule(name) {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (name !== undefined && mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return {
    name: 'without-a-rule',
    enforce: 'pre',
    transform: (code, id) =>
      mutant !== undefined && id === join(ROOT, mutant.file) ? mutate(mutant, code) : undefined,
  };
}
