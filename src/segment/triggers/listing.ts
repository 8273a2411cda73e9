import { loadCatalogue } from '../../contact/fields.ts';
import type { Page, ReadTx, TriggerRow } from '../../store/index.ts';
import { UserError } from '../../support/errors.ts';
import { readTrigger, type TriggerDefinition } from './definition.ts';
import { aliasOf, whenInWords } from './when.ts';

/** A trigger as people read it, segments by their aliases. */
export interface TriggerView extends Pick<
  TriggerRow,
  'id' | 'name' | 'published' | 'madeBy' | 'error' | 'createdAt' | 'updatedAt'
> {
  readonly when: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly via: string | null;
  readonly reason: string | null;
}

/** Triggers in the order in which they were made; of one that cannot be read, what is known. */
export async function listTriggers(
  tx: ReadTx,
  { after = 0 }: Pick<Page, 'after'>,
): Promise<TriggerView[]> {
  const rows = (await tx.triggers.list()).filter(({ id }) => id > after);
  const views: TriggerView[] = [];
  for (const row of rows) views.push(await viewTrigger(tx, row));
  return views;
}

export async function viewTrigger(tx: ReadTx, row: TriggerRow): Promise<TriggerView> {
  const { id, name, published, madeBy, error, createdAt, updatedAt } = row;
  const told = await tellDefinition(tx, row);
  return { id, name, ...told, published, madeBy, error, createdAt, updatedAt };
}

type Told = Pick<TriggerView, 'when' | 'add' | 'remove' | 'via' | 'reason'>;

async function tellDefinition(tx: ReadTx, row: TriggerRow): Promise<Told> {
  const does = definitionIn(row);
  if (does === undefined)
    return { when: 'cannot be read', add: [], remove: [], via: null, reason: null };
  const segments = await tx.segments.list();
  const aliases = (ids: readonly number[]): string[] => ids.map((id) => aliasOf(segments, id));
  return {
    when: whenInWords(does.when, await loadCatalogue(tx), segments),
    ...{ add: aliases(does.add), remove: aliases(does.remove) },
    ...{ via: does.via, reason: does.reason },
  };
}

function definitionIn(row: TriggerRow): TriggerDefinition | undefined {
  try {
    return readTrigger(row).does;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
