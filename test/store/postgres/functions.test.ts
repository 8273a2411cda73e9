import fc from 'fast-check';
import Database from 'better-sqlite3';
import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { propertyDay, propertyNumber, propertyText } from '../../../src/sql/properties.ts';
import { uniqueKey } from '../../../src/sql/unique-key.ts';
import { fold } from '../../../src/support/fold.ts';
import { compensatedSum } from '../../../src/support/sum.ts';
import { OwnSchema, serverTest } from './own-schema.ts';

/** All code points that a text of PostgreSQL can hold. */
function codePoints(): string[] {
  const codes = Array.from({ length: 0x11_0000 }, (_, code) => code);
  return codes
    .filter((code) => code !== 0 && (code < 0xd800 || code > 0xdfff))
    .map((code) => String.fromCodePoint(code));
}

/**
 * Blocks with letters that came after Unicode 14, which is PostgreSQL 15's, and have another normal
 * form or take a place among marks: an older server does not know that.
 */
const YOUNGER =
  /[\u0897\u1ac1-\u1aff\ua7f1\u{10d40}-\u{10d8f}\u{10ec0}-\u{10eff}\u{11380}-\u{113ff}\u{11f00}-\u{11f5f}\u{16100}-\u{1613f}\u{16d40}-\u{16d7f}\u{1cc00}-\u{1ceff}\u{1e030}-\u{1e08f}\u{1e4d0}-\u{1e4ff}\u{1e5d0}-\u{1e5ff}\u{1e6c0}-\u{1e6ff}]/u;

const blanks = fc.constantFrom(
  '',
  ' ',
  '\t',
  '\n',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\u0085',
  '\u200b',
);
/** Texts with letters whose folding, composition or blanks are not usual. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from('aAkK1 @.é-ÉßẞıİiſsςσΣǅᾳΐ')),
      fc.constantFrom(
        'K',
        'Å',
        'e\u0301',
        '\u0301',
        '\u0345',
        '\u{10400}',
        '\u{1e921}',
        '가',
        '\u1100\u1161',
      ),
      blanks,
      fc
        .string({ unit: 'binary', minLength: 1, maxLength: 1 })
        .filter((letter) => letter !== '\0' && !YOUNGER.test(letter)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** Numbers as JSON may write them, at every edge of a double. */
const numerals = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: -400, max: 400 }).map((exponent) => `1e${String(exponent)}`),
    fc
      .tuple(
        fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
        fc.integer({ min: -350, max: 330 }),
      )
      .map(([digits, exponent]) => `${String(digits)}e${String(exponent)}`),
    // right between two doubles
    fc
      .tuple(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.integer({ min: 0, max: 70 }))
      .map(([digits, power]) => String((2n * digits + 1n) * 2n ** BigInt(power))),
    fc.constantFrom(
      ...[
        '0',
        '-0',
        '0.1',
        '0.10',
        '100000000000000000000',
        '1e21',
        '1e-7',
        '1e-6',
        '123456789012345678901',
      ],
      ...[
        '1e23',
        '9e23',
        '5e-324',
        '2.4703282292062327e-324',
        '2.4703282292062328e-324',
        '1e400',
        '-1e400',
      ],
      ...[
        '1.7976931348623157e308',
        '1.7976931348623158e308',
        '1.7976931348623159e308',
        '1e-400',
        '-1e-400',
      ],
      String(2n ** 1024n - 2n ** 970n),
      String(2n ** 1024n - 2n ** 970n - 1n),
      `0.${String(5n ** 1075n).padStart(1075, '0')}`,
      `0.${String(5n ** 1075n).padStart(1075, '0')}1`,
    ),
  )
  .map((numeral) => numeral.replace(/^(-?\d+)e\+/, '$1e'));

/** Texts that read as numbers in JavaScript, and some that look like it. */
const readings = fc.oneof(
  fc.tuple(blanks, fc.constantFrom('', '+', '-'), numerals, blanks).map((parts) => parts.join('')),
  fc.constantFrom(
    '.5',
    '5.',
    '.',
    '',
    '1e',
    '1e+',
    '1e+5',
    '+.5E-3',
    '0x10',
    '1_000',
    'Infinity',
    'NaN',
    '1,5',
  ),
  fc.constantFrom('1e999999999999999999999', '1e-999999999999999999999', '0e999999999999999999999'),
  fc.constantFrom(
    `0.${'0'.repeat(20_000)}1e20001`,
    `1${'0'.repeat(140_000)}e-140000`,
    '9'.repeat(2_000),
  ),
);

