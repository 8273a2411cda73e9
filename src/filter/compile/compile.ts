/** Compiles the AST into one SQL condition over contacts (alias c). */
import { sql, type SQL } from 'drizzle-orm';
import type { Condition } from '../../sql/condition.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { COMPANY_ROWS, CONTACT_ROWS, type ValueRows } from '../../sql/value-rows.ts';
import type { EventSet, FilterAst, Operand, Predicate, Test } from '../ast.ts';
import type { Catalogue, CatalogueField, TimeContext } from '../catalogue.ts';
import { compileAggregate, isOneOf } from './aggregates.ts';
import { compileCombined, type LeafCompiler } from './combined.ts';
import {
  accessOf,
  hasRelated,
  sqlContext,
  type CompileContext,
  type Shape,
} from '../operators/compile-context.ts';
import { compileTags } from './tags.ts';
import { anniversaryCondition } from '../operators/anniversary.ts';
import { operatorOf } from '../operators/index.ts';
import { predicateOperatorOf } from '../operators/predicates.ts';
import { getField } from '../references.ts';
import { leavesOf } from '../walk.ts';

export interface CompileOptions {
  /** The dialect of the store that is asked: `tx.dialect`. */
  readonly dialect: Dialect;
  readonly shape: Shape;
  readonly time: TimeContext;
  readonly catalogue: Catalogue;
  /**
   * Whether other conditions of the statement leave only some contacts to ask; false by default.
   */
  readonly narrowed?: boolean;
}

/**
 * The filter as a condition; whether it raises an error does not depend on the row. All shapes mean
 * the same. `FilterError` when a field or segment of the AST no longer exists.
 */
export function compileFilter(ast: FilterAst, options: CompileOptions): Condition {
  const context = { ...options, narrowed: options.narrowed ?? false };
  const condition = sql`(${compileCombined<Predicate>(ast, context, PREDICATES)})`;
  const leaves = leavesOf<Predicate>(ast);
  const subselects = leaves.filter((leaf) => costOf(leaf, context) > OWN_ROW).length;
  return options.dialect.plannable(condition, subselects);
}

/** A condition over events (alias e), which holds for those of the set. */
export function compileEvents(events: EventSet, options: CompileOptions): Condition {
  return sql`(${isOneOf(events, { ...options, narrowed: options.narrowed ?? false })})`;
}

/** Whether the filter reads nothing but the contact's own row. `FilterError` as `compileFilter`. */
export function readsOwnRow(ast: FilterAst, catalogue: Catalogue): boolean {
  return leavesOf<Predicate>(ast).every((leaf) => costOf(leaf, { catalogue }) <= OWN_ROW);
}

const OWN_ROW = 1;

/**
 * The cost, from cheap to expensive: a column of the contact, a function of ours on it, rows of
 * another table, rows counted for each contact.
 */
function costOf(predicate: Predicate, { catalogue }: Pick<CompileContext, 'catalogue'>): number {
  if (predicate.kind !== 'test') return 2;
  const { operand, test } = predicate;
  if (operand.kind === 'aggregate') return 3;
  if (operand.kind === 'tags' || getField(catalogue, operand.field).object === 'company') return 2;
  return test.kind === 'matches' ? 1 : 0;
}

const PREDICATES: LeafCompiler<Predicate> = { compile: compilePredicate, cost: costOf };

function compilePredicate(predicate: Predicate, context: CompileContext): SQL {
  if (predicate.kind === 'test') return compileTest(predicate.operand, predicate.test, context);
  return predicateOperatorOf(predicate).sql(predicate, context);
}

function compileTest(operand: Operand, test: Test, context: CompileContext): SQL {
  switch (operand.kind) {
    case 'field': {
      const field = getField(context.catalogue, operand.field);
      return compileField(field, test, context, (value, tested) =>
        operatorOf(tested).sql(value, tested, sqlContext(context, field.type, rowsOf(field))),
      );
    }
    case 'anniversary': {
      const field = getField(context.catalogue, operand.field);
      return compileField(field, test, context, (value, tested) =>
        anniversaryCondition(value, tested, sqlContext(context, 'anniversary', rowsOf(field))),
      );
    }
    case 'tags':
      return compileTags(test, context);
    case 'aggregate':
      return compileAggregate(operand, test, context);
  }
}

function rowsOf({ object }: CatalogueField): ValueRows {
  return object === 'contact' ? CONTACT_ROWS : COMPANY_ROWS;
}

/**
 * A field of the contact is a column. A field of its company is in another row, and is empty
 * without a company.
 */
function compileField(
  field: CatalogueField,
  test: Test,
  context: CompileContext,
  condition: (value: SQL, test: Test) => SQL,
): SQL {
  const column = sql.identifier(field.column);
  if (field.object === 'contact') return condition(sql`c.${column}`, test);
  const inner = condition(sql`co.${column}`, test);
  const company = {
    table: COMPANY_ROWS.table,
    key: sql`co.id`,
    outer: sql`c.company_id`,
    within: [],
  };
  const hasCompany = (where: SQL): SQL =>
    hasRelated({ ...company, where: [where] }, accessOf(context));
  // rule: operator-company
  if (test.kind === 'empty')
    return sql`not (c.company_id is not null and ${hasCompany(sql`not ${inner}`)})`;
  return sql`(c.company_id is not null and ${hasCompany(inner)})`;
}
