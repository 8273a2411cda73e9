import { type SQL, sql } from 'drizzle-orm';
import { spelled } from '../words.ts';

/**
 * The contacts that the detail of an entry of the audit names, to select `value` from; none where it
 * is no JSON, which other programs may write.
 */
export function namedIn(detail: SQL): SQL {
  const list = sql`substring(${detail} from '"contact_ids":\\s*\\[[0-9,\\s]*\\]')`;
  return spelled(
    sql`json_each(case when json_valid(${detail}) then ${detail} else '{}' end, '$.contact_ids')`,
    sql`(
      select digits[1]::bigint as value
      from regexp_matches(${list}, '[0-9]{1,15}', 'g') as found (digits)
    )`,
  );
}
