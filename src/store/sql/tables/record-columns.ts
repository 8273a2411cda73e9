import { type SQL, sql } from 'drizzle-orm';
import { name } from '../sql-parts.ts';
import { caseless } from '../words.ts';
import { channelsOf, isConsentColumn } from './suppressions.ts';

export type TableName = 'contacts' | 'companies';

/**
 * A column of record `c`, as it is asked for by alias; the name of a contact's company stands in
 * `company_of`, which `WITH_COMPANY` joins.
 */
export function columnExpression(column: string, table: TableName): SQL {
  if (table === 'contacts' && column === 'company') return sql`company_of.name`;
  if (table === 'contacts' && column === 'tags') {
    return sql`(
      select string_agg(sorted.name, '|')
      from (
        select tags.name
        from contact_tags
        join tags on tags.id = contact_tags.tag_id
        where contact_tags.contact_id = c.id
        order by ${caseless(sql`tags.name`)}
      ) as sorted
    )`;
  }
  if (table === 'contacts' && isConsentColumn(column)) return channelsOf(column);
  return sql`c.${name(column)}`;
}

export const WITH_COMPANY = sql`left join companies company_of on company_of.id = c.company_id`;
