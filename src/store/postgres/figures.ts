/**
 * Sums and means as `compensatedSum` has them. PostgreSQL's own `sum` loses digits, and which ones
 * hangs on the order of the rows; `kbn` takes twenty times as long for the adding. So `sum` decides
 * unless it is so near to a literal that lost digits could matter, or too large to be sure.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { FigureTest, GroupValues } from '../../sql/dialect.ts';

/** Tests that compare with more numbers than these go by the compensated sum alone. */
const MOST_LITERALS = 2;
/** Literals beyond this could make the products below overflow, which is an error. */
const LARGEST_LITERAL = 1e290;

export function sum(values: GroupValues, test: FigureTest): SQL {
  return decided(values, test, { weight: sql`1`, figureOf: (total) => sql`coalesce(${total}, 0)` });
}

export function average(values: GroupValues, test: FigureTest): SQL {
  const weight = sql`count(${values.value})${values.filter}::float8`;
  return decided(values, test, { weight, figureOf: (total) => mean(total, weight) });
}

/** The quotient as IEEE 754 has it: PostgreSQL raises an error where one that is not 0 becomes 0. */
function mean(total: SQL, number: SQL): SQL {
  // rule: postgres-tiny-mean
  return sql`case when 2 * abs(${total}) > ${number} * float8 '5e-324' then ${total} / ${number} else 0 * ${total} / nullif(${number}, 0) end`;
}

/** What a figure is: made of a sum, of which a literal is compared with the `weight`th part. */
interface Figure {
  readonly weight: SQL;
  readonly figureOf: (total: SQL) => SQL;
}

function decided(
  { value, filter, order }: GroupValues,
  { holds, literals }: FigureTest,
  { weight, figureOf }: Figure,
): SQL {
  const plain = sql`sum(${value})${filter}`;
  const size = sql`sum(abs(${value}))${filter}`;
  // rule: postgres-order
  const exact = sql`nullif(kbn(array_agg(${value} order by ${order})${filter}), 'NaN')`;
  const byExact = holds(figureOf(exact));
  if (literals.length > MOST_LITERALS || literals.some((each) => Math.abs(each) > LARGEST_LITERAL))
    return byExact;
  const isFar = literals.map(
    (literal) =>
      // the least size keeps the product from becoming 0, which would be an error
      sql`abs(${plain} - ${literal} * ${weight}) > 1e-9 * greatest(${size}, float8 '1e-290')`,
  );
  // of infinite values, NaN and none at all this is false or NULL
  const isPlain = sql.join([sql`${size} < float8 '1e307'`, ...isFar], sql` and `);
  // rule: postgres-near
  return sql`case when ${isPlain} then ${holds(figureOf(plain))} else ${byExact} end`;
}
