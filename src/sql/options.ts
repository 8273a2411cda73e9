import { sql, type SQL } from 'drizzle-orm';
import { fold } from '../support/fold.ts';
import type { PatternPart } from './pattern.ts';

const MOST_TESTED = 8;

/** How a dialect looks for options in a column that holds `|a|b|`. */
export interface OptionTests {
  /** Whether the column fits the parts. */
  readonly fits: (parts: readonly PatternPart[]) => SQL;
  /** The same of many texts, folded, each with its bars. */
  readonly many: (texts: readonly string[]) => SQL;
}

/** Whether a column contains any, or all, of the options: a few are looked for one by one. */
export function hasOptions(
  texts: readonly string[],
  which: 'any' | 'all',
  { fits, many }: OptionTests,
): SQL {
  // rule: operator-has-any
  const wanted = [...new Set(texts.map((text) => `|${fold(text)}|`))];
  if (wanted.length > MOST_TESTED) return many(wanted);
  const tests = wanted.map((text) =>
    fits([{ kind: 'any' }, { kind: 'text', text }, { kind: 'any' }]),
  );
  // rule: operator-has-all
  return sql`(${sql.join(tests, which === 'any' ? sql` or ` : sql` and `)})`;
}