const properties = fc
  .oneof(
    numerals,
    readings.map((text) => JSON.stringify(text)),
    texts.map((text) => JSON.stringify(text)),
    fc.constantFrom(
      'true',
      'false',
      'null',
      '[]',
      '{}',
      '{"a":1}',
      '[1]',
      '"2026-03-15T10:00Z"',
      '"2026-03-151"',
    ),
  )
  .chain((value) =>
    fc.constantFrom(
      `{"a":${value}}`,
      `{"a":1,"a":${value}}`,
      `{"A":${value}}`,
      `[${value}]`,
      `{"b":{"a":${value}}}`,
      value,
    ),
  );

const own = new OwnSchema();

serverTest('the SQL functions fold each code point as everywhere else', async () => {
  const letters = codePoints();
  const folded = await own.pluck<string>('select fold(value) from each($1::text[]) order by key', [
    letters,
  ]);
  expect(folded.length).toBe(letters.length);
  const different = letters.filter((letter, nth) => folded[nth] !== fold(letter));
  expect(different).toEqual([]);
});

serverTest('the SQL functions fold texts and keep what is unique by the same keys', async () => {
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.constantFrom('text', 'email', 'phone', 'url', 'select', 'other'),
      async (text, type) => {
        const [row] = await own.rows<{ folded: string; key: string }>(
          'select fold($1) as folded, unique_key($2, $1) as key',
          [text, type],
        );
        expect(row).toEqual({ folded: fold(text), key: uniqueKey(type as 'text', text) });
      },
    ),
    { numRuns: 2_000 },
  );
});

serverTest('the SQL functions write domains as name servers have them', async () => {
  const letters = [
    ...Array.from('az09.-_@/%?#: ßςéü中文бдعبאב。．｡ｅﬁ①\u00ad\u200d'),
    ...['\u{1f600}', '\u{10ffff}', 'e\u0301', 'xn--', '..', 'ü'.repeat(63), 'ü'.repeat(254)],
  ];
  const domain = fc.array(fc.oneof(fc.constantFrom(...letters), texts), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      domain.map((parts) => `kim@${parts.join('')}`),
      async (address) => {
        expect(await own.pluck("select unique_key('email', $1::text)", [address])).toEqual([
          uniqueKey('email', address),
        ]);
      },
    ),
    { numRuns: 500 },
  );
});

serverTest('the SQL functions read phone numbers by their digits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom(...Array.from('0012 +-()٣３aÉ')), maxLength: 12 }),
      async (text) => {
        expect(await own.pluck("select unique_key('phone', $1::text)", [text])).toEqual([
          uniqueKey('phone', text),
        ]);
      },
    ),
    { numRuns: 500 },
  );
});

serverTest('the SQL functions leave what is no text as it is', async () => {
  expect(
    await own.pluck(`
        select unique_key('number', 7.5::float8) union all
        select unique_key('datetime', 7::bigint)::float8 union all
        select unique_key('text', null::text)::float8`),
  ).toEqual([7.5, 7, null]);
});

serverTest('the SQL functions read properties of events as everywhere else', async () => {
  await fc.assert(
    fc.asyncProperty(properties, async (json) => {
      const [row] = await own.rows<{ text: string; number: number; day: string }>(
        `select event_text(p, 'a') as text, event_number(p, 'a') as number, event_day(p, 'a') as day
              from (select $1::jsonb as p) as given`,
        [json],
      );
      expect(row?.text).toBe(propertyText(json, 'a'));
      expect(row?.day).toBe(propertyDay(json, 'a'));
      const number = propertyNumber(json, 'a');
      expect(row?.number).toBe(number === null ? null : number + 0); // jsonb knows no -0
    }),
    { numRuns: 3_000 },
  );
});

serverTest('the SQL functions know no properties where there are none', async () => {
  expect(
    await own.pluck(
      "select event_text(p::jsonb, 'a') from unnest(array[null, 'null', '1', '[]']) as p",
    ),
  ).toEqual([null, null, null, null]);
  expect(await own.pluck(`select event_text('{"__proto__":"x"}', '__proto__')`)).toEqual(['x']);
});

serverTest(
  'the SQL functions write numbers as JavaScript does, whatever the session says',
  async () => {
    await own.run('set extra_float_digits = -10');
    try {
      await fc.assert(
        fc.asyncProperty(numerals.map(Number).filter(Number.isFinite), async (number) => {
          expect(await own.pluck('select number_text($1::float8)', [number])).toEqual([
            String(number),
          ]);
        }),
        { numRuns: 3_000 },
      );
    } finally {
      await own.run('reset extra_float_digits');
    }
    expect(
      await own.pluck(
        "select number_text(n::float8) from unnest(array['NaN', 'Infinity', '-Infinity']) as n",
      ),
    ).toEqual(['NaN', 'Infinity', '-Infinity']);
  },
);

