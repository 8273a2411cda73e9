import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldings } from '../../../support/fold.ts';
import { schemaFolder } from './migrations.ts';

/** What `trim` and the `\s` of regular expressions take for a blank, in JavaScript. */
const BLANKS =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
  '\u2028\u2029\u202f\u205f\u3000\ufeff';

/** From here on, numbers are nearer to 2^1024 than to the largest double. */
const BEYOND_ALL = 2n ** 1024n - 2n ** 970n;
/** 2^-1075 in digits: up to here, numbers are nearer to 0 than to the least double. */
const HALF_OF_LEAST = `0.${String(5n ** 1075n).padStart(1075, '0')}`;

/**
 * The statements that make the SQL functions of a store, or make them anew. They go to the schema
 * that the search_path begins with.
 */
export function functionStatements(): string {
  const text = readFileSync(join(schemaFolder(), 'functions.sql'), 'utf8');
  const words = wordsOfFunctions();
  return text.replace(/\{\{(.*?)\}\}/g, (_, word: string) => {
    const filled = words.get(word);
    if (filled === undefined) throw new Error(`nothing is known of {{${word}}}`);
    return filled;
  });
}

function wordsOfFunctions(): ReadonlyMap<string, string> {
  const folded = [...foldings()];
  return new Map([
    ['folded from', quoted(folded.map(([letter]) => letter).join(''))],
    ['folded to', quoted(folded.map(([, small]) => small).join(''))],
    ['blanks', quoted(BLANKS)],
    ['beyond all doubles', String(BEYOND_ALL)],
    ['half beyond all doubles', `${String(2n ** 1023n)}::double precision`],
    ['half of the least double', HALF_OF_LEAST],
  ]);
}

/** A text as an SQL literal, for a text without backslashes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
