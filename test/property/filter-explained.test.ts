import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadCatalogue } from '../../src/contact/fields.ts';
import {
  compileFilter,
  conditionsOf,
  evaluateFilter,
  explainFilter,
  type FilterAst,
  filterRows,
  printFilter,
  readFilter,
  type TimeContext,
} from '../../src/filter/index.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { explainContact } from '../../src/segment/explain.ts';
import { countFunnel } from '../../src/segment/funnel.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { ReadTx, Store } from '../../src/store/index.ts';
import { CATALOGUE, type Person, rowOf } from '../filter/world.ts';
import { withStore } from '../segment/model/world.ts';
import { filter, predicate } from './filter-arbitraries.ts';
import { people } from './filter-people.ts';
import { TIMES } from './filter-pools.ts';
import { storePeople } from './stored-people.ts';
import { tailored } from './filter-tailored.ts';

interface Case {
  readonly time: TimeContext;
  readonly people: readonly Person[];
  readonly filters: readonly FilterAst[];
}

const cases: fc.Arbitrary<Case> = fc
  .constantFrom(...TIMES)
  .chain((time) =>
    fc.record({
      time: fc.constant(time),
      people: people(time, 4),
      filters: fc.array(filter, { minLength: 1, maxLength: 10 }),
    }),
  )
  .map((each) => ({ ...each, people: [...each.people, ...tailored(each.filters, each.time, 12)] }));

/** FILTER_RUNS=20 runs everything twenty times as long. */
const runs = (count: number): number => count * Number(process.env.FILTER_RUNS ?? 1);

/** Works on a store with the people of the case and, for each filter, the segment `f1`, `f2` … */
async function inStore(
  { time, people: persons, filters }: Case,
  work: (store: Store, texts: readonly string[]) => Promise<void>,
): Promise<void> {
  await withStore(async (store) => {
    await store.write(async (tx) =>
      tx.settings.set({ timezone: time.zone, weekStart: time.weekStart }),
    );
    await storePeople(store, persons);
    const texts = filters.map((ast) => printFilter(ast, CATALOGUE));
    await store.write(async (tx) => {
      for (const [index, where] of texts.entries())
        await createSegment(tx, { name: `f${index + 1}`, where }, { now: time.now, by: null });
    });
    await work(store, texts);
  });
}

async function idsOf(
  tx: ReadTx,
  text: string,
  shape: 'scan' | 'probe',
  time: TimeContext,
): Promise<number[]> {
  const catalogue = await loadCatalogue(tx);
  const where = compileFilter(readFilter(text, catalogue).ast, {
    dialect: tx.dialect,
    shape,
    time,
    catalogue,
  });
  return (await tx.contacts.list({ where }, [])).map(({ id }) => id);
}

describe('an explanation, the statements in both shapes, and the members after an update agree', () => {
  test('for filters of all sorts', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (each) =>
        inStore(each, async (store, texts) => {
          const { now } = each.time;
          await updateSegments(store, { segments: [], now });
          await store.read(async (tx) => {
            const everyone = (await tx.contacts.list({}, [])).map(({ id }) => id);
            for (const [index, text] of texts.entries()) {
              const segment = await getSegment(tx, `f${index + 1}`);
              const told: number[] = [];
              for (const id of everyone) {
                const {
                  filter: answer,
                  membership,
                  pending,
                  contact,
                } = await explainContact(tx, segment, id, now);
                if (answer?.kind !== 'answered') throw new Error(`no answer for ${text}`);
                expect([contact.id, membership !== null, pending], text).toEqual([
                  id,
                  answer.verdict.holds,
                  null,
                ]);
                if (answer.verdict.holds) told.push(id);
              }
              for (const shape of ['scan', 'probe'] as const)
                expect(await idsOf(tx, text, shape, each.time), `${shape}: ${text}`).toEqual(told);
            }
          });
        }),
      ),
      { numRuns: runs(12) },
    );
  });
});

describe('a preview counts what its conditions select', () => {
  test('for filters of all sorts', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (each) =>
        inStore(each, async (store, texts) =>
          store.read(async (tx) => {
            const catalogue = await loadCatalogue(tx);
            for (const text of texts) {
              const { ast } = readFilter(text, catalogue);
              const funnel = await countFunnel(tx, ast, { catalogue, time: each.time });
              let [left, before] = [new Set<number>(), new Set<number>()];
              for (const [index, { filter: row, glue }] of filterRows(ast).entries()) {
                const matching = await idsOf(tx, printFilter(row, catalogue), 'probe', each.time);
                if (glue !== 'and') before = new Set([...before, ...left]);
                left = new Set(glue === 'and' ? matching.filter((id) => left.has(id)) : matching);
                const isLast = filterRows(ast)[index + 1]?.glue !== 'and';
                if (isLast) before = new Set([...before, ...left]);
                expect(funnel.rows[index], text).toEqual({
                  row: index + 1,
                  glue: glue ?? null,
                  condition: printFilter(row, catalogue),
                  matching: matching.length,
                  left: left.size,
                  total: isLast ? before.size : null,
                });
                if (isLast) left = new Set();
              }
              expect([funnel.matching, funnel.contacts]).toEqual([
                (await idsOf(tx, text, 'probe', each.time)).length,
                each.people.length,
              ]);
            }
          }),
        ),
      ),
      { numRuns: runs(12) },
    );
  });
});

