import { sql, SQL } from 'drizzle-orm';
import type { ValueRows } from './value-rows.ts';

/** A regular expression, and the texts in which it is looked for. */
export interface MatchedText {
  readonly value: SQL;
  /** In RE2's syntax. */
  readonly pattern: string;
  /** The rows that the value is read from. */
  readonly rows: ValueRows;
}

/**
 * The condition that the pattern occurs in the text; false for NULL. By itself it is a call of
 * `re_match`. An adapter whose database cannot have such a function finds these objects in a
 * condition (`replaceParts`) and decides them by the values that the rows hold.
 */
export class Matched extends SQL {
  readonly text: MatchedText;

  constructor(text: MatchedText) {
    // rule: operator-matches
    super(sql`re_match(${text.pattern}, ${text.value})`.queryChunks);
    this.text = text;
  }
}
