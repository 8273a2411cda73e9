/**
 * Checks of the shape of JSON. Each throws `BadShape`, which names the place and what should be
 * there.
 */
export type Check = (value: unknown, path: string) => void;

export class BadShape extends Error {
  constructor(path: string, wanted: string) {
    super(`${path === '' ? 'it' : `\`${path.slice(1)}\``} should be ${wanted}`);
  }
}

export const text: Check = (value, path) => {
  if (typeof value !== 'string') throw new BadShape(path, 'a text');
};

export const number: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new BadShape(path, 'a number');
};

export function integer(least: number): Check {
  return (value, path) => {
    if (!Number.isSafeInteger(value) || Number(value) < least)
      throw new BadShape(path, 'a whole number');
  };
}

export function oneOf(allowed: readonly (string | number)[]): Check {
  return (value, path) => {
    if (!allowed.some((each) => each === value)) throw new BadShape(path, anyOf(allowed));
  };
}

export function nullable(check: Check): Check {
  return (value, path) => {
    if (value !== null) check(value, path);
  };
}

export function list(check: Check, least: number): Check {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < least)
      throw new BadShape(path, `a list of ${least} or more`);
    value.forEach((item, index) => check(item, `${path}.${index}`));
  };
}

/** An object with exactly these properties. */
export function object(properties: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    const record = asRecord(value, path);
    const odd = Object.keys(record).find((key) => !Object.hasOwn(properties, key));
    if (odd !== undefined) throw new BadShape(`${path}.${odd}`, 'left out');
    for (const [key, check] of Object.entries(properties)) check(record[key], `${path}.${key}`);
  };
}

/** An object whose `kind` says which other properties it has. */
export function byKind(shapes: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check {
  const checks = new Map(
    Object.entries(shapes).map(([kind, properties]) => [
      kind,
      object({ kind: oneOf([kind]), ...properties }),
    ]),
  );
  return (value, path) => {
    const { kind } = asRecord(value, path);
    const check = typeof kind === 'string' ? checks.get(kind) : undefined;
    if (check === undefined) throw new BadShape(`${path}.kind`, anyOf([...checks.keys()]));
    check(value, path);
  };
}

/** `"and", "or" or "not"` */
function anyOf(values: readonly (string | number)[]): string {
  const texts = values.map((each) => JSON.stringify(each));
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} or ${last}`;
}

function asRecord(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadShape(path, 'an object');
  return value as Readonly<Record<string, unknown>>;
}
