import { type SQL, sql } from 'drizzle-orm';
import { anyOf, name } from '../sql-parts.ts';
import { exactly, greater } from '../words.ts';
import { companyOf } from './companies.ts';
import { consentDiffers } from './consent.ts';
import { COMPANY } from './cells.ts';
import type { RecordShape } from './stage-shape.ts';
import type { SqlStage } from './staging.ts';
import { tagsDiffer } from './tags.ts';

export interface Assignment {
  readonly column: string;
  /** Whether the row says anything of the column. */
  readonly isGiven: SQL;
  /** What the column becomes when it does, and when it does not. */
  readonly value: SQL;
  readonly kept: SQL;
}

/** What the staged row `s` makes of its record `r`. */
export function assignments(stage: SqlStage, shape: RecordShape): Assignment[] {
  const columns = shape.columns.map((column, place): Assignment => ({
    column,
    isGiven: stage.cells.isGiven(place),
    value: keepingKey(shape, column, valueOf(column, stage.cells.value(place))),
    kept: sql`r.${name(column)}`,
  }));
  if (!stage.said.companies) return columns;
  // a company deleted where foreign keys are off leaves a link that cannot be written again
  const kept = sql`(select companies.id from companies where companies.id = r.company_id)`;
  return [
    ...columns,
    { column: 'company_id', isGiven: stage.cells.isGiven(COMPANY), value: companyOf(stage), kept },
  ];
}

/** A list of members says who they are, not how their addresses are written. */
function keepingKey({ key, keepsKey }: RecordShape, column: string, value: SQL): SQL {
  // rule: key-kept
  return keepsKey === true && column === key ? sql`coalesce(r.${name(column)}, ${value})` : value;
}

/**
 * Instants that the store keeps do not go back: the latest activity, and who was identified stays
 * so.
 */
function valueOf(column: string, given: SQL): SQL {
  if (column === 'last_active_at')
    return greater(
      sql`coalesce(r.last_active_at, ${given})`,
      sql`coalesce(${given}, r.last_active_at)`,
    );
  if (column === 'identified_at') return sql`coalesce(${given}, r.identified_at)`;
  return given;
}

/** Whether the staged row `s` updates its record `r`, or leaves all as it is. */
export function outcomeOf(stage: SqlStage, shape: RecordShape): SQL {
  // most values are the same, and then nothing else is asked
  const differences = assignments(stage, shape).map(
    ({ column, isGiven, value }) =>
      sql`(${exactly(sql`r.${name(column)}`)} is distinct from ${value} and ${isGiven})`,
  );
  // a company that is still to be made is another one, too
  if (stage.said.companies)
    differences.push(sql`(${stage.cells.isFilled(COMPANY)} and ${companyOf(stage)} is null)`);
  if (stage.said.tags) differences.push(tagsDiffer(stage));
  if (stage.said.consent) differences.push(consentDiffers(stage));
  return differences.length === 0
    ? sql`'unchanged'`
    : sql`case when ${anyOf(differences)} then 'updated' else 'unchanged' end`;
}
