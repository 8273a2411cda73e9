import { sql } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import { render } from '../../src/store/sql/render.ts';
import { settings } from '../../src/store/sql/schema.ts';

const dialect = new SQLiteSyncDialect();

test.each([
  ['text and values', sql`select ${1}, ${'a'}, ${null} from x`],
  ['names', sql`select ${sql.identifier('a"b')} from ${sql.identifier('x')}`],
  [
    'statements in statements',
    sql`select ${sql.join([sql`a = ${1}`, sql`b = ${sql.raw('2')}`], sql` and `)} from (${sql`select ${'c'}`})`,
  ],
  [
    'columns and tables of the schema',
    sql`select ${settings.value} from ${settings} where ${settings.key} = ${1}`,
  ],
  ['lists of values', sql`select ${[1, 2]}`],
  ['nothing', sql`select 1 ${undefined} ${sql``}`],
])('%s render as drizzle renders them', (_, query) => {
  const { sql: source, params } = dialect.sqlToQuery(query);
  expect(render(query)).toMatchObject({ sql: source, params });
});
