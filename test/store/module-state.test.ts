import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ADAPTER = new URL('../../src/store/sqlite', import.meta.url).pathname;

/** Of the process, and of no connection; why stands there. */
const OF_THE_PROCESS = ['file/kept-handles.ts: handles'];

const KEEPERS = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array']);

/** The variables of a module that may hold something else later than at first. */
function mutableIn(source: ts.SourceFile): string[] {
  return source.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => {
    const isConst = (declarationList.flags & ts.NodeFlags.Const) !== 0;
    return declarationList.declarations
      .filter(({ initializer }) => !isConst || isEmptyKeeper(initializer))
      .map(({ name }) => name.getText(source));
  });
}

/** Something empty is there to be filled. */
function isEmptyKeeper(value: ts.Expression | undefined): boolean {
  if (value === undefined) return true;
  if (ts.isArrayLiteralExpression(value)) return value.elements.length === 0;
  if (ts.isObjectLiteralExpression(value)) return value.properties.length === 0;
  return (
    ts.isNewExpression(value) &&
    KEEPERS.has(value.expression.getText()) &&
    (value.arguments ?? []).length === 0
  );
}

test('no module of the adapter keeps anything: what is of a connection belongs to an object', () => {
  const files = readdirSync(ADAPTER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort();
  expect(files.length).toBeGreaterThan(50);
  const found = files.flatMap((file) => {
    const text = readFileSync(join(ADAPTER, file), 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return mutableIn(source).map((name) => `${file}: ${name}`);
  });
  expect(found).toEqual(OF_THE_PROCESS);
});
