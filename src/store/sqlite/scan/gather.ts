import { type SQL, sql } from 'drizzle-orm';
import { Gathered, type GatheredRows } from '../../../sql/gathered.ts';
import { replaceParts } from '../../../sql/parts.ts';
import { render, type Rendered } from '../../sql/render.ts';

/*
 * Several conditions of a pass may ask about the same rows: events of one type, say. One statement
 * gathers the answers to all of them, in a table that has a row for each key and a bit for each
 * question. So each row is read and sorted once, and each contact looked up once, not once for every
 * condition.
 */

/** As many questions as bits of an integer can be told apart with. */
const MOST_QUESTIONS = 62;

/** Questions about the same rows. */
interface Family {
  readonly name: string;
  readonly rows: GatheredRows;
  readonly questions: GatheredRows[];
}

/** Collects what conditions ask of rows, and puts a look at the gathered bits in its place. */
export class Gathering {
  readonly #name: string;
  readonly #families = new Map<string, Family>();
  #made = 0;

  /** The tables' names begin with `name`. */
  constructor(name: string) {
    this.#name = name;
  }

  replaceIn(condition: SQL): SQL {
    return replaceParts(condition, Gathered, (gathered) => this.#ask(gathered));
  }

  /** To be joined to `contacts as c`. */
  joins(): SQL[] {
    return this.#all().map(
      ({ name, rows }) =>
        sql`left join temp.${sql.raw(name)} on ${sql.raw(name)}.id = ${rows.outer}`,
    );
  }

  tables(): string[] {
    return this.#all().map(({ name }) => name);
  }

  /** Fills the tables; each has columns `id` and `answers`. */
  statements(): Rendered[] {
    return this.#all().map((family) => render(gather(family)));
  }

  #all(): Family[] {
    return [...this.#families.values()];
  }

  #ask({ rows }: Gathered): SQL {
    const { name, questions } = this.#familyOf(rows);
    questions.push(rows);
    const bit = sql.raw(String(questions.length - 1));
    return sql`(ifnull(${sql.raw(name)}.answers, 0) >> ${bit} & 1)`;
  }

  #familyOf(rows: GatheredRows): Family {
    const { table, key, outer, within } = rows;
    // rule: scan-gathers-same
    const common = render(sql.join([table, key, outer, ...within], sql`; `));
    const id = JSON.stringify([common.sql, common.params]);
    const known = this.#families.get(id);
    if (known !== undefined && known.questions.length < MOST_QUESTIONS) return known;
    if (known !== undefined) this.#families.set(`${id} ${known.name}`, known); // full
    this.#made += 1;
    const family = { name: `gathered_${this.#name}_${this.#made}`, rows, questions: [] };
    this.#families.set(id, family);
    return family;
  }
}

function answerOf({ having }: GatheredRows, fit: SQL | undefined, index: number): SQL {
  // rule: scan-gathers-own
  const answer =
    having === undefined ? sql`max(${fit})` : sql`(${having(sql` filter (where ${fit})`)})`;
  // rule: scan-gathers
  // SQLite gives all operators on bits the same rank
  return sql`(${answer} << ${sql.raw(String(index))})`;
}

/**
 * Where several questions are asked, an index that suits one of them is of no use: the `+` keeps
 * SQLite from going through it once for each question.
 */
function gather({ name, rows: { table, key, within }, questions }: Family): SQL {
  const fits = questions.map(({ where }) =>
    where.length === 0 ? sql`1` : sql`(${sql.join([...where], sql` and `)})`,
  );
  const answers = questions.map((question, index) => answerOf(question, fits[index], index));
  const [only] = questions.length === 1 ? fits : [];
  const unindexed = fits.map((fit) => sql`+${fit}`);
  const tests = [...within, only ?? sql`(${sql.join(unindexed, sql` or `)})`];
  return sql`
    insert into temp.${sql.raw(name)} (id, answers)
    select ${key}, ${sql.join(answers, sql` | `)}
    from ${table}
    where ${sql.join(tests, sql` and `)}
    group by ${key}`;
}
