import { is, SQL, sql, type SQLChunk } from 'drizzle-orm';

/** A class of SQL that stands in conditions as a part of its own: `Gathered`, `Matched`. */
export type PartClass<Part extends SQL> = abstract new (...given: never[]) => Part;

/** The parts of this class in a condition; those within another of them are left out. */
export function partsOf<Part extends SQL>(condition: SQL, kind: PartClass<Part>): Part[] {
  return condition.queryChunks.flatMap((chunk) => {
    if (chunk instanceof kind) return [chunk];
    return is(chunk, SQL) ? partsOf(chunk, kind) : [];
  });
}

/** The condition with each part of this class replaced; what holds none of them stays the object. */
export function replaceParts<Part extends SQL>(
  condition: SQL,
  kind: PartClass<Part>,
  replace: (part: Part) => SQL,
): SQL {
  const chunks = condition.queryChunks;
  const replaced = chunks.map((chunk): SQLChunk => {
    if (chunk instanceof kind) return replace(chunk);
    return is(chunk, SQL) ? replaceParts(chunk, kind, replace) : chunk;
  });
  return replaced.every((chunk, place) => chunk === chunks[place]) ? condition : sql.join(replaced);
}
