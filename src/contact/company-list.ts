import type {
  FieldRow,
  Order,
  Page,
  ReadTx,
  RecordQuery,
  RecordRow,
  Store,
} from '../store/index.ts';
import { getField } from './fields.ts';
import { readPages, readPagesOf } from './pages.ts';
import { type FilledField, filledFields } from './plain-values.ts';
import { among, type SelectedContacts, selectedIds } from './selected-ids.ts';
import { orderOfRecords, type Sorting, withSorted } from './sorting.ts';
import { readCondition } from './where.ts';

/** The columns of a list, unless the user names others. */
const USUAL_COLUMNS = ['id', 'name', 'city', 'country', 'industry', 'employees'];

export interface CompanyListRequest extends Sorting {
  /** Aliases of company fields, in the order in which they are shown. */
  readonly columns?: readonly string[] | undefined;
  /** Only companies of these contacts. */
  readonly selected?: SelectedContacts | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

export interface CompanyList {
  readonly fields: readonly FieldRow[];
  /** Read page by page while the caller iterates. */
  readonly rows: AsyncIterable<RecordRow>;
}

/** The companies in order of id. `UserError` (2): an unknown column. */
export async function listCompanies(
  store: Store,
  { columns: named, selected = {}, ...request }: CompanyListRequest,
): Promise<CompanyList> {
  const { known, ids } = await store.read(async (tx) => ({
    known: await tx.fields.list(),
    ids: await selectedIds(tx, selected, 'companies'),
  }));
  const order = orderOfRecords(known, 'company', request);
  const columns = named ?? withSorted(USUAL_COLUMNS, order);
  const fields = columns.map((alias) => getField(known, 'company', alias));
  const aliases = fields.map(({ alias }) => alias);
  const read: ReadCompanies = async (tx, query) => tx.companies.list(query, aliases);
  const rows =
    order === undefined
      ? readPages(store, request, read)
      : inOrder(store, { ...request, order }, read);
  return { fields, rows: among(rows, ids, ({ id }) => id) };
}

type ReadCompanies = (tx: ReadTx, query: RecordQuery) => Promise<RecordRow[]>;

async function* inOrder(
  store: Store,
  { order, after, limit }: Page & { readonly order: Order },
  read: ReadCompanies,
): AsyncGenerator<RecordRow> {
  const ids = await store.read(async (tx) => tx.companies.order({ after, limit }, order));
  yield* readPagesOf(
    ids,
    ({ id }) => id,
    async (page) => store.read(async (tx) => read(tx, { ids: page })),
  );
}

/** One company with everything that is stored about it. */
export interface CompanyView {
  readonly id: number;
  readonly name: string;
  /** All fields with a value but `id` and `name`, by field id. */
  readonly fields: readonly FilledField[];
  /** How many contacts have this company. */
  readonly contacts: number;
}

/** Reads everything about a company, which must exist; `getCompany` finds its id. */
export async function showCompany(tx: ReadTx, id: number): Promise<CompanyView> {
  const fields = (await tx.fields.list()).filter((field) => field.object === 'company');
  const [row] = await tx.companies.list(
    { ids: [id] },
    fields.map(({ alias }) => alias),
  );
  if (row === undefined) throw new Error(`company ${id} is gone`);
  return {
    id,
    name: String(row['name']),
    fields: filledFields(
      fields.filter(({ alias }) => alias !== 'id' && alias !== 'name'),
      row,
    ),
    contacts: await countContacts(tx, id),
  };
}

async function countContacts(tx: ReadTx, id: number): Promise<number> {
  // the filter has no date, so any clock will do
  const { where } = await readCondition(tx, `company.id = ${id}`, 0);
  return tx.contacts.count({ where });
}
