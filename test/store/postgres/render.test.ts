import { sql } from 'drizzle-orm';
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import { render, renderWhole } from '../../../src/store/postgres/connection/render.ts';
import { spelled } from '../../../src/store/sql/words.ts';

test('each value has a cast by its type, and null is itself', () => {
  expect(render(sql`select ${1}, ${1.5}, ${'x'}, ${null}, ${2n ** 60n}, ${1e300}, ${NaN}`)).toEqual(
    {
      text: 'select $1::bigint, $2::float8, $3::text, null, $4::bigint, $5::float8, null',
      values: ['1', '1.5', 'x', '1152921504606846976', '1e+300'],
    },
  );
});

test('equal values are one parameter, unless their types differ', () => {
  expect(render(sql`${1} ${'1'} ${1} ${'1'}`)).toEqual({
    text: '$1::bigint $2::text $1::bigint $2::text',
    values: ['1', '1'],
  });
});

test('a list is one parameter, whose cast the statement gives', () => {
  const ids = [1, 2];
  expect(render(sql`= any(${sql.param(ids)}::bigint[])`)).toEqual({
    text: '= any($1::bigint[])',
    values: [ids],
  });
  expect(() => render(sql`in ${[{}]}`)).toThrow('cannot be bound');
});

test('parts that databases spell differently are in the spelling of PostgreSQL', () => {
  const part = spelled(sql`json_each(${'a'})`, sql`each(${'b'})`);
  expect(render(sql`select ${part} and ${sql.join([part, part], sql`, `)}`)).toEqual({
    text: 'select each($1::text) and each($1::text), each($1::text)',
    values: ['b'],
  });
});

test('names are quoted', () => {
  const table = sqliteTable('crowd', { size: integer('size "of" it') });
  expect(render(sql`${sql.identifier('a"b')} ${table} ${table.size}`).text).toBe(
    '"a""b" "crowd" "crowd"."size ""of"" it"',
  );
});

test('a statement whose values stand in its text', () => {
  const query = sql`select ${1}, ${-1}, ${0.5}, ${"it's"}, ${null}, ${sql.param(['a"\\', 'b'])}::text[]`;
  expect(renderWhole(query)).toBe(
    String.raw`select 1::bigint, '-1'::bigint, '0.5'::float8, 'it''s'::text, null, '{"a\"\\","b"}'::text[]`,
  );
});

test('more values than the protocol can count are a mistake of ours, found before the server is asked', () => {
  const values = Array.from({ length: 65_536 }, (_, index) => sql`${index}`);
  expect(() => render(sql.join(values, sql`, `))).toThrow('65536 values');
  expect(render(sql.join(values.slice(1), sql`, `)).values).toHaveLength(65_535);
});
