import { sql, type SQL } from 'drizzle-orm';
import type { Condition } from '../../sql/condition.ts';
import { Matched, type MatchedText } from '../../sql/matched.ts';
import { partsOf, replaceParts } from '../../sql/parts.ts';
import { preparePattern } from '../../support/regex.ts';

/** What reads the first column of each row. */
export interface PluckingDatabase {
  readonly pluck: <T>(query: SQL) => Promise<T[]>;
}

/**
 * The condition without regular expressions, which PostgreSQL understands otherwise than RE2: the
 * different values are read and held against the pattern here, and a value is one of those that
 * match. It holds for the snapshot in which they were read. `candidates`, a select of ids, says
 * which contacts the condition is asked for; values of others are not read.
 */
export async function resolveMatched(
  db: PluckingDatabase,
  condition: Condition,
  candidates?: SQL,
): Promise<Condition> {
  const resolved = new Map<Matched, SQL>();
  for (const matched of partsOf(condition, Matched))
    resolved.set(matched, await isAmongMatches(db, matched.text, candidates));
  return replaceParts(condition, Matched, (matched) => resolved.get(matched) ?? matched);
}

async function isAmongMatches(
  db: PluckingDatabase,
  { value, pattern, rows: { table, within, areOf } }: MatchedText,
  candidates: SQL | undefined,
): Promise<SQL> {
  // rule: postgres-candidates
  const which = [...within, ...(candidates === undefined ? [] : [areOf(candidates)])];
  const tests = sql.join([sql`${value} is not null`, ...which], sql` and `);
  const values = await db.pluck<string>(sql`select distinct ${value} from ${table} where ${tests}`);
  const matching = new Set(values.filter(preparePattern(pattern)));
  const others = values.filter((each) => !matching.has(each));
  // rule: postgres-matched
  return matching.size <= others.length
    ? sql`(${value} is not null and ${value} = any(${sql.param([...matching])}::text[]))`
    : sql`(${value} is not null and ${value} <> all(${sql.param(others)}::text[]))`;
}