describe.runIf(spawnSync('sqlite3', ['--version']).status === 0)(
  'the statement of a preview, pasted into the sqlite3 shell',
  () => {
    test('selects whom the filter matches, where it calls no function of ours', async () => {
      let pasted = 0;
      await fc.assert(
        fc.asyncProperty(cases, async (each) =>
          inStore(each, async (store, texts) => {
            const scripts = await store.read(async (tx) => {
              const catalogue = await loadCatalogue(tx);
              const all = [];
              for (const text of texts) {
                const script = await tx.contacts.shellScript?.(
                  compileFilter(readFilter(text, catalogue).ast, {
                    dialect: tx.dialect,
                    shape: 'scan',
                    time: each.time,
                    catalogue,
                  }),
                );
                if (script?.functions.length === 0)
                  all.push({
                    text,
                    lines: script.lines,
                    ids: await idsOf(tx, text, 'scan', each.time),
                  });
              }
              return all;
            });
            pasted += scripts.length;
            const input = scripts
              .flatMap(({ text, lines }, index) => [
                `.print "filter ${index}"`,
                `-- ${text.replaceAll('\n', ' ')}`,
                ...lines,
              ])
              .join('\n');
            const output = execFileSync('sqlite3', ['-batch', '-bail', store.location], {
              input: `${input}\n`,
              encoding: 'utf8',
              stdio: ['pipe', 'pipe', 'inherit'],
            });
            const answers = output.split(/^filter \d+\n/m).slice(1);
            expect(
              answers.map((answer) => answer.split('\n').filter((line) => line !== '')),
            ).toEqual(scripts.map(({ ids }) => ids.map(String)));
          }),
        ),
        { numRuns: runs(12) },
      );
      expect(pasted).toBeGreaterThan(20);
    });
  },
);

/** The answer with one condition the other way round, wherever it stands. */
function turned(
  ast: FilterAst,
  condition: string,
  person: Person,
  context: { readonly time: TimeContext; readonly catalogue: typeof CATALOGUE },
): boolean {
  const turn = (node: FilterAst): FilterAst => {
    switch (node.kind) {
      case 'and':
      case 'or':
        return { kind: node.kind, filters: node.filters.map(turn) };
      case 'not':
        return { kind: 'not', filter: turn(node.filter) };
      case 'constant':
        return node;
      default:
        return JSON.stringify(node) === condition ? { kind: 'not', filter: node } : node;
    }
  };
  return evaluateFilter(turn(ast), rowOf(person), context);
}

describe('the conditions that decide', () => {
  test('are exactly those that change the answer when they are turned round', () => {
    const few = fc.array(predicate, { minLength: 1, maxLength: 4 });
    const nested = few.chain(
      (leaves) =>
        fc.letrec<{ node: FilterAst }>((tie) => ({
          node: fc.oneof(
            { maxDepth: 4 },
            fc.constantFrom(...leaves),
            fc.record({
              kind: fc.constantFrom('and', 'or'),
              filters: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
            }) as fc.Arbitrary<FilterAst>,
            fc.record({ kind: fc.constant('not'), filter: tie('node') }) as fc.Arbitrary<FilterAst>,
            fc.record({
              kind: fc.constant('constant'),
              value: fc.boolean(),
            }) as fc.Arbitrary<FilterAst>,
          ),
        })).node,
    );
    const asked = fc
      .constantFrom(...TIMES)
      .chain((time) =>
        fc.record({ time: fc.constant(time), people: people(time, 2), ast: nested }),
      );
    fc.assert(
      fc.property(asked, ({ time, people: persons, ast }) => {
        const context = { time, catalogue: CATALOGUE };
        for (const person of persons) {
          const row = rowOf(person);
          const verdict = explainFilter(ast, row, context);
          expect(verdict.holds).toBe(evaluateFilter(ast, row, context));
          for (const { condition, decides, holds } of conditionsOf(verdict)) {
            const { ast: leaf } = readFilter(condition, CATALOGUE);
            expect(holds, condition).toBe(evaluateFilter(leaf, row, context));
            const bare = leaf.kind === 'not' ? leaf.filter : leaf;
            expect(decides, `${condition} in ${printFilter(ast, CATALOGUE)}`).toBe(
              turned(ast, JSON.stringify(bare), person, context) !== verdict.holds,
            );
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });
});
