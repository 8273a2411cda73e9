import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from './list.js';

const ROOT = new URL('../..', import.meta.url).pathname;

/**
 * The source with a rule taken out. Throws when its text does not stand there exactly once: the list must follow the code.
 * @param {import('./list.js').Mutant} mutant
 * @param {string} source
 */
export function mutate(mutant, source = readFileSync(join(ROOT, mutant.file), 'utf8')) {
  return [mutant, ...(mutant.more ?? [])].reduce((text, { find, replace }) => {
    const pieces = text.split(find);
    if (pieces.length !== 2) throw new Error(`mutant ${mutant.name}: its text stands ${pieces.length - 1} times in ${mutant.file}`);
    return pieces.join(replace);
  }, source);
}

/**
 * For vitest: runs the tests on the source without the rule of this name; on the source as it is when there is no name.
 * @param {string | undefined} name
 * @returns {{ name: string, enforce: 'pre', transform: (code: string, id: string) => string | undefined }}
 */
export function withoutRule(name) {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (name !== undefined && mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return {
    name: 'without-a-rule',
    enforce: 'pre',
    transform: (code, id) => (mutant !== undefined && id === join(ROOT, mutant.file) ? mutate(mutant, code) : undefined),
  };
}
