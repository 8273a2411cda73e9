/** How values of the server's types come: by their object ids. All others come as text. */
const READERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => (text === 't' ? 1 : 0), // bool
  20: exactNumber, // int8
  21: Number, // int2
  23: Number, // int4
  26: Number, // oid
  700: Number, // float4
  701: Number, // float8
  1700: exactNumber, // numeric
};

const asText = (text: string): string => text;

/** For node-postgres: flags as 1 and 0, numbers as numbers, all else (JSON too) as text. */
export const TYPES = {
  getTypeParser: (oid: number): ((text: string) => unknown) => READERS[oid] ?? asText,
};

/** JavaScript would read an integer beyond 2^53 - 1 as its neighbour. */
function exactNumber(text: string): number {
  const value = Number(text);
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  throw new RangeError(`a number of the store is out of reach: ${text} (beyond 2^53 - 1)`);
}