serverTest('the SQL functions know the days of the calendar as SQLite does', async () => {
  const db = new Database(':memory:');
  const isDay = db.prepare('select date(@day) is @day').pluck();
  const year = fc.oneof(
    fc.integer({ min: 0, max: 9999 }),
    fc.constantFrom(0, 4, 100, 400, 1900, 2000, 2024, 2023, 2100, 9999),
  );
  const pad = (value: number, length: number): string => String(value).padStart(length, '0');
  const days = fc
    .tuple(year, fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
    .map(([y, m, d]) => `${pad(y, 4)}-${pad(m, 2)}-${pad(d, 2)}`);
  const odd = fc.constantFrom(
    '',
    '2024',
    '2024-2-03',
    '2024-02-03 ',
    '2024-02-03\n',
    '٢024-02-03',
    'now',
  );
  try {
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: days }, odd), async (day) => {
        expect(await own.pluck('select is_day($1)::int', [day])).toEqual([isDay.get({ day })]);
      }),
      { numRuns: 2_000 },
    );
  } finally {
    db.close();
  }
});

serverTest('the SQL functions add numbers up without losing small parts', async () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
    fc.constantFrom(2 ** 53, 1, 0.1, -0.1, 1e21, 5e-324, -5e-324, -(2 ** 53)),
    fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 1e308, Infinity, -Infinity),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(number, { maxLength: 10 }), async (numbers) => {
      const [sum] = await own.pluck<number>('select kbn($1::float8[])', [numbers]);
      expect((sum ?? 0) + 0).toBe(compensatedSum(numbers) + 0);
    }),
    { numRuns: 2_000 },
  );
  expect(await own.pluck('select kbn(null) union all select kbn(array[null, 1])')).toEqual([0, 1]);
});

serverTest('the SQL functions know erased people by the same hashes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 100 }),
      fc.oneof(texts, fc.double({ noNaN: true }), fc.maxSafeInteger()),
      async (key, value) => {
        const type =
          typeof value === 'string' ? 'text' : Number.isInteger(value) ? 'bigint' : 'float8';
        const isWhole = type === 'bigint' && Number.isSafeInteger(value);
        const cast = type === 'bigint' && !isWhole ? 'float8' : type;
        const [hash] = await own.pluck(`select person_hash($1, 'phone', $2::${cast})`, [
          Buffer.from(key),
          Object.is(value, -0) ? 0 : value,
        ]);
        const expected = createHmac('sha256', key)
          .update(`phone\0${String(value)}`)
          .digest('hex');
        expect(hash).toBe(value === '' ? null : expected);
      },
    ),
    { numRuns: 500 },
  );
  expect(await own.pluck("select person_hash('', 'phone', null::text)")).toEqual([null]);
});

serverTest('the SQL functions give the values of a list, with their places', async () => {
  const rows = async (list: string): Promise<unknown[]> =>
    own.rows(`select key, value from each(${list}) order by key`);
  expect(await rows("array['b', null, 'a']")).toEqual([
    { key: 0, value: 'b' },
    { key: 1, value: null },
    { key: 2, value: 'a' },
  ]);
  expect(await rows('array[7]::bigint[]')).toEqual([{ key: 0, value: 7 }]);
  expect(await rows('array[0.5]::float8[]')).toEqual([{ key: 0, value: 0.5 }]);
  expect(await rows("'{}'::bigint[]")).toEqual([]);
});

serverTest('the SQL functions say instants in UTC, whatever the session says', async () => {
  await own.run("set timezone = 'Pacific/Kiritimati'");
  expect(
    await own.pluck(
      'select instant_text(ms) from unnest(array[0, 1772366400999, -1, 253402300800000, -62135596800001, 9223372036854775807]) as ms',
    ),
  ).toEqual([
    '1970-01-01T00:00:00Z',
    '2026-03-01T12:00:00Z',
    '1970-01-01T00:00:00Z',
    null,
    null,
    null,
  ]);
  await own.run('reset timezone');
});

serverTest('the SQL functions may run in parallel, and none depends on a search_path', async () => {
  const rows = await own.rows(
    `select proname, proparallel, provolatile, proconfig
        from pg_proc
        where pronamespace = $1::regnamespace and prorettype <> 'trigger'::regtype
          and (proparallel <> 's' or prosqlbody is null and proconfig is null
            or provolatile <> 'i' and proname <> 'instant_text')`,
    [own.schema],
  );
  expect(rows).toEqual([]);
  await own.run('set search_path = pg_catalog');
  expect(
    await own.pluck(
      `select ${own.schema}.unique_key('email', ' É@x.example'), ${own.schema}.kbn('{1,2}')`,
    ),
  ).toEqual(['é@x.example']);
  expect(await own.pluck(`select ${own.schema}.event_text('{"a":1e22}', 'a')`)).toEqual(['1e+22']);
  await own.run(`set search_path = ${own.schema}, pg_temp`);
});
